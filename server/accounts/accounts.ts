/** Accounts, as administrators see and change them. Hashes never leave the server. */

import type { Account, Principal, Role } from '../../domain/account.ts';
import type { AccountView } from '../../domain/api.ts';
import type { Moment } from '../../domain/time.ts';
import { say } from '../../domain/sentences.ts';
import { accountLine, commitEnding, inTurn, type AccountContext } from './context.ts';
import { failure, success, type Failure, type Outcome } from './outcome.ts';
import { hashPassword, passwordProblem } from './passwords.ts';
import { covers, defaultExpiry, grantProblem, isFullAdministrator } from './roles.ts';
import { sessionDeletes, sessionIdsOf } from './sessions.ts';

/** More are refused. */
const ACCOUNTS_MAX = 1_000;

export interface NewAccount {
  readonly name: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly repositories: readonly string[];
  readonly password: string;
  readonly expiresAt?: Moment;
}

export interface AccountChange {
  readonly displayName?: string;
  readonly roles?: readonly Role[];
  readonly repositories?: readonly string[];
  readonly disabled?: boolean;
  /** `'never'`: it no longer expires. */
  readonly expiresAt?: Moment | 'never';
}

/** What of an account may be seen. */
function accountView(account: Account): AccountView {
  const { name, displayName, roles, repositories, mustChangePassword, createdAt } = account;
  const { disabledAt, expiresAt } = account;
  return {
    name,
    displayName,
    roles,
    repositories,
    mustChangePassword,
    createdAt,
    ...(disabledAt === undefined ? {} : { disabledAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** Those whose repositories are all within `by`'s own. */
export function listAccounts(context: AccountContext, by: Principal): readonly AccountView[] {
  const accounts = context.services.queries.accounts();
  return accounts.filter((one) => covers(by.repositories, one.repositories)).map(accountView);
}

/** The first password is the administrator's choice, so the account's owner must change it. */
export function createAccount(context: AccountContext, by: Principal, wanted: NewAccount) {
  return inTurn(context, async (): Promise<Outcome<AccountView>> => {
    const { queries, now, writer } = context.services;
    const problem = creationProblem(context, by, wanted);
    if (problem) return problem;
    const hashed = await context.gate.run(() => hashPassword(wanted.password, context.cost));
    if (!hashed) return failure('busy', 'Too many are signing in; try again.', 1_000);
    const at = now();
    const expiresAt = wanted.expiresAt ?? defaultExpiry(wanted.roles, at);
    const account: Account = {
      name: wanted.name,
      displayName: wanted.displayName,
      roles: wanted.roles,
      repositories: wanted.repositories,
      passwordHash: hashed.value,
      mustChangePassword: true,
      createdAt: at,
      ...(expiresAt === undefined ? {} : { expiresAt }),
    };
    if (queries.account(account.name)) return failure('already', TAKEN);
    const { roles, repositories } = account;
    await writer.commit({
      puts: [{ table: 'account', mode: 'insert', row: account }],
      journal: [
        accountLine(at, by, {
          action: 'account.created',
          subject: account.name,
          detail: { roles, repositories, ...(expiresAt === undefined ? {} : { expiresAt }) },
        }),
      ],
    });
    return success(accountView(account));
  });
}

const TAKEN = say('account-taken');

function creationProblem(context: AccountContext, by: Principal, wanted: NewAccount) {
  const { queries, registry, now } = context.services;
  if (queries.account(wanted.name)) return failure('already', TAKEN);
  if (queries.accounts().length >= ACCOUNTS_MAX) {
    return failure('not-allowed', say('account-too-many', { most: ACCOUNTS_MAX }));
  }
  if (wanted.expiresAt !== undefined && wanted.expiresAt <= now()) {
    return failure('invalid', say('account-expired'));
  }
  const password = passwordProblem({ account: wanted.name, next: wanted.password });
  if (password !== undefined) return failure('invalid', password);
  return grantProblem(wanted, by, (id) => registry().repositories.has(id));
}

/** Whatever changes what an account may do ends its sessions and cuts its live feed. */
export function changeAccount(
  context: AccountContext,
  by: Principal,
  q: { readonly name: string; readonly change: AccountChange },
) {
  return inTurn(context, async (): Promise<Outcome<AccountView>> => {
    const { now, registry } = context.services;
    const found = manageable(context, by, q.name);
    if (!found.ok) return found;
    const next = changed(found.value, q.change, now());
    const problem =
      grantProblem(next, by, (id) => registry().repositories.has(id)) ??
      lastAdministratorProblem(context, found.value, next);
    if (problem) return problem;
    const ends = rightsOf(found.value) === rightsOf(next) ? [] : sessionIdsOf(context, q.name);
    await commitEnding(context, ends, {
      puts: [{ table: 'account', mode: 'upsert', row: next }],
      deletes: sessionDeletes(ends),
      journal: [
        accountLine(now(), by, {
          action: 'account.changed',
          subject: q.name,
          detail: { ...q.change },
        }),
      ],
    });
    if (rightsOf(found.value) !== rightsOf(next)) context.revoke({ kind: 'account', name: q.name });
    return success(accountView(next));
  });
}

/** An administrator sets a password that must be changed at the next sign-in. */
export function resetPassword(
  context: AccountContext,
  by: Principal,
  q: { readonly name: string; readonly password: string },
) {
  return inTurn(context, async (): Promise<Outcome<AccountView>> => {
    const { now } = context.services;
    const found = manageable(context, by, q.name);
    if (!found.ok) return found;
    const problem = passwordProblem({ account: q.name, next: q.password });
    if (problem !== undefined) return failure('invalid', problem);
    const hashed = await context.gate.run(() => hashPassword(q.password, context.cost));
    if (!hashed) return failure('busy', 'Too many are signing in; try again.', 1_000);
    const row: Account = { ...found.value, passwordHash: hashed.value, mustChangePassword: true };
    const ends = sessionIdsOf(context, q.name);
    await commitEnding(context, ends, {
      puts: [{ table: 'account', mode: 'upsert', row }],
      deletes: sessionDeletes(ends),
      journal: [accountLine(now(), by, { action: 'password.reset', subject: q.name })],
    });
    context.revoke({ kind: 'account', name: q.name });
    return success(accountView(row));
  });
}

export function removeAccount(context: AccountContext, by: Principal, name: string) {
  return inTurn(context, async (): Promise<Outcome<undefined>> => {
    const { now } = context.services;
    const found = manageable(context, by, name);
    if (!found.ok) return found;
    const problem = lastAdministratorProblem(context, found.value, undefined);
    if (problem) return problem;
    const ends = sessionIdsOf(context, name);
    await commitEnding(context, ends, {
      deletes: [{ table: 'account', key: name }, ...sessionDeletes(ends)],
      journal: [accountLine(now(), by, { action: 'account.removed', subject: name })],
    });
    context.revoke({ kind: 'account', name });
    return success(undefined);
  });
}

// An account with repositories outside one's own is out of sight, as its repositories are.
function manageable(context: AccountContext, by: Principal, name: string): Outcome<Account> {
  const account = context.services.queries.account(name);
  if (!account || !covers(by.repositories, account.repositories)) {
    return failure('not-found', 'There is no such account.');
  }
  return success(account);
}

function changed(account: Account, change: AccountChange, now: Moment): Account {
  const { disabledAt, expiresAt, ...rest } = account;
  const disabled = change.disabled ?? disabledAt !== undefined;
  const roles = change.roles ?? rest.roles;
  const end =
    change.expiresAt === 'never'
      ? undefined
      : (change.expiresAt ?? expiresAt ?? (change.roles && defaultExpiry(roles, now)));
  return {
    ...rest,
    roles,
    repositories: change.repositories ?? rest.repositories,
    displayName: change.displayName ?? rest.displayName,
    ...(disabled ? { disabledAt: disabledAt ?? now } : {}),
    ...(end === undefined ? {} : { expiresAt: end }),
  };
}

function lastAdministratorProblem(
  context: AccountContext,
  before: Account,
  after: Account | undefined,
): Failure | undefined {
  if (!isFullAdministrator(before) || (after && isFullAdministrator(after))) return undefined;
  const others = context.services.queries
    .accounts()
    .filter((account) => account.name !== before.name && isFullAdministrator(account));
  if (others.length > 0) return undefined;
  return failure('last-administrator', say('administrator-last'));
}

function rightsOf(account: Account): string {
  const { roles, repositories, disabledAt, expiresAt } = account;
  return JSON.stringify([roles.toSorted(), repositories.toSorted(), disabledAt, expiresAt]);
}
