/**
 * QARTOD rate of change in its other form: a step of more than so many standard deviations of the values before it. The
 * manuals' examples: 3 deviations over 25 hours (8 in one of them). ioos_qc has no vectors for it. A flat room has hardly
 * any deviation, so a least change is to be given there.
 */

import { FLAG, isPresent, type Flag, type Sample } from './flags.ts';
import { addToRecent, deviationOf, NO_RECENT, valuesSince, type Recent } from './recent.ts';

export interface ChangeSettings {
  /** Unset: 3. */
  readonly deviations?: number;
  /** Unset: 25 hours. */
  readonly windowSeconds?: number;
  /** Fewer values before it: not evaluated. Unset: 12, 本馆自定. */
  readonly valuesMin?: number;
  /** A step up to this always passes, in the metric's unit. Unset: 0. */
  readonly changeMin?: number;
}

const WINDOW_SECONDS = 25 * 3600;

/** One flag a sample; oldest first. */
export function changesOf(samples: readonly Sample[], settings: ChangeSettings): readonly Flag[] {
  let state = NO_RECENT;
  return samples.map((sample) => {
    const step = addToChange(state, sample, settings);
    ({ state } = step);
    return step.flag;
  });
}

/** One more sample of a stream, later than all before. Looks at the whole window, as `addToAttenuated`. */
export function addToChange(
  state: Recent,
  sample: Sample,
  settings: ChangeSettings,
): { readonly state: Recent; readonly flag: Flag } {
  const windowSeconds = settings.windowSeconds ?? WINDOW_SECONDS;
  const next = addToRecent(state, sample, windowSeconds);
  if (!isPresent(sample.value)) return { state: next, flag: FLAG.missing };
  const before = valuesSince(state, sample.at - windowSeconds * 1000);
  return { state: next, flag: judge(sample.value, before, settings) };
}

function judge(
  value: number,
  before: readonly number[] | undefined,
  settings: ChangeSettings,
): Flag {
  const last = before?.at(-1);
  if (before === undefined || last === undefined) return FLAG.notEvaluated;
  if (before.length < (settings.valuesMin ?? 12)) return FLAG.notEvaluated;
  const deviation = deviationOf(before, 'sample');
  if (deviation === undefined) return FLAG.notEvaluated;
  const limit = Math.max((settings.deviations ?? 3) * deviation, settings.changeMin ?? 0);
  return Math.abs(value - last) > limit ? FLAG.suspect : FLAG.good;
}
