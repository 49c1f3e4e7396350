/** The outbox: tells people and sirens what has been committed, until it is delivered or given up. */

import type { Delivery, Notifier } from '../alerts/notifiers/notifier.ts';
import type { Channel, OutboxMessage } from '../domain/outbox.ts';
import { CHANNELS } from '../domain/outbox.ts';
import type { Put } from '../domain/tick.ts';
import { MINUTE_MS, type Moment } from '../domain/time.ts';
import { deliverOnce } from './outbox/deliver-once.ts';
import {
  DELIVERIES_MAX,
  PENDING_MAX,
  TOLD_UNSTORED_MAX,
  backOffMs,
  isDue,
  isHopeless,
} from './outbox/policy.ts';
import { createRecorder, type Recorder, type SetTimer } from './outbox/recorder.ts';
import { pickNext, type Entry } from './outbox/pick.ts';
import { Waiting } from './outbox/waiting.ts';
import { sendTest, type TestQuestion, type TestResult } from './outbox/test-channel.ts';
import type { Services } from './services.ts';

export interface OutboxConfig {
  /** Those that are set up; a message for a channel without one fails, and says so. */
  readonly notifiers: readonly Notifier[];
  /** Resolves when the rows are durable; rejects when they are not. */
  readonly commit: (puts: readonly Put[]) => Promise<void>;
  readonly now: () => Moment;
  readonly log: Pick<Services['log'], 'info' | 'warn' | 'error'>;
  /** Whether what a message tells still stands (its alarm or incident is open). Unset: it does. */
  readonly stillStands?: (message: OutboxMessage) => boolean;
  /** In [0, 1), for the jitter; default `Math.random`. */
  readonly chance?: () => number;
  readonly setTimer?: SetTimer;
}

export interface OutboxState {
  readonly pending: number;
  readonly oldest?: Moment;
  /** Delivered or tried, and not recorded yet. */
  readonly unrecorded: number;
  /** Given up since the start. */
  readonly failed: number;
}

/** Timers look again at least so often: a clock that jumps may make messages due. */
const LOOK_AGAIN_MS_MAX = MINUTE_MS;

const realTimer: SetTimer = (run, delayMs) => {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
};

/** Makes an outbox; nothing is told before `accept`, `restore` or `deliverNow`. */
export function createOutbox(config: OutboxConfig): Outbox {
  return new Outbox(config);
}

export class Outbox {
  readonly #config: OutboxConfig;
  readonly #setTimer: SetTimer;
  readonly #notifiers: ReadonlyMap<Channel, Notifier>;
  readonly #recorder: Recorder;
  readonly #waiting = new Waiting();
  /** Told in an emergency: what became of it, until its row is stored and can be marked. */
  readonly #toldUnstored = new Map<string, OutboxMessage>();
  #failed = 0;
  #stopped = false;
  #pumpAsked = false;
  #cancelWake: (() => void) | undefined;

