/** A value tried by hand: the engine itself answers, and nothing of it stays. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorBody } from '../../domain/api.ts';
import type { Registry, Sensor } from '../../domain/registry.ts';
import type { RuleTrial } from '../../domain/rule-trial.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import { REGISTRY, START } from './fixtures.ts';
import { openHouse, ROLE_ACCOUNTS, type House } from './support.ts';

const smoke = (id: string): [string, Sensor] => [
  `sx.${id}`,
  { repository: 'sx', id, room: 'r301', metrics: ['smoke'] },
];
const registry: Registry = {
  ...REGISTRY,
  rooms: new Map([
    ...REGISTRY.rooms,
    [
      'sx.r301',
      {
        repository: 'sx',
        id: 'r301',
        name: '301',
        class: 'paper',
        setPoint: { temperature: 20, humidity: 50 },
      },
    ],
  ]),
  sensors: new Map([...REGISTRY.sensors, smoke('sm-1'), smoke('sm-2')]),
  people: new Map([
    [
      'sx.file-a',
      {
        repository: 'sx',
        id: 'file-a',
        name: '值班员甲',
        role: 'duty',
        email: 'duty-a@example.org',
        origin: 'file',
      },
    ],
  ]),
};

let house: House;
let manager: string;
beforeAll(async () => {
  house = await openHouse({ registry });
  manager = await house.signIn(ROLE_ACCOUNTS.manager);
});
afterAll(() => house.close());

async function post(body: object, cookie = manager) {
  const room = 'sx.r301';
  return house.inject({
    method: 'POST',
    url: '/api/rules/try',
    headers: { cookie },
    body: { room, metric: 'humidity', minutes: 20, ...body },
  });
}
const tried = async (body: object) => (await post(body)).json<RuleTrial>();
const words = (trial: RuleTrial) =>
  trial.alarms.map((a) => [a.rule, a.kind, a.priority, a.afterMs / MINUTE_MS, a.within]);

describe('a value tried by hand', () => {
  it('raises what it would raise live, after the rule’s own delay', async () => {
    const trial = await tried({ value: 63 });
    const high = trial.alarms.find((a) => a.rule === 'humidity-high');
    expect(high).toMatchObject({
      kind: 'raised',
      priority: 'medium',
      limit: 60,
      afterMs: 10 * MINUTE_MS,
      within: true,
      count: 1,
    });
    expect(high?.title.zh).toContain('63');
    expect(high?.citation.standard).toContain('JGJ 25-2010');
    expect(trial.sensors).toEqual(['th-1']);
    expect(trial.at).toBe(START);
    expect(trial.quiet.map((r) => r.rule)).toContain('humidity-low');
    expect(trial.quiet[0]?.sentence.zh).not.toBe('');
  });

  it('tells what would come only if it went on', async () => {
    const trial = await tried({ value: 63, minutes: 5 });
    const rows = words(trial).filter(([rule]) => rule === 'humidity-high');
    expect(rows).toEqual([
      ['humidity-high', 'raised', 'medium', 10, false],
      ['humidity-high', 'risen', 'high', 130, false],
    ]);
  });

  it('says nothing of a good value, and names the rules that stay quiet', async () => {
    const trial = await tried({ value: 50 });
    expect([trial.alarms, trial.incidents, trial.told]).toEqual([[], [], []]);
    expect(trial.quiet.length).toBeGreaterThanOrEqual(4);
  });

  it('looks at a day where it is told what held before', async () => {
    const without = await tried({ value: 58 });
    expect(without.alarms.map((a) => a.rule)).not.toContain('humidity-daily-range');
    const trial = await tried({ value: 58, before: 47.5 });
    // With the second reading: one is no level yet.
    expect(trial.alarms.find((a) => a.rule === 'humidity-daily-range')).toMatchObject({
      afterMs: 60_000,
      within: true,
      limit: 10,
    });
    expect(trial.standing).toEqual([]);
    const bad = await tried({ value: 63, before: 63 });
    expect(bad.standing.map((r) => r.rule)).toContain('humidity-high');
    expect(bad.quiet.map((r) => r.rule)).not.toContain('humidity-high');
  });

  it('confirms a fire by two detectors and not by one, starts its plan, and says who is told', async () => {
    const one = await tried({ metric: 'smoke', value: 1, sensor: 'sx.sm-1' });
    expect(one.alarms.map((a) => a.rule)).toEqual(['smoke-alarm']);
    expect(one.quiet.map((r) => r.rule)).toContain('fire-confirmed');
    const all = await tried({ metric: 'smoke', value: 1 });
    expect(all.alarms.map((a) => [a.rule, a.count])).toEqual(
      expect.arrayContaining([
        ['smoke-alarm', 2],
        ['fire-confirmed', 1],
      ]),
    );
    expect(all.incidents[0]).toMatchObject({ afterMs: 0, within: true });
    expect(all.told[0]).toEqual({
      person: '值班员甲',
      channel: 'email',
      afterMs: 0,
      within: true,
    });
  });

  it('goes by the repository’s own limit that is in force', async () => {
    house.store.put('limit_change', {
      id: 'l1',
      repository: 'sx',
      room: 'r301',
      metric: 'humidity',
      kind: 'range',
      max: 65,
      reason: '梅雨季',
      by: 'manager-a',
      validFrom: START - HOUR_MS,
      recordedAt: START - HOUR_MS,
    });
    const rules = (await tried({ value: 63 })).alarms.map((a) => a.rule);
    expect(rules).not.toContain('humidity-high');
    house.store.tables.get('limit_change')?.clear();
  });

  it('leaves nothing behind', async () => {
    await tried({ metric: 'smoke', value: 1 });
    for (const table of ['alarm', 'alarm_transition', 'incident', 'outbox'] as const) {
      expect([table, house.store.rows(table)]).toEqual([table, []]);
    }
    expect(house.commands).toEqual([]);
  });

  it.each([
    [{ value: 120 }, 422, '"value" must be between 0 and 100.'],
    [{ value: 50, before: -1 }, 422, '"before" must be between 0 and 100.'],
    [{ metric: 'smoke', value: 0.5 }, 422, '"value" must be 0 or 1.'],
    [{ metric: 'co2', value: 900 }, 422, 'No such sensor of the room measures "co2".'],
    [{ value: 50, sensor: 'sx.sm-1' }, 422, 'No such sensor of the room'],
    [{ value: 50, sensor: 'other.th-9' }, 404, 'no such sensor'],
    [{ value: 50, room: 'other.r1' }, 404, 'no such room'],
    [{ value: 50, minutes: 0 }, 400, 'minutes'],
    [{ value: 50, minutes: 1441 }, 400, 'minutes'],
    [{ value: '63' }, 400, 'value'],
    [{ value: 50, metric: 'mood' }, 400, 'metric'],
    [{ value: 50, raise: true }, 400, 'raise'],
  ])('refuses %j', async (body, status, message) => {
    const answer = await post(body);
    expect([answer.statusCode, answer.json<ErrorBody>().error.message]).toEqual([
      status,
      expect.stringContaining(message),
    ]);
  });

  it('is for managers and inspectors', async () => {
    const status = async (role: 'inspector' | 'duty' | 'observer') =>
      (await post({ value: 50 }, await house.signIn(ROLE_ACCOUNTS[role]))).statusCode;
    expect([await status('inspector'), await status('duty'), await status('observer')]).toEqual([
      200, 403, 403,
    ]);
  });
});
