import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEngine, loadKnowledge, type Engine } from '../../../alerts/index.ts';
import { SNAPSHOT_INTERVAL_MS, SNAPSHOT_SPREAD_MS } from '../../../domain/bounds.ts';
import type { Decoded } from '../../../domain/intake.ts';
import type { MetricName } from '../../../domain/metrics.ts';
import { EMPTY_REGISTRY, type Registry } from '../../../domain/registry.ts';
import { SpoolSeries } from '../../../domain/spool-series.ts';
import { unpackSpool } from '../../../domain/spool.ts';
import { openStateQueries, Reader } from '../../../server/store/queries.ts';
import { loadSavedState, uncoveredSpool } from '../../../server/store/saved-state.ts';
import {
  openSqliteStateStore,
  type SqliteStateStore,
} from '../../../server/store/sqlite-state-store.ts';
import { JournalBook } from '../../../server/tick/journal-book.ts';
import type { TickNews } from '../../../server/tick/news.ts';
import { Preparation } from '../../../server/tick/prepare.ts';
import { QuarantineBook } from '../../../server/tick/quarantine-book.ts';
import { SpoolLedger } from '../../../server/tick/spool-ledger.ts';
import { Tick } from '../../../server/tick/tick.ts';

/** Goal: the tick's invariants. Method: the real engine and the real store; only the disk is made to fail. */

const START = Date.UTC(2026, 2, 2, 3, 0, 0);

function registry(): Registry {
  const at = { repository: 'r' };
  return {
    ...EMPTY_REGISTRY,
    repositories: new Map([['r', { id: 'r', name: '试验馆', timezone: 'Asia/Shanghai' }]]),
    rooms: new Map([['r.a', { ...at, id: 'a', name: 'A', class: 'paper' as const }]]),
    sensors: new Map([
      ['r.s1', { ...at, id: 's1', room: 'a', metrics: ['smoke'] }],
      ['r.s2', { ...at, id: 's2', room: 'a', metrics: ['smoke'] }],
      ['r.t1', { ...at, id: 't1', room: 'a', metrics: ['temperature'] }],
    ]),
  };
}

function message(sensor: string, metric: MetricName, q: { value: number; at: number }): Decoded {
  const reading = {
    repository: 'r',
    room: 'a',
    sensor,
    metric,
    value: q.value,
    quality: 1 as const,
    at: q.at,
    receivedAt: q.at,
  };
  return {
    readings: [reading],
    accessEvents: [],
    statuses: [],
    issues: [],
    quarantine: [],
    nulls: 0,
    duplicates: 0,
  };
}

class Rig {
  readonly store: SqliteStateStore;
  readonly reader: Reader;
  readonly engine: Engine;
  readonly tick: Tick;
  readonly news: TickNews[] = [];
  readonly toldUnstored = new Set<string>();
  now = START;
  broken: Error | undefined;

  constructor(path: string, more: { readonly bornMs?: number } = {}) {
    const store = openSqliteStateStore(path);
    this.store = store;
    this.reader = new Reader(path);
    const saved = loadSavedState(this.reader);
    const series = new SpoolSeries();
    series.load(saved.spoolSeries);
    this.engine = createEngine({ ...loadKnowledge(), registry: registry(), limitChanges: [] });
    this.engine.restore(saved);
    for (const row of uncoveredSpool(this.reader, saved.coveredSpool)) {
      const { readings } = unpackSpool(row.payload, (number) => series.nameOf(number));
      this.engine.replay(
        readings.map((reading) => ({ kind: 'reading' as const, reading })),
        readings[0]?.receivedAt ?? START,
      );
    }
    const ledger = new SpoolLedger({
      entries: saved.spool,
      last: saved.lastSpool,
      covered: saved.coveredSpool,
    });
    this.tick = new Tick({
      preparation: new Preparation({
        engine: this.engine,
        ledger,
        series,
        journal: new JournalBook(saved.journalHeads),
        quarantine: new QuarantineBook(saved.quarantineIds),
        newId: () => crypto.randomUUID(),
        steadyMs: () => this.now,
        snapshotOthers: () => [],
      }),
      store: {
        commit: (batch) => (this.broken ? Promise.reject(this.broken) : store.commit(batch)),
        close: () => store.close(),
      },
      ledger,
      reserve: {
        held: true,
        release: () => undefined,
        restore: () => true,
        isDiskFull: () => false,
      },
      now: () => this.now,
      steadyMs: () => this.now,
      ...more,
      newId: () => crypto.randomUUID(),
      log: pino({ level: 'silent' }),
      forget: () => undefined,
      committed: (news) => this.news.push(news),
      tellUnstored: ({ alarms }) => {
        for (const alarm of alarms) if (alarm.safety) this.toldUnstored.add(alarm.rule);
      },
    });
  }

  /** Sends and waits for the acknowledgement; what was said when it was not stored. */
  send(decoded: Decoded): Promise<Error | undefined> {
    return new Promise((resolve) => this.tick.message(decoded, resolve));
  }

  close(): void {
    this.reader.close();
    this.store.close();
  }
}

