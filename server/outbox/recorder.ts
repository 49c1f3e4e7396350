/** Writes down what became of messages, gathered while the last commit ran; a commit that fails is tried again. */

import type { OutboxMessage } from '../../domain/outbox.ts';
import type { Put } from '../../domain/tick.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { Services } from '../services.ts';

/** Calls `run` after `delayMs`; the returned function calls it off. */
export type SetTimer = (run: () => void, delayMs: number) => () => void;

export interface Recorder {
  record(row: OutboxMessage): void;
  /** Rows that are not committed yet. */
  size(): number;
  /** Resolves when all rows are committed, or the commit that runs now has failed. */
  flushed(): Promise<void>;
  stop(): void;
}

const RETRY_MS = 2 * SECOND_MS;
/** Rows in one commit. */
const ROWS_MAX = 500;

export function createRecorder(config: {
  readonly commit: (puts: readonly Put[]) => Promise<void>;
  readonly setTimer: SetTimer;
  readonly log: Pick<Services['log'], 'warn'>;
}): Recorder {
  const waiting = new Map<string, OutboxMessage>();
  let running: Promise<void> | undefined;
  let cancelRetry: (() => void) | undefined;
  let stopped = false;

  const commitBatch = async (): Promise<boolean> => {
    const rows = [...waiting.values()].slice(0, ROWS_MAX);
    for (const row of rows) waiting.delete(row.key);
    try {
      await config.commit(rows.map((row) => ({ table: 'outbox', mode: 'upsert', row })));
      return true;
    } catch (error) {
      // What was recorded meanwhile is newer and stays.
      for (const row of rows) if (!waiting.has(row.key)) waiting.set(row.key, row);
      config.log.warn({ err: error, rows: rows.length }, 'deliveries could not be recorded yet');
      return false;
    }
  };

  const drain = async (): Promise<void> => {
    while (waiting.size > 0) {
      if (await commitBatch()) continue;
      if (!stopped) cancelRetry = config.setTimer(start, RETRY_MS);
      return;
    }
  };

  const start = (): void => {
    cancelRetry?.();
    cancelRetry = undefined;
    running ??= drain().finally(() => {
      running = undefined;
      // Something may have been recorded between the last look and here.
      if (waiting.size > 0 && cancelRetry === undefined && !stopped) start();
    });
  };

  return {
    record: (row) => {
      waiting.set(row.key, row);
      if (cancelRetry === undefined) start();
    },
    size: () => waiting.size,
    flushed: async () => {
      start();
      await running;
    },
    stop: () => {
      stopped = true;
      cancelRetry?.();
    },
  };
}
