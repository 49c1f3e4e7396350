/** What is left out of the spool when it is at its bound: climate readings, counted; safety metrics never. */

import { isUrgentMetric } from '../../domain/metrics.ts';
import type { Reading } from '../../domain/reading.ts';
import { MINUTE_MS, type Moment } from '../../domain/time.ts';

/** While thinning, one climate reading of a series in this time is kept. Our own proposal. */
const KEEP_ONE_IN_MS = 10 * MINUTE_MS;

/** The fact that keeps the count over a kill; written with each commit that leaves readings out. */
export const THINNED_FACT = 'spool/thinned';

/** How many readings were left out. */
export interface ThinnedCount {
  /** Ever. */
  readonly total: number;
  /** Of these, so many are in no line of the journal yet. */
  readonly unjournalled: number;
}

/** What of some readings goes to the spool. */
export interface Thinned {
  readonly kept: readonly Reading[];
  /** How many do not. */
  readonly left: number;
  /** Memory takes it: call it after the commit, and only then. A choice that was not committed never happened. */
  committed(): void;
}

export class Thinning {
  #lastKept = new Map<string, Moment>();
  #unjournalled: number;
  #total: number;

  /** Goes on counting from what was committed before. */
  constructor(before: ThinnedCount = { total: 0, unjournalled: 0 }) {
    this.#unjournalled = before.unjournalled;
    this.#total = before.total;
  }

  /** Chooses what goes to the spool all the same. Changes nothing: the same readings are tried again after a failed commit. */
  choose(readings: readonly Reading[], now: Moment): Thinned {
    const keptNow = new Map<string, Moment>();
    const kept = readings.filter((reading) => this.#keeps(reading, now, keptNow));
    const left = readings.length - kept.length;
    return {
      kept,
      left,
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

  /** The count after a commit that leaves `left` out, and puts what was counted before into the journal or does not. */
  countAfter(q: { readonly left: number; readonly journalled: boolean }): ThinnedCount {
    const waiting = q.journalled ? 0 : this.#unjournalled;
    return { total: this.#total + q.left, unjournalled: waiting + q.left };
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
    if (isUrgentMetric(reading.metric)) return true;
    const key = `${reading.repository}.${reading.sensor}.${reading.metric}`;
    const last = keptNow.get(key) ?? this.#lastKept.get(key);
    if (last !== undefined && now - last < KEEP_ONE_IN_MS) return false;
    keptNow.set(key, now);
    return true;
  }
}
