/** What every reading store must do, whatever it is made of. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccessEvent } from '../../domain/access.ts';
import type { MetricName } from '../../domain/metrics.ts';
import type { BucketRow, ReadingStore, Series } from '../../domain/ports.ts';
import type { Quality, Reading, ReadingFlag } from '../../domain/reading.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';

/** A store under test, and a second connection to the same data. */
export interface StoreUnderTest {
  readonly store: ReadingStore;
  /** Another connection to the same data, as the reading worker has. */
  readonly beside: ReadingStore;
  /** How many readings the store holds of a sensor, counted past the code under test. */
  countOf(sensor: string): Promise<number>;
  /** The flags and the room of a sensor's only reading, past the code under test. */
  markOf(sensor: string): Promise<{ flags: string | undefined; room: string }>;
  accessCountOf(door: string): Promise<number>;
  /** A store of this kind where nothing can be reached. */
  unreachable(): ReadingStore;
  end(): Promise<void>;
}

const t0 = Date.UTC(2026, 2, 1, 6);
const metric: MetricName = 'temperature';
let lastSensor = 0;

/** Tests share a server, so each has a sensor of its own. */
function newSensor(): string {
  lastSensor += 1;
  return `th-${lastSensor}`;
}

function reading(
  sensor: string,
  at: number,
  ...[value, more = {}]: readonly [value: number, more?: Partial<Reading>]
): Reading {
  const where = { repository: 'sx-test', room: 'r301', sensor, metric };
  return { ...where, value, quality: 1, at, receivedAt: at + 40, ...more };
}

/** Readings with a wave, some suspect, some failed; deterministic. */
function wave(sensor: string, q: { from: number; count: number; everyMs: number }): Reading[] {
  return Array.from({ length: q.count }, (_, i) => {
    const quality: Quality = i % 17 === 3 ? 4 : i % 11 === 5 ? 3 : 1;
    const value = quality === 4 ? -999 : 20 + Math.sin(i / 9) * 2.5 + (i % 7) / 100;
    return reading(sensor, q.from + i * q.everyMs, value, { quality });
  });
}

function expectedBuckets(readings: readonly Reading[], stepMs: number): BucketRow[] {
  const groups = new Map<number, Reading[]>();
  for (const r of readings.filter((one) => one.quality !== 4)) {
    const at = Math.floor(r.at / stepMs) * stepMs;
    groups.set(at, [...(groups.get(at) ?? []), r]);
  }
  return [...groups.entries()]
    .sort((a, b) => a[0] - b[0])
    .map(([at, group]) => {
      const values = group.map((r) => r.value);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const good = group.filter((r) => r.quality === 1).length;
      return [at, mean, Math.min(...values), Math.max(...values), values.length, good];
    });
}

function expectSameBuckets(series: Series, expected: readonly BucketRow[]): void {
  expect(series.kind).toBe('buckets');
  expect(series.rows.map((row) => row[0])).toEqual(expected.map((row) => row[0]));
  for (const [i, row] of (series.rows as readonly BucketRow[]).entries()) {
    const [, mean = 0, ...rest] = expected[i] ?? [];
    expect(row[1]).toBeCloseTo(mean, 9);
    expect(row.slice(2)).toEqual(rest);
  }
}

