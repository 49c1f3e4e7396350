/** Series over HTTP: half a million rows, steps, moments, and the traces of the overview. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReadingRow } from '../../domain/ports.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import { streamSeries } from '../../server/http/series-stream.ts';
import { parseMoment, parseStepMs } from '../../server/http/times.ts';
import { START } from './fixtures.ts';
import { openHouse, type House } from './support.ts';

let house: House;
let cookie: string;
beforeEach(async () => {
  house = await openHouse();
  cookie = await house.signIn('observer-a');
});
afterEach(() => house.close());
const get = (url: string) => house.inject({ url, headers: { cookie } });
const SERIES = '/api/readings?sensor=sx.th-1&metric=temperature';

describe('a series', () => {
  it('says what its columns are', async () => {
    house.series = { kind: 'readings', rows: [[START, 21.4, 1]], truncated: false };
    expect((await get(SERIES)).json()).toEqual({
      sensor: 'sx.th-1',
      metric: 'temperature',
      unit: '°C',
      kind: 'readings',
      columns: ['at', 'value', 'quality'],
      truncated: false,
      rows: [[START, 21.4, 1]],
    });
  });

  it('is the last day where no period is named', async () => {
    await get(SERIES);
    expect(house.readingQueries).toMatchObject([
      { repository: 'sx', sensor: 'th-1', from: START - DAY_MS, until: START },
    ]);
    expect(house.readingQueries[0]).not.toHaveProperty('stepMs');
  });

  it('takes moments as RFC 3339 and as epoch milliseconds, and a step as people write it', async () => {
    house.series = { kind: 'buckets', rows: [], truncated: false };
    const from = encodeURIComponent('2026-11-22T08:00:00+08:00');
    const answer = await get(`${SERIES}&from=${from}&to=${START}&step=1h`);
    expect(answer.json()).toMatchObject({ kind: 'buckets', rows: [] });
    expect(answer.json().columns).toEqual(['at', 'mean', 'min', 'max', 'count', 'good']);
    expect(house.readingQueries).toMatchObject([
      { from: START - 3 * HOUR_MS, until: START, stepMs: HOUR_MS },
    ]);
  });

  it('of a sensor-year at one a minute arrives whole', async () => {
    const rows = Array.from({ length: 525_600 }, (_, n): ReadingRow => {
      return [START + n * MINUTE_MS, 20 + (n % 100) / 10, 1];
    });
    house.series = { kind: 'readings', rows, truncated: false };
    const answer = (await get(SERIES)).json();
    expect(answer.rows).toHaveLength(rows.length);
    expect([answer.rows[0], answer.rows.at(-1)]).toEqual([rows[0], rows.at(-1)]);
  });

  it('is made no faster than it is taken', async () => {
    const rows = Buffer.from(JSON.stringify(Array.from({ length: 100_000 }, (_, n) => [n, 1, 1])));
    const head = {
      sensor: 'sx.th-1',
      metric: 'temperature',
      unit: '°C',
      kind: 'readings',
      columns: [],
      truncated: false,
    } as const;
    let made = 0;
    const counted = new Proxy(rows, {
      get: (target, key) => {
        if (key === 'subarray') made += 1;
        const value: unknown = Reflect.get(target, key);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const stream = streamSeries(head, counted);
    await new Promise((resolve) => stream.once('readable', resolve));
    expect(made).toBeLessThan(10);
    stream.destroy();
  });

  it('is 503 while the reading store does not answer', async () => {
    house.series = Object.assign(new Error('ECONNREFUSED'), { name: 'StoreUnavailable' });
    const answer = await get(SERIES);
    expect([answer.statusCode, answer.json().error.code]).toEqual([503, 'store-unavailable']);
  });
});

describe('a step', () => {
  it.each([
    ['3600', HOUR_MS],
    ['90s', 90_000],
    ['30m', 30 * MINUTE_MS],
    ['1h', HOUR_MS],
    ['1d', DAY_MS],
    ['PT1H', HOUR_MS],
    ['P1DT12H', 36 * HOUR_MS],
  ])('of %s is %d ms', (text, ms) => expect(parseStepMs(text)).toBe(ms));

  it.each(['', '0', '-1', '1y', 'P', 'PT', '1.5h', 'NaN', '99999999999'])('is not %j', (text) => {
    expect(() => parseStepMs(text)).toThrow('"step"');
  });
});

describe('a moment', () => {
  it.each([
    ['2026-11-22T03:00:00Z', START],
    ['2026-11-22T11:00:00.000+08:00', START],
    [String(START), START],
    ['2026-11-22', START - 3 * HOUR_MS],
  ])('of %s is understood', (text, at) => expect(parseMoment(text, 'at')).toBe(at));

  it.each(['', 'now', '2026-11-22T03:00:00', '2026-13-01', '-5', '1e400', '22/11/2026'])(
    'is not %j',
    (text) => expect(() => parseMoment(text, 'at')).toThrow('"at"'),
  );
});

describe('traces', () => {
  const TRACES = '/api/traces?repository=sx&hours=24';

  it('are one small series a room and metric', async () => {
    house.series = { kind: 'buckets', rows: [[START, 21, 20, 22, 30, 30]], truncated: false };
    const { items, stepMs } = (await get(TRACES)).json();
    expect(stepMs).toBe(30 * MINUTE_MS);
    expect(items).toEqual([
      { room: 'sx.r301', sensor: 'sx.th-1', metric: 'temperature', points: [[START, 21]] },
      { room: 'sx.r301', sensor: 'sx.th-1', metric: 'humidity', points: [[START, 21]] },
    ]);
  });

  it('are asked for once a minute, however many look', async () => {
    await Promise.all([get(TRACES), get(TRACES), get(TRACES)]);
    expect(house.readingQueries).toHaveLength(2);
    house.now += MINUTE_MS;
    await get(TRACES);
    expect(house.readingQueries).toHaveLength(4);
  });

  it('that failed are asked for again', async () => {
    house.series = new Error('down');
    expect((await get(TRACES)).statusCode).toBe(500);
    house.series = { kind: 'buckets', rows: [], truncated: false };
    expect((await get(TRACES)).statusCode).toBe(200);
  });
});
