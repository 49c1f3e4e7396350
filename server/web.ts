/** What people open: HTTP, its figures and the live feed. Loaded after the broker's link, which a fire comes by. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Access } from './accounts/access.ts';
import type { Core } from './core.ts';
import { codeOf, messageOf, StartRefused } from './data-folder.ts';
import { createHttpApp } from './http/app.ts';
import { attachLiveFeed, type LiveFeed } from './live/feed.ts';
import { createMetricsRegistry } from './metrics.ts';
import type { Motion } from './motion.ts';
import type { PemPair } from './pem.ts';
import type { Services } from './services.ts';
import type { Settings } from './settings/settings.ts';

const DASHBOARD_DIR = join(import.meta.dirname, '..', 'dashboard', 'dist');
const PACKAGE_PATH = join(import.meta.dirname, '..', 'package.json');

export interface Web {
  readonly app: FastifyInstance;
  readonly feed: LiveFeed;
  /** Starts to answer; gives the address that people open. Throws `StartRefused` when the port is taken. */
  listen(): Promise<string>;
}

export interface WebParts {
  readonly core: Core;
  readonly motion: Motion;
  readonly services: Services;
  readonly access: Access;
  readonly settings: Settings['http'];
  readonly tls: PemPair | undefined;
}

/** Everything but listening. What was committed before there was a feed is in the snapshot that each client begins with. */
export async function prepareWeb(q: WebParts): Promise<Web> {
  const { services, motion, access, tls } = q;
  const { publicUrl, trustProxy } = q.settings;
  const registry = createMetricsRegistry({
    tick: () => motion.tick.figures(),
    outbox: () => motion.outbox.state(),
    parts: services.live.parts,
    openAlarms: () => q.core.engine.openAlarms().length,
    liveClients: () => motion.liveClients(),
  });
  const origin = { publicUrl, allowedOrigins: [] };
  const app = await createHttpApp({
    services,
    access,
    registry,
    version: versionOf(),
    settings: {
      ...(publicUrl === undefined ? {} : { publicUrl }),
      trustProxy,
      ...(tls ? { tls } : {}),
      secureCookies: tls !== undefined || publicUrl?.startsWith('https:') === true,
      dashboardDir: DASHBOARD_DIR,
    },
  });
  const feed = attachLiveFeed({
    app,
    services,
    access,
    origin,
    trustProxy,
    changed: (readingsMax) => q.core.latest.takeChanged(readingsMax),
  });
  return { app, feed, listen: () => listen(app, q.settings) };
}

async function listen(app: FastifyInstance, settings: Settings['http']): Promise<string> {
  const { host, port, tls, publicUrl } = settings;
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw refusedPort(error, `${host}:${port}`);
  }
  const bound = app.server.address();
  const boundPort = typeof bound === 'object' && bound ? bound.port : port;
  const scheme = tls ? 'https' : 'http';
  return publicUrl ?? `${scheme}://${host}:${boundPort}`;
}

function refusedPort(error: unknown, where: string): unknown {
  const code = codeOf(error);
  if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') return error;
  return new StartRefused(
    `The dashboard can't listen on ${where} (${messageOf(error)}); change LANTAI_HTTP_HOST or LANTAI_HTTP_PORT.`,
  );
}

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(PACKAGE_PATH, 'utf8')) as { version: string };
  return version;
}
