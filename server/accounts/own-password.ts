/** Changing one's own password: the old one proves who is there; all other sessions end. */

import type { Account, Principal } from '../../domain/account.ts';
import { say } from '../../domain/sentences.ts';
import { accountLine, commitEnding, inTurn, type AccountContext } from './context.ts';
import { failure, success, type Outcome } from './outcome.ts';
import { hashPassword, passwordProblem, verifyPassword } from './passwords.ts';
import { openSession, sessionDeletes, sessionIdsOf } from './sessions.ts';
import type { SignedIn } from './sign-in.ts';

export interface PasswordChange {
  readonly principal: Principal;
  readonly current: string;
  readonly next: string;
  readonly address: string;
}

/** Answers with a new session: the one before ends, as do all others of the account. */
export async function changeOwnPassword(
  context: AccountContext,
  change: PasswordChange,
): Promise<Outcome<SignedIn>> {
  const { now, queries } = context.services;
  const name = change.principal.name;
  const account = queries.account(name);
  if (change.principal.kind !== 'session' || !account) {
    return failure('not-allowed', 'Only a person who is signed in changes a password.');
  }
  const problem = passwordProblem({ account: name, next: change.next, current: change.current });
  if (problem !== undefined) return failure('invalid', problem);
  const keys = { account: name, address: change.address };
  const waitMs = context.locks.waitMs(keys, now());
  if (waitMs > 0) return failure('locked', 'Too many wrong attempts.', waitMs);
  context.locks.begin(keys);
  try {
    const hashed = await context.gate.run(async () =>
      (await verifyPassword(change.current, account.passwordHash))
        ? hashPassword(change.next, context.cost)
        : undefined,
    );
    if (!hashed) return failure('busy', 'Too many are signing in; try again.', 1_000);
    if (hashed.value === undefined) return await refuse(context, change);
    const passwordHash = hashed.value;
    return await inTurn(context, () => replace(context, change, { account, passwordHash }));
  } finally {
    context.locks.end(keys);
  }
}

async function replace(
  context: AccountContext,
  change: PasswordChange,
  q: { readonly account: Account; readonly passwordHash: string },
): Promise<Outcome<SignedIn>> {
  const { now, queries } = context.services;
  const current = queries.account(q.account.name);
  if (!current || current.passwordHash !== q.account.passwordHash) {
    return failure('already', say('password-changed'));
  }
  const account: Account = {
    ...current,
    passwordHash: q.passwordHash,
    mustChangePassword: false,
  };
  const ends = sessionIdsOf(context, account.name);
  const opened = openSession(context, account, change.address);
  await commitEnding(context, ends, {
    puts: [{ table: 'account', mode: 'upsert', row: account }, ...opened.puts],
    deletes: sessionDeletes(ends),
    journal: [accountLine(now(), account, { action: 'password.changed', subject: account.name })],
  });
  context.revoke({
    kind: 'account',
    name: account.name,
    exceptSession: opened.session.id,
  });
  return success({ secret: opened.secret, principal: opened.principal });
}

async function refuse(context: AccountContext, change: PasswordChange) {
  const { now, writer } = context.services;
  const { address, principal } = change;
  const locked = context.locks.failed({ account: principal.name, address }, now());
  const line = (action: string) =>
    accountLine(now(), 'system', { action, subject: principal.name, detail: { address } });
  await writer.commit({
    puts: locked.facts.map((row) => ({ table: 'fact', mode: 'upsert', row })),
    journal: [line('password.refused'), ...locked.locked.map((what) => line(`${what}.locked`))],
  });
  return failure('wrong-password', say('password-wrong'));
}
