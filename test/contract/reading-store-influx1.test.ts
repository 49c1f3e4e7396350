import { describe, expect, it } from 'vitest';
import type { Reading, ReadingFlag } from '../../domain/reading.ts';
import { createInfluxReadingStore } from '../../gateway/stores/influx-reading-store.ts';
import { findServer, freePort, startInflux } from '../support/servers.ts';
import { readingStoreContract } from './reading-store.suite.ts';

const installed = findServer('influxd') !== undefined;
const t0 = Date.UTC(2026, 2, 1, 6);

/** The first series of an answer, past the code under test. */
async function ask(url: string, database: string, q: string) {
  const parameters = new URLSearchParams({ db: database, q, epoch: 'ns' });
  const response = await fetch(`${url}/query?${parameters}`);
  const body = (await response.json()) as {
    results: [{ series?: [{ columns: string[]; values: unknown[][] }] }];
  };
  return body.results[0].series?.[0];
}

async function post(url: string, database: string, line: string): Promise<void> {
  await fetch(`${url}/write?db=${database}&precision=ms`, { method: 'POST', body: line });
}

/** Its answer begins before the command is done: only its end says so. */
async function command(url: string, q: string): Promise<void> {
  const response = await fetch(`${url}/query?${new URLSearchParams({ q })}`, { method: 'POST' });
  await response.text();
}

function reading(sensor: string, at: number, more: Partial<Reading> = {}): Reading {
  const where = { repository: 'sx', room: 'r301', sensor, metric: 'temperature' as const };
  return { ...where, value: 21.4, quality: 1, at, receivedAt: at + 40, ...more };
}

it('has a real InfluxDB wherever nothing may be left out', () => {
  expect(installed || process.env['CI'] !== 'true').toBe(true);
});

if (installed) {
  readingStoreContract('the reading store on a real InfluxDB 1.x', async () => {
    const server = await startInflux();
    const config = { url: server.url, database: 'lantai_test', timeoutMs: 10_000 };
    const store = createInfluxReadingStore(config);
    const beside = createInfluxReadingStore(config);
    const nowhere = await freePort();
    const count = async (q: string) =>
      Number((await ask(server.url, 'lantai_test', q))?.values[0]?.[1] ?? 0);
    return {
      store,
      beside,
      countOf: (sensor) => count(`SELECT count(value) FROM reading WHERE sensor = '${sensor}'`),
      markOf: async (sensor) => {
        const q = `SELECT flags, room FROM reading WHERE sensor = '${sensor}'`;
        const [, flags, room] = (await ask(server.url, 'lantai_test', q))?.values[0] ?? [];
        return { flags: String(flags), room: String(room) };
      },
      accessCountOf: (door) => count(`SELECT count(received) FROM access WHERE door = '${door}'`),
      unreachable: () =>
        createInfluxReadingStore({ ...config, url: `http://127.0.0.1:${nowhere}` }),
      end: async () => {
        await store.close();
        await server.remove();
      },
    };
  });
}

