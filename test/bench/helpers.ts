/** Talking to the helper processes: each has its own event loop, so that none is measured with ours. */

import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { ended, owned } from './house.ts';
import type { Answer, Order } from './helper-words.ts';

const FILE = join(import.meta.dirname, 'helper.ts');

export interface Helper {
  readonly pid: number;
  send(order: Order): void;
  /** The next answer of this kind; throws when it does not come in time or the helper fails. */
  answer<K extends Answer['kind']>(
    kind: K,
    withinMs: number,
  ): Promise<Extract<Answer, { kind: K }>>;
  stop(): Promise<void>;
}

/** Starts a helper; it ends with `stop`, and with this process. */
export function startHelper(): Helper {
  return talkTo(owned(fork(FILE, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })));
}

/** The same for another program that speaks as helpers do. */
export function talkTo(child: ChildProcess): Helper {
  const waiting: { readonly kind: string; readonly take: (answer: Answer | Error) => void }[] = [];
  const early: Answer[] = [];
  child.on('message', (answer: Answer) => {
    const index = waiting.findIndex((one) => one.kind === answer.kind);
    if (index < 0) early.push(answer);
    else waiting.splice(index, 1)[0]?.take(answer);
  });
  child.once('exit', (code) => {
    for (const one of waiting.splice(0)) one.take(new Error(`a helper ended with ${code}`));
  });
  return {
    pid: child.pid ?? 0,
    send: (order) => child.send(order),
    answer: (kind, withinMs) =>
      new Promise((resolve, reject) => {
        const known = early.findIndex((one) => one.kind === kind);
        const timer = setTimeout(
          () => reject(new Error(`no "${kind}" from a helper in ${withinMs} ms`)),
          withinMs,
        );
        const take = (answer: Answer | Error): void => {
          clearTimeout(timer);
          if (answer instanceof Error) reject(answer);
          else resolve(answer as Extract<Answer, { kind: typeof kind }>);
        };
        const [first] = known < 0 ? [] : early.splice(known, 1);
        if (first) take(first);
        else waiting.push({ kind, take });
      }),
    stop: () => ended(child),
  };
}
