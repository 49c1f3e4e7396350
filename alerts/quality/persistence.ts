/**
 * The archives' flat line. A sealed stack room really is flat: the same temperature for three hours is normal at a resolution
 * of 0.1 °C. So a series counts as frozen only after a day or more within less than its resolution, and as suspect only
 * when another metric of the sensor, or a neighbour, is frozen with it (derived in the reference; 本馆自定).
 *
 * Needs a few numbers a series, however long the day: the run since the value last moved.
 */

import { DAY_MS, type Moment } from '../../domain/time.ts';
import { FLAG, isPresent, type Flag, type Sample } from './flags.ts';

export interface PersistenceSettings {
  /** Spreads below this are no movement, in the metric's unit; below the sensor's resolution: see `toleranceBelow`. */
  readonly tolerance: number;
  /** Unset: 24 h; less is taken for 24 h. */
  readonly frozenMs?: number;
  /** A longer step begins a new run: nothing is known of what lies between. */
  readonly gapMs: number;
  /** A run of fewer values proves nothing. Unset: 12. */
  readonly valuesMin?: number;
}

/** Half the resolution: one digit of movement is movement. */
export function toleranceBelow(resolution: number): number {
  return resolution / 2;
}

/** JSON; the run that ends with the newest value. */
export interface PersistenceState {
  readonly since: Moment;
  readonly at: Moment;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** One more sample. A missing value and one that is not newer change nothing. */
export function addToPersistence(
  state: PersistenceState | undefined,
  sample: Sample,
  settings: PersistenceSettings,
): PersistenceState | undefined {
  const { at, value } = sample;
  if (!isPresent(value) || (state && at <= state.at)) return state;
  const begin = { since: at, at, low: value, high: value, count: 1 };
  if (!state || at - state.at > settings.gapMs) return begin;
  const low = Math.min(state.low, value);
  const high = Math.max(state.high, value);
  if (high - low >= settings.tolerance) return begin;
  return { since: state.since, at, low, high, count: state.count + 1 };
}

/** Whether the value has not moved for a day or more. `undefined`: no value yet. */
export function isFrozen(
  state: PersistenceState | undefined,
  settings: PersistenceSettings,
): boolean | undefined {
  if (!state) return undefined;
  const frozenMs = Math.max(DAY_MS, settings.frozenMs ?? DAY_MS);
  return state.at - state.since >= frozenMs && state.count >= (settings.valuesMin ?? 12);
}

/**
 * The flag of a series by itself and its companions: the other metric of the sensor, and the same metric of neighbours.
 * Frozen together is suspect; frozen while a companion moves is a flat room; without a companion it can't be told.
 */
export function judgeFrozen(
  own: boolean | undefined,
  companions: readonly (boolean | undefined)[],
): Flag {
  if (own === undefined) return FLAG.missing;
  if (!own) return FLAG.good;
  const known = companions.filter((c) => c !== undefined);
  if (known.length === 0) return FLAG.notEvaluated;
  return known.includes(true) ? FLAG.suspect : FLAG.good;
}

/** One flag a sample of a sensor's metric beside its other metric, both of the same times: the steps above over arrays. */
export function persistenceOf(
  own: readonly Sample[],
  companion: readonly Sample[],
  settings: { readonly own: PersistenceSettings; readonly companion: PersistenceSettings },
): readonly Flag[] {
  let mine: PersistenceState | undefined;
  let theirs: PersistenceState | undefined;
  return own.map((sample, i) => {
    const other = companion[i];
    if (other) theirs = addToPersistence(theirs, other, settings.companion);
    if (!isPresent(sample.value)) return FLAG.missing;
    mine = addToPersistence(mine, sample, settings.own);
    return judgeFrozen(isFrozen(mine, settings.own), [isFrozen(theirs, settings.companion)]);
  });
}
