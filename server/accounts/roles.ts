/** What an account or a token may be given: roles that go together, repositories within the giver's own. */

import type { Account, Role } from '../../domain/account.ts';
import type { Moment } from '../../domain/time.ts';
import { DAY_MS } from '../../domain/time.ts';
import { say } from '../../domain/sentences.ts';
import { failure, type Failure } from './outcome.ts';

/** An observer's account that names no end gets this one. Our own proposal. */
const OBSERVER_DAYS = 90;

export interface Grant {
  readonly roles: readonly Role[];
  readonly repositories: readonly string[];
}

/** Why these roles and repositories can't be given by `giver`; `undefined` when they can. */
export function grantProblem(
  grant: Grant,
  giver: { readonly repositories: readonly string[] },
  known: (repository: string) => boolean,
): Failure | undefined {
  if (grant.roles.length === 0) return failure('invalid', say('role-missing'));
  if (grant.roles.includes('auditor') && grant.roles.length > 1) {
    return failure('invalid', say('auditor-alone'));
  }
  if (grant.repositories.length === 0) {
    return failure('invalid', say('repository-missing'));
  }
  const unknown = grant.repositories.find((id) => id !== '*' && !known(id));
  if (unknown !== undefined) {
    return failure('invalid', say('repository-unknown', { repository: unknown }));
  }
  if (!covers(giver.repositories, grant.repositories)) {
    return failure('not-allowed', say('repository-not-own'));
  }
  return undefined;
}

/** Whether whoever has `outer` has all of `inner`. */
export function covers(outer: readonly string[], inner: readonly string[]): boolean {
  return outer.includes('*') || inner.every((id) => outer.includes(id));
}

/** Whether the account may be used at `now`. */
export function isActive(account: Account, now: Moment): boolean {
  return (
    account.disabledAt === undefined && (account.expiresAt === undefined || account.expiresAt > now)
  );
}

/** One that can administer everything for ever; the last of these stays. */
export function isFullAdministrator(account: Account): boolean {
  return (
    account.roles.includes('administrator') &&
    account.repositories.includes('*') &&
    account.disabledAt === undefined &&
    account.expiresAt === undefined
  );
}

/** The end of an account that names none: observers expire. */
export function defaultExpiry(roles: readonly Role[], now: Moment): Moment | undefined {
  return roles.includes('observer') ? now + OBSERVER_DAYS * DAY_MS : undefined;
}
