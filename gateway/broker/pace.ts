/** How fast a device may go: token buckets over its messages, and over what nobody understands of them. */

import {
  DEVICE_BURST_SECONDS,
  GARBAGE_PER_SECOND_MAX,
  GARBAGE_PER_SECOND_MIN,
} from '../../domain/bounds.ts';

/** What is understood earns back so much of what is not: a gateway with one strange sensor stays fast. */
const EARNED_BACK = 0.2;
/** A large message that is not understood costs as much as so many small ones. */
const GARBAGE_BYTES_EACH = 16 * 1024;
/** At this many messages a second of the others garbage begins to give way. */
const BUSY_MESSAGES_PER_SECOND = 20;
const LOAD_SMOOTHING = 0.3;

/** What the whole house says, smoothed; garbage is measured against it. */
export class Load {
  #messages = 0;
  #perSecond = 0;

  count(): void {
    this.#messages += 1;
  }

  /** Called at regular intervals. */
  settle(intervalMs: number): void {
    const latest = (this.#messages * 1_000) / intervalMs;
    this.#messages = 0;
    this.#perSecond += (latest - this.#perSecond) * LOAD_SMOOTHING;
  }

  /** How much garbage one device may send in a second now. */
  garbagePerSecond(): number {
    const share =
      (GARBAGE_PER_SECOND_MAX * BUSY_MESSAGES_PER_SECOND) / Math.max(1, this.#perSecond);
    return Math.min(GARBAGE_PER_SECOND_MAX, Math.max(GARBAGE_PER_SECOND_MIN, share));
  }
}

/** Fills by `perSecond()`, holds ten seconds of it, and may be overdrawn by as much. */
export class Bucket {
  readonly #perSecond: () => number;
  #tokens: number;
  #filledMs: number;

  constructor(perSecond: () => number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond() * DEVICE_BURST_SECONDS;
    this.#filledMs = nowMs;
  }

  take(tokens: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#tokens = Math.max(this.#tokens - tokens, -this.#most());
  }

  give(tokens: number): void {
    this.#tokens = Math.min(this.#tokens + tokens, this.#most());
  }

  tokens(nowMs: number): number {
    this.#fill(nowMs);
    return this.#tokens;
  }

  /** Whether at least half of what it holds is there. */
  isAmple(nowMs: number): boolean {
    return this.tokens(nowMs) >= this.#most() / 2;
  }

  isFull(nowMs: number): boolean {
    return this.tokens(nowMs) >= this.#most();
  }

  /** 0: there is one to take. */
  waitMs(nowMs: number): number {
    const missing = 1 - this.tokens(nowMs);
    return missing <= 0 ? 0 : Math.ceil((missing * 1_000) / this.#perSecond());
  }

  #most(): number {
    return this.#perSecond() * DEVICE_BURST_SECONDS;
  }

  #fill(nowMs: number): void {
    const gained = ((nowMs - this.#filledMs) * this.#perSecond()) / 1_000;
    this.#filledMs = nowMs;
    // Both ways: what was overdrawn at a higher rate must not take hours to come back at a lower one.
    const most = this.#most();
    this.#tokens = Math.max(-most, Math.min(this.#tokens + gained, most));
  }
}

/** One device's: shared by all connections with its credential, and kept for a while after the last has gone. */
export class Pace {
  readonly #garbage: Bucket;
  readonly #messages: Bucket | undefined;
  connections = 0;

  /** Without a rate of its own only garbage counts: many devices may be behind one name. */
  constructor(q: {
    readonly load: Load;
    readonly messagesPerSecond: number | undefined;
    readonly nowMs: number;
  }) {
    const rate = q.messagesPerSecond;
    this.#garbage = new Bucket(() => q.load.garbagePerSecond(), q.nowMs);
    this.#messages = rate === undefined ? undefined : new Bucket(() => rate, q.nowMs);
  }

  message(nowMs: number): void {
    this.#messages?.take(1, nowMs);
  }

  understood(): void {
    this.#garbage.give(EARNED_BACK);
  }

  refused(bytes: number, nowMs: number): void {
    this.#garbage.take(1 + Math.floor(bytes / GARBAGE_BYTES_EACH), nowMs);
  }

  /** 0: it may be read. */
  waitMs(nowMs: number): number {
    return Math.max(this.#garbage.waitMs(nowMs), this.#messages?.waitMs(nowMs) ?? 0);
  }

  /** How much to read at once, so that what is read does not overdraw by much. */
  bytesNext(nowMs: number): number {
    const buckets = this.#messages ? [this.#garbage, this.#messages] : [this.#garbage];
    const short = buckets.filter((bucket) => !bucket.isAmple(nowMs));
    if (short.length === 0) return Infinity;
    const tokens = Math.min(...short.map((bucket) => bucket.tokens(nowMs)));
    return Math.max(BYTES_AT_ONCE_MIN, Math.floor(tokens) * MESSAGE_BYTES_MIN);
  }

  /** Nothing would be lost with it. */
  isForgettable(nowMs: number): boolean {
    if (this.connections > 0) return false;
    return this.#garbage.isFull(nowMs) && this.#messages?.isFull(nowMs) !== false;
  }
}

const BYTES_AT_ONCE_MIN = 512;
const MESSAGE_BYTES_MIN = 16;

const PACES_MAX = 20_000;

/** All devices' paces by key; those that are as good as new are forgotten. */
export class Paces {
  readonly #load: Load;
  readonly #paces = new Map<string, Pace>();

  constructor(load: Load) {
    this.#load = load;
  }

  /** The pace of `key`, counted as one more connection; `leave` it when that is gone. */
  join(key: string, q: { readonly messagesPerSecond: number | undefined; readonly nowMs: number }) {
    const known = this.#paces.get(key);
    const pace = known ?? new Pace({ load: this.#load, ...q });
    if (!known) {
      if (this.#paces.size >= PACES_MAX) this.forget(q.nowMs);
      this.#paces.set(key, pace);
    }
    pace.connections += 1;
    return pace;
  }

  leave(pace: Pace): void {
    pace.connections -= 1;
  }

  /** A device whose credential was changed begins anew. */
  drop(key: string): void {
    this.#paces.delete(key);
  }

  /** Now and then. Above the bound those that nobody uses go first, in the order in which they came. */
  forget(nowMs: number): void {
    for (const [key, pace] of this.#paces) {
      const tooMany = this.#paces.size >= PACES_MAX && pace.connections === 0;
      if (tooMany || pace.isForgettable(nowMs)) this.#paces.delete(key);
    }
  }
}
