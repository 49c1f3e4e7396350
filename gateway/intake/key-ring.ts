/** The last keys of a series: a ring of times and values. Small enough to search by looking at each. */

import type { Moment } from '../../domain/time.ts';

export class KeyRing {
  readonly #keysMax: number;
  /** Oldest first from `#head` on; grows up to the bound, then wraps. */
  readonly #times: number[] = [];
  readonly #values: number[] = [];
  #head = 0;

  constructor(keysMax: number) {
    this.#keysMax = keysMax;
  }

  get size(): number {
    return this.#times.length;
  }

  get(at: Moment): number | undefined {
    const i = this.#times.indexOf(at);
    return i === -1 ? undefined : this.#values[i];
  }

  has(at: Moment): boolean {
    return this.#times.includes(at);
  }

  /** Remembers a key that is not there yet, or gives a known one its new value; the oldest one falls off. */
  set(at: Moment, value: number): void {
    const known = this.#times.indexOf(at);
    if (known !== -1) {
      this.#values[known] = value;
      return;
    }
    this.add(at, value);
  }

  /** The same for a key that is known to be new: later than every other. */
  add(at: Moment, value: number): void {
    if (this.#times.length < this.#keysMax) {
      // In order of arrival, so what was added last is last, wherever the ring begins.
      if (this.#head === 0) {
        this.#times.push(at);
        this.#values.push(value);
        return;
      }
      this.#times.splice(this.#head, 0, at);
      this.#values.splice(this.#head, 0, value);
      this.#head += 1;
      return;
    }
    this.#times[this.#head] = at;
    this.#values[this.#head] = value;
    this.#head = (this.#head + 1) % this.#keysMax;
  }

  delete(at: Moment): void {
    const i = this.#times.indexOf(at);
    if (i === -1) return;
    this.#times.splice(i, 1);
    this.#values.splice(i, 1);
    if (i < this.#head) this.#head -= 1;
    if (this.#head >= this.#times.length) this.#head = 0;
  }

  /** The newest `count` times and values, or as many as there are; oldest first, time and value in turn. */
  newest(count: number): readonly number[] {
    const size = this.#times.length;
    const flat: number[] = [];
    for (let n = Math.max(0, size - count); n < size; n += 1) {
      const i = (this.#head + n) % size;
      flat.push(this.#times[i] ?? 0, this.#values[i] ?? 0);
    }
    return flat;
  }
}
