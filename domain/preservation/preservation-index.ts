/**
 * Preservation Index (PI), in years, and its mean over time (TWPI), of the Image Permanence Institute: how long paper and
 * film of the vulnerable kind last under this climate. 50 at 20 °C and 45 %RH by definition.
 *
 * Two closed forms, told apart by name. `published`: Padfield 2004, /365, found in two independent copies. `corrected`:
 * the same times a term in RH that we fitted to the check values of IPI's calculator (mean 0.06 %, at most 0.25 % off
 * for -20 to 0 °C and 10 to 90 %RH; the same rating in 99.94 % of cells). IPI's table itself is theirs and not here.
 */

import { addToMean, EMPTY_MEAN, meanOf, type HarmonicMean } from './harmonic-mean.ts';
import { KELVIN, knownAir, type Air, type SpanC } from './moist-air.ts';

export type PiFormula = 'published' | 'corrected';

/** The temperatures of IPI's calculator; beyond them there is no PI. */
export const PI_SPAN: SpanC = { minC: -23, maxC: 65 };
/** IPI's calculator says no more than this. */
export const PI_YEARS_MAX = 9999;

// IPI's calculator treats drier and wetter air as these.
const HUMIDITY_MIN = 6;
const HUMIDITY_MAX = 95;
const R_J_MOL_K = 8.314;

/**
 * PI in years, at most 9999, -23 to 65 °C; air outside 6 to 95 %RH counts as the nearest of the two, as in IPI's
 * calculator. `undefined`: the air is unknown or outside the range.
 */
export function preservationIndexYears(
  air: Air,
  formula: PiFormula = 'corrected',
): number | undefined {
  const known = knownAir(air, PI_SPAN);
  if (!known) return undefined;
  const rh = Math.min(HUMIDITY_MAX, Math.max(HUMIDITY_MIN, known.humidityPercent));
  const energy = (95220 - 134.9 * rh) / (R_J_MOL_K * (known.temperatureC + KELVIN));
  const published = Math.exp(energy + 0.0284 * rh - 28.023) / 365;
  const years =
    formula === 'published'
      ? published
      : published * Math.exp(0.0401814 - 0.00246669 * rh + 2.493325e-5 * rh * rh);
  return Math.min(PI_YEARS_MAX, years);
}

export type PiRating = 'risk' | 'ok' | 'good';

/** IPI's calculator, two copies: below 45 years risk, from 75 on good. */
export function ratePreservationIndex(years: number): PiRating {
  if (years < 45) return 'risk';
  return years < 75 ? 'ok' : 'good';
}

export type TwpiRating = 'poor' | 'ok' | 'good' | 'excellent';

/** eClimateNotebook, one copy: 1 to 45 poor, to 75 OK, to 100 good, above excellent. */
export function rateTwpi(years: number): TwpiRating {
  if (years < 45) return 'poor';
  if (years < 75) return 'ok';
  return years <= 100 ? 'good' : 'excellent';
}

/**
 * TWPI so far: the harmonic mean of PI weighted by duration (Reilly 1995; the weighting found in one copy, the expression
 * from memory, unequal steps by our derivation). IPI smooths temperature over 24 h and RH over 30 days before it
 * computes PI: see `smoothing.ts`.
 */
export interface TwpiState {
  readonly mean: HarmonicMean;
}

export const EMPTY_TWPI: TwpiState = { mean: EMPTY_MEAN };

/** One more stretch of time at `years` of PI; unknown PI is counted as unknown time. */
export function addToTwpi(state: TwpiState, years: number | undefined, seconds: number): TwpiState {
  return { mean: addToMean(state.mean, years, seconds) };
}

/** TWPI in years of the known time; look at a year or more. `undefined`: nothing is known. */
export function twpiYears(state: TwpiState): number | undefined {
  return meanOf(state.mean);
}
