/**
 * Which unit is due when: a binary heap of hints. A hint may be early, never late: the unit's own state decides.
 * So a reading that moves a deadline back needs no work here; the unit is looked at once, and put back.
 */

import type { Moment } from '../../domain/time.ts';
import type { Unit } from './units.ts';

interface Hint {
  readonly at: Moment;
  readonly unit: Unit;
}

export class Schedule {
  readonly #heap: Hint[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** Has the unit looked at, at `at` or before; a later wish than the one it has is ignored. */
  add(unit: Unit, at: Moment): void {
    if (!(at < unit.scheduledAt)) return;
    unit.scheduledAt = at;
    const heap = this.#heap;
    let i = heap.push({ at, unit }) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if ((heap[parent]?.at ?? 0) <= at) break;
      this.#swap(i, parent);
      i = parent;
    }
  }

  /** Takes out every unit that is due; each once. */
  takeDue(now: Moment): readonly Unit[] {
    const due: Unit[] = [];
    for (let first = this.#heap[0]; first && first.at <= now; first = this.#heap[0]) {
      this.#removeFirst();
      // An earlier hint of the same unit took its place; this one is a leftover.
      if (first.unit.scheduledAt !== first.at) continue;
      first.unit.scheduledAt = Infinity;
      due.push(first.unit);
    }
    return due;
  }

  /**
   * The first moment up to `until` at which a unit is due; `Infinity`: none. Hints that are too early by what `dueOf`
   * says are put right on the way, so that nobody looks at a unit for nothing.
   */
  dueBy(until: Moment, dueOf: (unit: Unit) => Moment): Moment {
    for (let first = this.#heap[0]; first && first.at <= until; first = this.#heap[0]) {
      const isLeftover = first.unit.scheduledAt !== first.at;
      const at = isLeftover ? first.at : dueOf(first.unit);
      if (!isLeftover && at <= first.at) return first.at;
      this.#removeFirst();
      if (isLeftover) continue;
      first.unit.scheduledAt = Infinity;
      this.add(first.unit, at);
    }
    return Infinity;
  }

  clear(): void {
    for (const { unit } of this.#heap) unit.scheduledAt = Infinity;
    this.#heap.length = 0;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    heap[0] = last;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      const right = left + 1;
      let least = i;
      if (this.#at(left) < this.#at(least)) least = left;
      if (this.#at(right) < this.#at(least)) least = right;
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }

  #at(i: number): Moment {
    return this.#heap[i]?.at ?? Infinity;
  }

  #swap(i: number, j: number): void {
    const a = this.#heap[i];
    const b = this.#heap[j];
    if (!a || !b) return;
    this.#heap[i] = b;
    this.#heap[j] = a;
  }
}
