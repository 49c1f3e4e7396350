/**
 * Mould risk factor, after the Image Permanence Institute (one copy): each stretch adds its days / days to mould while mould
 * can grow; dry spells add nothing and take nothing (spores survive); at 1.0 germination is expected, which is an event,
 * and the total begins anew. Report the greatest total, not the last.
 *
 * The days to mould are our own closed-form fit to facts about IPI's calculator, not IPI's table: mean error 2.3 %, at
 * most 17 % for 10 to 40 °C and 5 days or more. It is a proposal and must be shown as ours.
 */

import { knownAir, type Air } from './moist-air.ts';

/** Mould grows only between these, °C. */
export const MOULD_SPAN = { minC: 2, maxC: 45 } as const;

// The fit may be this much too high, %RH: taken off, so that no growth of IPI's is missed. It errs to the safe side then.
const FIT_ERROR = 0.55;
// Dry and wet ends of the fit, %RH.
const FIT_MIN = 66;
const FIT_MAX = 96;
const DAYS_MIN = 2;
// Sums of fractions such as six sixths must reach 1.
const ROUNDING = 1e-9;

/** `none`: too dry, too cold or too hot for growth. */
export type MouldOutlook =
  { readonly growth: 'none' } | { readonly growth: 'possible'; readonly days: number };

/** Lowest %RH at which mould grows, 2 to 45 °C; our fit, within 0.6 %RH of whole numbers of IPI's. */
export function criticalHumidity(temperatureC: number): number | undefined {
  const t = temperatureC;
  if (!(t >= MOULD_SPAN.minC && t <= MOULD_SPAN.maxC)) return undefined;
  return t <= 28
    ? 92.2325 - 0.944137 * t - 0.0366469 * t ** 2 + 0.00129679 * t ** 3
    : 90.7322 - 0.90209 * t - 0.0325077 * t ** 2 + 0.00116099 * t ** 3;
}

/**
 * Days of such air until mould germinates, 2 or more; from half a percent below the critical humidity on. `undefined`: the
 * air is unknown.
 */
export function mouldOutlook(air: Air): MouldOutlook | undefined {
  const known = knownAir(air, { minC: -60, maxC: 85 });
  if (!known) return undefined;
  const { temperatureC, humidityPercent } = known;
  const critical = criticalHumidity(temperatureC);
  if (critical === undefined || humidityPercent < critical - FIT_ERROR) {
    return { growth: 'none' };
  }
  const x = Math.min(FIT_MAX, Math.max(FIT_MIN, humidityPercent)) - 80;
  const atOptimum = Math.exp(
    2.5269813 - 0.17406023 * x + 0.00647685 * x ** 2 - 0.00012852 * x ** 3,
  );
  const d = temperatureC - 30;
  const slowed =
    d < 0 ? 0.000672 * d ** 2 + 5.19e-7 * d ** 4 : 0.000686 * d ** 2 + 1.3676e-5 * d ** 4;
  return { growth: 'possible', days: Math.max(DAYS_MIN, atOptimum / (1 - slowed)) };
}

/** JSON; constant size. */
export interface MouldRisk {
  /** 0 to below 1: the way to the next event. */
  readonly total: number;
  /** The greatest total so far; 1 or more once there was an event. */
  readonly maximum: number;
  /** How often germination was to be expected. */
  readonly events: number;
  /** Days in which nothing is known; the total was kept. */
  readonly unknownDays: number;
}

export const NO_MOULD_RISK: MouldRisk = { total: 0, maximum: 0, events: 0, unknownDays: 0 };

/**
 * One more stretch. A stretch makes at most one event, so let it be short against the days to mould: an hour, at most a
 * day. No or negative time changes nothing.
 */
export function addToMouldRisk(
  risk: MouldRisk,
  outlook: MouldOutlook | undefined,
  days: number,
): MouldRisk {
  if (!(days > 0) || !Number.isFinite(days)) return risk;
  if (outlook === undefined) return { ...risk, unknownDays: risk.unknownDays + days };
  if (outlook.growth === 'none') return risk;
  const total = risk.total + days / outlook.days;
  const maximum = Math.max(risk.maximum, total);
  return total >= 1 - ROUNDING
    ? { ...risk, total: 0, maximum, events: risk.events + 1 }
    : { ...risk, total, maximum };
}

export type MouldRating = 'ideal' | 'good' | 'some-risk' | 'potential' | 'active';

/** The greatest total in words (IPI, one copy): 0, to 0.5, below 1, 1, above 1. */
export function rateMouldRisk(maximum: number): MouldRating {
  if (maximum <= 0) return 'ideal';
  if (maximum <= 0.5) return 'good';
  if (maximum < 1 - ROUNDING) return 'some-risk';
  return maximum <= 1 + ROUNDING ? 'potential' : 'active';
}
