/** What a sensor makes of the truth: offset, drift, lag, noise, resolution, and a battery that runs down. */

import { DAY_MS, SECOND_MS, type Moment } from '../../domain/time.ts';
import type { Random } from '../random.ts';

/** How a kind of sensor measures one metric. Typical of trade, our own figures. */
export interface SensorKind {
  readonly accuracy: number;
  readonly resolution: number;
  readonly noise: number;
  readonly driftPerYear: number;
  readonly responseMs: number;
}

export const TEMPERATURE_SENSOR: SensorKind = {
  accuracy: 0.2,
  resolution: 0.1,
  noise: 0.02,
  driftPerYear: 0.03,
  responseMs: 120 * SECOND_MS,
};
export const HUMIDITY_SENSOR: SensorKind = {
  accuracy: 1,
  resolution: 0.1,
  noise: 0.08,
  driftPerYear: 0.25,
  responseMs: 60 * SECOND_MS,
};

/** One sensor's own errors, drawn once. */
export interface SensorErrors {
  readonly offset: number;
  readonly driftPerYear: number;
  readonly installedAt: Moment;
}

const YEAR_MS = 365 * DAY_MS;

/** Draws the errors of one sensor; accuracy is taken as two standard deviations. */
export function drawErrors(kind: SensorKind, random: Random, installedAt: Moment): SensorErrors {
  const offset = Math.max(-1, Math.min(1, random.normal() / 2)) * kind.accuracy;
  return { offset, driftPerYear: kind.driftPerYear * random.between(-1, 1), installedAt };
}

/** The element inside the sensor follows the air, first order. */
export function lag(
  element: number,
  {
    air,
    kind,
    elapsedMs,
  }: { readonly air: number; readonly kind: SensorKind; readonly elapsedMs: number },
): number {
  return air + (element - air) * Math.exp(-elapsedMs / kind.responseMs);
}

/** What the sensor reports: rounded to its resolution. */
export function measure(element: number, { kind, errors, at, random }: Measuring): number {
  const years = (at - errors.installedAt) / YEAR_MS;
  const value =
    element + errors.offset + errors.driftPerYear * years + kind.noise * random.normal();
  return roundTo(value, kind.resolution);
}

export interface Measuring {
  readonly kind: SensorKind;
  readonly errors: SensorErrors;
  readonly at: Moment;
  readonly random: Random;
}

/** Rounded to whole multiples of `resolution`, without binary dust. */
export function roundTo(value: number, resolution: number): number {
  const digits = Math.max(0, Math.ceil(-Math.log10(resolution)));
  return Number((Math.round(value / resolution) * resolution).toFixed(digits)) + 0;
}

/** Charge left of a battery that lasts two years, %. */
export function batteryPercent(fullPercent: number, sinceMs: number): number {
  return Math.max(0, roundTo(fullPercent - (100 * sinceMs) / (2 * YEAR_MS), 1));
}
