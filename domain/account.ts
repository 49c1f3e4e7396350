/** Accounts, roles, sessions and tokens. */

import type { Moment } from './time.ts';

export const ROLES = [
  'manager',
  'duty',
  'inspector',
  'observer',
  'administrator',
  'auditor',
] as const;
/**
 * `manager` (structure, rules, shelving), `duty` (acknowledges, works incidents), `inspector` (reads all,
 * enters manual indicators), `observer` (reads, expires), `administrator` (accounts, settings; no alarms),
 * `auditor` (journal; holds no other role).
 */
export type Role = (typeof ROLES)[number];

export interface Account {
  readonly name: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  /** Repository ids, or `*` for all. */
  readonly repositories: readonly string[];
  /** scrypt: `scrypt$<N>$<r>$<p>$<salt base64>$<hash base64>`. Never leaves the server. */
  readonly passwordHash: string;
  readonly mustChangePassword: boolean;
  readonly disabledAt?: Moment;
  readonly expiresAt?: Moment;
  readonly createdAt: Moment;
}

export interface Session {
  /** Hex SHA-256 of the cookie's secret: a stolen database opens no session. */
  readonly id: string;
  readonly account: string;
  readonly createdAt: Moment;
  readonly lastUsedAt: Moment;
  readonly expiresAt: Moment;
  readonly address: string;
}

export interface Token {
  readonly id: string;
  /** Hex SHA-256 of the token. */
  readonly hash: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly repositories: readonly string[];
  readonly createdBy: string;
  readonly createdAt: Moment;
  readonly expiresAt?: Moment;
  readonly lastUsedAt?: Moment;
  readonly revokedAt?: Moment;
}

/** Who is asking, after the session or token was looked up. */
export interface Principal {
  readonly kind: 'session' | 'token';
  readonly name: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly repositories: readonly string[];
  readonly mustChangePassword: boolean;
  readonly sessionId?: string;
}

/** Whether the principal may see this repository at all. */
export function mayEnter(principal: Pick<Principal, 'repositories'>, repository: string): boolean {
  return principal.repositories.includes('*') || principal.repositories.includes(repository);
}
