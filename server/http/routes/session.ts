/** Signing in and out, and one's own password. */

import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Principal } from '../../../domain/account.ts';
import type { SessionView } from '../../../domain/api.ts';
import { SESSION_AGE_MS } from '../../accounts/sessions.ts';
import { credentialsOf, SESSION_COOKIE } from '../authentication.ts';
import { valueOf } from '../errors.ts';
import type { HttpContext, Router } from '../router.ts';
import { Password, strict } from '../schemas.ts';

export function addSessionRoutes(router: Router, context: HttpContext): void {
  const { access } = context;
  router.add('POST /api/session', {
    summary: 'Sign in; the answer sets the cookie',
    body: Type.Object(
      { username: Type.String({ minLength: 1, maxLength: 100 }), password: Password },
      strict,
    ),
    handle: async ({ body, request, reply }) => {
      const previous = credentialsOf(request).sessionSecret;
      const signedIn = valueOf(
        await access.signIn({
          ...body,
          address: request.ip,
          ...(previous === undefined ? {} : { previousSecret: previous }),
        }),
      );
      setCookie(reply, context, signedIn.secret);
      return sessionView(signedIn.principal);
    },
  });
  router.add('GET /api/session', {
    summary: 'Who is signed in',
    handle: ({ principal }) => sessionView(principal),
  });
  router.add('DELETE /api/session', {
    summary: 'Sign out',
    status: 204,
    handle: async ({ principal, reply }) => {
      await access.signOut(principal);
      reply.clearCookie(SESSION_COOKIE, cookieOptions(context));
    },
  });
  router.add('POST /api/session/password', {
    summary: 'Change one’s own password; all other sessions end',
    body: Type.Object({ currentPassword: Password, newPassword: Password }, strict),
    handle: async ({ body, principal, request, reply }) => {
      const signedIn = valueOf(
        await access.changeOwnPassword({
          principal,
          current: body.currentPassword,
          next: body.newPassword,
          address: request.ip,
        }),
      );
      setCookie(reply, context, signedIn.secret);
      return sessionView(signedIn.principal);
    },
  });
}

function sessionView(principal: Principal): SessionView {
  const { name, displayName, roles, repositories, mustChangePassword } = principal;
  return { name, displayName, roles, repositories, mustChangePassword };
}

function setCookie(reply: FastifyReply, context: HttpContext, secret: string): void {
  const options = { ...cookieOptions(context), maxAge: SESSION_AGE_MS / 1000 };
  reply.setCookie(SESSION_COOKIE, secret, options);
}

function cookieOptions(context: HttpContext): CookieSerializeOptions {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: context.secureCookies };
}
