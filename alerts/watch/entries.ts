/**
 * What a rule remembers of a series: entries of a moment and one or two figures, oldest first.
 *
 * An object never changes for those who hold it: adding gives another one, which shares the memory of this one and writes
 * behind what this one shows. So only one line of successors may be used, that of the newest step (see `Draft.serial`): a
 * step that was not applied leaves nothing that anybody sees.
 */

import type { Moment } from '../../domain/time.ts';

/** Moment, first and second figure of each. */
const WIDTH = 3;
/** So many that went out of the window stay in its memory before what is left moves. */
const SPARE = 32;

/** Bounds of the figures that were added, maybe wider than what is still there; see `tighten`. */
export interface Reach {
  low: number;
  high: number;
  /** Of all first figures. */
  sum: number;
}

export interface Figures {
  readonly first: number;
  readonly second: number;
}

export class Entries implements Reach {
  static readonly none: Entries = new Entries([], 0, 0);

  low = Infinity;
  high = -Infinity;
  sum = 0;
  readonly #memory: number[];
  readonly #from: number;
  readonly #until: number;
  /** The newest is held here, as it may be replaced. */
  #at: Moment = Number.NaN;
  #first = 0;
  #second = 0;

  private constructor(memory: number[], from: number, until: number) {
    this.#memory = memory;
    this.#from = from;
    this.#until = until;
  }

  get length(): number {
    return Number.isNaN(this.#at) ? 0 : (this.#until - this.#from) / WIDTH + 1;
  }

  /** Moment of the newest; `-Infinity`: there is none. */
  get newestAt(): Moment {
    return Number.isNaN(this.#at) ? -Infinity : this.#at;
  }

  at(i: number): Moment {
    const place = this.#from + i * WIDTH;
    return place === this.#until ? this.#at : (this.#memory[place] ?? Number.NaN);
  }

  first(i: number): number {
    const place = this.#from + i * WIDTH;
    return place === this.#until ? this.#first : (this.#memory[place + 1] ?? Number.NaN);
  }

  second(i: number): number {
    const place = this.#from + i * WIDTH;
    return place === this.#until ? this.#second : (this.#memory[place + 2] ?? Number.NaN);
  }

  /** With one entry more, and without those before `from`. */
  with(at: Moment, figures: Figures, from: Moment): Entries {
    const memory = this.#memory;
    let start = this.#from;
    // What has nothing shares nothing.
    if (Number.isNaN(this.#at)) return new Entries([], 0, 0).#set(at, figures);
    const end = this.#until;
    while (start < end && (memory[start] ?? 0) < from) start += WIDTH;
    if (start === end && this.#at < from) return this.#next(memory, end, end).#set(at, figures);
    if (start < WIDTH * SPARE) {
      memory[end] = this.#at;
      memory[end + 1] = this.#first;
      memory[end + 2] = this.#second;
      return this.#next(memory, start, end + WIDTH).#set(at, figures);
    }
    // What went out of the window takes more room than is wanted: what is left moves to memory of its own.
    const own = memory.slice(start, end);
    own.push(this.#at, this.#first, this.#second);
    return this.#next(own, 0, own.length).#set(at, figures);
  }

  /** With these added to the newest entry's figures. */
  withMore({ first, second }: Figures): Entries {
    const sums = { first: this.#first + first, second: this.#second + second };
    return this.#next(this.#memory, this.#from, this.#until).#set(this.#at, sums);
  }

  /** The same figures at other moments. */
  shifted(deltaMs: number): Entries {
    const moved = this.toList(WIDTH).map((figure, i) =>
      i % WIDTH === 0 ? figure + deltaMs : figure,
    );
    return Entries.fromList(moved, WIDTH);
  }

  /** Flat, with the second figures or without; those from `from` on, before `until`. */
  toList(size: 2 | 3, from: Moment = -Infinity, until: Moment = Infinity): number[] {
    const list: number[] = [];
    for (let i = 0; i < this.length; i += 1) {
      const at = this.at(i);
      if (at < from || at >= until) continue;
      list.push(at, this.first(i));
      if (size === 3) list.push(this.second(i));
    }
    return list;
  }

  static fromList(list: readonly number[], size: 2 | 3): Entries {
    let entries = Entries.none;
    for (let i = 0; i + size <= list.length; i += size) {
      const [at = 0, first = 0, second = 0] = list.slice(i, i + size);
      entries = entries.with(at, { first, second }, -Infinity);
    }
    // Nobody knows how far they reach.
    entries.low = -Infinity;
    entries.high = Infinity;
    entries.sum = Infinity;
    return entries;
  }

  #next(memory: number[], from: number, until: number): Entries {
    const next = new Entries(memory, from, until);
    next.low = this.low;
    next.high = this.high;
    next.sum = this.sum;
    return next;
  }

  #set(at: Moment, { first, second }: Figures): this {
    this.#at = at;
    this.#first = first;
    this.#second = second;
    return this;
  }
}

/** How far what is kept reaches, looked at anew: by its first figures, or by first over second for means. */
export function tighten(kept: Entries, by: 'figure' | 'mean' = 'figure'): Reach {
  let [low, high, sum] = [Infinity, -Infinity, 0];
  for (let i = 0; i < kept.length; i += 1) {
    const first = kept.first(i);
    const value = by === 'mean' ? first / kept.second(i) : first;
    if (value < low) low = value;
    if (value > high) high = value;
    sum += first;
  }
  kept.low = low;
  kept.high = high;
  kept.sum = sum;
  return kept;
}
