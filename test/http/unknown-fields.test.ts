/** What a route does not know it refuses: the table of all routes, by HTTP and by the schemas behind it. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PERMISSIONS, type RouteKey } from '../../server/http/permissions.ts';
import { addressOf } from './addresses.ts';
import { allSchemas } from './all-schemas.ts';
import { alarm, incident } from './fixtures.ts';
import { addAccount, openHouse, type House } from './support.ts';

const KEYS = Object.keys(PERMISSIONS) as RouteKey[];
// What a device sends means what its profile says.
const WRITES = KEYS.filter((key) => !key.startsWith('GET ') && PERMISSIONS[key] !== 'device');
const STRANGE = { 'nobody-knows-this': 1 };

let house: House;
let cookie: string;
let schemas: Awaited<ReturnType<typeof allSchemas>>;
beforeAll(async () => {
  house = await openHouse({ demonstration: true });
  house.store.put('alarm', alarm('sx.a1'));
  house.store.put('incident', incident('sx.i1'));
  const roles = ['manager', 'inspector', 'duty', 'administrator'] as const;
  await addAccount(house.store, { name: 'all', roles: [...roles], repositories: ['*'] });
  cookie = await house.signIn('all');
  schemas = await allSchemas(house);
});
afterAll(() => house.close());

describe('a field that nobody knows', () => {
  it('is tried on every route that writes', () => {
    expect(WRITES.length).toBeGreaterThan(35);
  });

  it.each(WRITES)('is refused: %s', async (key) => {
    const { method, url } = addressOf(key);
    const headers = { cookie, 'content-type': 'application/json' };
    const payload = JSON.stringify(STRANGE);
    const answer = await house.inject({ method, url, headers, payload });
    expect([answer.statusCode, answer.json().error.code]).toEqual([400, 'invalid-request']);
    expect(house.commands).toEqual([]);
  });

  // What is missing is said before it, so nothing must be there.
  it.each(WRITES)('is named: %s', (key) => {
    const body = schemas.found.find((one) => one.route === key && one.httpPart === 'body');
    expect(body?.schema).toMatchObject({ type: 'object' });
    const validate = schemas.compile({
      schema: { ...body?.schema, required: [] },
      httpPart: 'body',
    }) as { (body: unknown): unknown; errors?: unknown };
    expect(validate(STRANGE)).toBe(false);
    expect(validate.errors).toMatchObject([
      { keyword: 'additionalProperties', params: { additionalProperty: 'nobody-knows-this' } },
    ]);
  });

  it.each(['/api/people/sx.db-a', '/api/sensors/sx.th-1', '/api/doors/sx.d1'])(
    'is told of in a change of %s',
    async (url) => {
      const bodies = {
        people: { name: 'x', role: 'duty' },
        sensors: { room: 'r301', metrics: ['temperature'] },
        doors: { room: 'r301' },
      };
      const kind = url.split('/')[2] as keyof typeof bodies;
      const answer = await house.inject({
        method: 'PUT',
        url,
        headers: { cookie },
        body: { ...bodies[kind], ...STRANGE },
      });
      expect(answer.statusCode).toBe(400);
      expect(answer.json().error.message).toBe('body: unknown field "nobody-knows-this".');
    },
  );

  it('is taken at no depth of a body or a query', () => {
    const open = schemas.found
      .filter(({ route }) => route !== 'POST /api/intake/:profile')
      .flatMap(({ route, schema }) => openObjects(schema).map((place) => `${route}${place}`));
    expect(open).toEqual([]);
    expect(openObjects({ type: 'object', properties: { a: { type: 'object' } } })).toHaveLength(2);
  });
});

/** Places of objects that would take any field; a record's keys are free, its values are not. */
function openObjects(schema: unknown, place = ''): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { type, additionalProperties, patternProperties } = schema as Record<string, unknown>;
  const isClosed = additionalProperties === false || patternProperties !== undefined;
  return [
    ...(type === 'object' && !isClosed ? [place] : []),
    ...Object.entries(schema).flatMap(([name, part]) => openObjects(part, `${place}.${name}`)),
  ];
}
