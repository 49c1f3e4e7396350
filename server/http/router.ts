/** Routes, declared through the table of permissions: the key of a route must be a row. */

import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Registry } from 'prom-client';
import { Type, type Static, type TSchema } from 'typebox';
import type { Principal } from '../../domain/account.ts';
import type { Access } from '../accounts/access.ts';
import type { Services } from '../services.ts';
import { unauthenticated } from './errors.ts';
import { PERMISSIONS, type RouteKey } from './permissions.ts';
import { strict } from './schemas.ts';

/** What every group of routes is given. */
export interface HttpContext {
  readonly services: Services;
  readonly access: Access;
  /** Figures that `/metrics` writes out. */
  readonly registry: Registry;
  /** Cookies are marked Secure: TLS here, or a proxy that does it. */
  readonly secureCookies: boolean;
}

export interface Call<B, Q> {
  readonly body: B;
  readonly query: Q;
  readonly params: Readonly<Record<string, string>>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Who is asking. Throws 401 on a public route without a session. */
  readonly principal: Principal;
}

export interface RouteSpec<B extends TSchema, Q extends TSchema> {
  readonly summary: string;
  /** Unset: a write takes an empty object or nothing. */
  readonly body?: B;
  readonly query?: Q;
  /** Status of a good answer; 200 when unset. */
  readonly status?: 200 | 201 | 204;
  /** Of the body; unset: that of all routes. */
  readonly bytesMax?: number;
  readonly handle: (call: Call<Static<B>, Static<Q>>) => unknown;
}

export interface Router {
  add<B extends TSchema, Q extends TSchema>(key: RouteKey, spec: RouteSpec<B, Q>): void;
}

/** Of writes that need no more than their address: what else was sent is refused, as with every body. */
const NoBody = Type.Object({}, strict);

/** Adds routes to `app`, each with its row's permissions in its description. */
export function createRouter(app: FastifyInstance): Router {
  return {
    add(key, spec) {
      const [method = '', url = ''] = key.split(' ');
      app.route({
        method: method as HTTPMethods,
        url,
        schema: describe(key, spec),
        ...(spec.bytesMax === undefined ? {} : { bodyLimit: spec.bytesMax }),
        handler: async (request, reply) => {
          reply.code(spec.status ?? 200);
          const answer: unknown = await spec.handle(callOf(request, reply));
          return answer ?? reply.send();
        },
      });
    },
  };
}

function callOf<B, Q>(request: FastifyRequest, reply: FastifyReply): Call<B, Q> {
  return {
    // The strict validators have just checked them against the schemas that these types come from.
    body: request.body as B,
    query: request.query as Q,
    params: request.params as Record<string, string>,
    request,
    reply,
    get principal() {
      if (!request.principal) throw unauthenticated();
      return request.principal;
    },
  };
}

function describe<B extends TSchema, Q extends TSchema>(key: RouteKey, spec: RouteSpec<B, Q>) {
  const allowed = PERMISSIONS[key];
  const who = typeof allowed === 'string' ? allowed : allowed.join(', ');
  const tag = /^\w+ \/api\/([a-z-]+)/.exec(key)?.[1] ?? 'system';
  const failures = { $ref: 'Error#' };
  const body = spec.body ?? (key.startsWith('GET ') ? undefined : NoBody);
  return {
    summary: spec.summary,
    description: `Allowed: ${who}.`,
    tags: [tag],
    ...(body ? { body } : {}),
    ...(spec.query ? { querystring: spec.query } : {}),
    ...(allowed === 'public' ? { security: [] } : {}),
    response: {
      [spec.status ?? 200]: { description: spec.summary },
      '4xx': failures,
      '5xx': failures,
    },
  };
}
