import { afterAll, expect, it } from 'vitest';
import { allSchemas } from './all-schemas.ts';
import { openHouse } from './support.ts';

const house = await openHouse();
afterAll(() => house.close());

// They are compiled at a route's first request: what is wrong with one must be found here.
it('compiles the schema of every body and query', async () => {
  const { found, compile } = await allSchemas(house);
  expect(found.length).toBeGreaterThan(40);
  for (const one of found.filter(({ route }) => route !== 'POST /api/intake/:profile')) {
    const validate = compile(one);
    expect(
      () => void validate({ surely: 'unknown' }),
      `${one.route} ${one.httpPart}`,
    ).not.toThrow();
    expect(validate('no object'), `${one.route} ${one.httpPart}`).toBe(false);
  }
});
