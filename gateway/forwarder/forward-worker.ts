/** The worker that owns the writing side of the reading store: forwards the spool and rolls up hours. */

import { parentPort, workerData } from 'node:worker_threads';
import { createReadingStore } from '../stores/open-store.ts';
import { ForwardLoop } from './forward-loop.ts';
import { toPlain, type FromWorker, type ToWorker, type WorkerStart } from './messages.ts';
import { createSpoolReader } from './spool-reader.ts';
import { createTouchedHours } from './touched-hours.ts';

const start = workerData as WorkerStart;
const store = createReadingStore(start.store);
const spool = createSpoolReader(start.stateDbPath);
const hours = createTouchedHours();
const wanted = new Int32Array(start.wanted);
const post = (message: FromWorker): void => parentPort?.postMessage(message);

const loop = new ForwardLoop({
  spool,
  store,
  hours,
  startAfter: start.startAfter,
  onSettled: (settlement) => post({ kind: 'settled', settlement }),
  onState: (state) => post({ kind: 'state', state }),
  arm: () => Atomics.store(wanted, 0, 1),
  chance: Math.random,
});

parentPort?.on('message', (message: ToWorker) => {
  if (message.kind === 'poke') loop.wake();
  else if (message.kind === 'close') loop.end();
  else void answer(message);
});

await loop.run();
await store.close();
spool.close();
parentPort?.close();

async function answer({ id, request }: ToWorker & { readonly kind: 'request' }): Promise<void> {
  try {
    if (request.kind !== 'roll-up')
      throw new Error(`the forwarder does not answer ${request.kind}`);
    hours.forget(request.hours);
    await store.rollUp(request.hours);
    post({ kind: 'answer', id, result: undefined });
  } catch (error) {
    post({ kind: 'failure', id, error: toPlain(error) });
  }
}
