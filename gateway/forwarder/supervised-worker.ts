/** A worker that is started again when it breaks, with questions and answers. */

import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { StoreUnavailable } from '../../domain/ports.ts';
import { fromPlain, type FromWorker, type Request, type ToWorker } from './messages.ts';

/** Where the workers tell what people should know. A pino logger fits. */
export interface WorkerLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface SupervisedWorker {
  post(message: ToWorker): void;
  /** Rejects with `StoreUnavailable` when the worker breaks, is closed, or too much is asked at once. */
  ask(request: Request): Promise<unknown>;
  /** Ends it after the work under way, at the latest after 5 s. */
  close(): Promise<void>;
}

export interface SupervisedConfig {
  readonly name: string;
  readonly file: URL;
  /** Made anew for each start. */
  readonly workerData: () => unknown;
  readonly onMessage: (message: FromWorker) => void;
  /** It broke; it will be started again. */
  readonly onBroken: (why: string) => void;
  readonly log: WorkerLog;
}

/** Batches live for milliseconds: a larger nursery costs memory and saves little. */
const YOUNG_MB_MAX = 12;
const QUESTIONS_MAX = 256;
const CLOSE_MS_MAX = 5_000;
const RESTART_MS_MIN = 1_000;
const RESTART_MS_MAX = 30_000;
/** A worker that lived so long is healthy: the next failure is the first again. */
const HEALTHY_MS = 60_000;

interface Question {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Who waits for which answer. */
class Questions {
  private readonly waiting = new Map<number, Question>();
  private lastId = 0;

  get isFull(): boolean {
    return this.waiting.size >= QUESTIONS_MAX;
  }

  add(question: Question): number {
    this.lastId += 1;
    this.waiting.set(this.lastId, question);
    return this.lastId;
  }

  settle(message: FromWorker & { readonly kind: 'answer' | 'failure' }): void {
    const question = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.kind === 'answer') question?.resolve(message.result);
    else question?.reject(fromPlain(message.error));
  }

  failAll(why: string): void {
    for (const question of this.waiting.values()) question.reject(new StoreUnavailable(why));
    this.waiting.clear();
  }
}

/** Starts the worker, and again whenever it breaks, with a growing distance. */
export function superviseWorker(config: SupervisedConfig): SupervisedWorker {
  const questions = new Questions();
  let worker: Worker | undefined;
  let restart: NodeJS.Timeout | undefined;
  let closing = false;
  let failures = 0;

  const start = (): void => {
    const startedAt = performance.now();
    let why = 'it ended by itself';
    const started = newWorker(config);
    worker = started;
    started.on('message', (message: FromWorker) => {
      if (message.kind === 'answer' || message.kind === 'failure') questions.settle(message);
      else config.onMessage(message);
    });
    started.on('error', (error) => {
      why = error instanceof Error ? error.message : String(error);
    });
    started.once('exit', () => {
      if (worker === started) worker = undefined;
      questions.failAll(`the worker ${config.name} ended`);
      if (closing) return;
      failures = performance.now() - startedAt > HEALTHY_MS ? 1 : failures + 1;
      const inMs = Math.min(RESTART_MS_MAX, RESTART_MS_MIN * 2 ** Math.min(failures - 1, 10));
      config.log.error({ worker: config.name, why, inMs }, 'worker broke, starting it again');
      config.onBroken(`the worker ${config.name} broke: ${why}`);
      restart = setTimeout(start, inMs);
    });
  };
  start();

  return {
    post: (message) => worker?.postMessage(message),
    ask: (request) =>
      new Promise((resolve, reject) => {
        if (!worker || closing) {
          return reject(new StoreUnavailable(`the worker ${config.name} is not running`));
        }
        if (questions.isFull) {
          return reject(new StoreUnavailable('too many questions to the reading store at once'));
        }
        const id = questions.add({ resolve, reject });
        worker.postMessage({ kind: 'request', id, request } satisfies ToWorker);
      }),
    close: async () => {
      closing = true;
      clearTimeout(restart);
      const ending = worker;
      if (!ending) return;
      const ended = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
      ending.postMessage({ kind: 'close' } satisfies ToWorker);
      const timer = setTimeout(() => {
        config.log.warn({ worker: config.name }, 'worker did not end in time');
        void ending.terminate();
      }, CLOSE_MS_MAX);
      await ended;
      clearTimeout(timer);
    },
  };
}

function newWorker({ file, workerData }: SupervisedConfig): Worker {
  // The switches of the start are the main thread's (0012), and V8 puts them above these limits.
  setFlagsFromString('--min-semi-space-size=0');
  setFlagsFromString('--max-semi-space-size=0');
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB_MAX };
  return new Worker(file, { workerData: workerData(), execArgv: [], resourceLimits });
}
