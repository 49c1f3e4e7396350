/** A back-test in a thread of its own: a year's replay delays no alarm and no chart. */

import { parentPort, workerData } from 'node:worker_threads';
import { loadKnowledge } from '../../alerts/index.ts';
import type { BacktestResult } from '../../domain/backtest.ts';
import { createReadingStore } from '../../gateway/stores/open-store.ts';
import { openStateQueries, Reader } from '../store/queries.ts';
import { loadStructure } from '../structure.ts';
import type { BacktestTask, FromBacktest } from './backtest-types.ts';
import { runBacktest } from './run-backtest.ts';

const PROGRESS_EVERY_MS = 250;

/** Plays a task over the stores that it names, beside whoever writes them. */
export async function playTask(
  { question, store: config, stateDbPath }: BacktestTask,
  onProgress: (done: number) => void,
): Promise<BacktestResult> {
  const reader = new Reader(stateDbPath);
  const readings = createReadingStore(
    config.kind === 'sqlite' ? { ...config, readOnly: true } : config,
  );
  try {
    const structure = loadStructure(reader);
    const queries = openStateQueries(reader);
    const sources = { structure, queries, readings, knowledge: loadKnowledge(), onProgress };
    return await runBacktest(question, sources);
  } finally {
    await readings.close();
    reader.close();
  }
}

async function work(task: BacktestTask, post: (message: FromBacktest) => void): Promise<void> {
  let saidAtMs = 0;
  const onProgress = (done: number): void => {
    if (performance.now() - saidAtMs < PROGRESS_EVERY_MS) return;
    saidAtMs = performance.now();
    post({ kind: 'progress', done });
  };
  try {
    post({ kind: 'done', result: await playTask(task, onProgress) });
  } catch (error) {
    post({ kind: 'failed', why: error instanceof Error ? error.message : String(error) });
  }
}

const port = parentPort;
if (port)
  void work(workerData as BacktestTask, (message) => port.postMessage(message)).then(() =>
    port.close(),
  );
