import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccessEvent } from '../../domain/access.ts';
import type { Reading } from '../../domain/reading.ts';
import { SpoolSeries } from '../../domain/spool-series.ts';
import { packSpool, type SpoolContent } from '../../domain/spool.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import {
  startReadingWorkers,
  type ReadingWorkers,
  type Settlement,
  type StoreConfig,
  type StoreState,
} from '../../gateway/forwarder/reading-workers.ts';
import { findServer, startInflux, startMosquitto } from '../support/servers.ts';

const t0 = Date.UTC(2026, 2, 1, 6);
const key = { repository: 'sx', sensor: 'th-1', metric: 'temperature' as const };

function reading(at: number, value = 20): Reading {
  return { ...key, room: 'r301', value, quality: 1, at, receivedAt: at + 40 };
}

const event: AccessEvent = {
  id: 'sx.d301.1',
  repository: 'sx',
  room: 'r301',
  door: 'd301',
  event: 'granted',
  at: t0,
  receivedAt: t0,
};

/** What the workers told, with a way to wait for more of it. */
class Told {
  readonly settlements: Settlement[] = [];
  readonly states: StoreState[] = [];
  private watchers: (() => void)[] = [];

  settled = (settlement: Settlement): void => {
    this.settlements.push(settlement);
    for (const watch of this.watchers) watch();
  };

  state = (state: StoreState): void => {
    this.states.push(state);
    for (const watch of this.watchers) watch();
  };

  /** Resolves as soon as `holds`; the test's own limit ends a wait that is in vain. */
  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => this.watchers.push(() => holds() && resolve()));
  }

  settledUpTo(sequence: number): Promise<void> {
    return this.until(() => (this.settlements.at(-1)?.settledUpTo ?? 0) >= sequence);
  }
}

let folder: string;
let state: DatabaseSync;
let series: SpoolSeries;
let told: Told;
let workers: ReadingWorkers | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lantai-forwarder-'));
  state = new DatabaseSync(join(folder, 'state.db'));
  state.exec(`PRAGMA journal_mode = WAL;
    CREATE TABLE spool (sequence INTEGER PRIMARY KEY, payload TEXT, readings INTEGER, bytes INTEGER);
    CREATE TABLE spool_series (number INTEGER PRIMARY KEY, repository TEXT, room TEXT, sensor TEXT, metric TEXT)`);
  series = new SpoolSeries();
  told = new Told();
});

