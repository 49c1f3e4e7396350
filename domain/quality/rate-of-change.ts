/**
 * QARTOD rate of change: the step from the last known value, per second. The first value passes, as in ioos_qc. Over missing
 * values the step is taken from the last one that was there. What is not later than it is not evaluated.
 */

import type { Moment } from '../time.ts';
import { FLAG, isPresent, type Flag, type Sample } from './flags.ts';

export interface RateSettings {
  /** Units of the metric per second; above is suspect. */
  readonly suspectPerSecond: number;
  /** Unset: never a failure. */
  readonly failPerSecond?: number;
}

// 5 in 15 minutes must not exceed 5/15/60 per second by rounding alone.
const ROUNDING = 1e-9;

/** One flag a sample; oldest first. */
export function ratesOf(samples: readonly Sample[], settings: RateSettings): readonly Flag[] {
  let state: RateState = {};
  return samples.map((sample) => {
    const step = addToRate(state, sample, settings);
    ({ state } = step);
    return step.flag;
  });
}

/** JSON; the newest known value. */
export interface RateState {
  readonly at?: Moment;
  readonly value?: number;
}

/** One more sample of a stream. */
export function addToRate(
  state: RateState,
  sample: Sample,
  settings: RateSettings,
): { readonly state: RateState; readonly flag: Flag } {
  const { at, value } = sample;
  if (!isPresent(value)) return { state, flag: FLAG.missing };
  if (state.at === undefined || state.value === undefined) {
    return { state: { at, value }, flag: FLAG.good };
  }
  const flag = judge(value - state.value, at - state.at, settings);
  return { state: at > state.at ? { at, value } : state, flag };
}

function judge(step: number, ms: number, settings: RateSettings): Flag {
  if (!(ms > 0)) return FLAG.notEvaluated;
  const { suspectPerSecond, failPerSecond = Infinity } = settings;
  if (isFaster(step, ms, failPerSecond)) return FLAG.fail;
  return isFaster(step, ms, suspectPerSecond) ? FLAG.suspect : FLAG.good;
}

/** Whether a step within so many ms is faster than so much a second. */
export function isFaster(step: number, ms: number, perSecond: number): boolean {
  return (Math.abs(step) * 1000) / ms > perSecond * (1 + ROUNDING);
}
