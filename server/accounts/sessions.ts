/** Sessions: a random cookie, kept as a hash; ended by idleness, by age, by signing out and by revocation. */

import type { Account, Principal, Session } from '../../domain/account.ts';
import type { Delete, Put } from '../../domain/tick.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import { accountLine, commitEnding, type AccountContext } from './context.ts';
import { isActive } from './roles.ts';
import { hashSecret, newSecret } from './secrets.ts';

export const SESSION_IDLE_MS = 12 * HOUR_MS;
export const SESSION_AGE_MS = 7 * DAY_MS;
/** Of one account; the one that was idle longest goes first. */
export const SESSIONS_MAX = 20;
/** Use is written down this often: not a commit for each request. */
const TOUCH_MS = 5 * MINUTE_MS;

/** A session that was opened: the secret is in the cookie and nowhere else. */
export interface OpenedSession {
  readonly secret: string;
  readonly session: Session;
  readonly principal: Principal;
  readonly puts: readonly Put[];
  /** Sessions that it takes the place of. */
  readonly ends: readonly string[];
}

/** Makes a new session of `account`; the caller commits it and the end of `ends` with the journal line. */
export function openSession(
  context: AccountContext,
  account: Account,
  address: string,
): OpenedSession {
  const { now, queries } = context.services;
  const at = now();
  const secret = newSecret();
  const session: Session = {
    id: hashSecret(secret),
    account: account.name,
    createdAt: at,
    lastUsedAt: at,
    expiresAt: at + SESSION_AGE_MS,
    address,
  };
  const others = queries.sessionsOf(account.name);
  const alive = others
    .filter((other) => isAlive(other, at))
    .toSorted((a, b) => b.lastUsedAt - a.lastUsedAt);
  const kept = new Set(alive.slice(0, SESSIONS_MAX - 1));
  const ends = others.filter((other) => !kept.has(other)).map((other) => other.id);
  const principal = principalOf(account, session);
  const puts: Put[] = [{ table: 'session', mode: 'insert', row: session }];
  return { secret, session, principal, puts, ends };
}

/** Who the cookie's secret belongs to; `undefined` when it opens nothing any more. */
export function principalOfSession(context: AccountContext, secret: string): Principal | undefined {
  const { queries, now } = context.services;
  const id = hashSecret(secret);
  if (context.ending.has(id)) return undefined;
  const session = queries.session(id);
  if (!session || !isAlive(session, now())) return undefined;
  const account = queries.account(session.account);
  if (!account || !isActive(account, now())) return undefined;
  touch(context, session);
  return principalOf(account, session);
}

export async function closeSession(context: AccountContext, principal: Principal): Promise<void> {
  if (principal.sessionId === undefined) return;
  const { now } = context.services;
  await commitEnding(context, [principal.sessionId], {
    deletes: [{ table: 'session', key: principal.sessionId }],
    journal: [accountLine(now(), principal, { action: 'session.closed', subject: principal.name })],
  });
  context.revoke({ kind: 'session', id: principal.sessionId });
}

/** All sessions of an account, but for `except`. */
export function sessionIdsOf(
  context: AccountContext,
  account: string,
  except?: string,
): readonly string[] {
  const ids = context.services.queries.sessionsOf(account).map((session) => session.id);
  return ids.filter((id) => id !== except);
}

/** The deletes that end these sessions; commit them with `commitEnding`. */
export function sessionDeletes(ids: readonly string[]): readonly Delete[] {
  return ids.map((key) => ({ table: 'session', key }));
}

/** Removes sessions that are over, of all accounts. Returns how many. */
export async function sweepSessions(context: AccountContext): Promise<number> {
  const { queries, now } = context.services;
  const over = queries
    .accounts()
    .flatMap((account) => queries.sessionsOf(account.name))
    .filter((session) => !isAlive(session, now()));
  const ids = over.map((session) => session.id);
  if (ids.length > 0) await commitEnding(context, ids, { deletes: sessionDeletes(ids) });
  return ids.length;
}

function isAlive(session: Session, now: number): boolean {
  return now < session.expiresAt && now < session.lastUsedAt + SESSION_IDLE_MS;
}

function principalOf(account: Account, session: Session): Principal {
  const { name, displayName, roles, repositories, mustChangePassword } = account;
  return {
    kind: 'session',
    name,
    displayName,
    roles,
    repositories,
    mustChangePassword,
    sessionId: session.id,
  };
}

function touch(context: AccountContext, session: Session): void {
  const { writer, now, log } = context.services;
  const at = now();
  if (at - session.lastUsedAt < TOUCH_MS) return;
  const row: Session = { ...session, lastUsedAt: at };
  writer.commit({ puts: [{ table: 'session', mode: 'upsert', row }] }).catch((error: unknown) => {
    log.warn({ err: error }, 'use of a session could not be written down');
  });
}
