/**
 * QARTOD spike: how far a value stands out from its two neighbours.
 *
 * A value is judged when the next one is there, so in a stream the flag comes one sample late: `addToSpike` settles the
 * sample before the one that it is given, and `endSpike` the last one. Whoever must not wait (alarms) takes the newest
 * sample for not evaluated. The first and last sample are not evaluated.
 *
 * Beside a missing neighbour nothing is evaluated (flag 2). ioos_qc flags such a value 9, or by what lies under its mask;
 * 9 on a value that is there would say that it is not.
 */

import { FLAG, isPresent, type Flag } from './flags.ts';

export interface SpikeSettings {
  /** In the metric's unit; above is suspect. */
  readonly suspectAbove: number;
  readonly failAbove: number;
  /**
   * `average`: distance from the mean of the neighbours; flags a spike's neighbours too. `differential`: the smaller of
   * the steps to the neighbours, where they go opposite ways.
   */
  readonly method: 'average' | 'differential';
}

/** One flag a value. */
export function spikesOf(
  values: readonly (number | undefined)[],
  settings: SpikeSettings,
): readonly Flag[] {
  let state: SpikeState = {};
  const flags: Flag[] = [];
  for (const value of values) {
    const step = addToSpike(state, value, settings);
    ({ state } = step);
    if (step.settled !== undefined) flags.push(step.settled);
  }
  const last = endSpike(state);
  return last === undefined ? flags : [...flags, last];
}

/** JSON; the last two values, `null` for a missing one; unset before there were so many. */
export interface SpikeState {
  readonly before?: number | null;
  readonly newest?: number | null;
}

export interface SpikeStep {
  readonly state: SpikeState;
  /** Flag of the sample before; unset for the first sample. */
  readonly settled?: Flag;
}

/** One more value of a stream. */
export function addToSpike(
  state: SpikeState,
  value: number | undefined,
  settings: SpikeSettings,
): SpikeStep {
  const newest = isPresent(value) ? value : null;
  if (state.newest === undefined) return { state: { newest } };
  const next = { before: state.newest, newest };
  if (state.newest === null) return { state: next, settled: FLAG.missing };
  if (state.before === undefined) return { state: next, settled: FLAG.notEvaluated };
  return { state: next, settled: judge([state.before, state.newest, newest], settings) };
}

/** Flag of the last sample of a stream that has ended; `undefined`: there was none. */
export function endSpike(state: SpikeState): Flag | undefined {
  if (state.newest === undefined) return undefined;
  return state.newest === null ? FLAG.missing : FLAG.notEvaluated;
}

type Neighbours = readonly [
  before: number | null | undefined,
  value: number,
  after: number | null | undefined,
];

function judge([before, value, after]: Neighbours, settings: SpikeSettings): Flag {
  if (!isPresent(before) || !isPresent(after)) return FLAG.notEvaluated;
  const distance =
    settings.method === 'average'
      ? Math.abs(value - (before + after) / 2)
      : oppositeStep(value - before, after - value);
  if (distance > settings.failAbove) return FLAG.fail;
  return distance > settings.suspectAbove ? FLAG.suspect : FLAG.good;
}

function oppositeStep(there: number, back: number): number {
  return Math.sign(there) === Math.sign(back) ? 0 : Math.min(Math.abs(there), Math.abs(back));
}
