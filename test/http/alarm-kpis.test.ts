/** The figures of alarms over HTTP, from alarms and transitions as they are stored. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlarmKpisView, Kpi, KpiGroup } from '../../domain/alarm-kpis.ts';
import type { Alarm, AlarmTransition } from '../../domain/alarm.ts';
import type { ErrorBody } from '../../domain/api.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../domain/time.ts';
import { gatherAlarms } from '../../server/alarm-kpis/gather.ts';
import { alarm, REGISTRY, START } from './fixtures.ts';
import { openHouse, ROLE_ACCOUNTS, type House } from './support.ts';

let house: House;
let inspector: string;

beforeEach(async () => {
  house = await openHouse();
  inspector = await house.signIn(ROLE_ACCOUNTS.inspector);
  begin('sx', START - 40 * DAY_MS);
});
afterEach(() => house.close());

/** The first line of the repository's journal. */
function begin(repository: string, at: number): void {
  const row = { repository, sequence: 1, at, by: 'system', action: 'structure.applied', hash: 'h' };
  house.store.put('journal', row);
}

/** Stores an alarm with its life: raised, perhaps acknowledged and over. */
function store(
  id: string,
  raisedAt: number,
  more: Partial<Alarm> & { readonly seenMs?: number; readonly overMs?: number } = {},
): void {
  const { seenMs, overMs, ...change } = more;
  const closed = overMs === undefined ? {} : { closedAt: raisedAt + overMs };
  house.store.put('alarm', alarm(id, { raisedAt, since: raisedAt, ...closed, ...change }));
  const happened: readonly (readonly [AlarmTransition['kind'], number | undefined])[] = [
    ['raised', 0],
    ['acknowledged', seenMs],
    ['returned', overMs],
    ['closed', overMs],
  ];
  happened.forEach(([kind, afterMs], i) => {
    if (afterMs === undefined) return;
    const at = raisedAt + afterMs;
    house.store.put('alarm_transition', {
      id: `${id}/${i}`,
      alarm: id,
      repository: 'sx',
      at,
      kind,
    });
  });
}

async function ask(query = '', cookie = inspector) {
  const answer = await house.inject({ url: `/api/alarm-kpis${query}`, headers: { cookie } });
  return { status: answer.statusCode, body: answer.json<AlarmKpisView>() };
}
const figure = (group: KpiGroup, kpi: Kpi) => group.figures.find((f) => f.kpi === kpi);