describe.runIf(installed)('InfluxDB 1.x as the outside sees it', () => {
  it('holds measurement, tags and fields as the contracts name them', async () => {
    const server = await startInflux();
    try {
      const store = createInfluxReadingStore({ url: server.url, database: 'sx', timeoutMs: 5_000 });
      const flags: ReadingFlag[] = ['historical', 'simulated'];
      await store.write([
        reading('th-1', t0),
        reading('th-2', t0, { value: 20, raw: 19.5, quality: 3, flags }),
        reading('th-3', t0, { raw: 21.4 }),
      ]);
      await store.rollUp([{ ...reading('th-1', t0), hour: t0 }]);
      const event = { id: 'sx.d301.7', repository: 'sx', room: 'r301', door: 'd301', sequence: 7 };
      const told = { at: t0, receivedAt: t0 + 9, credential: 'A1B2C3', reason: '"夜"' };
      await store.writeAccess([{ ...event, ...told, event: 'denied', direction: 'in' }]);

      const readings = await ask(server.url, 'sx', 'SELECT * FROM reading');
      readings?.values.sort((a, b) => String(a[8]).localeCompare(String(b[8])));
      expect(readings?.columns).toEqual([
        'time',
        'flags',
        'metric',
        'quality',
        'raw',
        'received',
        'repository',
        'room',
        'sensor',
        'value',
      ]);
      const ns = t0 * 1e6;
      expect(readings?.values).toEqual([
        [ns, null, 'temperature', 1, null, t0 + 40, 'sx', 'r301', 'th-1', 21.4],
        [ns, 'historical,simulated', 'temperature', 3, 19.5, t0 + 40, 'sx', 'r301', 'th-2', 20],
        [ns, null, 'temperature', 1, null, t0 + 40, 'sx', 'r301', 'th-3', 21.4],
      ]);
      const types = await ask(server.url, 'sx', 'SHOW FIELD KEYS FROM reading');
      expect(types?.values).toEqual([
        ['flags', 'string'],
        ['quality', 'integer'],
        ['raw', 'float'],
        ['received', 'integer'],
        ['value', 'float'],
      ]);
      const hourly = await ask(server.url, 'sx_1h', 'SHOW FIELD KEYS FROM reading');
      expect(hourly?.values).toEqual([
        ['count', 'integer'],
        ['good', 'integer'],
        ['max', 'float'],
        ['mean', 'float'],
        ['min', 'float'],
      ]);
      const access = await ask(server.url, 'sx', 'SELECT * FROM access');
      const columns = ['credential', 'direction', 'door', 'event', 'reason', 'received'];
      expect(access?.columns).toEqual(['time', ...columns, 'repository', 'room', 'sequence']);
      const fields = ['A1B2C3', 'in', 'd301', 'denied', '"夜"', t0 + 9];
      expect(access?.values[0]?.slice(1)).toEqual([...fields, 'sx', 'r301', 7]);
      expect(Math.floor(Number(access?.values[0]?.[0]) / 1e6)).toBe(t0);
      await store.close();
    } finally {
      await server.remove();
    }
  });

  it('finds the readings that a field of another type refuses, and stores the others', async () => {
    const server = await startInflux();
    try {
      const store = createInfluxReadingStore({ url: server.url, database: 'sx', timeoutMs: 5_000 });
      await store.open();
      await post(server.url, 'sx', `reading,sensor=foreign flags=1i ${t0}`);
      const flags: ReadingFlag[] = ['simulated'];
      const readings = Array.from({ length: 900 }, (_, i) =>
        reading('th-1', t0 + i, i === 13 || i === 700 ? { flags } : {}),
      );
      const { accepted, rejected } = await store.write(readings);
      expect(rejected.map((r) => r.reading.at - t0)).toEqual([13, 700]);
      expect(rejected[0]?.why).toContain('field type conflict');
      expect(accepted).toBe(898);
      const counted = await ask(
        server.url,
        'sx',
        `SELECT count(value) FROM reading WHERE sensor = 'th-1'`,
      );
      expect(counted?.values[0]?.[1]).toBe(898);
    } finally {
      await server.remove();
    }
  });

  it('waits through an outage and a lost database, and stores what was kept', async () => {
    const server = await startInflux();
    try {
      const store = createInfluxReadingStore({ url: server.url, database: 'sx', timeoutMs: 5_000 });
      await store.write([reading('th-1', t0)]);
      await server.kill9();
      const during = store.write([reading('th-1', t0 + 1)]);
      await expect(during).rejects.toMatchObject({ name: 'StoreUnavailable' });
      await server.start();
      expect(await store.write([reading('th-1', t0 + 1)])).toEqual({ accepted: 1, rejected: [] });
      await command(server.url, 'DROP DATABASE sx');
      const dropped = store.write([reading('th-1', t0 + 2)]);
      await expect(dropped).rejects.toMatchObject({ name: 'StoreUnavailable' });
      expect(await store.write([reading('th-1', t0 + 2)])).toEqual({ accepted: 1, rejected: [] });
    } finally {
      await server.remove();
    }
  });

  it('names the settings, and never the password, when the credentials are refused', async () => {
    const server = await startInflux({ more: { http: 'auth-enabled = true' } });
    try {
      const password = 'geheim-3141';
      const q = `CREATE USER admin WITH PASSWORD 'right' WITH ALL PRIVILEGES`;
      await command(server.url, q);
      const config = { url: server.url, database: 'sx', username: 'admin', timeoutMs: 5_000 };
      const refused = await createInfluxReadingStore({ ...config, password })
        .write([reading('th-1', t0)])
        .catch((error: unknown) => error);
      expect(refused).toMatchObject({ name: 'StoreUnavailable' });
      expect(String(refused)).toContain('LANTAI_INFLUX_PASSWORD');
      expect(String(refused)).not.toContain(password);
      const admitted = createInfluxReadingStore({ ...config, password: 'right' });
      expect(await admitted.write([reading('th-1', t0)])).toEqual({ accepted: 1, rejected: [] });
    } finally {
      await server.remove();
    }
  });
});
