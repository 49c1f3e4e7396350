/**
 * Equilibrium moisture content (EMC) of wood, %: how much water wood, paper and their kin take up in this air.
 * Hailwood-Horrobin with the constants of the USDA Forest Products Laboratory (Simpson 1998, FPL-RN-0268), Celsius form,
 * one copy; it reproduces every check value of IPI's calculator to 0.1 %.
 */

import { knownAir, type Air, type SpanC } from './moist-air.ts';

/** The temperatures of IPI's calculator. */
export const EMC_SPAN: SpanC = { minC: -20, maxC: 65 };

/** EMC in % of the dry mass, -20 to 65 °C, 0 to 100 %RH; else `undefined`. */
export function moistureContentPercent(air: Air): number | undefined {
  const known = knownAir(air, EMC_SPAN);
  if (!known) return undefined;
  const t = known.temperatureC;
  const h = known.humidityPercent / 100;
  const w = 349 + 1.29 * t + 0.0135 * t * t;
  const k = 0.805 + 0.000736 * t - 0.00000273 * t * t;
  const k1 = 6.27 - 0.00938 * t - 0.000303 * t * t;
  const k2 = 1.91 + 0.0407 * t - 0.000293 * t * t;
  const kh = k * h;
  const hydrated = k1 * kh + 2 * k1 * k2 * kh * kh;
  return (1800 / w) * (kh / (1 - kh) + hydrated / (1 + k1 * kh + k1 * k2 * kh * kh));
}

/** Least and greatest EMC of a period, %. */
export interface MoistureSpan {
  readonly minPercent: number;
  readonly maxPercent: number;
}

/** Mechanical damage, two copies: fine while EMC stays within 5 to 12.5 % over the period. */
export function rateMechanicalDamage(emc: MoistureSpan): 'ok' | 'risk' {
  return emc.minPercent >= 5 && emc.maxPercent <= 12.5 ? 'ok' : 'risk';
}

/**
 * Corrosion of metal, on the greatest EMC, two copies: below 7 good, above 10.5 risk. The copies differ at exactly
 * 10.5; here that is still OK.
 */
export function rateMetalCorrosion(maxPercent: number): 'good' | 'ok' | 'risk' {
  if (maxPercent < 7) return 'good';
  return maxPercent <= 10.5 ? 'ok' : 'risk';
}
