/** Keeps the quarantine within its bound: the oldest make room. */

import { QUARANTINE_ENTRIES_MAX, type QuarantineEntry } from '../../domain/quarantine.ts';
import type { Delete, Put } from '../../domain/tick.ts';

export class QuarantineBook {
  readonly #entriesMax: number;
  #ids: string[];

  /** `ids` are those in the store, oldest first. */
  constructor(ids: readonly string[], entriesMax: number = QUARANTINE_ENTRIES_MAX) {
    this.#ids = [...ids];
    this.#entriesMax = entriesMax;
  }

  /** Rows to put and to delete for these entries; `committed` makes memory follow. */
  add(entries: readonly QuarantineEntry[]): {
    readonly puts: readonly Put[];
    readonly deletes: readonly Delete[];
    committed(): void;
  } {
    if (entries.length === 0) return { puts: [], deletes: [], committed: () => undefined };
    // More in one commit than the whole quarantine holds: the newest stay.
    const kept = entries.slice(-this.#entriesMax);
    const surplus = Math.max(0, this.#ids.length + kept.length - this.#entriesMax);
    const gone = this.#ids.slice(0, surplus);
    return {
      puts: kept.map((row): Put => ({ table: 'quarantine', mode: 'upsert', row })),
      deletes: gone.map((key): Delete => ({ table: 'quarantine', key })),
      committed: () => {
        this.#ids = [...this.#ids.slice(surplus), ...kept.map((entry) => entry.id)];
      },
    };
  }
}
