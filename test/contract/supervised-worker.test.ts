import { afterEach, describe, expect, it } from 'vitest';
import {
  superviseWorker,
  type SupervisedWorker,
} from '../../gateway/forwarder/supervised-worker.ts';

/** Breaks when it is poked, answers a ping, and leaves every other question open. */
const fragile = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', (message) => {
      if (message.kind === 'poke') throw new Error('it fell over');
      if (message.kind === 'close') parentPort.close();
      if (message.request?.kind === 'ping') {
        parentPort.postMessage({ kind: 'answer', id: message.id, result: 'here' });
      }
    });`)}`,
);

let worker: SupervisedWorker | undefined;
afterEach(async () => {
  await worker?.close();
});

function start(onBroken: (why: string) => void, logged: object[] = []): SupervisedWorker {
  worker = superviseWorker({
    name: 'fragile',
    file: fragile,
    workerData: () => undefined,
    onMessage: () => undefined,
    onBroken,
    log: { warn: (fields) => logged.push(fields), error: (fields) => logged.push(fields) },
  });
  return worker;
}

describe('a supervised worker', () => {
  it('is started again when it breaks, and says why it broke', async () => {
    const logged: object[] = [];
    const broken = Promise.withResolvers<string>();
    const w = start(broken.resolve, logged);
    expect(await w.ask({ kind: 'ping' })).toBe('here');
    w.post({ kind: 'poke' });
    expect(await broken.promise).toContain('it fell over');
    expect(logged).toEqual([{ worker: 'fragile', why: 'it fell over', inMs: 1_000 }]);
    const back = async (): Promise<unknown> => {
      const until = performance.now() + 10_000;
      for (;;) {
        try {
          return await w.ask({ kind: 'ping' });
        } catch (error) {
          if (performance.now() > until) throw error;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    };
    expect(await back()).toBe('here');
  });

  it('leaves no question open when it breaks', async () => {
    const w = start(() => undefined);
    const open = w.ask({ kind: 'roll-up', hours: [] });
    w.post({ kind: 'poke' });
    await expect(open).rejects.toMatchObject({ name: 'StoreUnavailable' });
  });

  it('refuses more questions than it can remember', async () => {
    const w = start(() => undefined);
    const asked = Array.from({ length: 257 }, () => w.ask({ kind: 'roll-up', hours: [] }));
    const settled = Promise.allSettled(asked);
    await expect(asked.at(-1)).rejects.toThrow('too many questions');
    await w.close();
    expect((await settled).every((one) => one.status === 'rejected')).toBe(true);
  });
});
