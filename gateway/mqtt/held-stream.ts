/**
 * A stream between mqtt.js and its socket that keeps acknowledgements back. mqtt.js acknowledges as soon as it has
 * read a message; those PUBACKs are taken out of the outgoing bytes, and ours are written when the message is committed.
 */

import { Duplex } from 'node:stream';

/** A received QoS 1 message whose acknowledgement is held back. */
export interface Ticket {
  readonly packetId: number;
  released: boolean;
}

const PUBACK = 0x40;

export class HeldStream extends Duplex {
  /** See `nextConnection`. */
  readonly connection: number;
  readonly #socket: Duplex;
  readonly #outgoing = createAckFilter();
  // In order of receipt: MQTT wants acknowledgements in that order [MQTT-4.6.0-2].
  #tickets: Ticket[] = [];
  #flushing = false;

  constructor(socket: Duplex, connection: number) {
    super({ allowHalfOpen: false });
    this.connection = connection;
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  /** A message came that will be acknowledged by `release`. */
  hold(packetId: number): Ticket {
    const ticket = { packetId, released: false };
    this.#tickets.push(ticket);
    return ticket;
  }

  /** All acknowledgements that one commit frees leave in one write, at once: the broker sends on meanwhile. */
  release(ticket: Ticket): void {
    ticket.released = true;
    if (this.#flushing || this.destroyed) return;
    this.#flushing = true;
    // mqtt.js may be deep in a long run of packets: the turn of the event loop ends much later.
    queueMicrotask(() => {
      this.#flushing = false;
      this.flush();
    });
  }

  /** Writes what is free now. */
  flush(): void {
    if (this.destroyed || this.#socket.destroyed) return;
    let free = 0;
    while (this.#tickets[free]?.released) free++;
    if (free === 0) return;
    const acks = Buffer.allocUnsafe(free * 4);
    for (let i = 0; i < free; i++) {
      const packetId = this.#tickets[i]?.packetId ?? 0;
      acks.writeUInt32BE(PUBACK * 2 ** 24 + 2 * 2 ** 16 + packetId, i * 4);
    }
    this.#tickets = this.#tickets.slice(free);
    this.#socket.write(acks);
  }

  /** Messages that wait for their commit. */
  get heldCount(): number {
    return this.#tickets.length;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#send(this.#outgoing(chunk), done);
  }

  override _writev(
    chunks: readonly { readonly chunk: Buffer }[],
    done: (error?: Error | null) => void,
  ): void {
    const kept: Buffer[] = [];
    for (const { chunk } of chunks) {
      const bytes = this.#outgoing(chunk);
      if (bytes.length > 0) kept.push(bytes);
    }
    this.#send(kept.length === 1 ? (kept[0] ?? EMPTY) : Buffer.concat(kept), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.flush();
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#tickets = [];
    this.#socket.destroy();
    done(error);
  }

  #send(bytes: Buffer, done: (error?: Error | null) => void): void {
    if (bytes.length === 0 || this.#socket.write(bytes)) done();
    else this.#socket.once('drain', () => done());
  }
}

const EMPTY = Buffer.alloc(0);

/** Lets outgoing bytes through without PUBACK packets; packets may be split over chunks in any way. */
export function createAckFilter(): (chunk: Buffer) => Buffer {
  let part: 'header' | 'length' | 'body' = 'header';
  let isAck = false;
  let length = 0;
  let multiplier = 1;

  return (chunk) => {
    const kept: Buffer[] = [];
    let from = 0; // where the bytes that are to be kept begin
    let i = 0;
    while (i < chunk.length) {
      if (part === 'header') {
        isAck = ((chunk[i] ?? 0) & 0xf0) === PUBACK;
        // What came before this packet in the chunk is through; an acknowledgement is skipped.
        if (isAck && i > from) kept.push(chunk.subarray(from, i));
        part = 'length';
        length = 0;
        multiplier = 1;
        i++;
      } else if (part === 'length') {
        const byte = chunk[i++] ?? 0;
        length += (byte & 127) * multiplier;
        multiplier *= 128;
        if ((byte & 128) === 0) part = length === 0 ? 'header' : 'body';
      } else {
        const step = Math.min(length, chunk.length - i);
        length -= step;
        i += step;
        if (length === 0) part = 'header';
      }
      if (isAck) from = i;
    }
    if (from === 0) return chunk;
    if (from < chunk.length) kept.push(chunk.subarray(from));
    return kept.length === 1 ? (kept[0] ?? EMPTY) : Buffer.concat(kept);
  };
}
