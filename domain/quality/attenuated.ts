/**
 * QARTOD attenuated signal: a signal that hardly moves any more, by standard deviation or range over a window. Over the
 * whole series all samples get one flag; over a window of time (older than the sample by less than it) each its own.
 *
 * The whole series has no form for streams: its flag is known only at the end.
 */

import { FLAG, isPresent, spread, type Flag, type Sample } from './flags.ts';
import { addToRecent, deviationOf, NO_RECENT, valuesSince, type Recent } from './recent.ts';

export interface AttenuatedSettings {
  /** Below is suspect, in the metric's unit. */
  readonly suspectBelow: number;
  readonly failBelow: number;
  readonly by: 'deviation' | 'range';
}

export interface AttenuatedWindow {
  readonly windowSeconds: number;
  /** Fewer known values in the window: not evaluated. A deviation needs two anyhow. Unset: 1. */
  readonly valuesMin?: number;
}

/** One flag for all samples that are there; deviation of the population, as in ioos_qc. */
export function attenuatedOf(
  samples: readonly Sample[],
  settings: AttenuatedSettings,
): readonly Flag[] {
  const values = samples.map((s) => s.value).filter(isPresent);
  const moved = settings.by === 'range' ? spread(values, 1) : deviationOf(values, 'population');
  return samples.map((s) => (isPresent(s.value) ? judge(moved, settings) : FLAG.missing));
}

/** One flag a sample, by the window that ends with it; oldest first; deviation of the sample (n - 1), as in ioos_qc. */
export function attenuatedWithin(
  samples: readonly Sample[],
  settings: AttenuatedSettings & AttenuatedWindow,
): readonly Flag[] {
  let state = NO_RECENT;
  return samples.map((sample) => {
    const step = addToAttenuated(state, sample, settings);
    ({ state } = step);
    return step.flag;
  });
}

/** One more sample of a stream, later than all before. Looks at the whole window: meant for hourly means, not for raw readings. */
export function addToAttenuated(
  state: Recent,
  sample: Sample,
  settings: AttenuatedSettings & AttenuatedWindow,
): { readonly state: Recent; readonly flag: Flag } {
  const next = addToRecent(state, sample, settings.windowSeconds);
  if (!isPresent(sample.value)) return { state: next, flag: FLAG.missing };
  const values = valuesSince(next, sample.at - settings.windowSeconds * 1000);
  return { state: next, flag: judge(values && movedIn(values, settings), settings) };
}

function movedIn(
  values: readonly number[],
  settings: AttenuatedSettings & AttenuatedWindow,
): number | undefined {
  if (values.length < (settings.valuesMin ?? 1)) return undefined;
  return settings.by === 'range' ? spread(values, 1) : deviationOf(values, 'sample');
}

function judge(moved: number | undefined, settings: AttenuatedSettings): Flag {
  if (moved === undefined) return FLAG.notEvaluated;
  if (moved < settings.failBelow) return FLAG.fail;
  return moved < settings.suspectBelow ? FLAG.suspect : FLAG.good;
}
