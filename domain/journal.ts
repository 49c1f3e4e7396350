/** The journal: who did what, when; append only, one hash chain a repository over canonical JSON (RFC 8785). */

import type { Moment } from './time.ts';

/** A line before it is chained. */
export interface JournalDraft {
  /** `system` for what concerns no single repository. */
  readonly repository: string;
  readonly at: Moment;
  /** Account name, or `system`. */
  readonly by: string;
  /** Dotted and past tense: `alarm.acknowledged`, `account.created`. */
  readonly action: string;
  /** What it was done to: a qualified id. */
  readonly subject?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface JournalEntry extends JournalDraft {
  /** Rises by one per repository, from 1. */
  readonly sequence: number;
  /** Hex SHA-256 of the entry before; 64 zeros for the first. */
  readonly previousHash: string;
  /** Hex SHA-256 over the canonical JSON of the entry without `hash`. */
  readonly hash: string;
}

export const JOURNAL_GENESIS_HASH = '0'.repeat(64);
