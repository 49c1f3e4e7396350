/** The history of what was changed: each with what held before it, by what was known then. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Page } from '../../domain/api.ts';
import type { LimitChangeView } from '../../domain/limits.ts';
import { DEFAULT_STANDARDS, type StandardsChoiceView } from '../../domain/standards.ts';
import { DAY_MS, MINUTE_MS } from '../../domain/time.ts';
import { START } from './fixtures.ts';
import { openHouse, ROLE_ACCOUNTS, type House } from './support.ts';

let house: House;
let cookie: string;
beforeAll(async () => {
  house = await openHouse();
  cookie = await house.signIn(ROLE_ACCOUNTS.manager);
});
afterAll(() => house.close());

async function change(url: string, body: object): Promise<void> {
  house.now += MINUTE_MS;
  const sent = { room: 'sx.r301', reason: '试行', ...body };
  const answer = await house.inject({ method: 'POST', url, headers: { cookie }, body: sent });
  expect([url, answer.statusCode]).toEqual([url, 201]);
}
const list = async <T>(url: string): Promise<readonly T[]> =>
  (await house.inject({ url, headers: { cookie } })).json<Page<T>>().items;

it('a change of a limit is told with the one before it', async () => {
  const limit = (body: object) =>
    change('/api/limits', { metric: 'humidity', kind: 'range', ...body });
  await limit({ max: 55 });
  await limit({ max: 50 });
  // In force before both, and known only now.
  await limit({ max: 58, validFrom: START - DAY_MS });
  await change('/api/limits', { metric: 'co2', kind: 'range', max: 1000 });
  const items = await list<LimitChangeView>('/api/limits/changes');
  expect(items.map((c) => [c.metric, c.max, c.before?.max, c.before?.origin])).toEqual([
    ['co2', 1000, undefined, undefined],
    ['humidity', 58, 60, 'pack'],
    ['humidity', 50, 55, 'own'],
    ['humidity', 55, 60, 'pack'],
  ]);
});

it('a choice of standards is told with what the room kept to before it', async () => {
  await change('/api/room-standards', { standards: ['bs-4971-2017'] });
  await change('/api/room-standards', { standards: ['gb-50174-2017'] });
  const items = await list<StandardsChoiceView>('/api/room-standards/changes');
  expect(items.map((c) => [c.standards, c.before])).toEqual([
    [['gb-50174-2017'], ['bs-4971-2017']],
    [['bs-4971-2017'], DEFAULT_STANDARDS],
  ]);
});
