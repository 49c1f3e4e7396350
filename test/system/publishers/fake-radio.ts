/** A radio without an aerial: speaks rtl_tcp, and puts Nexus-TH transmissions on the air as samples. */

import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

export const SAMPLES_PER_SECOND = 250_000;
/** What goes out at once; the radio is as fast as a real one, so that moments on the air are moments of the clock. */
const TURN_MS = 20;
/** Unsigned samples have their zero between 127 and 128. */
const ZERO = 127;
const CARRIER = 120;
const PULSE_US = 500;
const GAP_US = { zero: 1_000, one: 2_000, repeat: 4_000 } as const;
const REPEATS = 8;
const QUIET_US = 60_000;

/** What a Nexus-TH sensor measures. */
export interface Measurement {
  readonly id: number;
  readonly channel: 1 | 2 | 3;
  readonly temperature: number;
  readonly humidity: number;
  readonly batteryLow?: boolean;
}

export interface FakeRadio {
  readonly port: number;
  /** Puts it on the air, with silence around it; resolves when the last sample of it is sent. */
  transmit(measurement: Measurement): Promise<void>;
  close(): Promise<void>;
}

/** Listens for one receiver at a time, which hears silence until something is transmitted. */
export async function startFakeRadio(): Promise<FakeRadio> {
  const sockets = new Set<Socket>();
  const waiting: { bytes: Buffer; readonly sent: () => void }[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    // What the receiver asks for, frequency and gain, is nothing that samples made up could follow.
    socket.resume();
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    socket.write(greeting());
  });
  const turn = setInterval(() => {
    if (sockets.size === 0) return;
    const bytes = nextTurn(waiting);
    for (const socket of sockets) socket.write(bytes);
  }, TURN_MS);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    transmit: (measurement) =>
      new Promise((sent) => waiting.push({ bytes: samplesOf(measurement), sent })),
    close: async () => {
      clearInterval(turn);
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Twelve bytes: the magic, the tuner (R820T), how many gains it has. */
function greeting(): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.write('RTL0');
  bytes.writeUInt32BE(5, 4);
  bytes.writeUInt32BE(29, 8);
  return bytes;
}

function nextTurn(waiting: { bytes: Buffer; readonly sent: () => void }[]): Buffer {
  const wanted = bytesFor(TURN_MS * 1_000);
  const [first] = waiting;
  if (!first) return silence(wanted);
  const now = first.bytes.subarray(0, wanted);
  first.bytes = first.bytes.subarray(wanted);
  if (first.bytes.length === 0) {
    waiting.shift();
    first.sent();
  }
  return now;
}

function samplesOf(measurement: Measurement): Buffer {
  const bits = bitsOf(measurement);
  const pieces = [silence(bytesFor(QUIET_US))];
  for (let i = 0; i < REPEATS; i++) {
    for (const bit of bits) pieces.push(pulse(), silence(bytesFor(bit ? GAP_US.one : GAP_US.zero)));
    pieces.push(pulse(), silence(bytesFor(GAP_US.repeat)));
  }
  pieces.push(silence(bytesFor(QUIET_US)));
  return Buffer.concat(pieces);
}

/** 36 bits: id (8), battery good, 0, channel (2), temperature in tenths (12, signed), 1111, humidity (8). */
function bitsOf(measurement: Measurement): readonly boolean[] {
  const { id, channel, temperature, humidity, batteryLow } = measurement;
  const tenths = Math.round(temperature * 10) & 0xfff;
  const fields: readonly (readonly [value: number, bits: number])[] = [
    [id, 8],
    [batteryLow === true ? 0 : 1, 1],
    [0, 1],
    [channel - 1, 2],
    [tenths, 12],
    [0xf, 4],
    [humidity, 8],
  ];
  return fields.flatMap(([value, bits]) =>
    Array.from({ length: bits }, (_, i) => ((value >> (bits - 1 - i)) & 1) === 1),
  );
}

/** On-off keying: the carrier is there or it is not. */
function pulse(): Buffer {
  const bytes = silence(bytesFor(PULSE_US));
  for (let i = 0; i < bytes.length; i += 2) bytes[i] = ZERO + CARRIER;
  return bytes;
}

/** Both values next to zero: a receiver that measures noise must find a little of it. */
function silence(length: number): Buffer {
  return Buffer.alloc(length, Buffer.from([ZERO, ZERO + 1, ZERO + 1, ZERO]));
}

/** Two bytes for each sample. */
function bytesFor(us: number): number {
  return Math.round((us * SAMPLES_PER_SECOND) / 1_000_000) * 2;
}
