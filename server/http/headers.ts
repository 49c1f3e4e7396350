/** Headers that tell browsers how little these pages need. */

import type { FastifyInstance } from 'fastify';

// Vue and the charts set styles through the DOM, which needs no exception; small pictures are inlined as data.
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
} as const;

const HSTS = 'max-age=31536000';

/** Sets them on every answer; `secure`: people reach us by HTTPS. */
export function sendSecurityHeaders(app: FastifyInstance, secure: boolean): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    if (secure) reply.header('strict-transport-security', HSTS);
    reply.header('x-request-id', request.id);
    // Answers are about now and about people: no cache keeps them. Files of the dashboard say otherwise.
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });
}
