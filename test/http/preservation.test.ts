/** What a room's climate means for its holdings, over HTTP: live, over a period, another set-point, outdoor air. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BucketRow, ReadingQuery } from '../../domain/ports.ts';
import { StoreUnavailable } from '../../domain/ports.ts';
import { airFigures } from '../../domain/preservation/air-figures.ts';
import type { PairLive } from '../../domain/preservation/views.ts';
import type { Registry } from '../../domain/registry.ts';
import { DAY_MS, HOUR_MS, hourOf } from '../../domain/time.ts';
import { REGISTRY, START } from './fixtures.ts';
import { openHouse, ROLE_ACCOUNTS, type House } from './support.ts';

const OUTDOOR: Registry = {
  ...REGISTRY,
  rooms: new Map([
    ...REGISTRY.rooms,
    ['sx.out', { repository: 'sx', id: 'out', name: '室外', class: 'outdoor' as const }],
  ]),
  sensors: new Map([
    ...REGISTRY.sensors,
    [
      'sx.th-out',
      {
        repository: 'sx',
        id: 'th-out',
        room: 'out',
        metrics: ['temperature' as const, 'humidity' as const],
      },
    ],
  ]),
};

let house: House;
let cookie: string;
async function open(registry: Registry = OUTDOOR) {
  house = await openHouse({ registry });
  cookie = await house.signIn(ROLE_ACCOUNTS.observer);
}
beforeEach(() => open());
afterEach(() => house.close());

async function get(path: string, as = cookie) {
  const answer = await house.inject({ url: `/api/${path}`, headers: { cookie: as } });
  return { status: answer.statusCode, body: answer.json() };
}

function pair(sensor: string, air?: readonly [number, number]): PairLive {
  const known = air && { temperatureC: air[0], humidityPercent: air[1] };
  return {
    sensors: { temperature: sensor, humidity: sensor },
    simulated: true,
    ...(known ? { air: { ...known, at: START } } : { why: 'stale' }),
    figures: known ? airFigures(known) : {},
    condensation: { source: 'none', why: 'no-surface', surfaces: [] },
  };
}

/** Buckets of each hour asked for; `lost` hours back from START are missing. */
function climate(of: Readonly<Record<string, readonly [t: number, rh: number]>>, lost = 0) {
  return (query: ReadingQuery) => {
    const [t, rh] = of[query.sensor] ?? [NaN, NaN];
    const value = query.metric === 'temperature' ? t : rh;
    const rows: BucketRow[] = [];
    for (let at = hourOf(query.from); at < query.until; at += HOUR_MS) {
      if (at >= START - lost * HOUR_MS) continue;
      rows.push([at, value, value - 0.2, value + 0.2, 60, 60]);
    }
    return { kind: 'buckets' as const, rows, truncated: false };
  };
}

describe('a room', () => {
  it('says what its climate means now', async () => {
    house.pairs.set('sx.r301', [pair('sx.th-1', [20, 50])]);
    const { body } = await get('rooms/sx.r301');
    expect(body.preservation).toHaveLength(1);
    expect(body.preservation[0].figures.preservationYears).toBeCloseTo(43.705, 2);
    expect(body.preservation[0].condensation).toMatchObject({ source: 'none', why: 'no-surface' });
    expect((await get('rooms')).body.items[0]).not.toHaveProperty('preservation');
  });
});

