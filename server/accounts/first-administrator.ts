/** The first administrator: made while there is none, with a password that was given or is made up. */

import type { Account, Role } from '../../domain/account.ts';
import type { Services } from '../services.ts';
import { accountLine } from './context.ts';
import { hashPassword, passwordProblem, PASSWORD_COST, randomPassword } from './passwords.ts';
import type { PasswordCost } from './passwords.ts';

const FIRST_ADMINISTRATOR = 'admin';

/**
 * Whoever installs Lantai must see that it works, so the first account also manages. An administrator
 * who is not to see alarms takes that role away once there are other people.
 */
const FIRST_ROLES: readonly Role[] = ['administrator', 'manager'];

/** The given password breaks the rules; the message is for people. */
class FirstPasswordRefused extends Error {
  override readonly name = 'FirstPasswordRefused';
}

/**
 * Why the password that was given for the first administrator can't be used, in one sentence; `undefined` when it can,
 * or when it is not needed because there is an administrator.
 */
export function firstPasswordProblem(
  queries: Pick<Services['queries'], 'accounts'>,
  password: string | undefined,
): string | undefined {
  if (password === undefined || hasAdministrator(queries)) return undefined;
  return passwordProblem({ account: FIRST_ADMINISTRATOR, next: password })?.why;
}

function hasAdministrator(queries: Pick<Services['queries'], 'accounts'>): boolean {
  return queries.accounts().some((account) => account.roles.includes('administrator'));
}

/**
 * Makes the account `admin` while no account is an administrator. `generatedPassword` is there when none was
 * given, and must then be changed at the first sign-in. Throws `FirstPasswordRefused`.
 */
export async function ensureFirstAdministrator(q: {
  readonly services: Pick<Services, 'queries' | 'writer' | 'now'>;
  readonly password?: string;
  readonly cost?: PasswordCost;
}): Promise<{ readonly created: boolean; readonly generatedPassword?: string }> {
  const { queries, writer, now } = q.services;
  if (hasAdministrator(queries)) return { created: false };
  const given = q.password;
  const problem = firstPasswordProblem(queries, given);
  if (problem !== undefined) throw new FirstPasswordRefused(problem);
  const password = given ?? randomPassword();
  const account: Account = {
    name: FIRST_ADMINISTRATOR,
    displayName: '管理员',
    roles: FIRST_ROLES,
    repositories: ['*'],
    passwordHash: await hashPassword(password, q.cost ?? PASSWORD_COST),
    mustChangePassword: given === undefined,
    createdAt: now(),
  };
  await writer.commit({
    // A leftover `admin` without the role would otherwise keep anybody from administering.
    puts: [{ table: 'account', mode: 'upsert', row: account }],
    journal: [
      accountLine(now(), 'system', {
        action: 'account.created',
        subject: account.name,
        detail: { roles: account.roles, repositories: account.repositories, first: true },
      }),
    ],
  });
  return { created: true, ...(given === undefined ? { generatedPassword: password } : {}) };
}
