/** What is left out of the spool when it is at its bound: climate readings, counted; safety metrics never. */

import { isSafetyMetric } from '../../domain/metrics.ts';
import type { Reading } from '../../domain/reading.ts';
import { MINUTE_MS, type Moment } from '../../domain/time.ts';

/** While thinning, one climate reading of a series in this time is kept. Our own proposal. */
const KEEP_ONE_IN_MS = 10 * MINUTE_MS;

export class Thinning {
  #lastKept = new Map<string, Moment>();
  #thinned = 0;
  #thinnedTotal = 0;

  /** Readings that go to the spool all the same. Counts the rest. */
  keep(readings: readonly Reading[], now: Moment): readonly Reading[] {
    const kept = readings.filter((reading) => this.#keeps(reading, now));
    this.#thinned += readings.length - kept.length;
    this.#thinnedTotal += readings.length - kept.length;
    return kept;
  }

  /** How many were left out since the last call. */
  takeCount(): number {
    const count = this.#thinned;
    this.#thinned = 0;
    return count;
  }

  get total(): number {
    return this.#thinnedTotal;
  }

  /** Thinning is over. */
  end(): void {
    this.#lastKept = new Map();
  }

  #keeps(reading: Reading, now: Moment): boolean {
    if (isSafetyMetric(reading.metric)) return true;
    const key = `${reading.repository}.${reading.sensor}.${reading.metric}`;
    const last = this.#lastKept.get(key);
    if (last !== undefined && now - last < KEEP_ONE_IN_MS) return false;
    this.#lastKept.set(key, now);
    return true;
  }
}
