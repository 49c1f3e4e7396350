/** Taking things out of service over HTTP: who may, what it takes, and what is written down. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OutOfService } from '../../domain/out-of-service.ts';
import { HOUR_MS } from '../../domain/time.ts';
import { REGISTRY, START } from './fixtures.ts';
import { openHouse, ROLE_ACCOUNTS, type House } from './support.ts';

let house: House;
let manager: string;

const people = [
  { id: 'bao', name: '保卫甲', role: 'security' },
  { id: 'zhi', name: '值班乙', role: 'duty' },
  { id: 'manager-a', name: '馆员', role: 'manager' },
] as const;
const registry = {
  ...REGISTRY,
  sensors: new Map([
    ...REGISTRY.sensors,
    ['sx.sm-1', { repository: 'sx', id: 'sm-1', room: 'r301', metrics: ['smoke', 'battery_low'] }],
  ] as [string, typeof REGISTRY.sensors extends ReadonlyMap<string, infer S> ? S : never][]),
  people: new Map(
    people.map((one) => [`sx.${one.id}`, { ...one, repository: 'sx', origin: 'file' as const }]),
  ),
};

beforeAll(async () => {
  house = await openHouse({ registry });
  manager = await house.signIn(ROLE_ACCOUNTS.manager);
});
beforeEach(() => house.store.tables.delete('out_of_service'));
afterAll(() => house.close());

async function ask(url: string, body?: object, cookie = manager) {
  const method = body ? 'POST' : 'GET';
  const headers = { cookie };
  const answer = await house.inject({ method, url, headers, ...(body ? { body } : {}) });
  return { status: answer.statusCode, body: answer.json() };
}
const take = (body: object, cookie = manager) =>
  ask('/api/out-of-service', { reason: '送检', tag: 'GZP-007', ...body }, cookie);
const climate = { subject: { kind: 'sensor', id: 'sx.th-1' } };
const detector = { subject: { kind: 'sensor', id: 'sx.sm-1' } };
const safely = { ...detector, second: 'sx.bao', reviewAt: START + HOUR_MS };

describe('out of service', () => {
  it('a climate sensor: one manager, a reason and a tag; journal, and everything takes it', async () => {
    const before = house.reconfigured;
    const { status, body } = await take(climate);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      repository: 'sx',
      subject: { kind: 'sensor', id: 'th-1' },
      by: 'manager-a',
      at: START,
      reason: '送检',
      tag: 'GZP-007',
    });
    expect(house.reconfigured).toBe(before + 1);
    const journal = await ask('/api/journal?repository=sx');
    expect(journal.body.items[0]).toMatchObject({
      action: 'service.taken-out',
      by: 'manager-a',
      subject: 'sx.th-1',
      detail: { tag: 'GZP-007' },
    });
  });

  it('a detector: a second person and a review within a day, and both are written down', async () => {
    const { status, body } = await take(safely);
    expect([status, body.second, body.reviewAt]).toEqual([201, 'bao', START + HOUR_MS]);
  });

  it.for([
    ['a detector without a second person', { ...safely, second: undefined }, 422, 'second'],
    ['one whose second person is on duty', { ...safely, second: 'sx.zhi' }, 422, 'second'],
    ['one whose second person is unknown', { ...safely, second: 'sx.nobody' }, 422, 'second'],
    ['one whose second person is the first', { ...safely, second: 'sx.manager-a' }, 422, 'else'],
    ['a detector without a review', { ...safely, reviewAt: undefined }, 422, 'reviewAt'],
    ['a review in two days', { ...safely, reviewAt: START + 48 * HOUR_MS }, 422, '24 h'],
    ['a review that is over', { ...climate, reviewAt: START }, 422, 'future'],
    ['a whole door by one person', { subject: { kind: 'door', id: 'sx.d301' } }, 422, 'second'],
    ['a rule that does not judge it', { ...climate, rule: 'door-forced' }, 422, 'No rule'],
    ['what is not there', { subject: { kind: 'sensor', id: 'sx.none' } }, 404, 'sensor'],
    ['another’s', { subject: { kind: 'sensor', id: 'other.th-9' } }, 404, 'sensor'],
    ['a room', { subject: { kind: 'room', id: 'sx.r301' } }, 400, 'kind'],
    ['without a reason', { ...climate, reason: ' ' }, 400, 'reason'],
    ['without a tag', { ...climate, tag: '' }, 400, 'tag'],
    ['with a field that is not known', { ...climate, forEver: true }, 400, 'forEver'],
  ] as const)('refuses %s, and nothing is stored', async ([_what, body, status, words]) => {
    const answer = await take(body);
    expect([answer.status, answer.body.error.message]).toEqual([
      status,
      expect.stringContaining(words),
    ]);
    expect(house.store.rows('out_of_service')).toEqual([]);
  });

  it('a rule that only watches a detector’s battery is not what guards, its silence is', async () => {
    expect((await take({ ...detector, rule: 'battery-low' })).status).toBe(201);
    expect((await take({ ...detector, rule: 'sensor-silent' })).status).toBe(422);
  });

  it('stands once for each thing, also when two ask at the same time', async () => {
    const answers = await Promise.all([take(climate), take(climate)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect((await take(climate)).status).toBe(409);
    expect((await take({ ...climate, rule: 'humidity-high' })).status).toBe(201);
  });

  it('is returned once, with who, when and a note; and is listed as what was', async () => {
    const { id } = (await take(climate)).body as OutOfService;
    const path = `/api/out-of-service/${id}/return`;
    const { status, body } = await ask(path, { note: '已换新' });
    expect([status, body.returned]).toEqual([200, { by: 'manager-a', at: START, note: '已换新' }]);
    expect((await ask(path, {})).status).toBe(409);
    expect((await ask('/api/out-of-service/none/return', {})).status).toBe(404);
    expect((await ask('/api/out-of-service')).body.items).toEqual([]);
    expect((await ask('/api/out-of-service?state=returned')).body.items).toMatchObject([{ id }]);
    expect((await take(climate)).status).toBe(201);
  });

  it.each(['duty', 'inspector', 'observer', 'administrator', 'auditor'] as const)(
    'is not %s’s to take or return',
    async (role) => {
      const cookie = await house.signIn(ROLE_ACCOUNTS[role]);
      expect((await take(climate, cookie)).status).toBe(403);
      const { id } = (await take(climate)).body as OutOfService;
      expect((await ask(`/api/out-of-service/${id}/return`, {}, cookie)).status).toBe(403);
      const seen = ['duty', 'inspector', 'observer'].includes(role) ? 200 : 403;
      expect((await ask('/api/out-of-service', undefined, cookie)).status).toBe(seen);
    },
  );
});
