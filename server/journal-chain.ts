/** The journal's hash chain: each entry carries the hash of the one before, so a changed or missing line shows. */

import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { JOURNAL_GENESIS_HASH, type JournalDraft, type JournalEntry } from '../domain/journal.ts';

/** What the next entry is chained to: the last one's sequence and hash. */
export type ChainEnd = Pick<JournalEntry, 'sequence' | 'hash'>;

/** `brokenAt`: sequence of the first entry that does not fit; `why` in words. */
export interface ChainVerification {
  readonly ok: boolean;
  readonly count: number;
  readonly brokenAt?: number;
  readonly why?: string;
}

/** The entry that follows `previous` (unset: the first of its repository). */
export function chain(draft: JournalDraft, previous?: ChainEnd): JournalEntry {
  const body = {
    ...wire(draft),
    sequence: (previous?.sequence ?? 0) + 1,
    previousHash: previous?.hash ?? JOURNAL_GENESIS_HASH,
  };
  return { ...body, hash: hashOf(body) };
}

/** Recomputes a whole chain, oldest first. */
export function verifyChain(entries: Iterable<JournalEntry>): ChainVerification {
  const verifier = chainVerifier();
  for (const entry of entries) if (!verifier.next(entry)) break;
  return verifier.result();
}

/** The same, letting other work run between slices: a long journal delays no request. */
export async function verifyChainInSlices(
  entries: Iterable<JournalEntry>,
  sliceEntries = 500,
): Promise<ChainVerification> {
  const verifier = chainVerifier();
  let seen = 0;
  for (const entry of entries) {
    if (!verifier.next(entry)) break;
    if (++seen % sliceEntries === 0) await new Promise(setImmediate);
  }
  return verifier.result();
}

function chainVerifier() {
  let end: ChainEnd | undefined;
  let count = 0;
  let broken: { readonly brokenAt: number; readonly why: string } | undefined;
  return {
    /** False: it does not fit, and nothing after it can be believed. */
    next(entry: JournalEntry): boolean {
      const why = misfit(entry, end);
      if (why !== undefined) {
        broken = { brokenAt: entry.sequence, why };
        return false;
      }
      end = entry;
      count += 1;
      return true;
    },
    result: (): ChainVerification => ({ ok: broken === undefined, count, ...broken }),
  };
}

function misfit(entry: JournalEntry, end: ChainEnd | undefined): string | undefined {
  if (entry.sequence !== (end?.sequence ?? 0) + 1) return 'an entry is missing or out of order';
  if (entry.previousHash !== (end?.hash ?? JOURNAL_GENESIS_HASH)) {
    return 'it does not follow the entry before it';
  }
  const { hash, ...body } = entry;
  return hashOf(body) === hash ? undefined : 'its content was changed';
}

function hashOf(body: Omit<JournalEntry, 'hash'>): string {
  const text = canonicalize(body);
  if (text === undefined) throw new Error('a journal entry has no canonical form');
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

// What is hashed must be what is read back: values that JSON drops or changes are gone before.
function wire(draft: JournalDraft): JournalDraft {
  const { repository, at, by, action, subject, detail } = draft;
  return JSON.parse(
    JSON.stringify({ repository, at, by, action, subject, detail }),
  ) as JournalDraft;
}
