/** Why an alarm is there: the one answer that gathers it, from a store with an alarm's whole story. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlarmWhy } from '../../domain/alarm-why.ts';
import type { Alarm } from '../../domain/alarm.ts';
import type { LimitChange } from '../../domain/limits.ts';
import { StoreUnavailable, type ReadingQuery, type Series } from '../../domain/ports.ts';
import type { Registry } from '../../domain/registry.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import { whyAlarm, type WhyServices } from '../../server/why/gather.ts';
import { alarm, incident, PLAN, REGISTRY, START } from './fixtures.ts';
import { openHouse, ROLE_ACCOUNTS, type House } from './support.ts';

const sensors: Registry['sensors'] = new Map([
  ...REGISTRY.sensors,
  ...['th-2', 'th-3'].map((id) => {
    const one = { repository: 'sx', id, room: 'r301', metrics: ['humidity' as const] };
    return [`sx.${id}`, one] as const;
  }),
  ['sx.sm-1', { repository: 'sx', id: 'sm-1', room: 'r301', metrics: ['smoke' as const] }],
  ['sx.sm-2', { repository: 'sx', id: 'sm-2', room: 'r301', metrics: ['smoke' as const] }],
]);
const registry: Registry = {
  ...REGISTRY,
  sensors,
  rooms: new Map([
    ...REGISTRY.rooms,
    [
      'sx.r301',
      { repository: 'sx', id: 'r301', name: '301', class: 'paper', setPoint: { humidity: 50 } },
    ],
  ]),
  calibrations: new Map([
    [
      'sx.th-1',
      [
        {
          id: 'c1',
          repository: 'sx',
          sensor: 'th-1',
          metric: 'humidity',
          offset: 0.5,
          validFrom: START - 100 * DAY_MS,
          dueAt: START + 100 * DAY_MS,
          by: 'manager-a',
          recordedAt: START - 100 * DAY_MS,
        },
      ],
    ],
  ]),
};

let house: House;
beforeEach(async () => {
  house = await openHouse({ registry });
  house.now = START + 20 * MINUTE_MS;
});
afterEach(() => house.close());

/** Too humid by 3 %RH for ten minutes before `START`. */
const humid = (change: Partial<Alarm> = {}): Alarm =>
  alarm('sx.humidity-high-th-1-b', {
    rule: 'humidity-high',
    metric: 'humidity',
    since: START - 10 * MINUTE_MS,
    value: 63,
    limit: 60,
    advice: { zh: '查看空调', en: 'Look at the air conditioning' },
    ...change,
  });

type Answers = (query: ReadingQuery) => readonly (readonly number[])[];
const each = (values: readonly number[], quality = 1): Answers => {
  return ({ from, until, stepMs }) =>
    values
      .map((value, i) => [START - (values.length - 1 - i) * MINUTE_MS, value, quality] as const)
      .filter(([at]) => at >= from && at < until)
      .map(([at, value, flag]) =>
        stepMs === undefined ? [at, value, flag] : [at, value, value, value, 1, 1],
      );
};

/** Answers of the reading store by sensor; a sensor that is not named sent nothing. */
function servicesWith(bySensor: Readonly<Record<string, Answers>>): WhyServices {
  const query = async (q: ReadingQuery): Promise<Series> => ({
    kind: q.stepMs === undefined ? 'readings' : 'buckets',
    rows: (bySensor[q.sensor]?.(q) ?? []) as unknown as Series['rows'],
    truncated: false,
  });
  return { ...house.services, now: () => house.now, readings: { query } };
}

