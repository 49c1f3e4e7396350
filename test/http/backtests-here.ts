/** The edge of the HTTP tests: back-tests are played in this thread, over what the test says was received. */

import type { ReadingStore, ReceivedColumns } from '../../domain/ports.ts';
import type { Registry } from '../../domain/registry.ts';
import { loadKnowledge } from '../../alerts/index.ts';
import type { Play } from '../../server/backtests/backtests.ts';
import { runBacktest } from '../../server/backtests/run-backtest.ts';
import { queriesOver, type MemoryStore } from './memory-store.ts';

export type Received = ReadingStore['received'];

const none = new Float64Array();
export const NO_READINGS: ReceivedColumns = {
  at: none,
  value: none,
  quality: none,
  receivedAt: none,
  historical: none,
};

export function playHere(parts: {
  readonly store: MemoryStore;
  readonly registry: Registry;
  readonly state: { readonly received: Received };
}): Play {
  const { store, registry, state } = parts;
  return (question, onProgress) => {
    const stopped = Promise.withResolvers<never>();
    const result = runBacktest(question, {
      structure: {
        registry,
        limitChanges: store.rows('limit_change'),
        standardsChoices: store.rows('standards_choice'),
        outOfService: [],
      },
      knowledge: loadKnowledge(),
      readings: { received: (query) => state.received(query) },
      queries: queriesOver(store),
      onProgress,
    });
    return {
      result: Promise.race([result, stopped.promise]),
      stop: async () => stopped.reject(new Error('stopped')),
    };
  };
}
