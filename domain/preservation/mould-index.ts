/**
 * VTT mould index (Hukka and Viitanen; the Finnish mould growth model), by the hour: 0 none, 1 seen by microscope, 3 visible on
 * less than 10 %, 6 everywhere. Needs 80 %RH and more, when a stack room has long been in alarm: it tells how a flood's
 * aftermath goes, since the index also declines. The mould risk factor warns earlier.
 *
 * Equations from one copy, by an author of building physics; the list of decline factors is from memory.
 */

import { knownAir, type Air } from './moist-air.ts';

export const SENSITIVITIES = [
  'very-sensitive',
  'sensitive',
  'medium-resistant',
  'resistant',
] as const;
export type Sensitivity = (typeof SENSITIVITIES)[number];

interface Material {
  readonly humidityMin: number;
  /** k1 below index 1, and from 1 on. */
  readonly slow: number;
  readonly fast: number;
  /** Greatest index A + B d - C d². */
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

const MATERIALS: Readonly<Record<Sensitivity, Material>> = {
  'very-sensitive': { humidityMin: 80, slow: 1, fast: 2, a: 1, b: 7, c: 2 },
  sensitive: { humidityMin: 80, slow: 0.578, fast: 0.386, a: 0.3, b: 6, c: 1 },
  'medium-resistant': { humidityMin: 85, slow: 0.072, fast: 0.097, a: 0, b: 5, c: 1.5 },
  resistant: { humidityMin: 85, slow: 0.033, fast: 0.014, a: 0, b: 3, c: 1 },
};

/** How fast the index falls when it is dry: 1 as on pine sapwood, to 0.1 hardly; from memory. */
export type DeclineFactor = 1 | 0.5 | 0.25 | 0.1;

export interface MouldSurface {
  readonly sensitivity: Sensitivity;
  /** Unset: 1, the fastest. */
  readonly decline?: DeclineFactor;
}

/** JSON; constant size. */
export interface MouldIndex {
  /** 0 to 6. */
  readonly index: number;
  readonly maximum: number;
  /** Hours since mould last grew. */
  readonly dryHours: number;
  /** Hours of which nothing is known: the index was kept. */
  readonly unknownHours: number;
}

export const NO_MOULD: MouldIndex = { index: 0, maximum: 0, dryHours: 0, unknownHours: 0 };

/** %RH below which mould does not grow; 100 at and below 0 °C. */
export function mouldCriticalHumidity(temperatureC: number, sensitivity: Sensitivity): number {
  const t = temperatureC;
  if (t < 0) return 100;
  const curve = -0.00267 * t ** 3 + 0.16 * t ** 2 - 3.13 * t + 100;
  return Math.max(curve, MATERIALS[sensitivity].humidityMin);
}

/** One more hour of this air at the surface. */
export function addMouldHour(state: MouldIndex, air: Air, surface: MouldSurface): MouldIndex {
  const known = knownAir(air, { minC: -60, maxC: 85 });
  if (!known) return { ...state, unknownHours: state.unknownHours + 1 };
  const material = MATERIALS[surface.sensitivity];
  const critical = mouldCriticalHumidity(known.temperatureC, surface.sensitivity);
  const grows =
    known.temperatureC > 0 && known.temperatureC < 50 && known.humidityPercent >= critical;
  if (!grows) return decline(state, surface.decline ?? 1);
  // At 0 °C the critical humidity is 100: nothing is left to grow into, and the span would be divided by 0.
  const d = critical < 100 ? (critical - known.humidityPercent) / (critical - 100) : 0;
  const greatest = Math.max(material.a + material.b * d - material.c * d * d, 0);
  const k1 = state.index < 1 ? material.slow : material.fast;
  const k2 = Math.max(1 - Math.exp(2.3 * (state.index - greatest)), 0);
  const weeks = Math.exp(
    -0.68 * Math.log(known.temperatureC) - 13.9 * Math.log(known.humidityPercent) + 66.02,
  );
  const index = state.index + (k1 * k2) / (24 * 7 * weeks);
  return { ...state, index, maximum: Math.max(state.maximum, index), dryHours: 0 };
}

// Falls for six hours, rests until a day is over, then falls slowly.
function decline(state: MouldIndex, factor: DeclineFactor): MouldIndex {
  const dryHours = state.dryHours + 1;
  const perDay = dryHours <= 6 ? 0.032 : dryHours <= 24 ? 0 : 0.016;
  const index = Math.max(0, state.index - (factor * perDay) / 24);
  return { ...state, index, dryHours };
}
