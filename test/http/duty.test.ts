/** Shelving, assignment, closing and handing over, over HTTP. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { say } from '../../domain/sentences.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import { alarm, incident, START } from './fixtures.ts';
import { addAccount, openHouse, ROLE_ACCOUNTS, type House } from './support.ts';

let house: House;
let manager: string;
let duty: string;

beforeAll(async () => {
  house = await openHouse();
  manager = await house.signIn(ROLE_ACCOUNTS.manager);
  duty = await house.signIn(ROLE_ACCOUNTS.duty);
  await addAccount(house.store, { name: 'elsewhere', roles: ['duty'], repositories: ['other'] });
  await addAccount(house.store, { name: 'gone', roles: ['duty'], disabledAt: START });
});
beforeEach(() => {
  for (const table of ['alarm', 'handover', 'incident'] as const) house.store.tables.delete(table);
  house.commands.length = 0;
  house.answer = undefined;
  house.store.put('alarm', alarm('sx.a1'));
  house.store.put('alarm', alarm('other.a1'));
});
afterAll(() => house.close());

async function ask(url: string, body?: object, cookie = manager) {
  const method = body ? 'POST' : 'GET';
  const headers = { cookie };
  const answer = await house.inject({ method, url, headers, ...(body ? { body } : {}) });
  return { status: answer.statusCode, body: answer.json() };
}

describe('shelving', () => {
  it('goes until a moment, or until the shift ends (20:00 by the house’s clock)', async () => {
    const path = '/api/alarms/sx.a1/shelving';
    await ask(path, { until: START + HOUR_MS, reason: '维修' });
    await ask(path, { untilShiftEnds: true, reason: '维修' });
    expect(house.commands).toMatchObject([
      { kind: 'shelve-alarm', alarm: 'sx.a1', by: 'manager-a', until: START + HOUR_MS },
      { kind: 'shelve-alarm', until: START + 9 * HOUR_MS, reason: '维修' },
    ]);
  });

  it('by the duty officer is asked for as such, and by a manager as a manager', async () => {
    const body = { until: START + HOUR_MS, reason: '维修' };
    await ask('/api/alarms/sx.a1/shelving', body, duty);
    await ask('/api/alarms/sx.a1/shelving', body);
    const asDuty = house.commands.map((command) => 'asDuty' in command && command.asDuty);
    expect(asDuty).toEqual([true, false]);
  });

  it.for([
    ['neither', {}],
    ['both', { until: START + HOUR_MS, untilShiftEnds: true }],
    ['a moment that is over', { until: START }],
  ] as const)('is refused with %s', async ([_, body]) => {
    const answer = await ask('/api/alarms/sx.a1/shelving', { reason: '维修', ...body });
    expect([answer.status, answer.body.error.code]).toEqual([422, 'invalid']);
    expect(house.commands).toEqual([]);
  });

  it('is listed with the time that is left, soonest first, and the limits by priority', async () => {
    const shelved = (until: number) => ({ shelved: { by: 'x', at: START, until, reason: 'r' } });
    house.store.put('alarm', alarm('sx.a2', shelved(START + HOUR_MS)));
    house.store.put('alarm', alarm('sx.a3', shelved(START + MINUTE_MS)));
    house.store.put('alarm', alarm('sx.a4', shelved(START)));
    const { status, body } = await ask('/api/shelving', undefined, duty);
    expect(status).toBe(200);
    expect(body.items.map((one: { id: string }) => one.id)).toEqual(['sx.a3', 'sx.a2']);
    expect(body.items[0]).toMatchObject({ state: 'shelved', remainingMs: MINUTE_MS });
    expect(body.limits.critical).toEqual({ msMax: HOUR_MS, reasonCharactersMin: 8 });
    expect(body.citation.verification).toBe('proposal');
    expect(body.shiftEndsAt).toBe(START + 9 * HOUR_MS);
    expect((await ask('/api/shelving?repository=other')).status).toBe(404);
  });
});

describe('assignment', () => {
  const path = '/api/alarms/sx.a1/assignment';

  it('names an account that works there, or nobody', async () => {
    expect((await ask(path, { to: 'duty-a' }, duty)).status).toBe(200);
    expect((await ask(path, {}, duty)).status).toBe(200);
    expect(house.commands).toEqual([
      { kind: 'assign-alarm', alarm: 'sx.a1', by: 'duty-a', to: 'duty-a' },
      { kind: 'assign-alarm', alarm: 'sx.a1', by: 'duty-a' },
    ]);
  });

  it.each(['nobody-known', 'inspector-a', 'elsewhere', 'gone', 'admin'])(
    'is not for %s',
    async (to) => {
      const { status, body } = await ask(path, { to });
      expect([status, body.error.code]).toEqual([422, 'invalid']);
      expect(house.commands).toEqual([]);
    },
  );

  it('of another’s alarm does not exist', async () => {
    const other = await ask('/api/alarms/other.a1/assignment', { to: 'duty-a' });
    expect(other.status).toBe(404);
  });
});

describe('closing what nothing judges any more', () => {
  it('is the manager’s, with a reason; what the engine refuses is told', async () => {
    const path = '/api/alarms/sx.a1/closing';
    expect((await ask(path, { reason: '规则已停用' })).status).toBe(200);
    expect(house.commands).toEqual([
      { kind: 'close-alarm', alarm: 'sx.a1', by: 'manager-a', reason: '规则已停用' },
    ]);
    expect((await ask(path, {})).status).toBe(400);
    expect((await ask(path, { reason: 'x' }, duty)).status).toBe(403);
    house.answer = { ok: false, code: 'not-allowed', ...say('closing-judged') };
    expect(await ask(path, { reason: 'x' })).toMatchObject({
      status: 422,
      body: { error: { code: 'not-allowed', say: { name: 'closing-judged' } } },
    });
  });
});

describe('handing over', () => {
  const write = (text = '301 库湿度偏高，已联系维保', cookie = duty) =>
    ask('/api/handovers', { text }, cookie);

  it('keeps the note with what was open, shelved and running, and writes the journal', async () => {
    house.store.put('alarm', alarm('sx.a2', { priority: 'critical' }));
    house.store.put('incident', incident('sx.i1'));
    const { status, body } = await write();
    expect(status).toBe(201);
    expect(body).toMatchObject({
      repository: 'sx',
      by: 'duty-a',
      at: START,
      alarmCount: 2,
      alarms: [
        { id: 'sx.a2', priority: 'critical', state: 'unacknowledged' },
        { id: 'sx.a1', priority: 'medium' },
      ],
      incidents: [{ id: 'sx.i1' }],
      outOfService: [],
    });
    expect(body.read).toBeUndefined();
    const journal = await ask('/api/journal?repository=sx');
    expect(journal.body.items[0]).toMatchObject({ action: 'handover.written', by: 'duty-a' });
  });

  it('is read by somebody else, once', async () => {
    const { id } = (await write()).body;
    const path = `/api/handovers/${id}/reading`;
    expect((await ask(path, {}, duty)).status).toBe(422);
    const { status, body } = await ask(path, { comment: '已知悉' });
    expect([status, body.read]).toEqual([200, { by: 'manager-a', at: START, comment: '已知悉' }]);
    expect((await ask(path, {})).status).toBe(409);
    expect((await ask('/api/handovers')).body.items).toMatchObject([{ id, read: body.read }]);
    expect((await ask('/api/handovers/none/reading', {})).status).toBe(404);
  });

  it.for([
    ['an empty note', { text: ' ' }, 400],
    ['a field that is not known', { text: 'x', shift: 'night' }, 400],
    ['another’s repository', { text: 'x', repository: 'other' }, 404],
  ] as const)('refuses %s', async ([_, body, status]) => {
    expect((await ask('/api/handovers', body, duty)).status).toBe(status);
    expect(house.store.rows('handover')).toEqual([]);
  });

  it('is not for those who only look', async () => {
    const observer = await house.signIn(ROLE_ACCOUNTS.observer);
    expect((await write('x', observer)).status).toBe(403);
    expect((await ask('/api/handovers', undefined, observer)).status).toBe(200);
  });
});
