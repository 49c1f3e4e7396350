/** QARTOD gross range: outside what the sensor can report is a failure, outside what the user expects is suspect. */

import { FLAG, isPresent, type Flag } from './flags.ts';

/** Bounds inclusive, in the metric's unit. */
export interface Span {
  readonly min: number;
  readonly max: number;
}

export interface GrossRangeSettings {
  /** The sensor's data sheet. */
  readonly sensor: Span;
  /** Must lie inside the sensor's; unset: not tested. */
  readonly user?: Span;
}

/** Needs no state: the same for streams. Throws a `RangeError` when the user's span leaves the sensor's. */
export function grossRange(value: number | undefined, settings: GrossRangeSettings): Flag {
  const { sensor, user } = settings;
  if (user && (user.min < sensor.min || user.max > sensor.max)) {
    throw new RangeError("The user's span leaves the sensor's span.");
  }
  if (!isPresent(value)) return FLAG.missing;
  if (value < sensor.min || value > sensor.max) return FLAG.fail;
  if (user && (value < user.min || value > user.max)) return FLAG.suspect;
  return FLAG.good;
}