/** Runs the contract against what `start` brings. */
export function readingStoreContract(name: string, start: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let t: StoreUnderTest;
    beforeAll(async () => {
      t = await start();
      await t.store.open();
    });
    afterAll(async () => {
      await t?.end();
    });
    const all = (sensor: string, more = {}) =>
      t.beside.query({ repository: 'sx-test', sensor, metric, from: 0, until: t0 * 2, ...more });

    it('gives back every float as it was', async () => {
      const sensor = newSensor();
      const values = [
        21.4,
        0.1 + 0.2,
        -0.5,
        0,
        1,
        5e-324,
        1.7976931348623157e308,
        1e21,
        1e-7,
        -273.15,
      ];
      const readings = values.map((value, i) => reading(sensor, t0 + i, value));
      expect(await t.store.write(readings)).toEqual({ accepted: values.length, rejected: [] });
      const { rows, truncated } = await all(sensor);
      expect(rows).toEqual(values.map((value, i) => [t0 + i, value, 1]));
      expect(truncated).toBe(false);
    });

    it('says when each was received, and what was back-fill, whatever room it was in', async () => {
      const sensor = newSensor();
      const key = { repository: 'sx-test', sensor, metric };
      const flags: readonly ReadingFlag[] = ['historical', 'simulated'];
      await t.store.write([
        reading(sensor, t0, 20.5),
        reading(sensor, t0 + 1000, 21, { quality: 4, receivedAt: t0 + HOUR_MS, room: 'r302' }),
        reading(sensor, t0 + 2000, 22, { receivedAt: t0 - 5, flags }),
        reading(sensor, t0 + 3000, 23),
      ]);
      const got = await t.beside.received({ ...key, from: t0, until: t0 + 3000 });
      expect(Object.values(got).map((column) => [...(column as Float64Array)])).toEqual([
        [t0, t0 + 1000, t0 + 2000],
        [20.5, 21, 22],
        [1, 4, 1],
        [t0 + 40, t0 + HOUR_MS, t0 - 5],
        [0, 0, 1],
      ]);
      const none = await t.beside.received({
        ...key,
        sensor: newSensor(),
        from: t0,
        until: t0 * 2,
      });
      expect(none.at.length).toBe(0);
    });

    it('is empty where nothing was written, and in an empty range', async () => {
      const sensor = newSensor();
      expect((await all(sensor)).rows).toEqual([]);
      expect((await all(sensor, { stepMs: HOUR_MS })).rows).toEqual([]);
      await t.store.write([reading(sensor, t0, 20)]);
      expect((await all(sensor, { from: t0 + 1 })).rows).toEqual([]);
      expect((await all(sensor, { from: t0, until: t0 })).rows).toEqual([]);
      expect((await all(sensor, { from: t0 + 5, until: t0, stepMs: MINUTE_MS })).rows).toEqual([]);
    });

    it('takes the start of a range and leaves out its end', async () => {
      const sensor = newSensor();
      await t.store.write([0, 1, 2].map((i) => reading(sensor, t0 + i, i)));
      const { rows } = await all(sensor, { from: t0, until: t0 + 2 });
      expect(rows.map((row) => row[0])).toEqual([t0, t0 + 1]);
    });

    it('stores nothing twice when a batch comes again', async () => {
      const sensor = newSensor();
      const readings = wave(sensor, { from: t0, count: 300, everyMs: MINUTE_MS });
      await t.store.write(readings);
      const again = await t.store.write(readings);
      expect(again).toEqual({ accepted: 300, rejected: [] });
      expect(await t.countOf(sensor)).toBe(300);
    });

    it('keeps the first value for a time, and says so of another one', async () => {
      const sensor = newSensor();
      await t.store.write([reading(sensor, t0, 20), reading(sensor, t0 + 1, 21)]);
      const other = reading(sensor, t0, 25, { flags: ['historical'] });
      const { accepted, rejected } = await t.store.write([other, reading(sensor, t0 + 2, 22)]);
      expect(accepted).toBe(1);
      expect(rejected).toEqual([{ reading: other, why: expect.stringContaining('another value') }]);
      expect((await all(sensor)).rows.map((row) => row[1])).toEqual([20, 21, 22]);
    });

    it('keeps the first value also within one batch, and across rooms', async () => {
      const sensor = newSensor();
      const { rejected } = await t.store.write([
        reading(sensor, t0, 20),
        reading(sensor, t0, 30),
        reading(sensor, t0, 20, { room: 'r302' }),
      ]);
      expect(rejected.map((r) => r.reading.value)).toEqual([30]);
      expect((await all(sensor)).rows).toEqual([[t0, 20, 1]]);
    });

    it('keeps the first value when the writer has forgotten everything', async () => {
      const sensor = newSensor();
      await t.store.write([reading(sensor, t0, 20)]);
      const { rejected } = await t.beside.write([
        reading(sensor, t0, 30),
        reading(sensor, t0 + 1, 31),
      ]);
      expect(rejected).toHaveLength(1);
      expect((await all(sensor)).rows.map((row) => row[1])).toEqual([20, 31]);
    });

    it('puts late readings where they belong', async () => {
      const sensor = newSensor();
      const readings = wave(sensor, { from: t0, count: 200, everyMs: MINUTE_MS });
      const late = readings.filter((_, i) => i >= 40 && i < 160);
      await t.store.write(readings.filter((_, i) => i < 40 || i >= 160));
      const flags: ReadingFlag[] = ['historical'];
      const outcome = await t.store.write(late.map((r) => ({ ...r, flags })));
      expect(outcome).toEqual({ accepted: 120, rejected: [] });
      const { rows } = await all(sensor);
      expect(rows).toEqual(readings.map((r) => [r.at, r.value, r.quality]));
    });

    it('keeps room and flags with the reading', async () => {
      const sensor = newSensor();
      const flags: ReadingFlag[] = ['simulated', 'time_received'];
      await t.store.write([reading(sensor, t0, 20, { room: '库房 "三", = \\', flags })]);
      const mark = await t.markOf(sensor);
      expect(mark.flags).toBe('simulated,time_received');
      expect(mark.room).toMatch(/^库房 "三", = [\\_]$/);
      expect((await all(sensor)).rows).toEqual([[t0, 20, 1]]);
    });

    it('makes buckets like those computed by hand, failed readings left out', async () => {
      const sensor = newSensor();
      const readings = wave(sensor, { from: t0 + 90_000, count: 500, everyMs: 37_000 });
      await t.store.write(readings);
      for (const stepMs of [MINUTE_MS, 5 * MINUTE_MS, 7 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS]) {
        expectSameBuckets(await all(sensor, { stepMs }), expectedBuckets(readings, stepMs));
      }
    });

    it('counts in a bucket only what is in the range', async () => {
      const sensor = newSensor();
      const readings = wave(sensor, { from: t0, count: 600, everyMs: MINUTE_MS });
      await t.store.write(readings);
      const range = { from: t0 + 95 * MINUTE_MS + 1, until: t0 + 433 * MINUTE_MS };
      const inRange = readings.filter((r) => r.at >= range.from && r.at < range.until);
      for (const stepMs of [10 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS]) {
        const series = await all(sensor, { ...range, stepMs });
        expectSameBuckets(series, expectedBuckets(inRange, stepMs));
      }
    });

    it('answers from roll-ups what it would answer from the readings', async () => {
      const sensor = newSensor();
      const readings = wave(sensor, { from: t0, count: 700, everyMs: MINUTE_MS });
      await t.store.write(readings);
      const range = { from: t0 + 10 * MINUTE_MS, until: t0 + 640 * MINUTE_MS };
      const before = await all(sensor, { ...range, stepMs: HOUR_MS });
      const hours = Array.from({ length: 9 }, (_, i) => t0 + i * HOUR_MS);
      await t.store.rollUp(hours.map((hour) => ({ repository: 'sx-test', sensor, metric, hour })));
      const after = await all(sensor, { ...range, stepMs: HOUR_MS });
      expectSameBuckets(after, before.rows as BucketRow[]);
      const inRange = readings.filter((r) => r.at >= range.from && r.at < range.until);
      expectSameBuckets(
        await all(sensor, { ...range, stepMs: 4 * HOUR_MS }),
        expectedBuckets(inRange, 4 * HOUR_MS),
      );
    });

    it('does not believe a roll-up after late data came, before and after it is made anew', async () => {
      const sensor = newSensor();
      const hour = { repository: 'sx-test', sensor, metric, hour: t0 };
      const first = [reading(sensor, t0, 20), reading(sensor, t0 + MINUTE_MS, 22)];
      await t.store.write(first);
      await t.store.rollUp([hour]);
      expectSameBuckets(await all(sensor, { stepMs: HOUR_MS }), expectedBuckets(first, HOUR_MS));
      const late = reading(sensor, t0 + 30_000, 60, { flags: ['historical'] });
      await t.store.write([late]);
      const expected = expectedBuckets([...first, late], HOUR_MS);
      expectSameBuckets(await all(sensor, { stepMs: HOUR_MS }), expected);
      await t.store.rollUp([hour]);
      expectSameBuckets(await all(sensor, { stepMs: HOUR_MS }), expected);
    });

    it('makes no bucket of an hour that has only failed readings, rolled up or not', async () => {
      const sensor = newSensor();
      await t.store.write([reading(sensor, t0, -999, { quality: 4 })]);
      expect((await all(sensor, { stepMs: HOUR_MS })).rows).toEqual([]);
      await t.store.rollUp([{ repository: 'sx-test', sensor, metric, hour: t0 }]);
      expect((await all(sensor, { stepMs: HOUR_MS })).rows).toEqual([]);
      expect((await all(sensor)).rows).toEqual([[t0, -999, 4]]);
    });

    it('rolls up an hour in which the sensor was carried to another room as one', async () => {
      const sensor = newSensor();
      const readings = wave(sensor, { from: t0, count: 60, everyMs: MINUTE_MS });
      const moved = readings.map((r, i) => (i < 25 ? r : { ...r, room: 'r302' }));
      await t.store.write(moved);
      await t.store.rollUp([{ repository: 'sx-test', sensor, metric, hour: t0 }]);
      expectSameBuckets(await all(sensor, { stepMs: HOUR_MS }), expectedBuckets(moved, HOUR_MS));
    });

    it('cuts long answers off and says so', async () => {
      const sensor = newSensor();
      await t.store.write(wave(sensor, { from: t0, count: 12_345, everyMs: MINUTE_MS }));
      const whole = await all(sensor);
      expect([whole.rows.length, whole.truncated]).toEqual([12_345, false]);
      for (const more of [{}, { stepMs: 2 * MINUTE_MS }, { stepMs: HOUR_MS }]) {
        const cut = await all(sensor, { ...more, rowsMax: 100 });
        expect([cut.rows.length, cut.truncated]).toEqual([100, true]);
      }
      const exact = await all(sensor, { rowsMax: 12_345 });
      expect([exact.rows.length, exact.truncated]).toEqual([12_345, false]);
    });

    it('refuses what can never be stored, with a reason, and takes the rest', async () => {
      const sensor = newSensor();
      const bad = [
        reading(sensor, t0, Number.NaN),
        reading(sensor, t0, Number.POSITIVE_INFINITY),
        reading(sensor, t0 + 0.5, 20),
        reading(sensor, -1, 20),
        reading(sensor, Number.MAX_SAFE_INTEGER, 20),
        reading('', t0, 20),
      ];
      const outcome = await t.store.write([...bad, reading(sensor, t0, 20)]);
      expect(outcome.accepted).toBe(1);
      expect(outcome.rejected.map((r) => r.reading)).toEqual(bad);
      for (const { why } of outcome.rejected) expect(why.length).toBeGreaterThan(10);
    });

    it('keeps access events of one millisecond apart, and one that comes again as one', async () => {
      const door = `d-${newSensor()}`;
      const event = (n: number): AccessEvent => ({
        id: `sx-test.${door}.${n}`,
        repository: 'sx-test',
        room: 'r301',
        door,
        event: 'granted',
        at: t0,
        receivedAt: t0 + 5,
        person: '值班员甲 "一"',
        ...(n === 0 ? {} : { sequence: n, direction: 'in' as const }),
      });
      await t.store.writeAccess([event(0), event(1), event(2)]);
      await t.store.writeAccess([event(1)]);
      await t.store.writeAccess([]);
      expect(await t.accessCountOf(door)).toBe(3);
    });

    it('says that it answers, and by which name', async () => {
      expect(await t.store.ping()).toEqual({ ok: true });
      expect(t.store.name).toMatch(/^(SQLite|InfluxDB \d)/);
    });

    it('says that it is unavailable where nothing can be reached', async () => {
      const away = t.unreachable();
      const q = { repository: 'sx-test', sensor: 'th-1', metric, from: 0, until: 1 };
      await expect(away.open()).rejects.toMatchObject({ name: 'StoreUnavailable' });
      await expect(away.write([reading('th-1', t0, 1)])).rejects.toMatchObject({
        name: 'StoreUnavailable',
      });
      await expect(away.query(q)).rejects.toMatchObject({ name: 'StoreUnavailable' });
      expect((await away.ping()).why?.length).toBeGreaterThan(10);
      await away.close();
    });
  });
}
