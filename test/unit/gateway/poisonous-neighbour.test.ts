import { connect } from 'node:net';
import type { MqttClient } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import type { RawMessage } from '../../../domain/intake.ts';
import { startEmbeddedBroker } from '../../../gateway/broker/embedded-broker.ts';
import { type EmbeddedBroker, type EmbeddedBrokerOptions } from '../../../gateway/index.ts';
import { client, quiet } from './support.ts';

/**
 * Goal: a device that sends without end stands in nobody's way. Method: the broker's clock stands still, so what a
 * device may send at once is all that it may send, and everything else of it must stay in its own socket.
 */

const FLOOD = 40_000;
/** Its burst, overdrawn once by what was read at once. */
const TAKEN_OF_FLOOD_MAX = 14_000;
const GOOD = 500;

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open(options: Partial<EmbeddedBrokerOptions> = {}) {
  const taken = new Map<string, number>();
  const broker: EmbeddedBroker = await startEmbeddedBroker({
    host: '127.0.0.1',
    port: 0,
    log: quiet,
    steadyMs: () => 0,
    onMessage(raw: RawMessage, done) {
      taken.set(raw.topic, (taken.get(raw.topic) ?? 0) + 1);
      if (raw.topic.endsWith('garbage')) broker.onRefused(raw, 'not-json');
      done();
    },
    ...options,
  });
  ends.push(() => broker.close());
  const join = async (clientId: string): Promise<MqttClient> => {
    const made = await client(broker.address.port, { clientId, username: clientId, password: 'x' });
    made.on('error', () => undefined);
    ends.push(() => made.endAsync(true));
    return made;
  };
  const sight = (clientId: string) => broker.seen().find((one) => one.clientId === clientId);
  return { broker, join, taken, sight };
}

async function until(met: () => boolean): Promise<void> {
  while (!met()) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function goodMessages(device: MqttClient): Promise<void> {
  for (let i = 0; i < GOOD; i += 1) {
    await device.publishAsync('lantai/sx/sm-1/telemetry', '{"smoke":1}', { qos: 1 });
  }
}

describe('a poisonous neighbour', () => {
  it('is read slowly once it has sent enough that nobody understands; others go on', async () => {
    const { join, taken, sight } = await open();
    const [poison, detector] = [await join('poison'), await join('detector')];
    for (let i = 0; i < FLOOD; i += 1) poison.publish('lantai/sx/x/garbage', '\u0000{', { qos: 0 });
    await goodMessages(detector);
    expect(taken.get('lantai/sx/sm-1/telemetry')).toBe(GOOD);
    await until(() => sight('poison')?.slowed === true);
    await goodMessages(detector);
    expect(taken.get('lantai/sx/x/garbage')).toBeLessThan(TAKEN_OF_FLOOD_MAX);
    expect(sight('poison')?.lastRefusal).toMatchObject({ why: 'not-understood' });
    expect(sight('detector')).toMatchObject({ slowed: false, refused: 0, messages: 2 * GOOD });
  });

  it('is read slowly when it publishes what it may not', async () => {
    const { join, taken, sight } = await open({
      authenticate: ({ clientId }) => ({
        ok: true,
        credential: clientId,
        rights: { mayPublish: ['lantai/sx/sm-1/#'], mayRead: [] },
      }),
    });
    const [poison, detector] = [await join('poison'), await join('detector')];
    for (let i = 0; i < FLOOD; i += 1) poison.publish('lantai/sx/th-1/telemetry', '{}', { qos: 0 });
    await goodMessages(detector);
    expect(taken.get('lantai/sx/sm-1/telemetry')).toBe(GOOD);
    expect(taken.get('lantai/sx/th-1/telemetry')).toBeUndefined();
    expect(sight('poison')?.refused).toBeLessThan(TAKEN_OF_FLOOD_MAX);
  });

  it('is held to its rate when all it sends is good', async () => {
    const { join, taken } = await open({
      authenticate: ({ clientId }) => ({
        ok: true,
        credential: clientId,
        rights: { mayPublish: ['#'], mayRead: [] },
      }),
    });
    const [eager, detector] = [await join('eager'), await join('detector')];
    for (let i = 0; i < FLOOD; i += 1) eager.publish('lantai/sx/th-1/telemetry', '{}', { qos: 0 });
    await goodMessages(detector);
    expect(taken.get('lantai/sx/sm-1/telemetry')).toBe(GOOD);
    expect(taken.get('lantai/sx/th-1/telemetry')).toBeLessThan(TAKEN_OF_FLOOD_MAX);
  });

  it('has no more than so many messages waiting for their commit, but is never deaf', async () => {
    const waiting: (() => void)[] = [];
    let fires = 0;
    const { join } = await open({
      onMessage(raw, done) {
        waiting.push(done);
        if (raw.topic.includes('/sm-')) fires += 1;
      },
    });
    const gateway = await join('gateway');
    for (let i = 0; i < FLOOD; i += 1)
      gateway.publish('lantai/sx/th-1/telemetry', '{}', { qos: 1 });
    await until(() => waiting.length > 2_000);
    const before = waiting.length;
    // At most what the socket holds at once above the bound.
    expect(before).toBeLessThan(2_000 + 65_536 / 30);
    await until(() => waiting.length > before);
    expect(waiting.length).toBeLessThan(before + 1_000);
    const other = await join('other');
    other.publish('lantai/sx/sm-1/telemetry', '{"smoke":1}', { qos: 1 });
    await until(() => fires === 1);
    for (let all = 0; all < FLOOD;) {
      await until(() => waiting.length > 0);
      all += waiting.length;
      for (const done of waiting.splice(0)) done();
    }
  });

  it('that does not take what it subscribed to is cut off, and no publisher waits for it', async () => {
    const { broker, join, sight } = await open();
    const sluggish = connect(broker.address.port, '127.0.0.1').on('error', () => undefined);
    ends.push(async () => void sluggish.destroy());
    // CONNECT as "s", SUBSCRIBE to "#", and nothing is ever read.
    sluggish.write(Buffer.from('100d00044d51545404020000000173', 'hex'));
    sluggish.write(Buffer.from('82060001000123' + '00', 'hex'));
    await until(() => sight('s')?.connected === true);
    const talker = await join('talker');
    const payload = Buffer.alloc(60_000, 'x');
    for (let i = 0; i < 400; i += 1) {
      await talker.publishAsync('lantai/sx/th-1/telemetry', payload, { qos: 1 });
    }
    expect(sight('s')).toMatchObject({ lastRefusal: { why: 'reads-too-slowly' } });
    await until(() => broker.clients() === 1);
  });
});
