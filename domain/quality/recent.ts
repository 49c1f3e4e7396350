/** The known values of the last so many seconds: bounded, JSON, for the tests that look back over a window. */

import type { Moment } from '../time.ts';
import { isPresent, type Sample } from './flags.ts';

/** JSON; flat: time, value; oldest first. */
export interface Recent {
  readonly window: readonly number[];
  /** Newest time of what had to be forgotten because the window was too dense. */
  readonly forgottenAt?: Moment;
}

export const NO_RECENT: Recent = { window: [] };
/** A window keeps no more values: a day of one a minute. What is denser is not evaluated. */
export const RECENT_VALUES_MAX = 1440;

/** One more sample, later than all before; what is as old as the window or older leaves. */
export function addToRecent(recent: Recent, sample: Sample, windowSeconds: number): Recent {
  const window = recent.window.slice(startOf(recent, sample.at - windowSeconds * 1000));
  if (isPresent(sample.value)) window.push(sample.at, sample.value);
  let { forgottenAt } = recent;
  if (window.length > 2 * RECENT_VALUES_MAX) [forgottenAt] = window.splice(0, 2);
  return { window, ...(forgottenAt === undefined ? {} : { forgottenAt }) };
}

/** The values later than `from`; `undefined`: some of them were forgotten. */
export function valuesSince(recent: Recent, from: Moment): readonly number[] | undefined {
  if (recent.forgottenAt !== undefined && recent.forgottenAt > from) return undefined;
  return recent.window.slice(startOf(recent, from)).filter((_, i) => i % 2 === 1);
}

function startOf({ window }: Recent, from: Moment): number {
  let start = 0;
  while (start < window.length && (window[start] ?? 0) <= from) start += 2;
  return start;
}

/** Standard deviation: of the population, or of a sample (n - 1). `undefined`: too few values for it. */
export function deviationOf(
  values: readonly number[],
  of: 'population' | 'sample',
): number | undefined {
  const divisor = of === 'sample' ? values.length - 1 : values.length;
  if (divisor < 1) return undefined;
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / divisor);
}
