import Fastify from 'fastify';
import { afterAll, expect, it } from 'vitest';
import { Registry } from 'prom-client';
import { createRouter } from '../../server/http/router.ts';
import { addAllRoutes } from '../../server/http/routes/index.ts';
import { ErrorSchema } from '../../server/http/schemas.ts';
import { useStrictValidators } from '../../server/http/validators.ts';
import { openHouse } from './support.ts';

const house = await openHouse();
afterAll(() => house.close());

// They are compiled at a route's first request: what is wrong with one must be found here.
it('compiles the schema of every body and query', async () => {
  const app = Fastify();
  useStrictValidators(app);
  app.addSchema(ErrorSchema);
  const found: { readonly route: string; readonly httpPart: string; readonly schema: object }[] =
    [];
  app.addHook('onRoute', ({ method, url, schema }) => {
    const parts = { body: schema?.body, querystring: schema?.querystring };
    for (const [httpPart, part] of Object.entries(parts)) {
      if (part) found.push({ route: `${String(method)} ${url}`, httpPart, schema: part });
    }
  });
  const { services, access } = house;
  const context = { services, access, registry: new Registry(), secureCookies: false };
  addAllRoutes(createRouter(app), context, app);
  await app.ready();
  expect(found.length).toBeGreaterThan(40);
  for (const { route, httpPart, schema } of found) {
    const validate = app.validatorCompiler?.({ schema, httpPart, method: 'GET', url: '/' });
    expect(() => void validate?.({ surely: 'unknown' }), `${route} ${httpPart}`).not.toThrow();
    expect(validate?.('no object'), `${route} ${httpPart}`).toBe(false);
  }
});
