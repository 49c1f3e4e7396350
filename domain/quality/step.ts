/** Too large or too fast a step from the last good value, until what follows confirms it. See the head of `live.ts`. */

import { isFaster } from './rate-of-change.ts';
import { RUN_NUMBERS } from './persistence.ts';
import { TEST, type Thresholds } from './tests.ts';

/**
 * What is remembered of a series, by place in one array: number fields of an object are made anew with each change.
 * The last value that passed, and when. NaN: none yet.
 */
export const GOOD = 0;
export const GOOD_AT = 1;
/** A step that waits to be confirmed, and how many on that side of the last good value there were. */
export const ODD = 2;
export const ODD_AT = 3;
export const ODDS = 4;
export const NEWEST = 5;
export const NEWEST_AT = 6;
export const RUN = 7;
export const NUMBERS = RUN + RUN_NUMBERS;

/**
 * Whether the newest value is a step that nothing confirmed yet. Numbers stay in the array: as arguments of a call they would
 * be objects.
 */
export function judgeStep(now: Float64Array, thresholds: Thresholds, withinMs: number): number {
  const value = now[NEWEST] ?? NaN;
  const at = now[NEWEST_AT] ?? NaN;
  const good = now[GOOD] ?? NaN;
  const ms = at - (now[GOOD_AT] ?? NaN);
  const tests = ms <= withinMs ? stepTests(value - good, ms, thresholds) : 0;
  if (tests === 0 || isConfirmed(now, thresholds)) {
    now[GOOD] = value;
    now[GOOD_AT] = at;
    now[ODDS] = 0;
    return 0;
  }
  const odds = now[ODDS] ?? 0;
  now[ODDS] = odds > 0 && isSameSide(now) ? odds + 1 : 1;
  now[ODD] = value;
  now[ODD_AT] = at;
  return tests;
}

function isConfirmed(now: Float64Array, thresholds: Thresholds): boolean {
  const odds = now[ODDS] ?? 0;
  if (odds === 0) return false;
  const ms = (now[NEWEST_AT] ?? NaN) - (now[ODD_AT] ?? NaN);
  const step = (now[NEWEST] ?? NaN) - (now[ODD] ?? NaN);
  if (stepTests(step, ms, thresholds) === 0) return true;
  return odds >= 2 && isSameSide(now);
}

function isSameSide(now: Float64Array): boolean {
  const good = now[GOOD] ?? NaN;
  return (now[NEWEST] ?? NaN) > good === (now[ODD] ?? NaN) > good;
}

function stepTests(step: number, ms: number, thresholds: Thresholds): number {
  const { spikeAbove = Infinity, ratePerSecond = Infinity, rateFrom = 0 } = thresholds;
  const size = Math.abs(step);
  if (size > spikeAbove) return TEST.spike;
  return size > rateFrom && isFaster(size, ms, ratePerSecond) ? TEST.rate : 0;
}
