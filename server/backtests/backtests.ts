/** Back-tests that people asked for: one runs at a time, a few wait, and the last results are kept in memory. */

import { Worker } from 'node:worker_threads';
import type { BacktestResult, BacktestView } from '../../domain/backtest.ts';
import type { StoreConfig } from '../../gateway/stores/open-store.ts';
import type { BacktestQuestion, Backtests, BacktestTask, FromBacktest } from './backtest-types.ts';

/** Our own proposals: a second one would take the other half of a small machine. */
export const RUNNING_MAX = 1;
export const WAITING_MAX = 4;
const KEPT_MAX = 20;
/** The heap of the worker, MB: a chunk of days and two engines. */
const HEAP_MB_MAX = 512;

/** One that is being played. */
export interface Running {
  /** Rejects with the reason in words; never when it was stopped. */
  readonly result: Promise<BacktestResult>;
  stop(): Promise<void>;
}

export type Play = (question: BacktestQuestion, onProgress: (done: number) => void) => Running;

interface Entry {
  view: BacktestView;
  readonly question: BacktestQuestion;
  running?: Running;
}

export function createBacktests(parts: {
  readonly play: Play;
  readonly newId: () => string;
}): Backtests {
  const entries = new Map<string, Entry>();
  const inState = (state: BacktestView['state']): readonly Entry[] =>
    [...entries.values()].filter((entry) => entry.view.state === state);
  const next = (): void => {
    const [entry] = inState('waiting');
    if (!entry || inState('running').length >= RUNNING_MAX) return;
    const tell = (news: Partial<BacktestView>): void => {
      entry.view = { ...entry.view, ...news };
    };
    tell({ state: 'running' });
    const running = parts.play(entry.question, (progress) => tell({ progress }));
    entry.running = running;
    const ends = (news: Partial<BacktestView>): void => {
      // What was cancelled meanwhile stays so.
      if (entry.view.state === 'running') tell(news);
      delete entry.running;
      next();
    };
    running.result.then(
      (result) => ends({ state: 'done', progress: 1, result }),
      (error: unknown) => {
        ends({ state: 'failed', why: error instanceof Error ? error.message : String(error) });
      },
    );
  };
  return {
    start: ({ by, question }) => {
      if (inState('waiting').length >= WAITING_MAX) return undefined;
      const id = parts.newId();
      const { room, from, until } = question;
      const view: BacktestView = { id, room, by, from, until, state: 'waiting', progress: 0 };
      entries.set(id, { view, question });
      forgetOldest(entries);
      next();
      return entries.get(id)?.view;
    },
    get: (id) => entries.get(id)?.view,
    cancel: (id) => {
      const entry = entries.get(id);
      if (!entry) return;
      entry.view = { ...entry.view, state: 'cancelled' };
      entries.delete(id);
      void entry.running?.stop().then(next);
      if (!entry.running) next();
    },
    close: async () => {
      const running = [...entries.values()].flatMap((entry) => entry.running ?? []);
      entries.clear();
      await Promise.all(running.map((one) => one.stop()));
    },
  };
}

function forgetOldest(entries: Map<string, Entry>): void {
  for (const [id, { view }] of entries) {
    if (entries.size <= KEPT_MAX) return;
    if (view.state !== 'running' && view.state !== 'waiting') entries.delete(id);
  }
}

/** Plays in a worker thread over these stores. */
export function playInWorker(stores: {
  readonly store: StoreConfig;
  readonly stateDbPath: string;
}): Play {
  return (question, onProgress) => {
    const task: BacktestTask = { ...stores, question };
    const worker = new Worker(new URL('./backtest-worker.ts', import.meta.url), {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
    });
    const { promise, resolve, reject } = Promise.withResolvers<BacktestResult>();
    worker.on('message', (message: FromBacktest) => {
      if (message.kind === 'progress') onProgress(message.done);
      else if (message.kind === 'done') resolve(message.result);
      else reject(new Error(message.why));
    });
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error('the worker ended without a result')));
    return {
      result: promise,
      stop: async () => {
        await worker.terminate();
      },
    };
  };
}
