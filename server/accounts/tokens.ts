/** Tokens for programs: shown once, kept as a hash, with roles, repositories, an end and a revocation. */

import type { Principal, Role, Token } from '../../domain/account.ts';
import { MINUTE_MS, type Moment } from '../../domain/time.ts';
import { say } from '../../domain/sentences.ts';
import { accountLine, commitEnding, inTurn, type AccountContext } from './context.ts';
import { failure, success, type Outcome } from './outcome.ts';
import { covers, grantProblem } from './roles.ts';
import { hashSecret, newSecret, TOKEN_PREFIX } from './secrets.ts';

/** Live ones; more are refused. */
const TOKENS_MAX = 1_000;
const TOUCH_MS = 5 * MINUTE_MS;

export interface NewToken {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly repositories: readonly string[];
  readonly expiresAt?: Moment;
}

export type TokenView = Omit<Token, 'hash'>;

function tokenView(token: Token): TokenView {
  const { id, name, roles, repositories, createdBy, createdAt } = token;
  const { expiresAt, lastUsedAt, revokedAt } = token;
  return {
    id,
    name,
    roles,
    repositories,
    createdBy,
    createdAt,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    ...(revokedAt === undefined ? {} : { revokedAt }),
  };
}

/** Those whose repositories are all within `by`'s own. */
export function listTokens(context: AccountContext, by: Principal): readonly TokenView[] {
  const tokens = context.services.queries.tokens();
  return tokens.filter((one) => covers(by.repositories, one.repositories)).map(tokenView);
}

/** `secret` is in the answer and nowhere else. */
export function createToken(context: AccountContext, by: Principal, wanted: NewToken) {
  return inTurn(
    context,
    async (): Promise<Outcome<{ readonly token: TokenView; readonly secret: string }>> => {
      const { now, newId, queries, registry, writer } = context.services;
      const at = now();
      if (queries.tokens().filter((token) => isAlive(token, at)).length >= TOKENS_MAX) {
        return failure('not-allowed', say('token-too-many', { most: TOKENS_MAX }));
      }
      if (wanted.expiresAt !== undefined && wanted.expiresAt <= at) {
        return failure('invalid', say('token-expired'));
      }
      const problem = grantProblem(wanted, by, (id) => registry().repositories.has(id));
      if (problem) return problem;
      const secret = TOKEN_PREFIX + newSecret();
      const token: Token = {
        id: newId(),
        hash: hashSecret(secret),
        ...wanted,
        createdBy: by.name,
        createdAt: at,
      };
      await writer.commit({
        puts: [{ table: 'token', mode: 'insert', row: token }],
        journal: [
          accountLine(at, by, {
            action: 'token.created',
            subject: token.id,
            detail: { ...wanted },
          }),
        ],
      });
      return success({ token: tokenView(token), secret });
    },
  );
}

export function revokeToken(context: AccountContext, by: Principal, id: string) {
  return inTurn(context, async (): Promise<Outcome<TokenView>> => {
    const { now, queries } = context.services;
    const token = queries.tokens().find((one) => one.id === id);
    if (!token || !covers(by.repositories, token.repositories)) {
      return failure('not-found', 'There is no such token.');
    }
    if (token.revokedAt !== undefined) return failure('already', say('token-revoked'));
    const row: Token = { ...token, revokedAt: now() };
    await commitEnding(context, [id], {
      puts: [{ table: 'token', mode: 'upsert', row }],
      journal: [accountLine(now(), by, { action: 'token.revoked', subject: id })],
    });
    context.revoke({ kind: 'token', id });
    return success(tokenView(row));
  });
}

/** Who a bearer token stands for; `undefined` when it opens nothing. */
export function principalOfToken(context: AccountContext, secret: string): Principal | undefined {
  const { queries, now } = context.services;
  const token = queries.tokenByHash(hashSecret(secret));
  if (!token || context.ending.has(token.id) || !isAlive(token, now())) return undefined;
  touch(context, token);
  return {
    kind: 'token',
    // Account names have no colon, so nobody is taken for somebody else in the journal.
    name: `token:${token.id}`,
    displayName: token.name,
    roles: token.roles,
    repositories: token.repositories,
    mustChangePassword: false,
  };
}

function isAlive(token: Token, now: Moment): boolean {
  return token.revokedAt === undefined && (token.expiresAt === undefined || token.expiresAt > now);
}

function touch(context: AccountContext, token: Token): void {
  const { now, writer, log } = context.services;
  const at = now();
  if (token.lastUsedAt !== undefined && at - token.lastUsedAt < TOUCH_MS) return;
  const row: Token = { ...token, lastUsedAt: at };
  writer.commit({ puts: [{ table: 'token', mode: 'upsert', row }] }).catch((error: unknown) => {
    log.warn({ err: error }, 'use of a token could not be written down');
  });
}
