/**
 * How far each sensor of a room is from the others, looked at every ten minutes. Kept are the moment since when a difference
 * has been large, and one difference an hour for some days, whose middle is the drift: one warm afternoon moves it little.
 */

import { middleOf } from '../../domain/quality/consistency.ts';
import { HOUR_MS, MINUTE_MS, type Moment } from '../../domain/time.ts';

/** So often rooms are looked at. */
export const SAMPLE_MS = 10 * MINUTE_MS;

/** One metric of one sensor beside the others; never changed, only replaced. JSON. */
export interface Beside {
  /** The newest difference, in the metric's unit. */
  readonly apart: number;
  /** The difference has been too large since then; 0: it is not. */
  readonly beyondFrom: Moment;
  /** One an hour, newest last. */
  readonly hourly: readonly number[];
  readonly hourAt: Moment;
}

/** By `<sensor>/<metric>`, local ids. */
export type RoomTrust = Readonly<Record<string, Beside>>;

export interface SampleSettings {
  /** A larger difference is too large, in the metric's unit. */
  readonly differMax: number;
  /** So many hourly differences are kept. */
  readonly hours: number;
}

/** The next state of each of `values`; of a value alone in its room nothing new is known, and the state stays. */
export function sampleBeside(
  before: RoomTrust,
  values: readonly { readonly key: string; readonly value: number }[],
  q: SampleSettings & { readonly now: Moment },
): RoomTrust {
  if (values.length < 2) return before;
  const next: Record<string, Beside> = { ...before };
  for (const { key, value } of values) {
    const others = values.filter((other) => other.key !== key).map((other) => other.value);
    const apart = value - (middleOf(others) ?? value);
    next[key] = besideAfter(before[key], apart, q);
  }
  return next;
}

function besideAfter(
  before: Beside | undefined,
  apart: number,
  { differMax, hours, now }: SampleSettings & { readonly now: Moment },
): Beside {
  const { beyondFrom = 0, hourly = [], hourAt = -Infinity } = before ?? {};
  const isNewHour = Math.abs(now - hourAt) >= HOUR_MS;
  return {
    apart,
    beyondFrom: Math.abs(apart) <= differMax ? 0 : beyondFrom === 0 ? now : beyondFrom,
    hourly: isNewHour ? [...hourly, apart].slice(-hours) : hourly,
    hourAt: isNewHour ? now : hourAt,
  };
}

/** The middle of the hourly differences; `undefined`: there are too few to say. */
export function driftOf(beside: Beside, hours: number): number | undefined {
  return beside.hourly.length * 3 >= hours * 2 ? middleOf(beside.hourly) : undefined;
}

/** The wall clock jumped: what lasts goes on by monotonic time. */
export function shiftTrust(trust: RoomTrust, deltaMs: number): RoomTrust {
  const shifted = Object.entries(trust).map(([key, beside]): [string, Beside] => {
    const { beyondFrom, hourAt } = beside;
    const from = beyondFrom === 0 ? 0 : beyondFrom + deltaMs;
    return [key, { ...beside, beyondFrom: from, hourAt: hourAt + deltaMs }];
  });
  return Object.fromEntries(shifted);
}
