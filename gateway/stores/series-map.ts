/** Something for each series, found without making a text that names it: three look-ups a reading, and no garbage. */

import type { MetricName } from '../../domain/metrics.ts';
import type { SeriesKey } from '../../domain/series.ts';
import { HOUR_MS, hourOf, type Moment } from '../../domain/time.ts';

/** Grows with every series it is asked for, until `makeRoom`. */
export class SeriesMap<T> {
  readonly #byRepository = new Map<string, Map<string, Map<MetricName, T>>>();
  readonly #seriesMax: number;
  readonly #make: (key: SeriesKey) => T;
  #size = 0;

  constructor(seriesMax: number, make: (key: SeriesKey) => T) {
    this.#seriesMax = seriesMax;
    this.#make = make;
  }

  /** What there is for the series; made when it is asked for the first time. */
  of(key: SeriesKey): T {
    const known = this.#byRepository.get(key.repository)?.get(key.sensor)?.get(key.metric);
    return known ?? this.#add(key);
  }

  /** Starts anew when it holds more than `seriesMax`, and says so; not while somebody works with what he got before. */
  makeRoom(): boolean {
    if (this.#size <= this.#seriesMax) return false;
    this.#byRepository.clear();
    this.#size = 0;
    return true;
  }

  #add(key: SeriesKey): T {
    let sensors = this.#byRepository.get(key.repository);
    if (!sensors) this.#byRepository.set(key.repository, (sensors = new Map()));
    let metrics = sensors.get(key.sensor);
    if (!metrics) sensors.set(key.sensor, (metrics = new Map()));
    const made = this.#make(key);
    metrics.set(key.metric, made);
    this.#size += 1;
    return made;
  }
}

/** A set of hours of series, which forgets all when it has grown too large. */
export class SeriesHours {
  // Counted in hours since 1970: small numbers cost nothing to look up.
  #hours: SeriesMap<Set<number>>;
  readonly #hoursMax: number;
  #count = 0;

  constructor(hoursMax: number) {
    this.#hoursMax = hoursMax;
    this.#hours = newHours(hoursMax);
  }

  has(key: SeriesKey, at: Moment): boolean {
    return this.#hours.of(key).has(Math.floor(at / HOUR_MS));
  }

  add(key: SeriesKey, at: Moment): void {
    if (this.#count >= this.#hoursMax) {
      this.#hours = newHours(this.#hoursMax);
      this.#count = 0;
    }
    const hours = this.#hours.of(key);
    const before = hours.size;
    hours.add(hourOf(at) / HOUR_MS);
    this.#count += hours.size - before;
  }

  delete(key: SeriesKey, at: Moment): void {
    if (this.#hours.of(key).delete(hourOf(at) / HOUR_MS)) this.#count -= 1;
  }
}

function newHours(seriesMax: number): SeriesMap<Set<number>> {
  return new SeriesMap(seriesMax, () => new Set());
}