  constructor(config: OutboxConfig) {
    this.#config = config;
    this.#setTimer = config.setTimer ?? realTimer;
    this.#notifiers = new Map(config.notifiers.map((n) => [n.channel, n]));
    this.#recorder = createRecorder({
      commit: config.commit,
      setTimer: this.#setTimer,
      log: config.log,
    });
  }

  /** After a tick's commit, with its messages in order. */
  accept(messages: readonly OutboxMessage[]): void {
    for (const message of messages) this.#take(message);
    this.#askPump();
  }

  /** At start: the stored messages that are neither delivered, failed nor superseded. */
  restore(pending: readonly OutboxMessage[]): void {
    this.accept(pending.toSorted((a, b) => a.createdAt - b.createdAt));
  }

  /**
   * The emergency path, when nothing can be stored: tells at once, past all queues, and goes on trying. The key is
   * remembered, so that accepting the same message later records the delivery and repeats nothing.
   */
  deliverNow(message: OutboxMessage): Promise<Delivery> {
    if (this.#toldUnstored.get(message.key)?.deliveredAt !== undefined) {
      return Promise.resolve({ ok: true });
    }
    const entry = this.#waiting.get(message.key) ?? this.#add(message, { stored: false });
    if (entry.delivery) return entry.delivery;
    // The order of a topic is kept even now: the newest word must be the last one said.
    const before = message.channel === 'mqtt' ? this.#underWayTo(message.target) : undefined;
    return before ? before.then(() => this.deliverNow(message)) : this.#start(entry);
  }

  /** For the state of the parts. */
  state(): OutboxState {
    let oldest: Moment | undefined;
    for (const { message } of this.#waiting.all()) {
      if (oldest === undefined || message.createdAt < oldest) oldest = message.createdAt;
    }
    return {
      pending: this.#waiting.size,
      ...(oldest === undefined ? {} : { oldest }),
      unrecorded: this.#recorder.size(),
      failed: this.#failed,
    };
  }

  /** Sends a test message over one channel, now, past the queues; says what happened in words. */
  testChannel(q: TestQuestion): Promise<TestResult> {
    return sendTest(q, {
      notifier: this.#notifiers.get(q.channel),
      now: this.#config.now(),
      setTimer: this.#setTimer,
    });
  }

  /** Resolves when no delivery is under way and what became of them is recorded (or could not be). */
  async settled(): Promise<void> {
    for (;;) {
      await Promise.resolve();
      const running = [...this.#waiting.all()].flatMap((e) => e.delivery ?? []);
      if (running.length === 0 && !this.#pumpAsked) break;
      await Promise.all(running);
    }
    await this.#recorder.flushed();
  }

  /** Starts nothing more, waits for what is under way, and records it; at most `withinMs`. */
  async stop(withinMs: number): Promise<void> {
    this.#stopped = true;
    this.#cancelWake?.();
    let cancel: (() => void) | undefined;
    const late = new Promise<void>((resolve) => {
      cancel = this.#setTimer(resolve, withinMs);
    });
    await Promise.race([this.settled(), late]);
    cancel?.();
    this.#recorder.stop();
    for (const notifier of this.#notifiers.values()) notifier.close?.();
  }

  #take(message: OutboxMessage): void {
    const told = this.#toldUnstored.get(message.key);
    if (told) {
      this.#toldUnstored.delete(message.key);
      this.#recorder.record({ ...message, ...outcomeOf(told) });
      return;
    }
    const known = this.#waiting.get(message.key);
    if (known) {
      known.stored = true;
      return;
    }
    const droppable = !message.safety && message.retain !== true;
    if (droppable && this.#waiting.size >= PENDING_MAX) {
      this.#giveUp({ message, stored: true, arrival: 0 }, 'too many messages are waiting');
      return;
    }
    this.#add(message, { stored: true });
  }

  #add(message: OutboxMessage, q: { readonly stored: boolean }): Entry {
    if (message.channel === 'mqtt' && message.retain === true) this.#supersede(message.target);
    return this.#waiting.add(message, q);
  }

  /** A retained topic holds one message: what waits for it is out of date. One under way is left to end. */
  #supersede(topic: string): void {
    for (const entry of [...this.#waiting.toTopic(topic)]) {
      const { message } = entry;
      if (message.retain !== true) continue;
      if (entry.delivery) entry.superseded = true;
      else this.#finish(entry, { ...message, supersededAt: this.#config.now() });
    }
  }

  #underWayTo(topic: string): Promise<Delivery> | undefined {
    return this.#waiting.toTopic(topic).find((entry) => entry.delivery)?.delivery;
  }

  #askPump(): void {
    if (this.#pumpAsked || this.#stopped) return;
    this.#pumpAsked = true;
    queueMicrotask(() => {
      this.#pumpAsked = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#stopped) return;
    const now = this.#config.now();
    for (const channel of CHANNELS) {
      const lanes = this.#waiting.lanesOf(channel);
      const next = pickNext(lanes, { now, deliveriesMax: DELIVERIES_MAX[channel] });
      for (const entry of next) void this.#start(entry);
    }
    this.#planWake(now);
  }

  #planWake(now: Moment): void {
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    let nextMs: number | undefined;
    for (const { message, delivery } of this.#waiting.all()) {
      if (delivery || isDue(message, now)) continue;
      nextMs = Math.min(nextMs ?? LOOK_AGAIN_MS_MAX, message.nextAttemptAt - now);
    }
    if (nextMs !== undefined) this.#cancelWake = this.#setTimer(() => this.#askPump(), nextMs);
  }

  #start(entry: Entry): Promise<Delivery> {
    const { message } = entry;
    const notifier = this.#notifiers.get(message.channel);
    entry.delivery = deliverOnce(message, notifier, this.#setTimer).then((delivery) => {
      delete entry.delivery;
      this.#settle(entry, delivery);
      this.#askPump();
      return delivery;
    });
    return entry.delivery;
  }

  #settle(entry: Entry, delivery: Delivery): void {
    const now = this.#config.now();
    const attempts = entry.message.attempts + 1;
    const tried: OutboxMessage = { ...entry.message, attempts };
    entry.message = tried;
    if (delivery.ok) {
      this.#finish(entry, { ...tried, deliveredAt: now });
      return;
    }
    if (entry.superseded === true) {
      this.#finish(entry, { ...tried, lastError: delivery.why, supersededAt: now });
      return;
    }
    const stillStands = this.#config.stillStands?.(tried) ?? true;
    if (!delivery.retry || isHopeless(tried, { now, stillStands })) {
      this.#giveUp(entry, delivery.why);
      return;
    }
    const chance = (this.#config.chance ?? Math.random)();
    const nextAttemptAt = now + backOffMs(tried, { attempts, chance });
    entry.message = { ...tried, nextAttemptAt, lastError: delivery.why };
    if (attempts === 1) {
      const { key, channel } = tried;
      this.#config.log.warn({ key, channel, why: delivery.why }, 'message not delivered yet');
    }
    if (entry.stored) this.#recorder.record(entry.message);
  }

  #giveUp(entry: Entry, why: string): void {
    const { key, channel, safety } = entry.message;
    this.#failed += 1;
    this.#config.log.error({ key, channel, safety, why }, 'message given up');
    this.#finish(entry, { ...entry.message, failedAt: this.#config.now(), lastError: why });
  }

  #finish(entry: Entry, row: OutboxMessage): void {
    this.#waiting.remove(entry);
    if (entry.stored) {
      this.#recorder.record(row);
      return;
    }
    this.#toldUnstored.set(row.key, row);
    const [eldest] = this.#toldUnstored.keys();
    if (this.#toldUnstored.size > TOLD_UNSTORED_MAX && eldest !== undefined) {
      this.#toldUnstored.delete(eldest);
    }
  }
}

/** What became of a message that was told before its row was stored. */
function outcomeOf(told: OutboxMessage): Partial<OutboxMessage> {
  const { attempts, deliveredAt, failedAt, supersededAt, lastError } = told;
  return {
    attempts,
    ...(deliveredAt === undefined ? {} : { deliveredAt }),
    ...(failedAt === undefined ? {} : { failedAt }),
    ...(supersededAt === undefined ? {} : { supersededAt }),
    ...(lastError === undefined ? {} : { lastError }),
  };
}
