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

/** How many numbers a run is. */
export const RUN_NUMBERS = 5;
const SINCE = 0;
const AT = 1;
const LOW = 2;
const HIGH = 3;
const COUNT = 4;

/**
 * The run of one series that ends with its newest value. Changed in place, in numbers that whoever judges many series may
 * lend it: number fields of an object are made anew with each change, and there are thousands of changes a second.
 */
export class Run {
  readonly #numbers: Float64Array;
  readonly #from: number;

  /** Begins empty: what is in `numbers` from `from` on is overwritten. */
  constructor(numbers = new Float64Array(RUN_NUMBERS), from = 0) {
    this.#numbers = numbers;
    this.#from = from;
    numbers.fill(NaN, from, from + RUN_NUMBERS);
    numbers[from + COUNT] = 0;
  }

  /** Time of its first value; NaN: none yet. */
  get since(): Moment {
    return this.#numbers[this.#from + SINCE] ?? NaN;
  }

  /** Time of its newest value; NaN: none yet. */
  get at(): Moment {
    return this.#numbers[this.#from + AT] ?? NaN;
  }

  get count(): number {
    return this.#numbers[this.#from + COUNT] ?? 0;
  }

  /** One more sample. A missing value and one that is not newer change nothing. */
  add({ at, value }: Sample, settings: PersistenceSettings): void {
    if (isPresent(value)) this.addPresent(at, value, settings);
  }

  /** The same for a value that is known to be there. */
  addPresent(at: Moment, value: number, settings: PersistenceSettings): void {
    const numbers = this.#numbers;
    const from = this.#from;
    const before = numbers[from + AT] ?? NaN;
    // Beside NaN nothing is true: the first value begins a run.
    if (at <= before) return;
    const low = Math.min(value, numbers[from + LOW] ?? NaN);
    const high = Math.max(value, numbers[from + HIGH] ?? NaN);
    const goesOn = at - before <= settings.gapMs && high - low < settings.tolerance;
    if (!goesOn) numbers[from + SINCE] = at;
    numbers[from + LOW] = goesOn ? low : value;
    numbers[from + HIGH] = goesOn ? high : value;
    numbers[from + COUNT] = goesOn ? (numbers[from + COUNT] ?? 0) + 1 : 1;
    numbers[from + AT] = at;
  }

  /** After its numbers were loaded: a count that is none is 0. */
  revive(): void {
    const at = this.#from + COUNT;
    if (Number.isNaN(this.#numbers[at])) this.#numbers[at] = 0;
  }

  /** Whether the value has not moved for a day or more. `undefined`: no value yet. */
  isFrozen(settings: PersistenceSettings): boolean | undefined {
    const numbers = this.#numbers;
    const from = this.#from;
    const count = numbers[from + COUNT] ?? 0;
    if (count === 0) return undefined;
    if (count < (settings.valuesMin ?? 12)) return false;
    return (numbers[from + AT] ?? NaN) - (numbers[from + SINCE] ?? NaN) >= frozenMs(settings);
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
