/** What is left out of the spool when it is at its bound: climate readings, counted; safety metrics never. */

import { isSafetyMetric } from '../../domain/metrics.ts';
import type { Reading } from '../../domain/reading.ts';
import { MINUTE_MS, type Moment } from '../../domain/time.ts';

/** While thinning, one climate reading of a series in this time is kept. Our own proposal. */
const KEEP_ONE_IN_MS = 10 * MINUTE_MS;

/** What of some readings goes to the spool. */
export interface Thinned {
  readonly kept: readonly Reading[];
  /** Memory takes it: call it after the commit, and only then. A choice that was not committed never happened. */
  committed(): void;
}

export class Thinning {
  #lastKept = new Map<string, Moment>();
  #unjournalled = 0;
  #total = 0;

  /** Chooses what goes to the spool all the same. Changes nothing: the same readings are tried again after a failed commit. */
  choose(readings: readonly Reading[], now: Moment): Thinned {
    const keptNow = new Map<string, Moment>();
    const kept = readings.filter((reading) => this.#keeps(reading, now, keptNow));
    const left = readings.length - kept.length;
    return {
      kept,
      committed: () => {
        for (const [key, at] of keptNow) this.#lastKept.set(key, at);
        this.#unjournalled += left;
        this.#total += left;
      },
    };
  }

  /** How many were left out and are in no line of the journal yet. */
  get unjournalled(): number {
    return this.#unjournalled;
  }

  /** A line that says `count` of them was committed. */
  journalled(count: number): void {
    this.#unjournalled -= count;
  }

  get total(): number {
    return this.#total;
  }

  /** Thinning is over. */
  end(): void {
    this.#lastKept = new Map();
  }

  #keeps(reading: Reading, now: Moment, keptNow: Map<string, Moment>): boolean {
    if (isSafetyMetric(reading.metric)) return true;
    const key = `${reading.repository}.${reading.sensor}.${reading.metric}`;
    const last = keptNow.get(key) ?? this.#lastKept.get(key);
    if (last !== undefined && now - last < KEEP_ONE_IN_MS) return false;
    keptNow.set(key, now);
    return true;
  }
}
