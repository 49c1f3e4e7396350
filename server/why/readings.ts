/** Readings around an alarm, within a bounded time: a store that does not answer must not keep the answer back. */

import type { WhyCoverage, WhySeries } from '../../domain/alarm-why.ts';
import type { Alarm } from '../../domain/alarm.ts';
import type { BucketRow, ReadingRow, Series } from '../../domain/ports.ts';
import { METRICS } from '../../domain/metrics.ts';
import { QUALITY } from '../../domain/reading.ts';
import { DEFAULT_INTERVAL_SECONDS, idOf } from '../../domain/registry.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Moment } from '../../domain/time.ts';
import type { Services } from '../services.ts';
import type { Witness } from './evidence.ts';

/** All queries together get so long. */
export const READINGS_MS_MAX = 4_000;
const BEFORE_MS = HOUR_MS;
const AFTER_MS = 30 * MINUTE_MS;
const SPAN_MS_MAX = 24 * HOUR_MS;
/** Points of one line: enough for a small picture. */
const POINTS = 240;
const HOUR_ROWS_MAX = 4_000;
/** The last word of a neighbour may be so many intervals old. */
const STATEMENT_INTERVALS = 3;
const STATEMENT_MS_MIN = 10 * MINUTE_MS;
/** Not of an hour: those come from roll-ups, which the running hour has not yet. */
const RANGE_STEP_MS = 10 * MINUTE_MS;

type Query = Services['readings']['query'];

/** From an hour before it began to half an hour after its end, at most a day, and never after now. */
export function windowOf(alarm: Alarm, now: Moment) {
  const begins = Math.min(alarm.since, alarm.raisedAt);
  const ends = alarm.returnedAt ?? alarm.closedAt ?? now;
  const from = begins - BEFORE_MS;
  const until = Math.min(now, ends + AFTER_MS, from + SPAN_MS_MAX);
  return { from, until: Math.max(until, alarm.raisedAt + 1) };
}

/** Unset: the readings themselves are few enough. Whole minutes, so that every store makes the same buckets. */
export function stepOf(span: { readonly from: Moment; readonly until: Moment }) {
  const step = Math.ceil((span.until - span.from) / POINTS / MINUTE_MS) * MINUTE_MS;
  return step > MINUTE_MS ? step : undefined;
}

/** The lines of the picture. */
export function seriesOf(
  query: Query,
  witnesses: readonly Witness[],
  span: { readonly from: Moment; readonly until: Moment; readonly stepMs?: number },
): Promise<readonly WhySeries[]> {
  return Promise.all(
    witnesses.map(async ({ sensor, metric, evidence }) => {
      const { repository, id } = sensor;
      // A sensor that reports each second is more than a picture holds, but its hour is read whole.
      const rowsMax = HOUR_ROWS_MAX;
      const series = await query({ repository, sensor: id, metric, ...span, rowsMax });
      const about = { sensor: idOf(sensor), name: sensor.name ?? id, metric, evidence };
      return { ...about, kind: series.kind, rows: series.rows };
    }),
  );
}

/** How many readings of the last hour before the alarm came, and how good they were. */
export async function coverageOf(
  query: Query,
  witnesses: readonly Witness[],
  raisedAt: Moment,
): Promise<WhyCoverage | undefined> {
  if (witnesses.length === 0) return undefined;
  const from = raisedAt - HOUR_MS;
  // The reading that raised it counts.
  const until = raisedAt + 1;
  const rows = await Promise.all(
    witnesses.map(({ sensor: { repository, id }, metric }) =>
      query({ repository, sensor: id, metric, from, until, rowsMax: HOUR_ROWS_MAX }).then(rawRows),
    ),
  );
  const of = (quality: number) => rows.flat().filter((row) => row[2] === quality).length;
  const expected = witnesses.reduce((sum, w) => sum + HOUR_MS / intervalMsOf(w), 0);
  return {
    from,
    until,
    expected: Math.round(expected),
    received: rows.flat().length,
    good: of(QUALITY.good),
    notEvaluated: of(QUALITY.notEvaluated),
    suspect: of(QUALITY.suspect),
    failed: of(QUALITY.fail),
  };
}

/**
 * What a witness had said last when the alarm was raised; `undefined`: nothing that still counted. Of a detector its own
 * signal, also where it came while the alarm stood: the second one of a fire is later than the first.
 */
export async function lastWord(
  query: Query,
  {
    alarm,
    witness,
    now,
  }: { readonly alarm: Alarm; readonly witness: Witness; readonly now: Moment },
): Promise<ReadingRow | undefined> {
  const { sensor, metric } = witness;
  const { raisedAt, returnedAt = now } = alarm;
  const span = Math.max(STATEMENT_INTERVALS * intervalMsOf(witness), STATEMENT_MS_MIN);
  const isSignal = METRICS.get(metric)?.kind === 'binary';
  const until = isSignal ? Math.max(raisedAt, Math.min(returnedAt, raisedAt + AFTER_MS)) : raisedAt;
  const series = await query({
    repository: sensor.repository,
    sensor: sensor.id,
    metric,
    from: raisedAt - span,
    until: until + 1,
    rowsMax: HOUR_ROWS_MAX,
  });
  const rows = rawRows(series);
  return (isSignal ? rows.findLast((row) => row[1] !== 0) : undefined) ?? rows.at(-1);
}

export function intervalMsOf({ sensor }: Witness): number {
  return (sensor.intervalSeconds ?? DEFAULT_INTERVAL_SECONDS) * SECOND_MS;
}

/** How far the witness's values lay apart in the day before the alarm, at its last bucket; failed readings do not count. */
export async function dayRange(
  query: Query,
  q: { readonly alarm: Alarm; readonly witness: Witness },
): Promise<ReadingRow | undefined> {
  const { sensor, metric } = q.witness;
  const { raisedAt } = q.alarm;
  const series = await query({
    repository: sensor.repository,
    sensor: sensor.id,
    metric,
    from: raisedAt - DAY_MS,
    until: raisedAt + 1,
    stepMs: RANGE_STEP_MS,
    rowsMax: DAY_MS / RANGE_STEP_MS + 2,
  });
  const rows = series.kind === 'buckets' ? (series.rows as readonly BucketRow[]) : [];
  const last = rows.at(-1);
  if (!last) return undefined;
  const low = Math.min(...rows.map((row) => row[2]));
  const high = Math.max(...rows.map((row) => row[3]));
  return Number.isFinite(high - low) ? [last[0], high - low, QUALITY.notEvaluated] : undefined;
}

function rawRows(series: Series): readonly ReadingRow[] {
  return series.kind === 'readings' ? (series.rows as readonly ReadingRow[]) : [];
}

/** What `work` answers, or `undefined` when it fails or takes too long. */
export async function inTime<T>(
  work: Promise<T>,
  ms: number,
  failed: (error: unknown) => void,
): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    failed(error);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