/** A turn of the event loop, so that what was queued is run. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !condition(); i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(condition()).toBe(true);
}

let folder: string;
let rig: Rig;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lantai-tick-'));
  rig = new Rig(join(folder, 'state.db'));
});
afterEach(() => {
  rig.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the tick', () => {
  it('acknowledges a message only after the commit that holds it and its alarm', async () => {
    expect(await rig.send(message('s1', 'smoke', { value: 1, at: START }))).toBeUndefined();
    const stored = loadSavedState(rig.reader);
    expect(stored.alarms.map((alarm) => alarm.rule)).toEqual(['smoke-alarm']);
    expect(stored.spool).toHaveLength(1);
  });

  it('tells nobody, and remembers nothing, before the commit', async () => {
    rig.broken = new Error('no disk');
    let acknowledged = false;
    rig.tick.message(message('s1', 'smoke', { value: 1, at: START }), () => {
      acknowledged = true;
    });
    await turn();
    await turn();
    expect({ acknowledged, news: rig.news.length, open: rig.engine.openAlarms().length }).toEqual({
      acknowledged: false,
      news: 0,
      open: 0,
    });
  });

  it('lets climate data that comes right after a commit wait, and takes it along with a fire', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const climate = (at: number) => message('t1', 'temperature', { value: 20, at });
      await rig.send(climate(START));
      const waiting = [rig.send(climate(START + 1)), rig.send(climate(START + 2))];
      await turn();
      await turn();
      expect(rig.tick.figures().commits).toBe(1);
      await rig.send(message('s1', 'smoke', { value: 1, at: START + 3 }));
      await Promise.all(waiting);
      expect(rig.tick.figures().commits).toBe(2);
      const last = rig.send(climate(START + 4));
      await vi.advanceTimersByTimeAsync(5);
      await last;
      expect(rig.tick.figures().commits).toBe(3);
    } finally {
      vi.useRealTimers();
    }
  });

  it('stores everything, once and with its own moments, when the store comes back', async () => {
    rig.broken = new Error('no disk');
    const first = rig.send(message('s1', 'smoke', { value: 1, at: START }));
    await turn();
    rig.now = START + 60_000;
    const second = rig.send(message('s2', 'smoke', { value: 1, at: START + 60_000 }));
    await until(() => rig.tick.figures().commitFailures > 1);
    rig.now = START + 120_000;
    rig.broken = undefined;
    expect(await Promise.all([first, second])).toEqual([undefined, undefined]);
    const { alarms, incidents } = loadSavedState(rig.reader);
    const raised = Object.fromEntries(alarms.map((a) => [`${a.rule}/${a.subject.id}`, a.raisedAt]));
    expect(raised).toMatchObject({
      'smoke-alarm/s1': START,
      'smoke-alarm/s2': START + 60_000,
      'fire-confirmed/a': START + 60_000,
    });
    expect(incidents).toHaveLength(1);
  });

  it('tells safety alarms after three seconds without a commit, and climate ones never', async () => {
    rig.broken = new Error('no disk');
    void rig.send(message('s1', 'smoke', { value: 1, at: START }));
    await turn();
    expect(rig.toldUnstored.size).toBe(0);
    rig.now = START + 3_500;
    await until(() => rig.toldUnstored.size > 0);
    expect([...rig.toldUnstored]).toEqual(['smoke-alarm']);
    rig.broken = undefined;
    await until(() => rig.news.length > 0);
  });

  it('tells at once after a start that took three seconds, when its first commit fails', async () => {
    rig.close();
    rig = new Rig(join(folder, 'state.db'), { bornMs: START - 3_500 });
    rig.broken = new Error('no disk');
    void rig.send(message('s1', 'smoke', { value: 1, at: START }));
    await turn();
    expect([...rig.toldUnstored]).toEqual(['smoke-alarm']);
    rig.broken = undefined;
    await until(() => rig.news.length > 0);
  });

  it('refuses a command that waited ten seconds, so that it does not happen unexpectedly', async () => {
    rig.broken = new Error('no disk');
    const answer = rig.tick.command({ kind: 'acknowledge-alarm', alarm: 'r.x', by: '值班员甲' });
    await turn();
    rig.now = START + 11_000;
    await expect(answer).rejects.toThrow(/nothing can be stored now/);
    rig.broken = undefined;
  });

  it('stores a change and its journal line together, chained', async () => {
    await rig.tick.commit({
      puts: [{ table: 'fact', mode: 'upsert', row: { id: 'f', at: 1, body: '1' } }],
      journal: [{ repository: 'r', at: 1, by: 'x', action: 'a.b' }],
    });
    await rig.tick.commit({ journal: [{ repository: 'r', at: 2, by: 'x', action: 'a.c' }] });
    const chain = [...openStateQueries(rig.reader).journalChain('r')];
    expect(chain.map((entry) => entry.sequence)).toEqual([1, 2]);
    expect(chain[1]?.previousHash).toBe(chain[0]?.hash);
  });

  it('refuses a change that breaks a key, and stores what came with it', async () => {
    const row = { id: 'f', at: 1, body: '1' };
    const put = { table: 'fact' as const, mode: 'insert' as const, row };
    await rig.tick.commit({ puts: [put] });
    const again = rig.tick.commit({ puts: [put] });
    const fire = rig.send(message('s1', 'smoke', { value: 1, at: START }));
    await expect(again).rejects.toThrow(/there already/);
    expect(await fire).toBeUndefined();
    expect(loadSavedState(rig.reader).alarms).toHaveLength(1);
  });

  it('goes on after a restart in the middle: the second detector confirms the first', async () => {
    await rig.send(message('s1', 'smoke', { value: 1, at: START }));
    rig.close();
    rig = new Rig(join(folder, 'state.db'));
    rig.now = START + 60_000;
    await rig.send(message('s2', 'smoke', { value: 1, at: START + 60_000 }));
    expect(
      loadSavedState(rig.reader)
        .alarms.map((alarm) => alarm.rule)
        .toSorted(),
    ).toEqual(['fire-confirmed', 'smoke-alarm', 'smoke-alarm']);
  });

  it('keeps a spool row until it is stored and covered', async () => {
    await rig.send(message('t1', 'temperature', { value: 20, at: START }));
    rig.tick.settled({ settledUpTo: 1, accepted: 1, rejected: [], hours: [] });
    rig.now = START + SNAPSHOT_INTERVAL_MS;
    rig.tick.clock();
    await turn();
    rig.now += SNAPSHOT_SPREAD_MS;
    rig.tick.clock();
    await until(() => loadSavedState(rig.reader).coveredSpool >= 1);
    rig.tick.clock();
    await until(() => loadSavedState(rig.reader).spool.length === 0);
    // The next row does not take a number that was used.
    await rig.send(message('t1', 'temperature', { value: 21, at: START + SNAPSHOT_INTERVAL_MS }));
    expect(loadSavedState(rig.reader).lastSpool).toBe(2);
  });

  describe('a snapshot in pieces', () => {
    const written = () =>
      rig.reader.rows<{ n: number }>('SELECT COUNT(*) AS n FROM rule_state')[0]?.n;
    const remembered = () =>
      rig.engine
        .step([], rig.now, { snapshot: true })
        .ruleStates.flatMap((kept) => kept.rows())
        .find((row) => row.id === 'alerts/r.t1')?.body;
    const say = (value: number) =>
      rig.send(message('t1', 'temperature', { value, at: rig.now - 1_000 }));

    /** Half of it is committed. */
    async function half(): Promise<void> {
      rig.now += SNAPSHOT_INTERVAL_MS;
      await say(20);
      rig.now += SNAPSHOT_SPREAD_MS / 2;
      await say(21);
    }

    it('that was cut off counts for nothing', async () => {
      await half();
      expect(written()).toBeGreaterThan(0);
      const whole = rig.reader.rows("SELECT id FROM rule_state WHERE id = 'alerts/engine'");
      expect(whole).toEqual([]);
      const { coveredSpool, ruleStates } = loadSavedState(rig.reader);
      expect([coveredSpool, ruleStates.length]).toEqual([0, 0]);
      const before = remembered();
      rig.close();
      const { now } = rig;
      rig = new Rig(join(folder, 'state.db'));
      rig.now = now;
      expect(before).toContain('21');
      expect(remembered()).toBe(before);
      expect(written()).toBe(0);
    });

    it('that is whole counts, and the one before it goes', async () => {
      for (let i = 0; i < 3; i += 1) {
        await half();
        rig.now += SNAPSHOT_SPREAD_MS / 2;
        await say(22 + i);
        const { coveredSpool, ruleStates, lastSpool } = loadSavedState(rig.reader);
        // As of its beginning, before what came while it was written.
        expect(coveredSpool).toBe(lastSpool - 2);
        expect(ruleStates.find((row) => row.id === 'alerts/r.t1')?.body).toContain('"value":20');
        expect(written()).toBeLessThanOrEqual(2 * ruleStates.length);
      }
      const before = remembered();
      rig.close();
      const { now } = rig;
      rig = new Rig(join(folder, 'state.db'));
      rig.now = now;
      expect(remembered()).toBe(before);
    });

    it('loses no piece with a commit that fails', async () => {
      rig.now += SNAPSHOT_INTERVAL_MS;
      await say(20);
      for (let i = 0; i < 5; i += 1) {
        rig.broken = i % 2 === 0 ? new Error('no') : undefined;
        rig.now += SNAPSHOT_SPREAD_MS / 4;
        rig.tick.clock();
        await turn();
      }
      rig.broken = undefined;
      await until(() => loadSavedState(rig.reader).coveredSpool === 1);
      const ids = loadSavedState(rig.reader).ruleStates.map((row) => row.id);
      expect(ids).toContain('alerts/r.t1');
      expect(ids).toContain('alerts/engine');
    });

    it('is whole when Lantai ends', async () => {
      await half();
      await rig.tick.close();
      const { coveredSpool, lastSpool, ruleStates } = loadSavedState(rig.reader);
      expect(coveredSpool).toBe(lastSpool);
      expect(ruleStates.find((row) => row.id === 'alerts/r.t1')?.body).toContain('"value":21');
    });
  });
});
