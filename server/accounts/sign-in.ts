/** Signing in: the same work for every name, a lock for whoever guesses, a new session each time. */

import type { Account, Principal } from '../../domain/account.ts';
import type { JournalDraft } from '../../domain/journal.ts';
import type { Delete, Put } from '../../domain/tick.ts';
import { accountLine, commitEnding, inTurn, type AccountContext } from './context.ts';
import type { LockKeys } from './lock-book.ts';
import { failure, success, type Failure, type Outcome } from './outcome.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { isActive } from './roles.ts';
import { openSession, sessionDeletes } from './sessions.ts';
import { hashSecret, newSecret } from './secrets.ts';

export interface SignIn {
  readonly username: string;
  readonly password: string;
  readonly address: string;
  /** The cookie that came with the request: its session ends, so none is ever taken over. */
  readonly previousSecret?: string;
}

export interface SignedIn {
  readonly secret: string;
  readonly principal: Principal;
}

/** Signs in with name and password. Why a name or a password was wrong is not told. */
export function createSignIn(context: AccountContext) {
  // Unknown names are checked against this one: as costly as a real one, and never right.
  const decoy = hashPassword(newSecret(), context.cost);
  return async (attempt: SignIn): Promise<Outcome<SignedIn>> => {
    const { now } = context.services;
    const name = accountName(attempt.username);
    const keys: LockKeys = { account: name, address: attempt.address };
    const waitMs = context.locks.waitMs(keys, now());
    if (waitMs > 0) return failure('locked', LOCKED, waitMs);
    context.locks.begin(keys);
    try {
      const account = context.services.queries.account(name);
      const stored = account?.passwordHash ?? (await decoy);
      const checked = await context.gate.run(() => verifyPassword(attempt.password, stored));
      if (!checked) return failure('busy', 'Too many are signing in; try again.', 1_000);
      if (!checked.value || !account || !isActive(account, now())) {
        return await refuse(context, keys, account);
      }
      return await inTurn(context, () => admit(context, attempt, account));
    } finally {
      context.locks.end(keys);
    }
  };
}

const LOCKED = 'Too many wrong attempts; signing in is locked for 15 minutes.';

/** Account names are lower case. */
function accountName(typed: string): string {
  return typed.trim().toLowerCase();
}

async function admit(
  context: AccountContext,
  attempt: SignIn,
  checked: Account,
): Promise<Outcome<SignedIn>> {
  const { now, queries } = context.services;
  const account = queries.account(checked.name);
  // Changed while the password was being checked: the answer is about a past account.
  if (account?.passwordHash !== checked.passwordHash || !isActive(account, now())) {
    return failure('wrong-credentials', WRONG);
  }
  const opened = openSession(context, account, attempt.address);
  const previous = attempt.previousSecret && hashSecret(attempt.previousSecret);
  const ends = [...new Set([...opened.ends, ...(previous ? [previous] : [])])];
  const locks = context.locks.succeeded({ account: account.name, address: attempt.address }, now());
  const facts = locks.facts.map((row): Put => ({ table: 'fact', mode: 'upsert', row }));
  const deletes: readonly Delete[] = sessionDeletes(ends);
  await commitEnding(context, ends, {
    puts: [...opened.puts, ...facts],
    deletes,
    journal: [
      accountLine(now(), account, {
        action: 'session.opened',
        subject: account.name,
        detail: { address: attempt.address },
      }),
    ],
  });
  for (const id of ends) context.revoke({ kind: 'session', id });
  return success({ secret: opened.secret, principal: opened.principal });
}

const WRONG = 'The name or the password is wrong.';

async function refuse(
  context: AccountContext,
  keys: LockKeys,
  account: Account | undefined,
): Promise<Failure> {
  const { now, writer, log } = context.services;
  const change = context.locks.failed(keys, now());
  const who = { address: keys.address, ...(account ? {} : { unknownName: true }) };
  // An unknown name is not written down: people type passwords into the wrong field.
  const subject = account ? { subject: account.name } : {};
  const line = (action: string): JournalDraft =>
    accountLine(now(), 'system', { action, ...subject, detail: who });
  const journal = [line('session.refused'), ...change.locked.map((what) => line(`${what}.locked`))];
  const puts = change.facts.map((row): Put => ({ table: 'fact', mode: 'upsert', row }));
  log.warn({ address: keys.address, locked: change.locked }, 'sign-in refused');
  await writer.commit({ puts, journal });
  return failure('wrong-credentials', WRONG);
}
