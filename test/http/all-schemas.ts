/** The schemas of all routes as the router declares them, in an app that compiles as the server does. */

import Fastify, { type FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { createRouter } from '../../server/http/router.ts';
import { addAllRoutes } from '../../server/http/routes/index.ts';
import { ErrorSchema } from '../../server/http/schemas.ts';
import { useStrictValidators } from '../../server/http/validators.ts';
import type { House } from './support.ts';

export interface RouteSchema {
  /** As the row of the table. */
  readonly route: string;
  readonly httpPart: 'body' | 'querystring';
  readonly schema: Readonly<Record<string, unknown>>;
}

/** A route as its description has it. */
export interface Declared {
  readonly route: string;
  readonly summary: string;
}

export async function allSchemas(house: Pick<House, 'services' | 'access'>) {
  const app = Fastify();
  useStrictValidators(app);
  app.addSchema(ErrorSchema);
  const found: RouteSchema[] = [];
  const declared: Declared[] = [];
  app.addHook('onRoute', ({ method, url, schema }) => {
    const { summary } = { summary: '', ...schema };
    declared.push({ route: `${String(method)} ${url}`, summary });
    for (const httpPart of ['body', 'querystring'] as const) {
      const part = schema?.[httpPart] as RouteSchema['schema'] | undefined;
      if (part && method !== 'HEAD') {
        found.push({ route: `${String(method)} ${url}`, httpPart, schema: part });
      }
    }
  });
  const { services, access } = house;
  const context = { services, access, registry: new Registry(), secureCookies: false };
  addAllRoutes(createRouter(app), context, app);
  await app.ready();
  return { found, declared, compile: compilerOf(app) };
}

/** What the server's own compiler makes of a schema. */
function compilerOf(app: FastifyInstance) {
  return ({ schema, httpPart }: Pick<RouteSchema, 'schema' | 'httpPart'>) => {
    const validate = app.validatorCompiler?.({ schema, httpPart, method: 'GET', url: '/' });
    if (!validate) throw new Error('there is no compiler');
    return validate;
  };
}
