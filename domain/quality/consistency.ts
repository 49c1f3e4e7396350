/** Whether values that belong together agree: dew point and temperature, neighbours, the zeros of a logger. No state. */

import type { Moment } from '../time.ts';
import { FLAG, isPresent, type Flag } from './flags.ts';

/** How far two sensors in one place may differ, °C and %RH; derived in the reference from sensors' accuracy, 本馆自定. */
export const NEIGHBOURS_DIFFER_MAX = { temperature: 1, humidity: 5 } as const;

export interface Measured {
  readonly temperatureC: number | undefined;
  readonly humidityPercent: number | undefined;
  readonly dewPointC?: number | undefined;
}

/**
 * The dew point is never above the temperature (WMO internal consistency): else one of the two is wrong, a failure. `slackK`
 * is for rounding on the wire, half a digit of each; unset: 0.
 */
export function dewPointAgrees(measured: Measured, slackK = 0): Flag {
  const { temperatureC, dewPointC } = measured;
  if (!isPresent(temperatureC) || !isPresent(dewPointC)) return FLAG.notEvaluated;
  return dewPointC > temperatureC + slackK ? FLAG.fail : FLAG.good;
}

/** Exactly 0.0 °C and 0 %RH together: a logger that lost its sensor, a failure (one copy). Either alone may be true. */
export function loggerZero(measured: Measured): Flag {
  const { temperatureC, humidityPercent } = measured;
  if (!isPresent(temperatureC) || !isPresent(humidityPercent)) return FLAG.notEvaluated;
  return temperatureC === 0 && humidityPercent === 0 ? FLAG.fail : FLAG.good;
}

export interface NeighbourSettings {
  /** In the metric's unit; up to this they agree. */
  readonly differMax: number;
  /** Neighbours' values older or newer than this say nothing. */
  readonly withinMs: number;
}

interface Valued {
  readonly at: Moment;
  readonly value: number | undefined;
}

// 24.6 - 23.6 must not exceed 1 by rounding alone.
const ROUNDING = 1e-9;

/**
 * A value against its neighbours in the same place: suspect when it is farther than allowed from their middle value. Of two
 * that differ nobody can say which is wrong, so both are suspect. No neighbour of about that time: not evaluated.
 */
export function neighboursAgree(
  own: Valued,
  neighbours: readonly Valued[],
  settings: NeighbourSettings,
): Flag {
  if (!isPresent(own.value)) return FLAG.missing;
  const values = neighbours
    .filter((n) => Math.abs(n.at - own.at) <= settings.withinMs)
    .map((n) => n.value)
    .filter(isPresent);
  const middle = middleOf(values);
  if (middle === undefined) return FLAG.notEvaluated;
  const apart = Math.abs(own.value - middle);
  return apart > settings.differMax + ROUNDING ? FLAG.suspect : FLAG.good;
}

/** Median; of an even number, the mean of the two in the middle. `undefined`: of nothing. */
export function middleOf(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN;
  return (lower + upper) / 2;
}