describe('why an alarm is there', () => {
  it('is asked by whoever may see it, and is like nothing there to others', async () => {
    house.store.put('alarm', humid());
    const ask = async (id: string, cookie: string) =>
      (await house.inject({ url: `/api/alarms/${id}/why`, headers: { cookie } })).statusCode;
    const duty = await house.signIn(ROLE_ACCOUNTS.duty);
    expect(await ask(humid().id, duty)).toBe(200);
    expect(await ask('sx.none', duty)).toBe(404);
    house.store.put('alarm', { ...humid(), id: 'other.a1', repository: 'other', room: 'r1' });
    expect(await ask('other.a1', duty)).toBe(404);
    expect(await ask(humid().id, await house.signIn(ROLE_ACCOUNTS.auditor))).toBe(403);
  });

  it('shows the readings of its sensor and its neighbours with the limit of then', async () => {
    const why = await whyAlarm(servicesWith({ 'th-1': each([59, 63, 63]) }), humid());
    const { happened, clause } = why;
    expect(happened.from).toBe(START - 70 * MINUTE_MS);
    expect(happened.until).toBe(house.now);
    expect(happened.series.map((s) => [s.sensor, s.evidence, s.rows.length])).toEqual([
      ['sx.th-1', true, 3],
      ['sx.th-2', false, 0],
      ['sx.th-3', false, 0],
    ]);
    expect(clause.limit).toMatchObject({ metric: 'humidity', kind: 'range', max: 60 });
    expect(clause.band).toEqual({ min: 45, max: 60 });
    expect(clause.sentence?.zh).toContain('60');
    expect(clause.verified).toBe(false);
    expect(clause.limitNow).toBeUndefined();
  });

  it('keeps the limit that was in force, and says that it is another now', async () => {
    const change: LimitChange = {
      id: 'l1',
      repository: 'sx',
      room: 'r301',
      metric: 'humidity',
      kind: 'range',
      max: 65,
      reason: '梅雨季',
      by: 'manager-a',
      validFrom: START + MINUTE_MS,
      recordedAt: START + MINUTE_MS,
    };
    house.store.put('limit_change', change);
    const { clause } = await whyAlarm(servicesWith({}), humid());
    expect([clause.limit?.max, clause.limitNow?.max]).toEqual([60, 65]);
  });

  it('counts who agrees, by the values of then, and tells no data from disagreement', async () => {
    const why = await whyAlarm(
      servicesWith({
        'th-1': each([63, 63]),
        'th-2': each([61]),
        'th-3': each([70], 4),
      }),
      humid(),
    );
    const { sure } = why;
    expect(sure.sensors.map((s) => [s.sensor, s.says, s.value])).toEqual([
      ['sx.th-1', 'agrees', 63],
      ['sx.th-2', 'agrees', 61],
      ['sx.th-3', 'cannot-tell', 70],
    ]);
    expect([sure.agree, sure.disagree, sure.cannotTell]).toEqual([2, 0, 1]);
    // A suspect value says as little as a failed one.
    const doubtful = await whyAlarm(
      servicesWith({ 'th-1': each([63]), 'th-2': each([70], 3) }),
      humid(),
    );
    expect([doubtful.sure.agree, doubtful.sure.cannotTell]).toEqual([1, 2]);
    expect(sure.sensors[0]).toMatchObject({ calibratedAt: START - 100 * DAY_MS });
    const other = await whyAlarm(servicesWith({ 'th-1': each([63]), 'th-2': each([50]) }), humid());
    expect([other.sure.agree, other.sure.disagree, other.sure.cannotTell]).toEqual([1, 1, 1]);
    // The rule warns from 2 %RH inside its limit on.
    const near = servicesWith({ 'th-1': each([58.5]), 'th-2': each([58.1]), 'th-3': each([57.9]) });
    const warned = await whyAlarm(near, humid({ value: 58.5, priority: 'low' }));
    expect([warned.sure.agree, warned.sure.disagree]).toEqual([2, 1]);
  });

  it('counts the hour before: what was expected, what came, and how good it was', async () => {
    const rows = Array<number>(48).fill(63);
    const why = await whyAlarm(servicesWith({ 'th-1': each(rows, 3) }), humid());
    expect(why.sure.coverage).toMatchObject({
      expected: 60,
      received: 48,
      good: 0,
      suspect: 48,
      failed: 0,
    });
  });

  it('holds the spread of a day against an alarm of swing, not a single value', async () => {
    const swing = humid({ rule: 'humidity-daily-range', value: 13, limit: 10 });
    const why = await whyAlarm(
      servicesWith({ 'th-1': each([48, 61]), 'th-2': each([50, 52]) }),
      swing,
    );
    expect(why.sure.judged).toBe('day-range');
    expect(why.sure.sensors.map((s) => [s.says, s.value])).toEqual([
      ['agrees', 13],
      ['disagrees', 2],
      ['cannot-tell', undefined],
    ]);
    expect(why.clause.limit?.kind).toBe('swing');
    expect(why.clause.band).toBeUndefined();
  });

  it('draws what is allowed around the set-point', async () => {
    const off = humid({ rule: 'humidity-off-set-point', value: 57, limit: 5 });
    const why = await whyAlarm(servicesWith({ 'th-1': each([57]), 'th-2': each([52]) }), off);
    expect(why.clause.band).toEqual({ min: 45, max: 55 });
    expect(why.sure.sensors.slice(0, 2).map((s) => s.says)).toEqual(['agrees', 'disagrees']);
  });

  it('of a fire names its detectors, the plan’s next steps, and who acknowledged the incident', async () => {
    const step = (id: string, more: object = {}) => ({
      id,
      text: { zh: id, en: id },
      role: 'duty' as const,
      afterMs: 0,
      ...more,
    });
    const plan = {
      ...PLAN,
      steps: [
        step('confirmed', { automatic: true }),
        step('call-119', { withinMs: 2 * MINUTE_MS }),
        step('evacuate'),
        step('power'),
        step('report'),
      ],
    };
    house.store.put(
      'incident',
      incident('sx.i1', {
        plan,
        steps: [{ id: 'evacuate', outcome: 'done', by: 'duty-a', at: START }],
        acknowledged: { by: 'duty-a', at: START + MINUTE_MS },
      }),
    );
    const fire = alarm('sx.fire-confirmed-r301-b', {
      rule: 'fire-confirmed',
      subject: { kind: 'room', id: 'r301' },
      safety: true,
      priority: 'critical',
      evidence: ['sm-1', 'sm-2'],
      incident: 'sx.i1',
    });
    const why = await whyAlarm(servicesWith({ 'sm-1': each([0, 1]), 'sm-2': each([1]) }), fire);
    expect(why.sure.sensors.map((s) => [s.sensor, s.metric, s.says])).toEqual([
      ['sx.sm-1', 'smoke', 'agrees'],
      ['sx.sm-2', 'smoke', 'agrees'],
    ]);
    const doubtful = servicesWith({ 'sm-1': each([1], 3), 'sm-2': each([0], 3) });
    const { sure } = await whyAlarm(doubtful, fire);
    expect(sure.sensors.map((s) => s.says)).toEqual(['agrees', 'cannot-tell']);
    // The second detector came after the alarm and is behind it none the less.
    const later = fire.raisedAt - MINUTE_MS;
    const early = { ...fire, raisedAt: later, since: later };
    const both = await whyAlarm(
      servicesWith({ 'sm-1': each([1, 1]), 'sm-2': each([0, 1]) }),
      early,
    );
    expect(both.sure.agree).toBe(2);
    expect(why.todo.incident).toMatchObject({
      id: 'sx.i1',
      isOpen: true,
      stepsLeft: 3,
      steps: [{ id: 'call-119', dueAt: START + 2 * MINUTE_MS }, { id: 'power' }, { id: 'report' }],
    });
    expect(why.known.acknowledged).toMatchObject({ by: 'duty-a', of: 'incident' });
    expect(why.gaps).toContain('no-limit');
  });

  it('tells how the last three like it ended, and what people wrote', async () => {
    for (const [i, by] of ['duty-a', 'manager-a', 'system', 'old'].entries()) {
      const raisedAt = START - (i + 1) * DAY_MS;
      const closedAt = raisedAt + HOUR_MS;
      const id = `sx.humidity-high-th-1-a${i}`;
      house.store.put(
        'alarm',
        humid({
          id,
          raisedAt,
          closedAt,
          ...(i === 2 ? {} : { returnedAt: closedAt }),
          comments: i === 0 ? [{ by: 'duty-a', at: closedAt, text: '空调滤网堵塞，已清洗' }] : [],
          ...(i === 1 ? { acknowledged: { by, at: raisedAt, comment: '开窗' } } : {}),
        }),
      );
      const kind = 'closed';
      const closing = { id: `${id}/9`, alarm: id, repository: 'sx', at: closedAt, kind };
      house.store.put('alarm_transition', by === 'system' ? closing : { ...closing, by });
    }
    house.store.put('alarm', humid({ id: 'sx.x', rule: 'humidity-low', closedAt: START }));
    const { todo } = await whyAlarm(servicesWith({}), humid());
    expect(todo.earlier.map((e) => [e.closedBy, e.said?.text, e.returnedAt !== undefined])).toEqual(
      [
        ['duty-a', '空调滤网堵塞，已清洗', true],
        ['manager-a', '开窗', true],
        ['system', undefined, false],
      ],
    );
  });

  it('lists who was told and whether it arrived, with addresses shortened', async () => {
    const message = (key: string, more: object) => ({
      key,
      repository: 'sx',
      channel: 'webhook',
      target: 'https://hooks.example.org/secret?k=1',
      alarm: humid().id,
      subject: PLAN.name,
      body: PLAN.name,
      safety: false,
      createdAt: START,
      attempts: 1,
      nextAttemptAt: START,
      ...more,
    });
    house.store.put('outbox', message('a', { person: 'sx.file-a', deliveredAt: START + 900 }));
    house.store.put(
      'outbox',
      message('b', { person: 'sx.db-a', createdAt: START + 1, failedAt: START + 5 }),
    );
    const { known, gaps } = await whyAlarm(servicesWith({}), humid());
    expect([known.delivered, known.failed, known.waiting]).toEqual([1, 1, 0]);
    expect(known.told.map((m) => [m.key, m.target])).toEqual([
      ['b', 'https://hooks.example.org/…'],
      ['a', 'https://hooks.example.org/…'],
    ]);
    expect(gaps).not.toContain('nobody-told');
    house.store.tables.get('outbox')?.clear();
    house.store.put('outbox', message('c', { channel: 'mqtt', target: 't', deliveredAt: START }));
    const topic = await whyAlarm(servicesWith({}), humid());
    expect([topic.known.told.length, topic.known.delivered]).toEqual([1, 0]);
    expect(topic.gaps).toContain('nobody-told');
  });

  it('names what it has not', async () => {
    const { advice: _, ...bare } = humid({ rule: 'no-such-rule', evidence: [] });
    const why = await whyAlarm(servicesWith({}), {
      ...bare,
      subject: { kind: 'system', id: 'system' },
    });
    expect(why.gaps).toEqual([
      'nothing-measured',
      'rule-gone',
      'no-advice',
      'none-like-it',
      'nobody-told',
      'not-acknowledged',
    ]);
  });

  it.each([
    ['does not answer', () => new Promise<Series>(() => undefined)],
    ['fails', () => Promise.reject(new StoreUnavailable('no disk'))],
  ])('is answered in time though the reading store %s', async (_, query) => {
    const services = { ...house.services, now: () => house.now, readings: { query } };
    const why = await whyAlarm(services, humid(), 50);
    expect(why.gaps).toContain('store-silent');
    expect([why.happened.series, why.sure.sensors, why.sure.coverage]).toEqual([[], [], undefined]);
    expect(why.clause.limit?.max).toBe(60);
  });

  it('is bounded in time and points, whatever stands open', async () => {
    const asked: ReadingQuery[] = [];
    const services = servicesWith({
      'th-1': (q) => {
        asked.push(q);
        return [];
      },
    });
    house.now = START + 30 * DAY_MS;
    const { happened } = await whyAlarm(services, humid());
    expect(happened.until - happened.from).toBe(DAY_MS);
    expect(happened.stepMs).toBe(6 * MINUTE_MS);
    for (const { rowsMax } of asked) expect(rowsMax).toBeLessThanOrEqual(4_000);
  });
});

it('an answer of the route is the same for a program', async () => {
  const own = await openHouse({ registry });
  own.store.put('alarm', humid());
  const cookie = await own.signIn(ROLE_ACCOUNTS.observer);
  const answer = await own.inject({ url: `/api/alarms/${humid().id}/why`, headers: { cookie } });
  const why = answer.json<AlarmWhy>();
  expect(why.alarm).toMatchObject({ id: humid().id, state: 'unacknowledged' });
  expect(why.gaps).toContain('no-readings');
  await own.close();
});