describe('a period', () => {
  it('is answered with figures, time in range by the limits in force, and what is not known', async () => {
    house.series = climate({ 'th-1': [20, 62] }, 24);
    const { status, body } = await get('preservation?room=sx.r301');
    expect(status).toBe(200);
    expect(body).toMatchObject({ room: 'sx.r301', from: START - 30 * DAY_MS, stepMs: DAY_MS });
    // The hour that is being rolled up is left out.
    expect(body.until).toBe(hourOf(START - 15 * 60_000));
    const [first] = body.pairs;
    expect(first.sensors).toEqual({ temperature: 'sx.th-1', humidity: 'sx.th-1' });
    expect(first.summary).toMatchObject({ knownHours: 696, unknownHours: 23 });
    expect(first.minutes).toEqual({ known: 696 * 60, all: 719 * 60 });
    expect(first.columns).toContain('mouldRisk');
    const [temperature, humidity] = body.timeInRange;
    expect(temperature).toMatchObject({
      metric: 'temperature',
      hours: { inRange: 696, outOfRange: 0, cannotShow: 23 },
    });
    expect(humidity.hours).toEqual({ inRange: 0, outOfRange: 696, cannotShow: 23 });
    expect(humidity.limits[0]).toMatchObject({
      max: 60,
      citation: { standard: expect.any(String) },
    });
  });

  it('judges each hour by the limit that held then', async () => {
    house.series = climate({ 'th-1': [20, 62] });
    const limit = {
      id: 'l1',
      repository: 'sx',
      room: 'r301',
      metric: 'humidity',
      kind: 'range',
      max: 65,
      reason: '试行',
      by: 'manager-a',
      validFrom: hourOf(START) - 5 * DAY_MS,
      recordedAt: START - 5 * DAY_MS,
    };
    house.store.put('limit_change', limit);
    const { body } = await get('preservation?room=sx.r301');
    const humidity = body.timeInRange[1];
    expect(humidity.hours).toEqual({ inRange: 119, outOfRange: 600, cannotShow: 0 });
    expect(humidity.limits).toHaveLength(2);
  });

  it('of nothing yet is empty, not fine', async () => {
    house.series = { kind: 'buckets', rows: [], truncated: false };
    const { body } = await get('preservation?room=sx.r301');
    expect(body.pairs[0].summary).toMatchObject({ knownHours: 0, unknownHours: 719 });
    expect(body.pairs[0].summary).not.toHaveProperty('twpi');
    expect(body.timeInRange[0].hours).toMatchObject({ inRange: 0, cannotShow: 719 });
  });

  it('waits for the store like charts do', async () => {
    house.series = new StoreUnavailable('gone');
    expect((await get('preservation?room=sx.r301')).status).toBe(503);
  });

  it.for([
    ['preservation', 400],
    ['preservation?room=sx.none', 404],
    ['preservation?room=other.r1', 404],
    ['preservation?room=sx.r301&from=5&to=4', 422],
    ['preservation?room=sx.r301&from=soon', 422],
    ['preservation?room=sx.r301&from=2010-01-01', 422],
    ['preservation?room=sx.r301&colour=red', 400],
    ['preservation/what-if?room=sx.r301', 400],
    ['preservation/what-if?room=sx.r301&temperature=99', 400],
    ['preservation/what-if?room=sx.r301&temperature=18&humidity=101', 400],
    ['preservation/what-if?room=other.r1&temperature=18', 404],
    ['preservation/ventilation?room=sx.r301&days=400', 400],
    ['preservation/ventilation?room=other.r1', 404],
  ] as const)('%s is refused with %i', async ([path, status]) => {
    expect((await get(path)).status).toBe(status);
  });

  it.each(['administrator', 'auditor'] as const)('is not for %s', async (role) => {
    const other = await house.signIn(ROLE_ACCOUNTS[role]);
    for (const path of ['', '/what-if', '/ventilation']) {
      const answer = await get(`preservation${path}?room=sx.r301&temperature=18`, other);
      expect(answer.status).toBe(403);
    }
  });
});

describe('another set-point', () => {
  const ASK = 'preservation/what-if?room=sx.r301';

  it('keeps the water unless a humidity is named, and warns', async () => {
    house.pairs.set('sx.r301', [pair('sx.th-1', [20, 55])]);
    const lower = (await get(`${ASK}&temperature=18`)).body;
    expect(lower.then.humidityPercent).toBeCloseTo((55 * 23.3919) / 20.647, 0);
    expect(lower.preservationRatio).toBeGreaterThan(1);
    expect(lower.cautions).toEqual([
      { kind: 'outside-limit', metric: 'humidity', side: 'above', bound: 60 },
    ]);
    const named = (await get(`${ASK}&temperature=18&humidity=50`)).body;
    expect(named).toMatchObject({ kind: 'climate', cautions: [] });
    expect((await get(`${ASK}&temperature=5`)).body).toMatchObject({ kind: 'condenses' });
  });

  it('says why it does not know', async () => {
    expect((await get(`${ASK}&temperature=18`)).body).toEqual({ kind: 'no-pair' });
    house.pairs.set('sx.r301', [pair('sx.th-1')]);
    expect((await get(`${ASK}&temperature=18`)).body).toMatchObject({
      kind: 'unknown',
      why: 'stale',
    });
  });
});

describe('the ventilation window', () => {
  const ASK = 'preservation/ventilation?room=sx.r301';

  it('is open or closed with reasons, and tells of the last days by the hour', async () => {
    house.pairs.set('sx.r301', [pair('sx.th-1', [20, 65])]);
    house.pairs.set('sx.out', [pair('sx.th-out', [17, 60])]);
    house.series = climate({ 'th-1': [20, 65], 'th-out': [17, 60] }, 10);
    const { body } = await get(`${ASK}&days=2`);
    expect(body).toMatchObject({ state: 'known', now: { open: true } });
    expect(body.now.reasons.map((one: { kind: string }) => one.kind)).toEqual([
      'moisture',
      'dew-point',
      'temperature',
      'humidity',
    ]);
    expect(body.past).toMatchObject({ openHours: 38, closedHours: 0, unknownHours: 9 });
    expect(body.past.windows).toEqual([{ from: START - 2 * DAY_MS, until: START - 10 * HOUR_MS }]);
  });

  it('says plainly that nothing measures outdoors, or inside', async () => {
    expect((await get(ASK)).body).toEqual({ state: 'no-pair' });
    house.pairs.set('sx.r301', [pair('sx.th-1', [20, 65])]);
    expect((await get(ASK)).body).toMatchObject({ state: 'no-outdoor' });
    house.pairs.set('sx.out', [pair('sx.th-out')]);
    house.series = climate({ 'th-1': [20, 65] }, 10_000);
    const { body } = await get(ASK);
    expect(body).toMatchObject({ state: 'unknown', outdoor: { why: 'stale' } });
    expect(body).not.toHaveProperty('now');
    expect(body.past).toMatchObject({ openHours: 0, unknownHours: 71 });
  });
});
