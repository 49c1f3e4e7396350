/** Who may come in: the one place that signs people in, recognises cookies and tokens, and takes access away. */

import type { Principal } from '../../domain/account.ts';
import { createDevices } from '../devices/devices.ts';
import {
  changeAccount,
  createAccount,
  listAccounts,
  removeAccount,
  resetPassword,
  type AccountChange,
  type NewAccount,
} from './accounts.ts';
import type { AccountContext, AccountServices, Revocation } from './context.ts';
import { createGate } from './gate.ts';
import { LockBook } from './lock-book.ts';
import { changeOwnPassword, type PasswordChange } from './own-password.ts';
import { PASSWORD_COST, type PasswordCost } from './passwords.ts';
import { closeSession, principalOfSession, sweepSessions } from './sessions.ts';
import { createSignIn } from './sign-in.ts';
import { createToken, listTokens, principalOfToken, revokeToken, type NewToken } from './tokens.ts';

/** Two at once leave threads for files; as many waiting as answer within a few seconds. */
const HASHING_AT_ONCE_MAX = 2;
const HASHING_WAITING_MAX = 32;
const CHANGES_WAITING_MAX = 100;

/** What a request shows of itself. A bearer token counts before a cookie. */
export interface Credentials {
  readonly bearer?: string;
  readonly sessionSecret?: string;
}

export type Access = ReturnType<typeof createAccess>;

/** `cost` is lower in tests only. */
export function createAccess(services: AccountServices, options: { readonly cost?: PasswordCost }) {
  const listeners = new Set<(revocation: Revocation) => void>();
  const context: AccountContext = {
    services,
    cost: options.cost ?? PASSWORD_COST,
    locks: new LockBook((id) => services.queries.fact(id)),
    gate: createGate(HASHING_AT_ONCE_MAX, HASHING_WAITING_MAX),
    turn: createGate(1, CHANGES_WAITING_MAX),
    ending: new Set(),
    revoke: (revocation) => listeners.forEach((listener) => listener(revocation)),
  };
  return {
    signIn: createSignIn(context),
    signOut: (principal: Principal) => closeSession(context, principal),
    changeOwnPassword: (change: PasswordChange) => changeOwnPassword(context, change),
    /** Who is asking; `undefined`: nobody we know. */
    authenticate: (shown: Credentials): Principal | undefined => {
      if (shown.bearer !== undefined) return principalOfToken(context, shown.bearer);
      if (shown.sessionSecret === undefined) return undefined;
      return principalOfSession(context, shown.sessionSecret);
    },
    accounts: {
      list: (by: Principal) => listAccounts(context, by),
      create: (by: Principal, wanted: NewAccount) => createAccount(context, by, wanted),
      change: (by: Principal, q: { readonly name: string; readonly change: AccountChange }) =>
        changeAccount(context, by, q),
      resetPassword: (by: Principal, q: { readonly name: string; readonly password: string }) =>
        resetPassword(context, by, q),
      remove: (by: Principal, name: string) => removeAccount(context, by, name),
    },
    tokens: {
      list: (by: Principal) => listTokens(context, by),
      create: (by: Principal, wanted: NewToken) => createToken(context, by, wanted),
      revoke: (by: Principal, id: string) => revokeToken(context, by, id),
    },
    devices: createDevices(context),
    /** Removes sessions that are over. */
    sweep: () => sweepSessions(context),
    /** Calls `listener` for each access that was taken away; returns how to stop. */
    onRevoked: (listener: (revocation: Revocation) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
