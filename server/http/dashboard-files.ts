/** The dashboard's own files, and its first page for every address that is one of its views. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpError } from './errors.ts';
import { notFound, sendError, unauthenticated } from './errors.ts';

/** Serves `dashboardDir`; without it, or before it is built, addresses outside /api are not found. */
export async function serveDashboard(
  app: FastifyInstance,
  dashboardDir: string | undefined,
): Promise<void> {
  const built = dashboardDir !== undefined && existsSync(join(dashboardDir, 'index.html'));
  if (built) {
    await app.register(fastifyStatic, {
      root: dashboardDir,
      prefix: '/',
      cacheControl: false,
      setHeaders: (reply, path) => {
        reply.header('cache-control', cachingOf(path));
      },
    });
  } else {
    app.get('/*', (_request, reply) => {
      reply.callNotFound();
    });
  }
  app.setNotFoundHandler((request, reply) => {
    if (built && isView(request)) return reply.sendFile('index.html');
    return sendError(request, reply, missing(request));
  });
}

// Hashed files never change under their name; the page that names them must always be asked for.
function cachingOf(path: string): string {
  if (path.endsWith('index.html')) return 'no-store';
  return /\/assets\/[^/]+-[\w-]{8,}\.\w+$/.test(path.replaceAll('\\', '/'))
    ? 'public, max-age=31536000, immutable'
    : 'no-cache';
}

function isView(request: FastifyRequest): boolean {
  const path = request.url.split('?', 1)[0] ?? '';
  const last = path.slice(path.lastIndexOf('/') + 1);
  const reads = request.method === 'GET' || request.method === 'HEAD';
  // Ids have a dot (`/rooms/sx.r301`); a missing script or picture must not become a page.
  const isFile = /\.(?:js|mjs|css|map|svg|png|jpg|ico|json|txt|woff2?|webmanifest)$/.test(last);
  return reads && !isApi(path) && !isFile;
}

function missing(request: FastifyRequest): HttpError {
  if (isApi(request.url) && !request.principal) return unauthenticated();
  return notFound('route');
}

function isApi(path: string): boolean {
  return path === '/api' || path.startsWith('/api/');
}
