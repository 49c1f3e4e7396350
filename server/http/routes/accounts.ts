/** Accounts and tokens: for administrators. */

import { Type } from 'typebox';
import type { AccountChange } from '../../accounts/accounts.ts';
import { valueOf } from '../errors.ts';
import { pageOfAll } from '../paging.ts';
import type { HttpContext, Router } from '../router.ts';
import {
  AccountName,
  MomentBody,
  paging,
  Password,
  Repositories,
  Roles,
  strict,
} from '../schemas.ts';
import { parseMoment } from '../times.ts';

const DisplayName = Type.String({ minLength: 1, maxLength: 120, pattern: '\\S' });
const ListQuery = Type.Object(paging, strict);
const Reset = Type.Object({ password: Password }, strict);

const NewAccountBody = Type.Object(
  {
    name: AccountName,
    displayName: DisplayName,
    roles: Roles,
    repositories: Repositories,
    password: Password,
    expiresAt: Type.Optional(MomentBody),
  },
  strict,
);

const ChangeBody = Type.Object(
  {
    displayName: Type.Optional(DisplayName),
    roles: Type.Optional(Roles),
    repositories: Type.Optional(Repositories),
    disabled: Type.Optional(Type.Boolean()),
    /** `null`: it no longer expires. */
    expiresAt: Type.Optional(Type.Union([MomentBody, Type.Null()])),
  },
  strict,
);

const NewTokenBody = Type.Object(
  {
    name: DisplayName,
    roles: Roles,
    repositories: Repositories,
    expiresAt: Type.Optional(MomentBody),
  },
  strict,
);

export function addAccountRoutes(router: Router, context: HttpContext): void {
  addAccounts(router, context);
  addAccountChanges(router, context);
  addTokens(router, context);
}

function addAccounts(router: Router, { access }: HttpContext): void {
  router.add('GET /api/accounts', {
    summary: 'Accounts',
    query: ListQuery,
    handle: ({ principal, query }) => {
      const all = access.accounts.list(principal).map((one) => ({ id: one.name, ...one }));
      return pageOfAll(all, query);
    },
  });
  router.add('POST /api/accounts', {
    summary: 'Make an account; its owner changes the password at the first sign-in',
    status: 201,
    body: NewAccountBody,
    handle: async ({ principal, body }) => {
      const { expiresAt, ...rest } = body;
      const end = expiresAt === undefined ? {} : { expiresAt: parseMoment(expiresAt, 'expiresAt') };
      return valueOf(await access.accounts.create(principal, { ...rest, ...end }));
    },
  });
}

function addAccountChanges(router: Router, { access }: HttpContext): void {
  router.add('PATCH /api/accounts/:name', {
    summary:
      'Change, disable or enable an account; what it may do ends its sessions when it changes',
    body: ChangeBody,
    handle: async ({ principal, params, body }) => {
      const { expiresAt, ...rest } = body;
      const change: AccountChange =
        expiresAt === undefined ? rest : { ...rest, expiresAt: endOf(expiresAt) };
      const q = { name: params['name'] ?? '', change };
      return valueOf(await access.accounts.change(principal, q));
    },
  });
  router.add('PUT /api/accounts/:name/password', {
    summary: 'Set a password that must be changed at the next sign-in',
    body: Reset,
    handle: async ({ principal, params, body }) => {
      const q = { name: params['name'] ?? '', password: body.password };
      return valueOf(await access.accounts.resetPassword(principal, q));
    },
  });
  router.add('DELETE /api/accounts/:name', {
    summary: 'Remove an account; the journal keeps its name',
    status: 204,
    handle: async ({ principal, params }) => {
      valueOf(await access.accounts.remove(principal, params['name'] ?? ''));
    },
  });
}

function endOf(expiresAt: string | number | null): number | 'never' {
  return expiresAt === null ? 'never' : parseMoment(expiresAt, 'expiresAt');
}

function addTokens(router: Router, { access }: HttpContext): void {
  router.add('GET /api/tokens', {
    summary: 'Tokens of programs',
    query: ListQuery,
    handle: ({ principal, query }) => pageOfAll(access.tokens.list(principal), query),
  });
  router.add('POST /api/tokens', {
    summary: 'Make a token; `token` is shown in this answer and never again',
    status: 201,
    body: NewTokenBody,
    handle: async ({ principal, body }) => {
      const { expiresAt, ...rest } = body;
      const end = expiresAt === undefined ? {} : { expiresAt: parseMoment(expiresAt, 'expiresAt') };
      const made = valueOf(await access.tokens.create(principal, { ...rest, ...end }));
      return { ...made.token, token: made.secret };
    },
  });
  router.add('DELETE /api/tokens/:id', {
    summary: 'Revoke a token',
    status: 204,
    handle: async ({ principal, params }) => {
      valueOf(await access.tokens.revoke(principal, params['id'] ?? ''));
    },
  });
}
