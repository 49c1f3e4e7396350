/**
 * QARTOD time gap and data reception: whether data came when it was due. They say something of the link, so they raise
 * alarms of devices; a value that follows a gap is itself none the worse and is not to be thrown away for it.
 */

import type { Moment } from '../time.ts';
import { FLAG, type Flag } from './flags.ts';

/** The manuals' examples: a gap of 2 hours, nothing received for 6. */
export const GAP_FAIL_SECONDS = 2 * 3600;
export const RECEPTION_FAIL_SECONDS = 6 * 3600;

/** One flag a time, oldest first: a failure after a longer step. The first has no step and takes the flag of the second. */
export function gapsOf(
  times: readonly Moment[],
  failSeconds: number = GAP_FAIL_SECONDS,
): readonly Flag[] {
  let state: GapState = {};
  const flags: Flag[] = [];
  for (const at of times) {
    const step = addToGap(state, at, failSeconds);
    ({ state } = step);
    flags.push(...step.settled);
  }
  return [...flags, ...endGap(state)];
}

/** JSON. */
export interface GapState {
  readonly at?: Moment;
  /** The first time waits for the second. */
  readonly waiting?: true;
}

/** One more time of a stream: none settled by the first, two by the second, then one each. `endGap` settles a lone one. */
export function addToGap(
  state: GapState,
  at: Moment,
  failSeconds: number = GAP_FAIL_SECONDS,
): { readonly state: GapState; readonly settled: readonly Flag[] } {
  if (state.at === undefined) return { state: { at, waiting: true }, settled: [] };
  const flag = judge(at - state.at, failSeconds);
  return { state: { at }, settled: state.waiting ? [flag, flag] : [flag] };
}

/** What is still to be settled when a stream has ended. */
export function endGap(state: GapState): readonly Flag[] {
  return state.waiting ? [FLAG.notEvaluated] : [];
}

/** Whether the newest data is recent enough; needs no state. `undefined`: there never was any. */
export function receptionOf(
  newestAt: Moment | undefined,
  now: Moment,
  failSeconds: number = RECEPTION_FAIL_SECONDS,
): Flag {
  if (newestAt === undefined) return FLAG.missing;
  return judge(now - newestAt, failSeconds);
}

function judge(ms: number, failSeconds: number): Flag {
  return isGap(ms, failSeconds) ? FLAG.fail : FLAG.good;
}

/** Whether a step in time is a gap. */
export function isGap(ms: number, failSeconds: number): boolean {
  return ms > failSeconds * 1000;
}
