/** An outbox on a clock of its own, with channels that answer as they are told. */

import type { Delivery, Notifier } from '../../../alerts/notifiers/notifier.ts';
import type { Channel, OutboxMessage } from '../../../domain/outbox.ts';
import { CHANNELS } from '../../../domain/outbox.ts';
import type { Moment } from '../../../domain/time.ts';
import { createOutbox, type OutboxConfig } from '../../../server/outbox.ts';

interface Timer {
  readonly at: Moment;
  readonly run: () => void;
}

export interface Attempt {
  readonly key: string;
  readonly at: Moment;
  readonly answer: (delivery: Delivery) => void;
}

export const away: Delivery = { ok: false, retry: true, why: 'away' };
export const refused: Delivery = { ok: false, retry: false, why: 'no such user' };

/** `answer` unset for a channel: its deliveries stay under way until `attempts[n].answer`. */
export function outboxWorld(more: Partial<OutboxConfig> = {}) {
  const timers = new Set<Timer>();
  const rows = new Map<string, OutboxMessage>();
  const attempts: Attempt[] = [];
  const world = {
    now: 1_000_000,
    commitFails: false,
    commits: 0,
    answer: {} as Partial<Record<Channel, (message: OutboxMessage) => Delivery>>,
  };
  const notifier = (channel: Channel): Notifier => ({
    channel,
    deliver: (message) =>
      new Promise((resolve) => {
        attempts.push({ key: message.key, at: world.now, answer: resolve });
        const answer = world.answer[channel];
        if (answer) resolve(answer(message));
      }),
  });
  const outbox = createOutbox({
    notifiers: CHANNELS.map(notifier),
    now: () => world.now,
    chance: () => 0.5,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    setTimer: (run, delayMs) => {
      const timer = { at: world.now + delayMs, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    commit: async (puts) => {
      world.commits += 1;
      await Promise.resolve();
      if (world.commitFails) throw new Error('the disk is full');
      for (const put of puts) if (put.table === 'outbox') rows.set(put.row.key, put.row);
    },
    ...more,
  });
  return {
    outbox,
    world,
    attempts,
    rows,
    keys: () => attempts.map((a) => a.key),
    /** Lets everything happen that needs no time. */
    calm,
    /** Time passes, and with it the timers, in order. */
    pass: async (spanMs: number): Promise<void> => {
      const until = world.now + spanMs;
      await calm();
      for (;;) {
        const next = [...timers].filter((t) => t.at <= until).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers.delete(next);
        world.now = Math.max(world.now, next.at);
        next.run();
        await calm();
      }
      world.now = until;
    },
  };
}

async function calm(): Promise<void> {
  for (let i = 0; i < 60; i += 1) await Promise.resolve();
}
