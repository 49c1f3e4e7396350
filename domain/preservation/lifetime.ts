/**
 * Lifetime multiplier (Michalski 2002): how many times longer than at 20 °C and 50 %RH things last. The formula was found
 * in one copy; the exponent 1.3 and 100 and 70 kJ/mol are checked by the paper's own words (double for each 5 K less, more
 * than double for each halving of RH). The mean over a period, 1/mean(1/LM), is from memory.
 */

import { KELVIN, knownAir, type Air, type SpanC } from './moist-air.ts';

/** Paper and other cellulose, and the yellowing of varnish; kJ/mol. */
export const ACTIVATION_KJ_MOL = { paper: 100, varnish: 70 } as const;
export type LifetimeMaterial = keyof typeof ACTIVATION_KJ_MOL;

/** The source gives no range of temperatures; ours. */
export const LIFETIME_SPAN: SpanC = { minC: -40, maxC: 65 };
/** Beyond these the source calls results unreliable (one copy). */
export const LIFETIME_RELIABLE = { humidityMin: 20, humidityMax: 60 } as const;

const R_J_MOL_K = 8.314;
const REFERENCE_K = 293.15;
const HUMIDITY_EXPONENT = 1.3;

export interface Lifetime {
  /** 1 at 20 °C and 50 %RH; 2 lasts twice as long. */
  readonly multiplier: number;
  /** Whether the humidity is within 20 to 60 %RH. */
  readonly reliable: boolean;
}

/** `undefined`: the air is unknown, outside -40 to 65 °C, or quite dry (0 %RH has no multiplier). */
export function lifetimeOf(air: Air, material: LifetimeMaterial): Lifetime | undefined {
  const known = knownAir(air, LIFETIME_SPAN);
  if (!known || known.humidityPercent === 0) return undefined;
  const energy = ACTIVATION_KJ_MOL[material] * 1000;
  const kelvin = known.temperatureC + KELVIN;
  const multiplier =
    (50 / known.humidityPercent) ** HUMIDITY_EXPONENT *
    Math.exp((energy / R_J_MOL_K) * (1 / kelvin - 1 / REFERENCE_K));
  const { humidityMin, humidityMax } = LIFETIME_RELIABLE;
  const reliable = known.humidityPercent >= humidityMin && known.humidityPercent <= humidityMax;
  return { multiplier, reliable };
}
