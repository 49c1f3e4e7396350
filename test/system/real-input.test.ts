import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LatestReading, RoomView } from '../../domain/api.ts';
import { findServer, startInflux, startMosquitto, type RunningServer } from '../support/servers.ts';
import { clientOf, type Client, type Feed } from './client.ts';
import { fieldTypes, influxQuery, rowsOf } from './influx.ts';
import { ROOT, startLantai, temporaryFolder, type Lantai } from './lantai.ts';
import { writeRepository } from './repository.ts';
import { until } from './until.ts';

/**
 * Goal: two variables and a repository file make real sensors flow. Method: real Mosquitto with the shipped
 * configuration, real InfluxDB 1.6, messages from mosquitto_pub; the stored points are read as anybody reads them.
 */

const SHIPPED = readFileSync(join(ROOT, 'deploy', 'mosquitto', 'lantai.conf'), 'utf8');
const STORED_WITHIN_MS = 2_000;
const HOUR_MS = 3_600_000;

const folder = temporaryFolder();
let mosquitto: RunningServer;
let influx: RunningServer;

const isComplete = findServer('mosquitto') !== undefined && findServer('influxd') !== undefined;

beforeAll(async () => {
  if (!isComplete) return;
  [mosquitto, influx] = await Promise.all([startMosquitto({ config: SHIPPED }), startInflux()]);
});

afterAll(async () => {
  await Promise.all([mosquitto?.remove(), influx?.remove()]);
  folder.remove();
});

/** As a technician types it. */
async function mosquittoPub(topic: string, message: string | object): Promise<void> {
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  const { port } = mosquitto;
  const args = ['-h', '127.0.0.1', '-p', String(port), '-q', '1', '-t', topic, '-m', text];
  await promisify(execFile)('mosquitto_pub', args, { timeout: 10_000 });
}

/** The points of a measurement in nanoseconds or milliseconds, one series for each set of tags. */
function pointsOf(measurement: string, where: string, epoch: 'ms' | 'ns' = 'ms') {
  const query = `SELECT * FROM "${measurement}" WHERE ${where} GROUP BY *`;
  return influxQuery(influx.url, { database: 'lantai', query, epoch });
}

