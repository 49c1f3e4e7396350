/** The description of the API, made from the routes themselves, and a page to read it that needs no other server. */

import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { SESSION_COOKIE } from './authentication.ts';

/** Register before the routes: it collects them. */
export async function collectOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Lantai 兰台',
        version,
        description: 'Moments are epoch milliseconds (UTC). Ids are `<repository>.<id>`.',
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
          token: { type: 'http', scheme: 'bearer' },
        },
      },
      security: [{ session: [] }, { token: [] }],
    },
    // Without it the components would be called def-0, def-1 …
    refResolver: {
      buildLocalReference: (...[json, , , index]) =>
        typeof json['$id'] === 'string' ? json['$id'] : `schema-${index}`,
    },
    hideUntagged: true,
  });
}

/** The page under /api/docs; signing in is asked for by the table, as for every route. */
export async function serveDocs(app: FastifyInstance): Promise<void> {
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    uiConfig: { docExpansion: 'list', deepLinking: true },
    staticCSP: [
      "default-src 'self'",
      "img-src 'self' data:",
      "style-src 'self' 'unsafe-inline'",
      "object-src 'none'",
      "base-uri 'self'",
      "frame-ancestors 'none'",
    ].join('; '),
  });
}
