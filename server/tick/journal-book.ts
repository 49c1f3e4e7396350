/** The heads of the journal's chains: each new line is chained to the one before. */

import type { JournalDraft, JournalEntry } from '../../domain/journal.ts';
import type { Put } from '../../domain/tick.ts';
import { chain } from '../journal-chain.ts';

export class JournalBook {
  #heads: ReadonlyMap<string, JournalEntry>;

  /** `heads` are the newest entries, one a repository. */
  constructor(heads: readonly JournalEntry[]) {
    this.#heads = new Map(heads.map((head) => [head.repository, head]));
  }

  /** The drafts as chained rows; `committed` makes memory follow. */
  chain(drafts: readonly JournalDraft[]): { readonly puts: readonly Put[]; committed(): void } {
    if (drafts.length === 0) return { puts: [], committed: () => undefined };
    const heads = new Map(this.#heads);
    const puts: Put[] = [];
    for (const draft of drafts) {
      const row = chain(draft, heads.get(draft.repository));
      heads.set(draft.repository, row);
      puts.push({ table: 'journal', mode: 'insert', row });
    }
    return {
      puts,
      committed: () => {
        this.#heads = heads;
      },
    };
  }
}
