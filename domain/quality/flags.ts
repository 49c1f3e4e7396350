/**
 * Quality flags of QARTOD (IOOS manuals; rules and vectors from ioos_qc, one copy): each test gives one flag a sample, and
 * flags roll up by precedence. Only 1, and 3 when marked, may feed alarms and averages; 4 and 9 say something of the device,
 * never of the room, and must not end an alarm.
 *
 * Each test is a step with a small state that is JSON, so that a stream can be judged reading by reading and go on after a
 * restart. Its form over arrays is those steps, one after the other.
 */

import { QUALITY } from '../reading.ts';
import type { Moment } from '../time.ts';

export const FLAG = { ...QUALITY, missing: 9 } as const;
export type Flag = (typeof FLAG)[keyof typeof FLAG];

/** A value, or none where one was due: `undefined` and what is not finite count as missing. */
export interface Sample {
  readonly at: Moment;
  readonly value: number | undefined;
}

// Lowest first.
const PRECEDENCE: readonly Flag[] = [
  FLAG.missing,
  FLAG.notEvaluated,
  FLAG.good,
  FLAG.suspect,
  FLAG.fail,
];

/** One flag for several tests: fail over suspect over good over not evaluated over missing. Of no test: missing. */
export function rollUp(flags: readonly Flag[]): Flag {
  return flags.reduce<Flag>(
    (worst, flag) => (PRECEDENCE.indexOf(flag) > PRECEDENCE.indexOf(worst) ? flag : worst),
    FLAG.missing,
  );
}

/** Whether there is a value to judge. */
export function isPresent(value: number | null | undefined): value is number {
  return value !== undefined && value !== null && Number.isFinite(value);
}

/** Greatest less least of the values that are there; `undefined`: there are fewer than `least`. */
export function spread(
  values: readonly (number | null | undefined)[],
  least: number,
): number | undefined {
  let low = Infinity;
  let high = -Infinity;
  let count = 0;
  for (const value of values) {
    if (!isPresent(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    count += 1;
  }
  return count < Math.max(1, least) ? undefined : high - low;
}

/** Middle step between samples, s; `undefined` for fewer than two. */
export function medianStepSeconds(samples: readonly Sample[]): number | undefined {
  const steps = samples.slice(1).map((s, i) => (s.at - (samples[i]?.at ?? s.at)) / 1000);
  if (steps.length === 0) return undefined;
  steps.sort((a, b) => a - b);
  const middle = Math.floor(steps.length / 2);
  const upper = steps[middle] ?? NaN;
  return steps.length % 2 === 1 ? upper : ((steps[middle - 1] ?? NaN) + upper) / 2;
}
