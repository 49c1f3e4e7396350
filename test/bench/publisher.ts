/** A publisher that is never the bottleneck: ready-made MQTT 3.1.1 packets on plain sockets, QoS 1. */

import { connect, type Socket } from 'node:net';
import { loadSensorId } from '../../simulators/load/repository.ts';
import { payloadOf } from '../../simulators/load/message.ts';
import type { Burst, Steady } from './helper-words.ts';

const PUBACK = 0x40;
const PACE_MS = 5;

export interface Published {
  readonly messages: number;
  readonly acknowledged: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly payloadBytes: number;
}

/** One connection: sends ready-made packets with a bounded number in flight. */
class Line {
  readonly #socket: Socket;
  readonly #window: number;
  readonly #onAcknowledged: (count: number) => void;
  #packets: readonly Buffer[] = [];
  #next = 0;
  #inFlight = 0;
  #rest = Buffer.alloc(0);

  constructor(socket: Socket, window: number, onAcknowledged: (count: number) => void) {
    this.#socket = socket;
    this.#window = window;
    this.#onAcknowledged = onAcknowledged;
    socket.on('data', (bytes) => this.#read(bytes));
  }

  send(packets: readonly Buffer[]): void {
    this.#packets = packets;
    this.#next = 0;
    this.#fill();
  }

  sendOne(packet: Buffer): void {
    this.#inFlight += 1;
    this.#socket.write(packet);
  }

  close(): void {
    this.#socket.end(Buffer.from([0xe0, 0]));
  }

  #fill(): void {
    const free = Math.min(this.#window - this.#inFlight, this.#packets.length - this.#next);
    if (free <= 0) return;
    this.#socket.write(Buffer.concat(this.#packets.slice(this.#next, this.#next + free)));
    this.#next += free;
    this.#inFlight += free;
  }

  /** The broker sends nothing but acknowledgements of four bytes here. */
  #read(bytes: Buffer): void {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const whole = all.length >> 2;
    for (let i = 0; i < whole; i += 1) {
      if (all[i * 4] !== PUBACK) throw new Error(`the broker sent a packet ${all[i * 4]}`);
    }
    this.#rest = Buffer.from(all.subarray(whole * 4));
    if (whole === 0) return;
    this.#inFlight -= whole;
    this.#onAcknowledged(whole);
    this.#fill();
  }
}

async function openLine(
  q: { readonly port: number; readonly window: number; readonly id: string },
  onAcknowledged: (count: number) => void,
): Promise<Line> {
  const socket = connect({ port: q.port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => socket.write(connectPacket(q.id)));
    socket.once('data', (bytes) => {
      if (bytes.length === 4 && bytes[0] === 0x20 && bytes[3] === 0) resolve();
      else reject(new Error(`the broker refused: ${bytes.toString('hex')}`));
    });
  });
  return new Line(socket, q.window, onAcknowledged);
}

function connectPacket(id: string): Buffer {
  const name = Buffer.from(id);
  const body = Buffer.concat([
    Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 0]), // MQTT 3.1.1, clean, no keep-alive
    Buffer.from([name.length >> 8, name.length & 255]),
    name,
  ]);
  return Buffer.concat([Buffer.from([0x10, body.length]), body]);
}

function publishPacket(q: {
  readonly sensor: number;
  readonly sequence: number;
  readonly time: number;
  readonly packetId: number;
}): Buffer {
  const topic = Buffer.from(`lantai/load/${loadSensorId(q.sensor)}/telemetry`);
  const payload = Buffer.from(payloadOf({ ...q, simulated: false }));
  const length = 2 + topic.length + 2 + payload.length;
  // The remaining length takes a second byte from 128 on.
  const head = length < 128 ? [0x32, length] : [0x32, (length & 127) | 128, length >> 7];
  const packet = Buffer.allocUnsafe(head.length + length);
  packet.set(head);
  let at = packet.writeUInt16BE(topic.length, head.length);
  at += topic.copy(packet, at);
  at = packet.writeUInt16BE(q.packetId, at);
  payload.copy(packet, at);
  return packet;
}

export function payloadBytes(): number {
  const time = Date.now();
  return payloadOf({ sensor: 0, sequence: time, time, simulated: false }).length;
}

/** Connects and makes every packet; `run` sends them and resolves when all are acknowledged. */
export async function prepareBurst(burst: Burst): Promise<{ run(): Promise<Published> }> {
  const { connections, sensors, messages, firstSequence } = burst;
  const startedAt = Date.now();
  const byLine: Buffer[][] = Array.from({ length: connections }, () => []);
  for (let i = 0; i < messages; i += 1) {
    const sensor = i % sensors;
    const turn = Math.floor(i / sensors);
    const packets = byLine[sensor % connections];
    packets?.push(
      publishPacket({
        sensor,
        sequence: firstSequence + turn,
        time: startedAt + turn,
        packetId: (packets.length % 65_535) + 1,
      }),
    );
  }
  let acknowledged = 0;
  let finish: () => void = () => undefined;
  const onAcknowledged = (count: number): void => {
    acknowledged += count;
    if (acknowledged >= messages) finish();
  };
  const lines = await openLines(burst, onAcknowledged);
  return {
    run: async () => {
      const done = new Promise<void>((resolve) => (finish = resolve));
      const began = Date.now();
      lines.forEach((line, i) => line.send(byLine[i] ?? []));
      await done;
      const endedAt = Date.now();
      for (const line of lines) line.close();
      const bytes = payloadBytes();
      return { messages, acknowledged, startedAt: began, endedAt, payloadBytes: bytes };
    },
  };
}

function openLines(
  q: { readonly port: number; readonly connections: number; readonly window?: number },
  onAcknowledged: (count: number) => void,
): Promise<readonly Line[]> {
  return Promise.all(
    Array.from({ length: q.connections }, (_, i) =>
      openLine(
        { port: q.port, window: q.window ?? Infinity, id: `bench-${process.pid}-${i}` },
        onAcknowledged,
      ),
    ),
  );
}

/** So many messages a second, each made when it is due, until `stop`, which waits for the last acknowledgements. */
export async function startSteady(steady: Steady): Promise<{ stop(): Promise<Published> }> {
  const { connections, sensors, perSecond } = steady;
  let acknowledged = 0;
  const lines = await openLines(steady, (count) => (acknowledged += count));
  const startedAt = Date.now();
  const start = performance.now();
  const times = new Map<number, number>();
  let sent = 0;
  const pace = setInterval(() => {
    const due = Math.floor(((performance.now() - start) * perSecond) / 1000);
    for (; sent < due; sent += 1) {
      const sensor = sent % sensors;
      // Two readings of one sensor in the same millisecond would be one reading.
      const time = Math.max(Date.now(), (times.get(sensor) ?? 0) + 1);
      times.set(sensor, time);
      const sequence = startedAt + Math.floor(sent / sensors);
      const packetId = (Math.floor(sent / connections) % 65_535) + 1;
      lines[sensor % connections]?.sendOne(publishPacket({ sensor, sequence, time, packetId }));
    }
  }, PACE_MS);
  return {
    stop: async () => {
      clearInterval(pace);
      const end = performance.now() + 10_000;
      while (acknowledged < sent && performance.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      for (const line of lines) line.close();
      const bytes = payloadBytes();
      return { messages: sent, acknowledged, startedAt, endedAt: Date.now(), payloadBytes: bytes };
    },
  };
}
