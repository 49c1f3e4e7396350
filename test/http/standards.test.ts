/** The standards library over HTTP, and the choice of packs for a room. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Limit } from '../../domain/limits.ts';
import { DEFAULT_STANDARDS, type StandardsPackView } from '../../domain/standards.ts';
import { DAY_MS } from '../../domain/time.ts';
import { START } from './fixtures.ts';
import { openHouse, ROLE_ACCOUNTS, type House } from './support.ts';

let house: House;
let manager: string;

beforeAll(async () => {
  house = await openHouse();
  manager = await house.signIn(ROLE_ACCOUNTS.manager);
});
afterAll(() => house.close());

async function ask(url: string, body?: object, cookie = manager) {
  const method = body ? 'POST' : 'GET';
  const headers = { cookie };
  const answer = await house.inject({ method, url, headers, ...(body ? { body } : {}) });
  return { status: answer.statusCode, body: answer.json() };
}
const limitsAt = async (at: number, knownAt: number) => {
  const { body } = await ask(`/api/room-standards?room=sx.r301&at=${at}&knownAt=${knownAt}`);
  const found = body.limits.find((l: Limit) => l.metric === 'humidity' && l.kind === 'range');
  return [body.standards, found.min, found.max, found.pack];
};
const choose = (body: object, cookie = manager) =>
  ask('/api/room-standards', { room: 'sx.r301', reason: '试行', ...body }, cookie);

describe('the standards', () => {
  it('are listed with every entry’s clause, verification and whether a rule judges by it', async () => {
    const { status, body } = await ask('/api/standards');
    expect([status, body.default]).toEqual([200, [...DEFAULT_STANDARDS]]);
    const packs = body.items as StandardsPackView[];
    const bizot = packs.find((pack) => pack.id === 'bizot-2023');
    expect(bizot?.entries[0]).toMatchObject({
      kind: 'range',
      metric: 'temperature',
      unit: '°C',
      min: 16,
      max: 25,
      judging: 'rule',
      citation: { standard: 'Bizot Green Protocol', verification: 'copies', provenance: 'F2' },
    });
    expect(packs.flatMap((pack) => pack.entries).some((entry) => 'limit' in entry)).toBe(false);
  });

  it('still say of the default what they said when there was one pack', async () => {
    const { body } = await ask('/api/standards');
    expect(body).toMatchObject({ id: 'jgj-25-2010-dat-87-2021', version: 2 });
    const optical = body.classes.find((row: { class: string }) => row.class === 'optical');
    expect(optical).toMatchObject({
      store: true,
      limits: [
        { min: 15, max: 20 },
        { min: 25, max: 45 },
        {},
        {},
        {},
        {},
        { kind: 'rate', max: 15 },
        { kind: 'rate', max: 10 },
      ],
    });
    expect(optical.alternatives).toHaveLength(4);
  });
});

describe('a room', () => {
  it('keeps to the default until somebody chooses', async () => {
    const { body } = await ask('/api/room-standards?room=sx.r301');
    expect(body).toMatchObject({
      room: 'sx.r301',
      roomClass: 'paper',
      standards: [...DEFAULT_STANDARDS],
    });
    expect(body.choice).toBeUndefined();
    expect(body.packs.map((pack: StandardsPackView) => pack.id)).toEqual([...DEFAULT_STANDARDS]);
    const kinds = new Set(body.packs[1].entries.map((entry: { kind: string }) => entry.kind));
    expect([...kinds]).toContain('duty');
  });

  it.for([
    [
      'an unknown pack',
      { standards: ['jgj-99'] },
      422,
      'There is no standards pack "jgj-99"',
      'no-pack',
    ],
    [
      'a pack without its class',
      { standards: ['ashrae-2019'] },
      422,
      'write one of ashrae-2019:aa',
      'pack-needs-class',
    ],
    ['a pack twice', { standards: ['bizot-2023', 'bizot-2023'] }, 422, 'named twice', 'pack-twice'],
    ['none', { standards: [] }, 400, '"standards"', 'request-field'],
    ['no reason', { standards: ['bizot-2023'], reason: ' ' }, 400, '"reason"', 'request-field'],
    [
      'a day that is none',
      { standards: ['bizot-2023'], validFrom: 'soon' },
      422,
      'validFrom',
      'moment-unreadable',
    ],
    ['another’s room', { standards: ['bizot-2023'], room: 'other.r1' }, 404, '', undefined],
  ] as const)('refuses %s, and nothing is stored', async ([_what, body, status, words, name]) => {
    const answer = await choose(body);
    expect(answer.status).toBe(status);
    expect(answer.body.error.message).toContain(words);
    // By name as well, so that a screen can say it in its own language.
    expect(answer.body.error.say?.name).toBe(name);
    expect(house.store.rows('standards_choice')).toEqual([]);
  });

  it.each(['duty', 'inspector', 'observer', 'administrator', 'auditor'] as const)(
    'is not %s’s to choose for',
    async (role) => {
      const cookie = await house.signIn(ROLE_ACCOUNTS[role]);
      expect((await choose({ standards: ['bizot-2023'] }, cookie)).status).toBe(403);
    },
  );

  it('takes a choice: journal, commit, everything takes it; and the day before stays as it was', async () => {
    const { status, body } = await choose({ standards: ['bs-4971-2017'], approvedBy: '馆领导' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      by: 'manager-a',
      approvedBy: '馆领导',
      validFrom: START,
      origin: 'screen',
    });
    expect(house.reconfigured).toBe(1);
    const journal = await ask('/api/journal?repository=sx');
    expect(journal.body.items[0]).toMatchObject({ action: 'standards.chosen', subject: 'sx.r301' });
    const changes = await ask('/api/room-standards/changes?room=sx.r301');
    expect(changes.body.items).toHaveLength(1);
    expect(await limitsAt(START, START)).toEqual([['bs-4971-2017'], 35, 60, 'bs-4971-2017']);
    const before = [[...DEFAULT_STANDARDS], 45, 60, 'jgj-25-2010-dat-87-2021'];
    expect(await limitsAt(START - 1, START)).toEqual(before);
    const limits = await ask(`/api/limits?room=sx.r301&at=${START}`);
    expect(limits.body.items).toContainEqual(expect.objectContaining({ pack: 'bs-4971-2017' }));
  });

  it('can be told afterwards; what was known that day can still be asked', async () => {
    house.now = START + 2 * DAY_MS;
    manager = await house.signIn(ROLE_ACCOUNTS.manager);
    await choose({ standards: ['bizot-2023'], validFrom: START - DAY_MS / 2 });
    const before = [[...DEFAULT_STANDARDS], 45, 60, 'jgj-25-2010-dat-87-2021'];
    expect(await limitsAt(START - 1, START)).toEqual(before);
    expect(await limitsAt(START - 1, house.now)).toEqual([['bizot-2023'], 40, 60, 'bizot-2023']);
    // What became valid later still goes before it.
    expect(await limitsAt(START, house.now)).toEqual([['bs-4971-2017'], 35, 60, 'bs-4971-2017']);
  });

  it('is told when nothing limits its climate any more, and only then', async () => {
    const validFrom = START + 20 * DAY_MS;
    const { status, body } = await choose({ standards: ['fire-linkage'], validFrom });
    expect([status, body.warning]).toEqual([
      201,
      {
        code: 'no-limits',
        message:
          'None of these standards limits temperature or humidity in this room: no limits are in force.',
      },
    ]);
    // It is said, not stored.
    expect(JSON.stringify(house.store.rows('standards_choice'))).not.toContain('no-limits');
    const later = validFrom + DAY_MS;
    const limited = await choose({ standards: ['fire-linkage', 'bizot-2023'], validFrom: later });
    expect(limited.status).toBe(201);
    expect(limited.body.warning).toBeUndefined();
  });
});

describe('an own limit', () => {
  it('carries who approved it, and stays above what the room keeps to', async () => {
    const limit = { room: 'sx.r301', metric: 'humidity', kind: 'range', max: 57, reason: '试行' };
    const { status } = await ask('/api/limits', { ...limit, approvedBy: '馆领导' });
    expect(status).toBe(201);
    const { body } = await ask('/api/limits?room=sx.r301');
    expect(
      body.items.find((l: Limit) => l.metric === 'humidity' && l.kind === 'range'),
    ).toMatchObject({ origin: 'own', max: 57, by: 'manager-a', approvedBy: '馆领导' });
  });
});
