import { afterAll, expect, it } from 'vitest';
import { allSchemas } from './all-schemas.ts';
import { apiPage } from './api-page.ts';
import { openHouse } from './support.ts';

const house = await openHouse();
afterAll(() => house.close());

// Written anew by: npx vitest run test/http/api-page.test.ts -u
it('docs/api.md lists every route as it is', async () => {
  const { declared, found } = await allSchemas(house);
  const page = await apiPage({ declared, schemas: found });
  for (const { route } of declared.filter((one) => !/^HEAD |\/docs/.test(one.route))) {
    expect(page).toContain(`\`${route}\``);
  }
  await expect(page).toMatchFileSnapshot('../../docs/api.md');
});
