/**
 * A stream between mqtt.js and its socket. Messages are read here and never reach mqtt.js, which would acknowledge
 * them as soon as it has read them; our acknowledgements are written when the message is committed.
 */

import { Duplex } from 'node:stream';
import { createPublishReader, type Publication } from './publish-reader.ts';

/** A received QoS 1 message whose acknowledgement is held back. */
export interface Ticket {
  readonly packetId: number;
  released: boolean;
}

const PUBACK = 0x40;

export interface HeldStreamOptions {
  /** See `nextConnection`. */
  readonly connection: number;
  /** 4: MQTT 3.1.1. 5: MQTT 5, whose messages carry properties. */
  readonly version: 4 | 5;
  readonly onPublication: (publication: Publication, stream: HeldStream) => void;
}

export class HeldStream extends Duplex {
  /** See `nextConnection`. */
  readonly connection: number;
  readonly #socket: Duplex;
  // In order of receipt: MQTT wants acknowledgements in that order [MQTT-4.6.0-2].
  #tickets: Ticket[] = [];
  #flushing = false;

  constructor(socket: Duplex, options: HeldStreamOptions) {
    super({ allowHalfOpen: false });
    const { connection, version, onPublication } = options;
    this.connection = connection;
    this.#socket = socket;
    // One that can't be taken ends the connection: those after it come again, too, and in order.
    const others = createPublishReader(version, (publication) => {
      if (!this.destroyed) onPublication(publication, this);
    });
    socket.on('data', (chunk: Buffer) => {
      try {
        const rest = others(chunk);
        if (rest.length > 0 && !this.push(rest)) socket.pause();
      } catch (error) {
        this.destroy(error instanceof Error ? error : new Error(String(error)));
      }
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
    // All of one commit: they are released one after the other, in one go.
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
    if (this.#socket.write(chunk)) done();
    else this.#socket.once('drain', () => done());
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
}
