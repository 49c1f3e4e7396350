/** Which unknown devices the store knows no longer as they are: new ones at once, those that only spoke again now and then. */

import type { KeptUnknown } from '../../domain/devices.ts';

/** What the store lacks. */
export interface UnknownChanges {
  readonly puts: readonly KeptUnknown[];
  /** Ids. */
  readonly deletes: readonly string[];
}

export interface ChangesQuestion {
  readonly now: number;
  /** How long a device that only spoke again may wait. */
  readonly everyMs: number;
  /** Characters of JSON; what is above waits for the next call. At least one is handed out. */
  readonly charsMax: number;
}

export class Ledger {
  /** New, dismissed or gone. */
  readonly #fresh = new Set<string>();
  /** The store knows them as they were at an earlier time. */
  readonly #spoke = new Set<string>();
  /** When what is in the store was said, by id: only those are there to be deleted. */
  readonly #writtenAt = new Map<string, number>();

  spoke(id: string): void {
    if (this.#writtenAt.has(id)) this.#spoke.add(id);
    else this.#fresh.add(id);
  }

  fresh(id: string): void {
    this.#fresh.add(id);
  }

  /** What was never written need not be deleted. */
  gone(id: string): void {
    this.#spoke.delete(id);
    if (this.#writtenAt.has(id)) this.#fresh.add(id);
    else this.#fresh.delete(id);
  }

  written(id: string, at: number): void {
    this.#writtenAt.set(id, at);
  }

  take(q: ChangesQuestion, find: (id: string) => KeptUnknown | undefined): UnknownChanges {
    const puts: KeptUnknown[] = [];
    const deletes: string[] = [];
    let chars = 0;
    for (const id of [...this.#fresh, ...this.#due(q)]) {
      const kept = find(id);
      if (kept) {
        chars += JSON.stringify(kept).length;
        if (puts.length > 0 && chars > q.charsMax) break;
        puts.push(kept);
        this.#writtenAt.set(id, q.now);
      } else {
        deletes.push(id);
        this.#writtenAt.delete(id);
      }
      this.#fresh.delete(id);
      this.#spoke.delete(id);
    }
    return { puts, deletes };
  }

  #due({ now, everyMs }: ChangesQuestion): readonly string[] {
    // A clock that was put back is no reason to wait.
    const isDue = (id: string) => Math.abs(now - (this.#writtenAt.get(id) ?? 0)) >= everyMs;
    return [...this.#spoke].filter(isDue);
  }

  again({ puts, deletes }: UnknownChanges): void {
    for (const { id } of puts) this.#fresh.add(id);
    for (const id of deletes) {
      this.#fresh.add(id);
      this.#writtenAt.set(id, 0);
    }
  }
}
