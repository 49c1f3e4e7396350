/** What the parts of the accounts share. */

import type { Principal } from '../../domain/account.ts';
import type { JournalDraft } from '../../domain/journal.ts';
import type { Services } from '../services.ts';
import type { Gate } from './gate.ts';
import type { LockBook } from './lock-book.ts';
import { failure, type Outcome } from './outcome.ts';
import type { PasswordCost } from './passwords.ts';

export type AccountServices = Pick<
  Services,
  'log' | 'now' | 'queries' | 'writer' | 'registry' | 'newId'
>;

/** What has just lost its access: live sockets of it are cut. */
export type Revocation =
  | { readonly kind: 'session'; readonly id: string }
  | { readonly kind: 'account'; readonly name: string; readonly exceptSession?: string }
  | { readonly kind: 'token'; readonly id: string };

export interface AccountContext {
  readonly services: AccountServices;
  readonly cost: PasswordCost;
  readonly locks: LockBook;
  /** Hashing takes memory and threads; only so much of it at once. */
  readonly gate: Gate;
  readonly revoke: (revocation: Revocation) => void;
  /** One change of accounts after the other: two administrators can't remove each other at once. */
  readonly turn: Gate;
  /** Ids of sessions and tokens whose end is being committed: refused already, and never written again. */
  readonly ending: Set<string>;
}

/** Commits a change that ends these sessions or tokens. */
export async function commitEnding(
  context: AccountContext,
  ids: readonly string[],
  change: Parameters<AccountServices['writer']['commit']>[0],
): Promise<void> {
  for (const id of ids) context.ending.add(id);
  try {
    await context.services.writer.commit(change);
  } finally {
    for (const id of ids) context.ending.delete(id);
  }
}

/** Runs a change of accounts in its turn. */
export async function inTurn<T>(
  context: AccountContext,
  change: () => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const done = await context.turn.run(change);
  return done?.value ?? failure('busy', 'Too many changes of accounts at once.', 1_000);
}

/** A journal line about accounts: they belong to no single repository. */
export function accountLine(
  now: number,
  by: Pick<Principal, 'name'> | string,
  line: Pick<JournalDraft, 'action' | 'subject' | 'detail'>,
): JournalDraft {
  return { repository: 'system', at: now, by: typeof by === 'string' ? by : by.name, ...line };
}
