/** The HTTP server: guards, strict bodies, routes, description, files. */

import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import cookie from '@fastify/cookie';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { HOUR_MS } from '../../domain/time.ts';
import type { Access } from '../accounts/access.ts';
import type { Services } from '../services.ts';
import { guardRoutes } from './authentication.ts';
import { serveDashboard } from './dashboard-files.ts';
import { handleErrors } from './errors.ts';
import { sendSecurityHeaders } from './headers.ts';
import { measureRequests } from './metrics.ts';
import { collectOpenApi, serveDocs } from './openapi.ts';
import { createRouter, type HttpContext } from './router.ts';
import { addAllRoutes } from './routes/index.ts';
import { ErrorSchema } from './schemas.ts';
import { useStrictValidators } from './validators.ts';

const BODY_BYTES_MAX = 64 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 72_000;
/** Headers of requests and answers that carry secrets; the log never has them. */
const SECRET_PATHS = [
  'req.headers.authorization',
  'req.headers.cookie',
  'res.headers["set-cookie"]',
  'headers.authorization',
  'headers.cookie',
  '*.password',
  '*.secret',
];

export interface HttpSettings {
  /** The address people open; its origin is the only own one when set. */
  readonly publicUrl?: string;
  /** Believe the last entry of `X-Forwarded-*`: one proxy stands before us. */
  readonly trustProxy: boolean;
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  readonly secureCookies: boolean;
  /** The built dashboard; unset: the API alone. */
  readonly dashboardDir?: string;
  readonly allowedOrigins?: readonly string[];
}

export interface HttpAppParts {
  readonly services: Services;
  readonly access: Access;
  readonly settings: HttpSettings;
  /** Of the product, for the description of the API. */
  readonly version: string;
  /** HTTP's own figures go here; `/metrics` writes it out after `services.metricsText()`. A new one when unset. */
  readonly registry?: Registry;
}

/** Makes the server with all routes; the caller listens and closes. */
export async function createHttpApp(parts: HttpAppParts): Promise<FastifyInstance> {
  const { services, access, settings } = parts;
  const registry = parts.registry ?? new Registry();
  const app = Fastify({
    loggerInstance: redacted(services.log),
    logController: new LogController({ disableRequestLogging: true }),
    // One proxy: what it adds is believed, what its client sent before it is not.
    trustProxy: settings.trustProxy ? (_address, hop) => hop === 0 : false,
    bodyLimit: BODY_BYTES_MAX,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    routerOptions: { maxParamLength: 300, ignoreTrailingSlash: false },
    serverFactory: (handler) => createListener(handler, settings),
    forceCloseConnections: true,
  });
  useStrictValidators(app);
  handleErrors(app);
  app.removeContentTypeParser('text/plain');
  await app.register(cookie);
  sendSecurityHeaders(app, settings.secureCookies);
  measureRequests(app, registry);
  guardRoutes(app, access, {
    publicUrl: settings.publicUrl,
    allowedOrigins: settings.allowedOrigins ?? [],
  });
  // A write without a body is one with nothing in it, so that what is missing is named; `null` stays null.
  app.addHook('preValidation', async (request) => {
    if (request.body === undefined) request.body = {};
  });
  app.addSchema(ErrorSchema);
  await collectOpenApi(app, parts.version);
  const context: HttpContext = {
    services,
    access,
    registry,
    secureCookies: settings.secureCookies,
  };
  addAllRoutes(createRouter(app), context, app);
  await serveDocs(app);
  await serveDashboard(app, settings.dashboardDir);
  sweepSessions(app, access);
  return app;
}

type Handler = Parameters<NonNullable<Parameters<typeof createServer>[1]>>;

function createListener(handler: (...call: Handler) => void, settings: HttpSettings): Server {
  const options = { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_TIMEOUT_MS };
  return settings.tls
    ? createTlsServer({ ...options, ...settings.tls, minVersion: 'TLSv1.2' }, handler)
    : createServer(options, handler);
}

function redacted(log: Logger): FastifyBaseLogger {
  return log.child({ part: 'http' }, { redact: SECRET_PATHS });
}

function sweepSessions(app: FastifyInstance, access: Access): void {
  const timer = setInterval(() => {
    access.sweep().catch((error: unknown) => {
      app.log.warn({ err: error }, 'sessions that are over could not be removed');
    });
  }, HOUR_MS);
  timer.unref();
  app.addHook('onClose', async () => {
    clearInterval(timer);
  });
}
