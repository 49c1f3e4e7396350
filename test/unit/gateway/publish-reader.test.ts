import { describe, expect, it } from 'vitest';
import { createPublishReader, type Publication } from '../../../gateway/mqtt/publish-reader.ts';

const ping = Buffer.from([0xd0, 0]);
const connack = Buffer.from([0x20, 2, 0, 0]);

interface More {
  readonly packetId?: number;
  readonly flags?: number;
}

/** A PUBLISH packet; without a packet id it is QoS 0. */
function publish(topic: string, payload: string, more: More = {}): Buffer {
  const { packetId, flags = 0 } = more;
  const name = Buffer.from(topic);
  const head = [name.length >> 8, name.length & 255];
  const id = packetId === undefined ? [] : [packetId >> 8, packetId & 255];
  const body = Buffer.concat([Buffer.from(head), name, Buffer.from(id), Buffer.from(payload)]);
  const length: number[] = [];
  let left = body.length;
  do {
    length.push((left & 127) | (left > 127 ? 128 : 0));
    left >>= 7;
  } while (left > 0);
  return Buffer.concat([
    Buffer.from([0x30 | (packetId === undefined ? 0 : 2) | flags, ...length]),
    body,
  ]);
}

function readIn(pieces: readonly Buffer[], version: 4 | 5 = 4) {
  const taken: (Omit<Publication, 'payload'> & { readonly text: string })[] = [];
  const reader = createPublishReader(version, ({ payload, ...rest }) =>
    taken.push({ ...rest, text: payload.toString() }),
  );
  const rest = Buffer.concat(pieces.map((piece) => reader(piece)));
  return { taken, rest };
}

describe('publish reader', () => {
  const long = 'x'.repeat(20_000);
  const stream = Buffer.concat([
    connack,
    publish('lantai/sx/th-1/telemetry', '{"temperature":1}', { packetId: 0x0102 }),
    ping,
    publish('lantai/sx/馆-1/status', 'online', { packetId: 65_535, flags: 0x01 }),
    publish('a', ''),
    publish('b', long, { packetId: 7, flags: 0x08 }),
    ping,
    ping,
  ]);

  it.each([1, 2, 3, 5, 64, 1_000, stream.length])(
    'takes messages out and leaves the rest, in pieces of %i bytes',
    (size) => {
      const pieces: Buffer[] = [];
      for (let i = 0; i < stream.length; i += size) pieces.push(stream.subarray(i, i + size));
      const { taken, rest } = readIn(pieces);
      expect(taken).toEqual([
        {
          topic: 'lantai/sx/th-1/telemetry',
          text: '{"temperature":1}',
          retain: false,
          packetId: 0x0102,
        },
        { topic: 'lantai/sx/馆-1/status', text: 'online', retain: true, packetId: 65_535 },
        { topic: 'a', text: '', retain: false, packetId: undefined },
        { topic: 'b', text: long, retain: false, packetId: 7 },
      ]);
      expect(rest).toEqual(Buffer.concat([connack, ping, ping, ping]));
    },
  );

  it('passes over the properties that messages of MQTT 5 carry', () => {
    const properties = Buffer.from([5, 0x02, 0, 0, 0, 60]);
    const packet = publish('a', `${properties.toString('latin1')}{"smoke":1}`, { packetId: 9 });
    const plain = publish('b', '\0text');
    expect(readIn([packet, plain], 5).taken).toEqual([
      { topic: 'a', text: '{"smoke":1}', retain: false, packetId: 9 },
      { topic: 'b', text: 'text', retain: false, packetId: undefined },
    ]);
    expect(() => readIn([Buffer.from([0x32, 8, 0, 1, 97, 0, 9, 255, 255, 255])], 5)).toThrow(
      /properties/,
    );
  });

  it('leaves QoS 2, which we never ask for, to mqtt.js', () => {
    const packet = publish('a', 'b', { packetId: 9 });
    packet[0] = 0x34;
    const { taken, rest } = readIn([packet]);
    expect(taken).toEqual([]);
    expect(rest).toEqual(packet);
  });

  it.each([
    ['a length that never ends', Buffer.from([0x32, 255, 255, 255, 255, 1])],
    ['a topic longer than its packet', Buffer.from([0x32, 4, 0, 9, 97, 0])],
    ['no room for the packet id', Buffer.from([0x32, 3, 0, 1, 97])],
    ['no topic at all', Buffer.from([0x32, 0])],
  ])('refuses what is no MQTT: %s', (_, packet) => {
    expect(() => readIn([packet, ping])).toThrow(/the broker sent/);
  });
});
