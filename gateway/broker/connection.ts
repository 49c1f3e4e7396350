/** One connection at the embedded broker: who it is, what waits of it, and when its socket is read. */

import type { Socket } from 'node:net';
import {
  CLIENT_UNREAD_BYTES_MAX,
  CLIENT_WAITING_MESSAGES_MAX,
  PACKET_BYTES_MAX,
  PAYLOAD_BYTES_MAX,
} from '../../domain/bounds.ts';
import { ADMIT_ALL, type Admitted } from './admission.ts';
import type { ClientEntry } from './client-book.ts';
import type { Pace } from './pace.ts';
import { createPacketSizer } from './packet-limit.ts';

/** While nothing can be committed a full session is read by so much at a time: slowly, but never deaf. */
const BYTES_WHILE_FULL = 4_096;
const ALLOWED_TOPICS_KEPT_MAX = 1_000;

export class Connection {
  readonly socket: Socket;
  readonly address: string;
  readonly certificateName: string | undefined;
  /** Of the messages that come on it; given when it says who it is. */
  number: number | undefined;
  clientId = '';
  username: string | undefined;
  admitted: Admitted = ADMIT_ALL;
  pace: Pace | undefined;
  entry: ClientEntry | undefined;
  /** How many of its messages wait for their commit. */
  waiting = 0;
  /** Whether a topic may be published, of those that were asked for last. */
  readonly allowed = new Map<string, boolean>();
  readonly #now: () => number;
  readonly #steadyMs: () => number;
  #wake: NodeJS.Timeout | undefined;
  #asked = false;
  #mustRead = false;
  /** The broker is taking apart what it read last. */
  #isParsing = false;
  #isSoon = false;

  constructor(q: {
    readonly socket: Socket;
    readonly certificateName: string | undefined;
    readonly now: () => number;
    readonly steadyMs: () => number;
  }) {
    this.socket = q.socket;
    this.address = q.socket.remoteAddress ?? '';
    this.certificateName = q.certificateName;
    this.#now = q.now;
    this.#steadyMs = q.steadyMs;
  }

  /**
   * The broker reads the socket with `read` and waits for `drain` when `write` says so. Both are ours: what may not
   * be read yet stays in the socket, which makes the device wait, not its neighbours; and no publisher waits for a
   * subscriber that is slow.
   */
  stand(onTooLarge: () => void): void {
    const { socket } = this;
    const sizer = createPacketSizer({
      firstBytesMax: PAYLOAD_BYTES_MAX,
      packetBytesMax: PACKET_BYTES_MAX,
    });
    const read = socket.read.bind(socket);
    socket.read = (bytes?: number): unknown => {
      // Node itself asks for nothing, to set reading going.
      if (bytes === 0) return read(0);
      this.#asked = true;
      // Whoever asks from within a packet would have its parser begin the next one inside it.
      const most = this.#isParsing ? 0 : this.#bytesNow();
      if (this.#isParsing) this.#askSoon();
      if (most === 0) return null;
      const part = socket.readableLength > most;
      const chunk: unknown = part ? read(most) : read();
      if (chunk === null || !Buffer.isBuffer(chunk)) return chunk;
      this.#parses();
      // The rest of a part may hold the end of a packet that nobody else asks for.
      if (part) this.#askSoon();
      if (sizer.accept(chunk)) return chunk;
      onTooLarge();
      socket.destroy();
      return null;
    };
    const write = socket.write.bind(socket) as (...written: unknown[]) => boolean;
    socket.write = (...written: unknown[]): boolean => write(...written) || !this.isUnread();
  }

  /** It has not taken what was written to it. */
  isUnread(): boolean {
    return this.socket.writableLength > CLIENT_UNREAD_BYTES_MAX;
  }

  /**
   * The broker reads a session's next bytes when all messages of the last ones are done, and takes each word that
   * there is something to read for one that is. While nothing can be committed no session may go deaf: a fire may be
   * behind what waits.
   */
  readOn(): void {
    if (this.waiting === 0 && this.socket.readableLength === 0) return;
    this.#mustRead = true;
    this.#ask();
    this.#mustRead = false;
  }

  /** What was found out about it until now is asked again. */
  remember(topic: string, may: boolean): boolean {
    if (this.allowed.size >= ALLOWED_TOPICS_KEPT_MAX) this.allowed.clear();
    this.allowed.set(topic, may);
    return may;
  }

  close(): void {
    clearTimeout(this.#wake);
    this.#wake = undefined;
  }

  #bytesNow(): number {
    const isFull = this.waiting >= CLIENT_WAITING_MESSAGES_MAX;
    // Each message that is done asks again, so nobody needs to be woken.
    if (isFull && !this.#mustRead) return 0;
    const now = this.#steadyMs();
    const waitMs = this.pace?.waitMs(now) ?? 0;
    if (waitMs > 0) {
      this.#wakeIn(waitMs);
      return 0;
    }
    return Math.min(this.pace?.bytesNext(now) ?? Infinity, isFull ? BYTES_WHILE_FULL : Infinity);
  }

  #wakeIn(waitMs: number): void {
    if (this.entry) this.entry.slowedUntil = this.#now() + waitMs;
    this.#wake ??= setTimeout(() => {
      this.#wake = undefined;
      this.#ask();
    }, waitMs).unref();
  }

  /** Until all that runs now has come to its end. */
  #parses(): void {
    this.#isParsing = true;
    queueMicrotask(() => (this.#isParsing = false));
  }

  #askSoon(): void {
    if (this.#isSoon) return;
    this.#isSoon = true;
    setImmediate(() => {
      this.#isSoon = false;
      if (this.socket.readableLength > 0) this.#ask();
    });
  }

  /** Says that there is something to read until the broker looks. */
  #ask(): void {
    this.#asked = false;
    // It counts what it has not done; the count is ours at most, but for a few packets that are no publications.
    const words = this.waiting + WORDS_MORE;
    for (let i = 0; i < words && !this.#asked && !this.socket.destroyed; i += 1) {
      this.socket.emit('readable');
    }
  }
}

const WORDS_MORE = 2;
