/** The worker that reads: a year's chart waits for nothing but itself, and delays neither alarms nor forwarding. */

import { parentPort, workerData } from 'node:worker_threads';
import { climatePeriod } from '../stores/climate-period.ts';
import { columnsOf, rowsToJson } from '../stores/columns.ts';
import { createReadingStore } from '../stores/open-store.ts';
import { toPlain, type FromWorker, type ToWorker, type WorkerStart } from './messages.ts';

const start = workerData as WorkerStart;
const store = createReadingStore(start.store);
// Connecting is not for the first question to wait for; when it fails, the first question says so.
if (start.store.kind === 'influx') void store.open().catch(() => undefined);

parentPort?.on('message', (message: ToWorker) => {
  if (message.kind === 'request') void answer(message);
  else if (message.kind === 'close') void store.close().then(() => parentPort?.close());
});

async function answer({ id, request }: ToWorker & { readonly kind: 'request' }): Promise<void> {
  const post = (message: FromWorker, transfer: readonly ArrayBuffer[] = []): void =>
    parentPort?.postMessage(message, transfer);
  try {
    if (request.kind === 'ping') {
      post({ kind: 'answer', id, result: await store.ping() });
    } else if (request.kind === 'roll-up') {
      throw new Error('the query worker does not write');
    } else if (request.kind === 'climate-period') {
      post({ kind: 'answer', id, result: await climatePeriod(store, request.query) });
    } else {
      const series = columnsOf(await store.query(request.query));
      const { kind, truncated, columns } = series;
      if (request.kind === 'query') {
        const buffers = columns.map((column) => column.buffer);
        post({ kind: 'answer', id, result: { kind, truncated, columns } }, buffers);
      } else {
        const rows = rowsToJson(columns);
        post({ kind: 'answer', id, result: { kind, truncated, rows } }, [rows.buffer]);
      }
    }
  } catch (error) {
    post({ kind: 'failure', id, error: toPlain(error) });
  }
}
