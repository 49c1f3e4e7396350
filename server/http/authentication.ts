/** The guard before every route: who is asking, from which page, and whether the table lets them. */

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Principal } from '../../domain/account.ts';
import type { Access, Credentials } from '../accounts/access.ts';
import { forbidden, notFound, unauthenticated } from './errors.ts';
import { isOwnOrigin, type OriginRule } from './origin.ts';
import { holds, PERMISSIONS, rowOf, type Allowed, type RouteKey } from './permissions.ts';

export const SESSION_COOKIE = 'lantai_session';

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal | undefined;
  }
}

/** Puts the guard before all routes that `app` gets from now on, and checks the table both ways. */
export function guardRoutes(app: FastifyInstance, access: Access, rule: OriginRule): void {
  const served = new Set<RouteKey>();
  const strangers: string[] = [];
  app.decorateRequest('principal', undefined);
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      const row = rowOf(method, route.url);
      if (row === undefined) strangers.push(`${method} ${route.url}`);
      else served.add(row);
    }
  });
  app.addHook('onReady', async () => {
    if (strangers.length > 0)
      throw new Error(`no row permits these routes: ${strangers.join('; ')}`);
    const idle = Object.keys(PERMISSIONS).filter((row) => !served.has(row as RouteKey));
    if (idle.length > 0) throw new Error(`no route serves these rows: ${idle.join('; ')}`);
  });
  app.addHook('onRequest', async (request) => {
    guard(request, access, rule);
  });
}

function guard(request: FastifyRequest, access: Access, rule: OriginRule): void {
  const allowed = allowedFor(request);
  const shown = credentialsOf(request);
  const writes = request.method !== 'GET' && request.method !== 'HEAD';
  // A bearer token is sent by programs on purpose; a cookie comes by itself, so its page is asked for.
  if (writes && shown.bearer === undefined && !isOwnOrigin(request.headers, request, rule)) {
    throw forbidden('This page may not act here.', 'foreign-origin');
  }
  if (allowed === 'public') return;
  const principal = access.authenticate(shown);
  // A device shows its own credential to the route; whoever is known as a person has no business there.
  if (allowed === 'device' && !principal) return;
  if (!principal) throw unauthenticated();
  request.principal = principal;
  if (allowed === undefined) throw notFound('route');
  if (allowed === 'session') {
    if (principal.kind !== 'session') throw forbidden('This is for people who signed in.');
    return;
  }
  if (allowed === 'device') throw forbidden('This is for devices.');
  if (principal.mustChangePassword) {
    throw forbidden('Change your password first.', 'must-change-password');
  }
  if (!holds(principal, allowed)) throw forbidden('Your role does not allow this.');
}

// An unknown path under /api asks who you are first, so that the table can't be mapped from outside.
function allowedFor(request: FastifyRequest): Allowed | undefined {
  const { url } = request.routeOptions;
  const row = url === undefined || url === '/*' ? undefined : rowOf(request.method, url);
  if (row !== undefined) return PERMISSIONS[row];
  const path = request.url.split('?', 1)[0] ?? '';
  return path === '/api' || path.startsWith('/api/') ? undefined : 'public';
}

/** The credentials that came with a request: the token of the header, else the cookie. */
export function credentialsOf(request: FastifyRequest): Credentials {
  const bearer = bearerOf(request.headers.authorization);
  if (bearer !== undefined) return { bearer };
  const sessionSecret = request.cookies[SESSION_COOKIE];
  return sessionSecret === undefined ? {} : { sessionSecret };
}

/** The token of an `Authorization` header; any other header opens nothing, and hides no cookie behind it. */
export function bearerOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  return /^Bearer +(\S+)$/i.exec(header)?.[1] ?? '';
}
