/**
 * A level counts when two readings in a row show it. One wrong value that is too small for the tests of quality makes no
 * range of a day and no fast change; a true one does with the next reading. Our own proposal.
 */

import { MINUTE_MS, type Moment } from '../../domain/time.ts';

/** Readings further apart do not speak for each other: each counts by itself. */
export const NEIGHBOUR_MS = 15 * MINUTE_MS;

export interface Spot {
  readonly at: Moment;
  readonly value: number;
}

/** How far down and how far up two readings show together; `high` is below `low` where they differ. */
export interface Levels {
  readonly low: number;
  readonly high: number;
}

/** What a reading shows together with the one before it. `undefined`: that of the same moment, nothing new. */
export function levelsOf(
  { at, value }: Spot,
  before: Spot,
  nearMs = NEIGHBOUR_MS,
): Levels | undefined {
  if (at === before.at) return undefined;
  const isAlone = Number.isNaN(before.value) || Math.abs(at - before.at) > nearMs;
  if (isAlone) return { low: value, high: value };
  return { low: Math.max(value, before.value), high: Math.min(value, before.value) };
}
