/** The reading store behind two threads: one forwards the spool, one answers questions. */

import { StoreUnavailable, type ReadingQuery, type Series } from '../../domain/ports.ts';
import type { PeriodAnswer } from '../../domain/preservation/period.ts';
import type { SeriesHour } from '../../domain/series.ts';
import type { ClimatePeriodQuery } from '../stores/climate-period.ts';
import { toSeries, type ColumnSeries } from '../stores/columns.ts';
import type { StoreConfig } from '../stores/open-store.ts';
import type { Settlement, StoreState, WorkerStart } from './messages.ts';
import { superviseWorker, type SupervisedWorker, type WorkerLog } from './supervised-worker.ts';

export type { Settlement, StoreState, UnreadableRow } from './messages.ts';
export type { WorkerLog } from './supervised-worker.ts';
export type { StoreConfig } from '../stores/open-store.ts';

export interface ForwarderConfig {
  /** Must exist and have its `spool` table; it is opened read-only. */
  readonly stateDbPath: string;
  readonly store: StoreConfig;
  /** Until then nothing may open the spool. Unset: at once. */
  readonly spoolOpens?: Promise<void>;
  /** Both workers start then; what is asked before waits. Unset: at once. */
  readonly begin?: Promise<void>;
  /** Spool rows up to here are settled already. */
  readonly startAfter?: number;
  readonly onSettled: (settlement: Settlement) => void;
  /** At each change, and once after the start. */
  readonly onStoreState: (state: StoreState) => void;
  readonly log: WorkerLog;
}

export interface Forwarder {
  /** There are new spool rows, the last of this sequence. Cheap: call it after each commit. */
  poke(sequence: number): void;
  /** Recomputes these hours. Rejects with `StoreUnavailable`: ask again later. */
  rollUp(hours: readonly SeriesHour[]): Promise<void>;
  /** Finishes the batch under way, at most 5 s. */
  close(): Promise<void>;
}

export interface ReadingReader {
  /** Rejects with `StoreUnavailable` while the store is away. */
  query(query: ReadingQuery): Promise<Series>;
  /** The same with its rows as JSON text, made in the worker: for long series on their way to a browser. */
  queryJson(query: ReadingQuery): Promise<SeriesJson>;
  /** What the climate of a pair of sensors meant over a period. Rejects with `StoreUnavailable`. */
  climatePeriod(query: ClimatePeriodQuery): Promise<PeriodAnswer>;
  ping(): Promise<{ readonly ok: boolean; readonly why?: string }>;
  close(): Promise<void>;
}

export interface SeriesJson extends Pick<Series, 'kind' | 'truncated'> {
  /** UTF-8 of `[[at,value,quality],…]` or `[[at,mean,min,max,count,good],…]`. */
  readonly rows: Uint8Array;
}

export type ReadingWorkers = Forwarder & ReadingReader;

/** Both workers on one store. */
export function startReadingWorkers(config: ForwarderConfig): ReadingWorkers {
  const { spoolOpens, begin } = config;
  const ready = spoolOpens && begin ? begin.then(() => spoolOpens) : (spoolOpens ?? begin);
  const forwarder = ready ? startLater(ready, config) : startForwarder(config);
  const reader = begin ? startReaderLater(begin, config) : startReader(config);
  return {
    ...forwarder,
    ...reader,
    close: async () => {
      await Promise.all([forwarder.close(), reader.close()]);
    },
  };
}

/** It looks at the spool by itself when it starts: what it was poked for before that is found. */
function startLater(spoolOpens: Promise<void>, config: ForwarderConfig): Forwarder {
  let forwarder: Forwarder | undefined;
  let isClosed = false;
  void spoolOpens.then(() => {
    if (!isClosed) forwarder = startForwarder(config);
  });
  return {
    poke: (sequence) => forwarder?.poke(sequence),
    rollUp: async (hours) => {
      if (!forwarder) throw new StoreUnavailable('nothing is carried before the spool is open');
      await forwarder.rollUp(hours);
    },
    close: async () => {
      isClosed = true;
      await forwarder?.close();
    },
  };
}

/** Questions wait for it; closed before, it never starts. */
function startReaderLater(
  begin: Promise<void>,
  config: Pick<ForwarderConfig, 'store' | 'log'>,
): ReadingReader {
  let there: ReadingReader | undefined;
  let isClosed = false;
  const started = begin.then(() => {
    if (!isClosed) there = startReader(config);
  });
  const reader = async (): Promise<ReadingReader> => {
    await started;
    if (!there) throw new StoreUnavailable('the reading store is closed');
    return there;
  };
  return {
    query: async (query) => (await reader()).query(query),
    queryJson: async (query) => (await reader()).queryJson(query),
    climatePeriod: async (query) => (await reader()).climatePeriod(query),
    ping: async () => (await reader()).ping(),
    close: async () => {
      isClosed = true;
      await there?.close();
    },
  };
}

/** The worker that carries spool rows into the store and rolls hours up. */
function startForwarder(config: ForwarderConfig): Forwarder {
  const wanted = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const flag = new Int32Array(wanted);
  let settledUpTo = config.startAfter ?? 0;
  let name = config.store.kind === 'sqlite' ? 'SQLite' : 'InfluxDB';
  const worker = superviseWorker({
    name: 'forwarder',
    file: new URL('./forward-worker.ts', import.meta.url),
    workerData: (): WorkerStart => ({ ...start(config), wanted, startAfter: settledUpTo }),
    onMessage: (message) => {
      if (message.kind === 'settled') {
        settledUpTo = message.settlement.settledUpTo;
        config.onSettled(message.settlement);
      } else if (message.kind === 'state') {
        name = message.state.name;
        if (!message.state.ok) config.log.warn({ ...message.state }, 'reading store unavailable');
        config.onStoreState(message.state);
      }
    },
    onBroken: (why) => config.onStoreState({ ok: false, name, why }),
    log: config.log,
  });
  return {
    poke: (sequence) => {
      // A worker that is busy looks again by itself: only a waiting one needs a message.
      if (sequence > settledUpTo && Atomics.exchange(flag, 0, 0) === 1) {
        worker.post({ kind: 'poke' });
      }
    },
    rollUp: async (hours) => {
      await worker.ask({ kind: 'roll-up', hours });
    },
    close: () => worker.close(),
  };
}

/** The worker that answers questions. */
function startReader(config: Pick<ForwarderConfig, 'store' | 'log'>): ReadingReader {
  const worker: SupervisedWorker = superviseWorker({
    name: 'reader',
    file: new URL('./query-worker.ts', import.meta.url),
    workerData: () => start({ ...config, stateDbPath: '' }),
    onMessage: () => undefined,
    onBroken: () => undefined,
    log: config.log,
  });
  return {
    query: async (query) => toSeries((await worker.ask({ kind: 'query', query })) as ColumnSeries),
    queryJson: async (query) => (await worker.ask({ kind: 'query-json', query })) as SeriesJson,
    climatePeriod: async (query) =>
      (await worker.ask({ kind: 'climate-period', query })) as PeriodAnswer,
    ping: async () => {
      try {
        return (await worker.ask({ kind: 'ping' })) as { ok: boolean; why?: string };
      } catch (error) {
        return { ok: false, why: error instanceof Error ? error.message : String(error) };
      }
    },
    close: () => worker.close(),
  };
}

function start(config: Pick<ForwarderConfig, 'store' | 'stateDbPath'>): WorkerStart {
  const { store, stateDbPath } = config;
  return { store, stateDbPath, startAfter: 0, wanted: new SharedArrayBuffer(4) };
}
