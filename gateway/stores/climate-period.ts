/** Reads a pair's hourly buckets and reduces them to what its climate meant: made where the store is, so that a year stays there. */

import type { BucketRow, ReadingStore } from '../../domain/ports.ts';
import { LOOK_BACK_MS, periodOf, type PeriodAnswer } from '../../domain/preservation/period.ts';
import type { SeriesKey } from '../../domain/series.ts';
import { HOUR_MS, type Moment } from '../../domain/time.ts';

/** A series, and how often its sensor reports. */
export interface PeriodSeries extends SeriesKey {
  readonly intervalSeconds: number;
}

export interface ClimatePeriodQuery {
  readonly temperature: PeriodSeries;
  readonly humidity: PeriodSeries;
  /** Whole hours; `until` is exclusive. */
  readonly from: Moment;
  readonly until: Moment;
  /** Width of a point; a multiple of an hour. */
  readonly stepMs: number;
}

/** Throws `StoreUnavailable` while the store is away. */
export async function climatePeriod(
  store: Pick<ReadingStore, 'query'>,
  query: ClimatePeriodQuery,
): Promise<PeriodAnswer> {
  const { from, until, stepMs } = query;
  const rowsOf = async ({ intervalSeconds, ...key }: PeriodSeries) => {
    const since = from - LOOK_BACK_MS;
    const rowsMax = (until - since) / HOUR_MS + 1;
    const asked = { ...key, from: since, until, stepMs: HOUR_MS, rowsMax };
    const { kind, rows } = await store.query(asked);
    return { intervalSeconds, rows: kind === 'buckets' ? (rows as readonly BucketRow[]) : [] };
  };
  const temperature = await rowsOf(query.temperature);
  const humidity = await rowsOf(query.humidity);
  return periodOf({ from, until, stepMs, temperature, humidity });
}