afterEach(async () => {
  await workers?.close();
  workers = undefined;
  state.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What the server commits: a row, and with it the series that it is the first to name. */
function spoolContent(sequence: number, content: SpoolContent): void {
  const payload = packSpool(content, series);
  const insert = state.prepare('INSERT INTO spool_series VALUES (?, ?, ?, ?, ?)');
  for (const row of series.unsaved) {
    insert.run(row.number, row.repository, row.room, row.sensor, row.metric);
  }
  series.saved(series.unsaved);
  spool(sequence, payload);
}

function spool(sequence: number, payload: Uint8Array | string): void {
  state
    .prepare('INSERT INTO spool (sequence, payload, readings, bytes) VALUES (?, ?, 0, ?)')
    .run(sequence, payload, payload.length);
}

function spoolReadings(sequence: number, readings: readonly Reading[]): void {
  spoolContent(sequence, { readings, accessEvents: [] });
}

const silent = { warn: () => undefined, error: () => undefined };

function start(store: StoreConfig, startAfter = 0): ReadingWorkers {
  workers = startReadingWorkers({
    stateDbPath: join(folder, 'state.db'),
    store,
    startAfter,
    onSettled: told.settled,
    onStoreState: told.state,
    log: silent,
  });
  return workers;
}

const sqlite = (): StoreConfig => ({ kind: 'sqlite', path: join(folder, 'readings.db') });
const year = { ...key, from: 0, until: t0 * 2 };

describe('the forwarder', () => {
  it('carries what is in the spool at its start, and what comes later when it is poked', async () => {
    spoolReadings(1, [reading(t0), reading(t0 + 1)]);
    const w = start(sqlite());
    await told.settledUpTo(1);
    spoolReadings(2, [reading(t0 + 2)]);
    w.poke(2);
    await told.settledUpTo(2);
    expect(told.settlements.map((s) => s.accepted)).toEqual([2, 1]);
    expect((await w.query(year)).rows.map((row) => row[0])).toEqual([t0, t0 + 1, t0 + 2]);
    expect(told.states).toEqual([{ ok: true, name: 'SQLite' }]);
  });

  it('leaves the rows before its start alone', async () => {
    spoolReadings(7, [reading(t0)]);
    spoolReadings(8, [reading(t0 + 1)]);
    const w = start(sqlite(), 7);
    await told.settledUpTo(8);
    expect((await w.query(year)).rows.map((row) => row[0])).toEqual([t0 + 1]);
  });

  it('stores nothing twice when it begins again from the same rows', async () => {
    spoolReadings(1, [reading(t0), reading(t0 + 1)]);
    await told.until(() => {
      start(sqlite());
      return true;
    });
    await told.settledUpTo(1);
    await workers?.close();
    told = new Told();
    const w = start(sqlite());
    await told.settledUpTo(1);
    expect(told.settlements[0]).toMatchObject({ accepted: 2, rejected: [] });
    expect((await w.query(year)).rows).toHaveLength(2);
  });

  it('goes on after rows that nobody can read, and says which and why', async () => {
    spoolReadings(1, [reading(t0)]);
    spool(2, '{"readings": [broken');
    spool(3, '{"readings": 5, "accessEvents": []}');
    spoolContent(4, { readings: [], accessEvents: [event, { ...event, id: '' }] });
    spool(5, '{"readings": [["sx", "r301"]], "accessEvents": []}');
    spoolReadings(6, [reading(t0 + 1), reading(t0, 99)]);
    const w = start(sqlite());
    await told.settledUpTo(6);
    const unreadable = told.settlements.flatMap((s) => s.unreadable);
    expect(unreadable.map((row) => row.sequence)).toEqual([2, 3, 4]);
    expect(unreadable[0]?.begins).toBe('{"readings": [broken');
    const rejected = told.settlements.flatMap((s) => s.rejected);
    expect(rejected.map((r) => r.why)).toEqual([
      expect.stringContaining('sensor'),
      expect.stringContaining('another value'),
    ]);
    expect((await w.query(year)).rows).toEqual([
      [t0, 20, 1],
      [t0 + 1, 20, 1],
    ]);
  });

  it('reports a touched hour once, and again when something came after its roll-up', async () => {
    spoolReadings(1, [reading(t0), reading(t0 + MINUTE_MS), reading(t0 + HOUR_MS)]);
    const w = start(sqlite());
    await told.settledUpTo(1);
    const hours = told.settlements.flatMap((s) => s.hours);
    expect(hours).toEqual([
      { ...key, hour: t0 },
      { ...key, hour: t0 + HOUR_MS },
    ]);
    const next = async (sequence: number, at: number) => {
      spoolReadings(sequence, [reading(at)]);
      w.poke(sequence);
      await told.settledUpTo(sequence);
      return told.settlements.at(-1)?.hours;
    };
    expect(await next(2, t0 + 2 * MINUTE_MS)).toEqual([]);
    await w.rollUp([{ ...key, hour: t0 }]);
    expect(await next(3, t0 + 3 * MINUTE_MS)).toEqual([{ ...key, hour: t0 }]);
    const series = await w.query({ ...year, stepMs: HOUR_MS });
    expect(series.rows.map((row) => row[4])).toEqual([4, 1]);
  });

  it('keeps everything while the store is away, says so once, and carries it when it is back', async () => {
    const away = join(folder, 'later');
    spoolReadings(1, [reading(t0)]);
    const w = start({ kind: 'sqlite', path: join(away, 'readings.db') });
    await told.until(() => told.states.length > 0);
    expect(told.states).toEqual([{ ok: false, name: 'SQLite', why: expect.any(String) }]);
    expect(told.settlements).toEqual([]);
    await expect(w.query(year)).rejects.toMatchObject({ name: 'StoreUnavailable' });
    const { mkdirSync } = await import('node:fs');
    mkdirSync(away);
    await told.settledUpTo(1);
    expect(told.states.map((s) => s.ok)).toEqual([false, true]);
    expect((await w.query(year)).rows).toHaveLength(1);
  });

  it('hands over a long series by column, and as text ready to be sent', async () => {
    const readings = Array.from({ length: 5_000 }, (_, i) =>
      reading(t0 + i * MINUTE_MS, 20 + i / 7),
    );
    spoolReadings(1, readings);
    const w = start(sqlite());
    await told.settledUpTo(1);
    const series = await w.query(year);
    expect(series.columns?.map((column) => column.length)).toEqual([5_000, 5_000, 5_000]);
    expect(series.rows).toEqual(readings.map((r) => [r.at, r.value, 1]));
    expect(Object.keys(JSON.parse(JSON.stringify(series)) as object).sort()).toEqual([
      'kind',
      'rows',
      'truncated',
    ]);
    const { rows, kind, truncated } = await w.queryJson({ ...year, rowsMax: 4_000 });
    expect(JSON.parse(Buffer.from(rows).toString('utf8'))).toEqual(series.rows.slice(0, 4_000));
    expect([kind, truncated]).toEqual(['readings', true]);
  });

  it('answers no more after it was closed, and closing waits for what is under way', async () => {
    for (let i = 1; i <= 50; i += 1) spoolReadings(i, [reading(t0 + i)]);
    const w = start(sqlite());
    await told.settledUpTo(1);
    await w.close();
    await expect(w.query(year)).rejects.toMatchObject({ name: 'StoreUnavailable' });
    expect(await w.ping()).toMatchObject({ ok: false });
    const db = new DatabaseSync(join(folder, 'readings.db'));
    const stored = Number(db.prepare('SELECT count(*) AS n FROM reading').get()?.['n']);
    db.close();
    expect(stored).toBe(told.settlements.at(-1)?.settledUpTo);
  });
});

describe.runIf(findServer('influxd'))('the forwarder and a real InfluxDB', () => {
  it('loses nothing and doubles nothing when InfluxDB is killed and comes back', async () => {
    const server = await startInflux();
    try {
      const store = { kind: 'influx' as const, url: server.url, database: 'sx', timeoutMs: 5_000 };
      const w = start(store);
      spoolReadings(1, [reading(t0)]);
      w.poke(1);
      await told.settledUpTo(1);
      await server.kill9();
      for (let i = 2; i <= 200; i += 1) spoolReadings(i, [reading(t0 + i)]);
      spoolContent(201, { readings: [], accessEvents: [event] });
      w.poke(201);
      await told.until(() => told.states.at(-1)?.ok === false);
      expect(told.states.at(-1)?.why).toContain('LANTAI_INFLUX_URL');
      await server.start();
      await told.settledUpTo(201);
      expect((await w.query(year)).rows).toHaveLength(200);
      expect(told.states.map((s) => s.ok)).toEqual([true, false, true]);
      expect(told.states.at(-1)?.name).toMatch(/^InfluxDB 1\./);
    } finally {
      await workers?.close();
      await server.remove();
    }
  });
});

describe.runIf(findServer('mosquitto'))('the shipped Mosquitto configuration', () => {
  it('loads, and keeps for an absent subscriber what it acknowledged, over a restart', async () => {
    const { readFileSync } = await import('node:fs');
    const { connectAsync } = await import('mqtt');
    const file = new URL('../../deploy/mosquitto/lantai.conf', import.meta.url);
    const server = await startMosquitto({ config: readFileSync(file, 'utf8') });
    try {
      const session = { clientId: 'lantai', clean: false, reconnectPeriod: 0 };
      const subscriber = await connectAsync(server.url, session);
      await subscriber.subscribeAsync('lantai/#', { qos: 1 });
      await subscriber.endAsync();
      const publisher = await connectAsync(server.url, { reconnectPeriod: 0 });
      const count = 2_500; // More than the 1,000 that Mosquitto keeps without the setting.
      await Promise.all(
        Array.from({ length: count }, (_, i) =>
          publisher.publishAsync('lantai/sx/th-1/telemetry', String(i), { qos: 1 }),
        ),
      );
      await publisher.endAsync();
      await server.stop();
      await server.start();
      const { connect } = await import('mqtt');
      const again = connect(server.url, session);
      const got = new Set<string>();
      await new Promise<void>((resolve) => {
        again.on('message', (_topic, payload) => {
          got.add(String(payload));
          if (got.size === count) resolve();
        });
      });
      await again.endAsync();
      expect(got.size).toBe(count);
    } finally {
      await server.remove();
    }
  });
});