describe.skipIf(!isComplete)('a real archive behind Mosquitto and InfluxDB', () => {
  let lantai: Lantai;
  let client: Client;
  let feed: Feed;
  const settings = () => ({
    LANTAI_MQTT_URL: mosquitto.url,
    LANTAI_INFLUX_URL: influx.url,
    LANTAI_REPOSITORY: writeRepository(folder.path),
    LANTAI_DATA_DIR: join(folder.path, 'real'),
  });
  const start = async (): Promise<void> => {
    lantai = await startLantai(settings());
    client = await clientOf(lantai.url);
    await until('the broker is connected', async () => {
      const { parts } = await client.get<{ parts: { part: string; ok: boolean }[] }>('/api/status');
      return parts.every((part) => part.ok);
    });
    feed = await client.feed();
  };

  beforeAll(start);
  afterAll(async () => {
    feed?.close();
    await lantai?.stop();
  });

  it('has a message of mosquitto_pub in InfluxDB within two seconds, as the contracts say', async () => {
    const time = Date.now();
    const live: LatestReading[] = [];
    feed.socket.on('readings', (changed) => live.push(...changed));
    const sentAt = performance.now();
    await mosquittoPub('lantai/sx/th-1/telemetry', { time, temperature: 21.4, humidity: 52 });
    const stored = await until('both values are stored', async () => {
      const series = await pointsOf('reading', `"sensor" = 'th-1'`);
      return series.length === 2 && series;
    });
    expect(performance.now() - sentAt).toBeLessThan(STORED_WITHIN_MS);

    const tags = { repository: 'sx', room: 'r301', sensor: 'th-1' };
    expect(stored.map((series) => series.tags)).toEqual([
      { ...tags, metric: 'humidity' },
      { ...tags, metric: 'temperature' },
    ]);
    const [humidity, temperature] = stored.map((series) => rowsOf(series));
    const received: unknown = expect.closeTo(time, -4);
    expect(temperature).toEqual([{ time, value: 21.4, quality: 1, received }]);
    expect(humidity).toEqual([{ time, value: 52, quality: 1, received }]);
    // Neither raw nor flags: there are none.
    expect(await fieldTypes(influx.url, { database: 'lantai', measurement: 'reading' })).toEqual({
      value: 'float',
      quality: 'integer',
      received: 'integer',
    });

    await until('the live feed brought both', () => live.length >= 2);
    expect(live).toContainEqual(
      expect.objectContaining({
        sensor: 'sx.th-1',
        metric: 'temperature',
        value: 21.4,
        at: time,
        simulated: false,
      }),
    );
    const room = await client.get<RoomView>('/api/rooms/sx.r301');
    expect(room.latest.map(({ metric, value, at }) => [metric, value, at])).toEqual(
      expect.arrayContaining([
        ['temperature', 21.4, time],
        ['humidity', 52, time],
      ]),
    );
    const { items } = await client.get<{ items: RoomView[] }>('/api/rooms');
    expect(items.map((one) => one.id)).toEqual(['sx.r301', 'sx.r302']);
  });

  it('marks with flags what has no time of its own, and only that', async () => {
    await mosquittoPub('lantai/sx/th-2/telemetry', { temperature: 19.5 });
    const [series] = await until('it is stored', async () => {
      const found = await pointsOf('reading', `"sensor" = 'th-2'`);
      return found.length === 1 && found;
    });
    const [row] = rowsOf(series);
    expect(row).toEqual({
      time: expect.any(Number),
      value: 19.5,
      quality: 1,
      received: row?.['time'],
      flags: 'time_received',
    });
    expect(
      await fieldTypes(influx.url, { database: 'lantai', measurement: 'reading' }),
    ).toMatchObject({ flags: 'string' });
  });

  it('keeps access events of one millisecond apart, in a measurement of their own', async () => {
    const time = Date.now();
    const card = { time, credential: 'A1B2C3', person: '值班员甲', direction: 'in' };
    await mosquittoPub('lantai/sx/d301/access', { ...card, sequence: 7, event: 'granted' });
    await mosquittoPub('lantai/sx/d301/access', {
      time,
      sequence: 8,
      event: 'denied',
      credential: 'FFFF',
      reason: 'unknown card',
    });
    const stored = await until('both events are stored', async () => {
      const series = await pointsOf('access', `"door" = 'd301'`, 'ns');
      return series.length === 2 && series;
    });
    const tags = { repository: 'sx', room: 'r301', door: 'd301' };
    expect(stored.map((series) => series.tags)).toEqual([
      { ...tags, event: 'denied' },
      { ...tags, event: 'granted' },
    ]);
    const [denied, granted] = stored.map((series) => rowsOf(series)[0] ?? {});
    expect(granted).toMatchObject({
      credential: 'A1B2C3',
      person: '值班员甲',
      direction: 'in',
      sequence: 7,
    });
    expect(denied).toMatchObject({ credential: 'FFFF', reason: 'unknown card', sequence: 8 });
    const moments = [denied, granted].map((row) => String(row?.['time']));
    expect(moments.map((moment) => Number(moment.slice(0, 13)))).toEqual([time, time]);
    expect(new Set(moments).size).toBe(2);
    const measurement = 'access';
    expect(await fieldTypes(influx.url, { database: 'lantai', measurement })).toMatchObject({
      credential: 'string',
      person: 'string',
      direction: 'string',
      reason: 'string',
      sequence: 'integer',
    });
    const events = await client.get<{ items: unknown[] }>('/api/access-events?door=sx.d301');
    expect(events.items).toHaveLength(2);
  });

  it('rolls hours up into the second database, late ones too', async () => {
    const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 2 * HOUR_MS;
    const batch = [20, 21, 22.5].map((temperature, i) => ({
      time: hour + (i + 1) * 60_000,
      temperature,
    }));
    await mosquittoPub('lantai/sx/th-1/telemetry', JSON.stringify(batch));
    const late = `"sensor" = 'th-1' AND time < ${hour + HOUR_MS}ms`;
    const [raw] = await until('the late values are stored', async () => {
      const series = await pointsOf('reading', late);
      return series[0]?.values.length === 3 && series;
    });
    expect(rowsOf(raw).map((row) => row['flags'])).toEqual(Array(3).fill('historical'));

    feed.close();
    expect(await lantai.stop()).toBe(0);
    // As if it had been away over the full hour: the job is due at the start.
    sinceLastRunOf('roll-up', join(folder.path, 'real', 'state.db'), hour);
    await start();
    const query = `SELECT * FROM "reading" WHERE "sensor" = 'th-1' AND time = ${hour}ms GROUP BY *`;
    const [rolled] = await until('the hour is rolled up', async () => {
      const series = await influxQuery(influx.url, { database: 'lantai_1h', query });
      return series.length > 0 && series;
    });
    const tags = { repository: 'sx', room: 'r301', sensor: 'th-1', metric: 'temperature' };
    expect(rolled?.tags).toEqual(tags);
    const mean: unknown = expect.closeTo(63.5 / 3, 9);
    expect(rowsOf(rolled)).toEqual([{ time: hour, mean, min: 20, max: 22.5, count: 3, good: 3 }]);
    const measurement = 'reading';
    expect(await fieldTypes(influx.url, { database: 'lantai_1h', measurement })).toEqual({
      mean: 'float',
      min: 'float',
      max: 'float',
      count: 'integer',
      good: 'integer',
    });
  });
});

describe.skipIf(!isComplete)('the sample archive with only the two variables set', () => {
  it('comes over that broker into lantai_sample, marked simulated everywhere', async () => {
    const lantai = await startLantai({
      LANTAI_MQTT_URL: mosquitto.url,
      LANTAI_INFLUX_URL: influx.url,
      LANTAI_DATA_DIR: join(folder.path, 'sample'),
    });
    try {
      // InfluxDB shows a point's fields one after the other while it is being written: what is asked is what stays.
      await until('simulated readings are stored, each with its mark', async () => {
        const query = 'SELECT * FROM "reading" GROUP BY * LIMIT 5';
        const series = await influxQuery(influx.url, { database: 'lantai_sample', query });
        const flags = series.flatMap((one) => rowsOf(one).map((row) => String(row['flags'])));
        return series.length > 10 && flags.every((text) => text.split(',').includes('simulated'));
      });
      const client = await clientOf(lantai.url);
      const { items } = await client.get<{ items: RoomView[] }>('/api/rooms');
      const live = items.flatMap((room) => room.latest);
      expect(live.length).toBeGreaterThan(0);
      expect(live.every((reading) => reading.simulated)).toBe(true);
      const query = `SHOW TAG VALUES FROM "reading" WITH KEY = "repository"`;
      const [real] = await influxQuery(influx.url, { database: 'lantai', query });
      expect(real?.values).toEqual([['repository', 'sx']]);
    } finally {
      expect(await lantai.stop()).toBe(0);
    }
  });
});

/** Moves the stored last run of a job back; Lantai is not running. */
function sinceLastRunOf(job: string, path: string, at: number): void {
  const db = new DatabaseSync(path);
  const { changes } = db
    .prepare('UPDATE fact SET at = ? WHERE id = ?')
    .run(at, `job/${job}/system`);
  db.close();
  expect(changes).toBe(1);
}
