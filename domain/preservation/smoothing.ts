/**
 * Trailing averages by the hour before PI and EMC: 24 hours of temperature and 30 days of humidity, as the
 * Image Permanence Institute does (one copy), because holdings follow the air slowly. How IPI treats missing hours and
 * the first days is not known: here the average is over the hours that are known, and their share is told.
 */

import { HOUR_MS, type Moment } from '../time.ts';
import type { Air } from './moist-air.ts';

export const TEMPERATURE_HOURS = 24;
export const HUMIDITY_HOURS = 30 * 24;

/** Means of one UTC hour. `at` is the start of the hour. */
export interface HourMeans extends Air {
  readonly at: Moment;
}

/** JSON, at most 24 and 720 numbers; newest last. `null`: that hour is not known. */
export interface Smoother {
  /** Start of the newest hour. */
  readonly at?: Moment;
  readonly temperatures: readonly (number | null)[];
  readonly humidities: readonly (number | null)[];
}

export const EMPTY_SMOOTHER: Smoother = { temperatures: [], humidities: [] };

/** The smoothed air, and how much of each window was known (0 to 1; a window that never was full counts its lack). */
export interface SmoothedAir {
  readonly temperatureC: number | undefined;
  readonly humidityPercent: number | undefined;
  readonly temperatureShare: number;
  readonly humidityShare: number;
}

/** One more hour; hours that were left out become unknown. An hour that is not newer than the newest changes nothing. */
export function addHour(smoother: Smoother, hour: HourMeans): Smoother {
  const { at } = smoother;
  if (at !== undefined && hour.at <= at) return smoother;
  const steps = at === undefined ? 1 : Math.round((hour.at - at) / HOUR_MS);
  // More unknown hours than a window holds empty it all the same.
  const missed = Array<null>(Math.min(HUMIDITY_HOURS, Math.max(0, steps - 1))).fill(null);
  return {
    at: hour.at,
    temperatures: push(
      smoother.temperatures,
      [...missed, known(hour.temperatureC)],
      TEMPERATURE_HOURS,
    ),
    humidities: push(smoother.humidities, [...missed, known(hour.humidityPercent)], HUMIDITY_HOURS),
  };
}

/** The averages up to the newest hour. */
export function smoothed(smoother: Smoother): SmoothedAir {
  const temperature = average(smoother.temperatures);
  const humidity = average(smoother.humidities);
  return {
    temperatureC: temperature.mean,
    humidityPercent: humidity.mean,
    temperatureShare: temperature.count / TEMPERATURE_HOURS,
    humidityShare: humidity.count / HUMIDITY_HOURS,
  };
}

function known(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

function push(
  window: readonly (number | null)[],
  more: readonly (number | null)[],
  size: number,
): readonly (number | null)[] {
  return [...window, ...more].slice(-size);
}

function average(window: readonly (number | null)[]) {
  let sum = 0;
  let count = 0;
  for (const value of window) {
    if (value === null) continue;
    sum += value;
    count += 1;
  }
  return { mean: count === 0 ? undefined : sum / count, count };
}
