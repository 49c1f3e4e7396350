/**
 * The archives' flat line. A sealed stack room really is flat: the same temperature for three hours is normal at a resolution
 * of 0.1 °C. So a series counts as frozen only after a day or more within less than its resolution, and as suspect only
 * when another metric of the sensor, or a neighbour, is frozen with it (derived in the reference; 本馆自定).
 *
 * Needs a few numbers a series, however long the day: the run since the value last moved.
 */

import { DAY_MS, type Moment } from '../time.ts';
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

/** The run of one series that ends with its newest value. Changed in place: nothing is made for a reading. Plain numbers. */
export class Run {
  since: Moment = NaN;
  /** -Infinity before the first value. */
  at: Moment = -Infinity;
  low = NaN;
  high = NaN;
  count = 0;

  /** One more sample. A missing value and one that is not newer change nothing. */
  add({ at, value }: Sample, settings: PersistenceSettings): void {
    if (isPresent(value)) this.addPresent(at, value, settings);
  }

  /** The same for a value that is known to be there. */
  addPresent(at: Moment, value: number, settings: PersistenceSettings): void {
    if (!(at > this.at)) return;
    const low = value < this.low ? value : this.low;
    const high = value > this.high ? value : this.high;
    // Written so that the first value, beside NaN, begins a run.
    if (at - this.at <= settings.gapMs && high - low < settings.tolerance) {
      this.low = low;
      this.high = high;
      this.count += 1;
    } else {
      this.since = at;
      this.low = value;
      this.high = value;
      this.count = 1;
    }
    this.at = at;
  }

  take(other: Run): void {
    this.since = other.since;
    this.at = other.at;
    this.low = other.low;
    this.high = other.high;
    this.count = other.count;
  }

  /** Whether the value has not moved for a day or more. `undefined`: no value yet. */
  isFrozen(settings: PersistenceSettings): boolean | undefined {
    if (this.count === 0) return undefined;
    return this.at - this.since >= frozenMs(settings) && this.count >= (settings.valuesMin ?? 12);
  }
}

function frozenMs(settings: PersistenceSettings): number {
  return settings.frozenMs !== undefined && settings.frozenMs > DAY_MS ? settings.frozenMs : DAY_MS;
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
  const mine = new Run();
  const theirs = new Run();
  return own.map((sample, i) => {
    const other = companion[i];
    if (other) theirs.add(other, settings.companion);
    if (!isPresent(sample.value)) return FLAG.missing;
    mine.add(sample, settings.own);
    return judgeFrozen(mine.isFrozen(settings.own), [theirs.isFrozen(settings.companion)]);
  });
}
