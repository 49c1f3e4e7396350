/** What a record tells people: figures with how much of the time is known behind them. */

import { HOUR_MS, type Moment } from '../time.ts';
import type { ClimateRecord } from './climate-record.ts';
import { coverageOf, meanOf } from './harmonic-mean.ts';
import type { MoistureSpan } from './moisture-content.ts';
import { rateMouldRisk, type MouldRating, type MouldRisk } from './mould-risk.ts';
import { rateTwpi, twpiYears, type TwpiRating } from './preservation-index.ts';
import { smoothed } from './smoothing.ts';

export interface RecordSummary {
  /** Hours with enough readings, and without: the latter add nothing. */
  readonly knownHours: number;
  readonly unknownHours: number;
  /** Unset: half of both smoothing windows was never known. */
  readonly twpi?: {
    readonly years: number;
    readonly rating: TwpiRating;
    /** Share of the time that it speaks of, 0 to 1. */
    readonly coverage: number;
  };
  /** EMC of the smoothed air, %. Unset: as with TWPI. */
  readonly moisture?: MoistureSpan;
  /** Share of the smoothing windows (24 h, 30 days) that is known at the end, 0 to 1. */
  readonly smoothedShare: number;
  /** Paper; total time over the sum of time/multiplier. */
  readonly lifetime?: number;
  readonly mould: Pick<MouldRisk, 'total' | 'maximum' | 'events'> & {
    readonly rating: MouldRating;
  };
  readonly mouldIndex: { readonly index: number; readonly maximum: number };
}

/** `now`: hours since the newest one of the record count as unknown; unset: the record is complete. */
export function summaryOf(record: ClimateRecord, now?: Moment): RecordSummary {
  const { knownSeconds, unknownSeconds } = record.lifetime;
  const end = record.smoother.at === undefined ? undefined : record.smoother.at + HOUR_MS;
  // The hour under way is not unknown yet.
  const since = end === undefined || now === undefined ? 0 : Math.floor((now - end) / HOUR_MS);
  const years = twpiYears(record.twpi);
  const lifetime = meanOf(record.lifetime);
  const { temperatureShare, humidityShare } = smoothed(record.smoother);
  const { total, maximum, events } = record.mould;
  return {
    knownHours: knownSeconds / 3600,
    unknownHours: unknownSeconds / 3600 + Math.max(0, since),
    ...(years === undefined
      ? {}
      : {
          twpi: { years, rating: rateTwpi(years), coverage: coverageOf(record.twpi.mean) ?? 0 },
        }),
    ...(record.moisture ? { moisture: record.moisture } : {}),
    smoothedShare: Math.min(temperatureShare, humidityShare),
    ...(lifetime === undefined ? {} : { lifetime }),
    // The step that reaches 1 goes a little beyond it; only what germinated again is more than "potential".
    mould: {
      total,
      maximum,
      events,
      rating: rateMouldRisk(events > 1 ? events : Math.min(1, maximum)),
    },
    mouldIndex: { index: record.mouldIndex.index, maximum: record.mouldIndex.maximum },
  };
}