describe('figures of alarms', () => {
  it('count what was stored, against targets with their source', async () => {
    for (let i = 0; i < 60; i += 1) {
      const at = START - 29 * DAY_MS + i * 8 * HOUR_MS;
      store(`sx.a${i}`, at, { seenMs: 3 * MINUTE_MS, overMs: 20 * MINUTE_MS });
    }
    const { status, body } = await ask();
    expect([status, body.alarms, body.days, body.enough]).toEqual([200, 60, 30, true]);
    expect(figure(body, 'perDay')).toEqual({
      kpi: 'perDay',
      value: 2,
      judgement: 'met',
      soFar: 'met',
    });
    expect(body.perDay).toEqual({ average: 2, peak: 3 });
    expect(body.targets.perTenMinutes).toMatchObject({
      met: 1,
      citation: { standard: 'ANSI/ISA-18.2-2016', clause: '16.4', verification: 'copy' },
    });
    expect(body.acknowledging).toEqual({ acknowledged: 60, never: 0, medianMs: 3 * MINUTE_MS });
    expect(body.course.stepMs).toBe(DAY_MS);
    const { medium, critical } = body.course.counts;
    expect(medium).toEqual([0, ...Array<number>(20).fill(3), ...Array<number>(9).fill(0)]);
    expect(critical).toEqual(Array<number>(30).fill(0));
  });

  it('are by rule and by duty shift, and say that nobody entered shifts', async () => {
    // 11:00 and 23:00 in Shanghai.
    store('sx.a1', START - DAY_MS, { overMs: HOUR_MS });
    store('sx.a2', START - DAY_MS, { rule: 'silent', subject: { kind: 'sensor', id: 'th-2' } });
    store('sx.a3', START - 12 * HOUR_MS, { overMs: HOUR_MS });
    const { body } = await ask();
    expect(body.rules.map((r) => [r.rule, r.alarms])).toEqual([
      ['band', 2],
      ['silent', 1],
    ]);
    expect(body.shiftsFrom).toBe('default');
    expect(body.shifts.map((s) => [s.shift.name.en, s.alarms])).toEqual([
      ['Day shift', 2],
      ['Night shift', 1],
    ]);
    expect(body.outsideShifts).toBe(0);
    expect(figure(body.shifts[0] as KpiGroup, 'stale')).toBeUndefined();
    expect(figure(body.rules[0] as KpiGroup, 'topTenShare')).toBeUndefined();
  });

  it('take the shifts of the repository’s file', async () => {
    const sx = {
      id: 'sx',
      name: '甲馆',
      timezone: 'Asia/Shanghai',
      simulated: true,
      shifts: [{ name: '早班', from: '06:00', until: '14:00' }],
    };
    const registry = { ...REGISTRY, repositories: new Map([['sx', sx]]) };
    await house.close();
    house = await openHouse({ registry });
    begin('sx', START - 40 * DAY_MS);
    store('sx.a1', START - DAY_MS);
    store('sx.a2', START - 12 * HOUR_MS);
    const { body } = await ask('', await house.signIn(ROLE_ACCOUNTS.inspector));
    expect([body.shiftsFrom, body.outsideShifts]).toEqual(['repository', 1]);
    expect(body.shifts.map((s) => [s.shift.name.zh, s.alarms])).toEqual([['早班', 1]]);
  });

  it('judge nothing by less than thirty days of records, and show what there is', async () => {
    house.store.tables.get('journal')?.clear();
    begin('sx', START - 2 * DAY_MS);
    for (let i = 0; i < 700; i += 1) store(`sx.a${i}`, START - DAY_MS + i * MINUTE_MS);
    const { body } = await ask();
    expect([body.days, body.daysMin, body.enough]).toEqual([2, 30, false]);
    expect(body.dataFrom).toBe(START - 2 * DAY_MS);
    expect(figure(body, 'perDay')).toMatchObject({
      value: 350,
      judgement: 'cannot-tell',
      soFar: 'missed',
    });
    expect(body.course.stepMs).toBe(HOUR_MS);
  });

  it('guess no rate per day from a few hours', async () => {
    store('sx.a1', START - HOUR_MS);
    const { body } = await ask(`?from=${START - 5 * HOUR_MS}`);
    expect([body.perDay, body.perHour.average]).toEqual([{ peak: 1 }, 0.2]);
    expect(figure(body, 'perDay')).toEqual({
      kpi: 'perDay',
      judgement: 'cannot-tell',
      soFar: 'cannot-tell',
    });
  });

  it('lead from a frequent source to its newest alarm', async () => {
    for (let i = 0; i < 12; i += 1) {
      store(`sx.a${i}`, START - HOUR_MS + i * 20 * SECOND_MS, { overMs: 5 * SECOND_MS });
    }
    store('sx.b1', START - 3 * DAY_MS, { subject: { kind: 'sensor', id: 'th-2' } });
    const { body } = await ask();
    expect(body.topTen).toMatchObject({ of: 2, share: 1 });
    expect(body.topTen.sources[0]).toMatchObject({
      subject: 'sensor:th-1',
      count: 12,
      alarm: 'sx.a11',
      title: { zh: '湿度过高', en: 'Too humid' },
    });
    expect(body.chattering.map((c) => c.alarm)).toEqual(['sx.a11']);
    expect(figure(body, 'chattering')?.value).toBe(1);
    expect(body.standing.map((s) => [s.alarm, s.since])).toEqual([['sx.b1', START - 3 * DAY_MS]]);
  });

  it('count an alarm that was raised before the period only as standing', async () => {
    store('sx.old', START - 20 * DAY_MS);
    store('sx.gone', START - 20 * DAY_MS, { overMs: HOUR_MS, rule: 'gone' });
    const { body } = await ask(`?from=${START - 5 * DAY_MS}`);
    expect([body.alarms, figure(body, 'stale')?.value]).toEqual([0, 1]);
    expect(body.standing.map((s) => s.alarm)).toEqual(['sx.old']);
    expect(body.rules.map((r) => r.rule)).toEqual(['band']);
  });

  it('are of one room where one is named', async () => {
    store('sx.a1', START - HOUR_MS);
    store('sx.a2', START - HOUR_MS, { room: 'r302' });
    expect((await ask('?room=sx.r301')).body).toMatchObject({ room: 'sx.r301', alarms: 1 });
  });

  it('leave simulated alarms of a real archive out, and say so', async () => {
    const cookie = await manyRepositories();
    begin('other', START - 40 * DAY_MS);
    store('other.a1', START - HOUR_MS, { room: 'r1', simulated: true });
    store('other.a2', START - HOUR_MS, { room: 'r1', simulated: false, rule: 'real' });
    const { body } = await ask('?repository=other', cookie);
    expect([body.simulated, body.alarms, body.simulatedLeftOut]).toEqual([false, 1, 1]);
    expect((await ask('?repository=sx', cookie)).body.simulated).toBe(true);
    expect((await ask('', cookie)).status).toBe(422);
  });

  it('begin where reading had to end, rather than count too few', async () => {
    for (let i = 0; i < 5; i += 1) store(`sx.a${i}`, START - (i + 1) * DAY_MS);
    const gathered = await gatherAlarms({
      queries: house.services.queries,
      repository: 'sx',
      period: { from: START - 30 * DAY_MS, until: START },
      simulated: true,
      alarmsMax: 3,
    });
    expect(gathered.truncated).toBe(true);
    expect(gathered.covered.from).toBe(START - 3 * DAY_MS);
    expect(gathered.records).toHaveLength(3);
  });

  it.each([
    ['?from=2026-11-22T03:00:00Z&to=2026-11-21T03:00:00Z', 422, '"from" must be before "to"'],
    ['?from=yesterday', 422, '"from" is neither'],
    [`?from=${START - 401 * DAY_MS}`, 422, 'At most 400 days'],
    ['?repository=other', 404, 'no such repository'],
    ['?room=other.r1', 404, 'no such room'],
    ['?room=sx.none', 404, 'no such room'],
    ['?rooms=sx.r301', 400, 'rooms'],
  ])('refuse %s', async (query, status, words) => {
    const answer = await house.inject({
      url: `/api/alarm-kpis${query}`,
      headers: { cookie: inspector },
    });
    const { message } = answer.json<ErrorBody>().error;
    expect([answer.statusCode, message]).toEqual([status, expect.stringContaining(words)]);
  });

  it.each(['observer', 'administrator', 'auditor'] as const)('are not for the %s', async (role) => {
    expect((await ask('', await house.signIn(ROLE_ACCOUNTS[role]))).status).toBe(403);
  });
});

async function manyRepositories(): Promise<string> {
  const account = house.store.row<object>('account', ROLE_ACCOUNTS.manager);
  house.store.put('account', { ...account, repositories: ['sx', 'other'] });
  return house.signIn(ROLE_ACCOUNTS.manager);
}
