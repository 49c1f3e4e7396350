/**
 * What a room's climate has meant for its holdings so far, hour by hour, in a state of bounded size that is JSON: TWPI, the
 * span of EMC, mould risk, mould index, lifetime. PI and EMC are computed from smoothed air, as the Image Permanence
 * Institute does; mould and lifetime from the hour itself.
 */

import { addToMean, EMPTY_MEAN, type HarmonicMean } from './harmonic-mean.ts';
import { lifetimeOf, type LifetimeMaterial } from './lifetime.ts';
import { moistureContentPercent, type MoistureSpan } from './moisture-content.ts';
import { addMouldHour, NO_MOULD, type MouldIndex, type MouldSurface } from './mould-index.ts';
import { addToMouldRisk, mouldOutlook, NO_MOULD_RISK, type MouldRisk } from './mould-risk.ts';
import {
  addToTwpi,
  EMPTY_TWPI,
  preservationIndexYears,
  type TwpiState,
} from './preservation-index.ts';
import { addHour, EMPTY_SMOOTHER, smoothed, type HourMeans, type Smoother } from './smoothing.ts';
import type { Air } from './moist-air.ts';

/** Smoothed air counts when this share of its windows is known: after half a month of humidity at first. 本馆自定. */
export const WINDOW_SHARE_MIN = 0.5;
/** Hours that are missing between two are unknown time; beyond a year nothing is made up about them. */
const MISSING_HOURS_MAX = 366 * 24;
const HOUR_SECONDS = 3600;
/** What the mould index is told for: which class paper is in is not known to us, so the most sensitive. 本馆自定. */
export const MOULD_SURFACE: MouldSurface = { sensitivity: 'very-sensitive' };

/** JSON; at most some 750 numbers. */
export interface ClimateRecord {
  readonly smoother: Smoother;
  readonly twpi: TwpiState;
  /** Unset: never known. */
  readonly moisture?: MoistureSpan;
  readonly mould: MouldRisk;
  readonly mouldIndex: MouldIndex;
  readonly lifetime: HarmonicMean;
}

export const EMPTY_RECORD: ClimateRecord = {
  smoother: EMPTY_SMOOTHER,
  twpi: EMPTY_TWPI,
  mould: NO_MOULD_RISK,
  mouldIndex: NO_MOULD,
  lifetime: EMPTY_MEAN,
};

/** One more hour of the room. Hours left out count as unknown; one that is not newer than the newest changes nothing. */
export function addHourToRecord(
  record: ClimateRecord,
  hour: HourMeans,
  material: LifetimeMaterial = 'paper',
): ClimateRecord {
  const smoother = addHour(record.smoother, hour);
  if (smoother === record.smoother) return record;
  const missed = withUnknown(record, missedHours(record.smoother, hour));
  const air = settledAir(smoother);
  const moisture = moistureContentPercent(air);
  const span = moisture === undefined ? missed.moisture : widen(missed.moisture, moisture);
  return {
    smoother,
    twpi: addToTwpi(missed.twpi, preservationIndexYears(air), HOUR_SECONDS),
    ...(span === undefined ? {} : { moisture: span }),
    mould: addToMouldRisk(missed.mould, mouldOutlook(hour), 1 / 24),
    mouldIndex: addMouldHour(missed.mouldIndex, hour, MOULD_SURFACE),
    lifetime: addToMean(missed.lifetime, lifetimeOf(hour, material)?.multiplier, HOUR_SECONDS),
  };
}

function missedHours(smoother: Smoother, hour: HourMeans): number {
  if (smoother.at === undefined) return 0;
  const steps = Math.round((hour.at - smoother.at) / (HOUR_SECONDS * 1000));
  return Math.min(MISSING_HOURS_MAX, Math.max(0, steps - 1));
}

function withUnknown(record: ClimateRecord, hours: number): ClimateRecord {
  const seconds = hours * HOUR_SECONDS;
  return {
    ...record,
    twpi: addToTwpi(record.twpi, undefined, seconds),
    mould: addToMouldRisk(record.mould, undefined, hours / 24),
    mouldIndex: {
      ...record.mouldIndex,
      unknownHours: record.mouldIndex.unknownHours + hours,
    },
    lifetime: addToMean(record.lifetime, undefined, seconds),
  };
}

/** The air that PI and EMC are computed from; unknown until half of both windows is known. */
export function settledAir(smoother: Smoother): Air {
  const found = smoothed(smoother);
  const known = Math.min(found.temperatureShare, found.humidityShare) >= WINDOW_SHARE_MIN;
  return known ? found : { temperatureC: undefined, humidityPercent: undefined };
}

function widen(span: MoistureSpan | undefined, percent: number): MoistureSpan {
  return {
    minPercent: Math.min(span?.minPercent ?? percent, percent),
    maxPercent: Math.max(span?.maxPercent ?? percent, percent),
  };
}
