import { describe, expect, it } from 'vitest';
import { gb26875 } from '../../../../gateway/profiles/codecs/gb26875.ts';
import { haDiscovery } from '../../../../gateway/profiles/codecs/ha-discovery.ts';
import { senml } from '../../../../gateway/profiles/codecs/senml.ts';
import { sparkplugB } from '../../../../gateway/profiles/codecs/sparkplug-b.ts';
import type { Codec, ProfileOutput } from '../../../../gateway/profiles/output.ts';
import {
  bytesOf,
  chance,
  componentData,
  fixtures,
  gbFrame,
  inputOf,
  NOW,
  sparkplug,
} from './support.ts';

const MUTATIONS = 20_000;
const WORDS = [
  'null',
  '1e999',
  '-0',
  '"nan"',
  '[',
  '{',
  '}',
  ',',
  '"',
  '_',
  '\0',
  '２',
  '{}',
  '[[[[',
];

interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** One to four changes: a bit, a byte, a cut, a repeat, a word put in. */
function mutate(payload: Uint8Array, next: (below: number) => number): Uint8Array {
  let bytes = Buffer.from(payload);
  for (let changes = 1 + next(4); changes > 0; changes -= 1) {
    const at = next(bytes.length + 1);
    const kind = next(6);
    if (kind === 0 && at < bytes.length) bytes[at] = bytes.readUInt8(at) ^ (1 << next(8));
    else if (kind === 1 && at < bytes.length) bytes[at] = next(256);
    else if (kind === 2) bytes = bytes.subarray(0, at);
    else if (kind === 3) bytes = Buffer.concat([bytes.subarray(at), bytes.subarray(0, at)]);
    else if (kind === 4)
      bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(next(at + 1))]);
    else {
      const word = Buffer.from(WORDS[next(WORDS.length)] ?? '');
      bytes = Buffer.concat([bytes.subarray(0, at), word, bytes.subarray(at)]);
    }
    bytes = Buffer.from(bytes.subarray(0, 16_384));
  }
  return bytes;
}

function expectSound(output: ProfileOutput): void {
  for (const { device, metric, value, deviceTime } of output.samples) {
    if (!Number.isFinite(value)) throw new Error(`${device} ${metric}: ${value}`);
    if (deviceTime === Infinity || deviceTime === -Infinity) throw new Error('endless time');
  }
  for (const { detail = '', field } of output.issues) {
    if (detail.length > 128 || field.length > 140) throw new Error('unbounded issue');
  }
}

const template = (given: object): Message => ({
  topic: 'homeassistant/device/d/config',
  payload: Buffer.from(JSON.stringify({ dev: { ids: ['d'] }, '~': 'a', ...given })),
});

const of = (format: string): Message[] =>
  fixtures(format).map((fixture) => ({ topic: fixture.topic, payload: bytesOf(fixture) }));

const CASES: readonly (readonly [string, Codec<unknown>, readonly Message[]])[] = [
  ['senml', senml as Codec<unknown>, of('senml')],
  ['sparkplug', sparkplugB as Codec<unknown>, of('sparkplug_b')],
  [
    'discovery',
    haDiscovery as Codec<unknown>,
    [
      ...of('ha_discovery'),
      template({
        cmps: { a: { p: 'sensor', stat_t: '~/x', val_tpl: '{{ value_json["a"][0] | round(1) }}' } },
      }),
    ],
  ],
  ['gb26875', gb26875 as Codec<unknown>, of('gb26875')],
];

describe('hostile bytes', () => {
  it.each(CASES)(
    `%s: ${MUTATIONS} mutations neither throw nor make a value that is none`,
    (name, codec, messages) => {
      const next = chance(0x1a27a1);
      const memory = codec.newMemory();
      for (let i = 0; i < MUTATIONS; i += 1) {
        const message = messages[next(messages.length)];
        if (!message) throw new Error('no messages');
        // Every eighth one whole, so that the memory is one of births and states.
        const payload = next(8) === 0 ? message.payload : mutate(message.payload, next);
        const topic = next(50) === 0 ? `${message.topic}/` : message.topic;
        try {
          expectSound(codec.decode(inputOf(payload, { topic, receivedAt: NOW + i }), memory));
        } catch (error) {
          throw new Error(`${name}, mutation ${i}: ${Buffer.from(payload).toString('hex')}`, {
            cause: error,
          });
        }
      }
    },
  );

  it('gb26875: changed data under a right checksum neither', () => {
    const next = chance(268753);
    const memory = gb26875.newMemory();
    for (let i = 0; i < MUTATIONS; i += 1) {
      const data = mutate(componentData({ type: next(256), status: next(65_536) }), next);
      const frame = gbFrame({ data: data.subarray(0, 1_024), serial: next(65_536) });
      expectSound(gb26875.decode(inputOf(frame), memory));
    }
  });

  it.each(CASES)('%s: random bytes neither', (_, codec, messages) => {
    const next = chance(7);
    const memory = codec.newMemory();
    for (let i = 0; i < 5_000; i += 1) {
      const payload = Uint8Array.from({ length: next(200) }, () => next(256));
      const { topic = '' } = messages[next(messages.length)] ?? {};
      expectSound(codec.decode(inputOf(payload, { topic }), memory));
    }
  });

  it.each([
    ['senml', senml as Codec<unknown>, 'a', Buffer.from('['.repeat(60_000))],
    ['senml objects', senml as Codec<unknown>, 'a', Buffer.from('{"a":'.repeat(12_000))],
    ['frames that begin and begin', gb26875 as Codec<unknown>, 'a', Buffer.alloc(1_000_000, '@')],
    [
      'frames of a length that is never right',
      gb26875 as Codec<unknown>,
      'a',
      Buffer.alloc(1_000_000, Buffer.from('@@\x23\x23\x00\x03')),
    ],
    [
      'messages in messages',
      sparkplugB as Codec<unknown>,
      'spBv1.0/A/NBIRTH/n',
      Buffer.alloc(1_000_000, Buffer.from([0x12, 0x7f, 0x4a, 0x7d])),
    ],
    [
      'a birth of thousands',
      sparkplugB as Codec<unknown>,
      'spBv1.0/A/NBIRTH/n',
      sparkplug({
        seq: 0,
        metrics: Array.from({ length: 5_000 }, (_, i) => ({ name: `a${i}`, int: i })),
      }),
    ],
    [
      'a template of brackets',
      haDiscovery as Codec<unknown>,
      'homeassistant/sensor/a/config',
      Buffer.from(
        JSON.stringify({ stat_t: 'a', val_tpl: `{{ value_json${'["a"]'.repeat(12_000)} }}` }),
      ),
    ],
  ])('takes time by the byte, not more: %s', (...[, codec, topic, payload]) => {
    const start = performance.now();
    expectSound(codec.decode(inputOf(payload, { topic }), codec.newMemory()));
    expect(performance.now() - start).toBeLessThan(1_500);
  });
});
