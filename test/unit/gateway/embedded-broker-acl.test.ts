import type { MqttClient } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import type { RawMessage } from '../../../domain/intake.ts';
import { startEmbeddedBroker } from '../../../gateway/broker/embedded-broker.ts';
import {
  type Admission,
  type Caller,
  type ClientNews,
  type EmbeddedBroker,
} from '../../../gateway/index.ts';
import { client, quiet } from './support.ts';

/** A house with two sensors and a siren, each with rights of its own, and an account that may do all. */
const HOUSE: Readonly<Record<string, Admission>> = {
  'th-1': device('c1', ['lantai/sx/th-1/#']),
  'th-2': device('c2', ['lantai/sx/th-2/#']),
  siren: device('c3', ['lantai/sx/siren/status'], ['lantai/sx/alarm/#']),
  all: { ok: true },
};

function device(credential: string, mayPublish: string[], mayRead: string[] = []): Admission {
  return { ok: true, credential, rights: { mayPublish, mayRead } };
}

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open() {
  const taken: RawMessage[] = [];
  const news: ClientNews[] = [];
  const broker: EmbeddedBroker = await startEmbeddedBroker({
    host: '127.0.0.1',
    port: 0,
    log: quiet,
    authenticate: ({ username = '' }: Caller) =>
      HOUSE[username] ?? { ok: false, why: 'unknown-username' },
    onClient: (one) => news.push(one),
    onMessage(raw, done) {
      taken.push(raw);
      done();
    },
  });
  ends.push(() => broker.close());
  const join = async (username: string, clientId = username): Promise<MqttClient> => {
    const made = await client(broker.address.port, { username, password: 'x', clientId });
    made.on('error', () => undefined);
    ends.push(() => made.endAsync(true));
    return made;
  };
  const topics = () => taken.map(({ topic }) => topic);
  const sight = (clientId: string) => broker.seen().find((one) => one.clientId === clientId);
  return { broker, join, topics, news, sight };
}

async function granted(reader: MqttClient, topic: string): Promise<number> {
  try {
    const [grant] = await reader.subscribeAsync(topic, { qos: 1 });
    return grant?.qos ?? 128;
  } catch {
    // mqtt.js turns a refused subscription into an error.
    return 128;
  }
}

describe('a device on the embedded broker', () => {
  it('publishes its own topics, and no others', async () => {
    const { join, topics, sight } = await open();
    const sensor = await join('th-1');
    await sensor.publishAsync('lantai/sx/th-1/telemetry', '{}', { qos: 1 });
    await sensor.publishAsync('lantai/sx/th-2/telemetry', '{}', { qos: 1 });
    await sensor.publishAsync('lantai/sx/th-1/status', 'online', { qos: 1, retain: true });
    await sensor.publishAsync('lantai/sx/alarm/sx.fire', '{}', { qos: 1, retain: true });
    expect(topics()).toEqual(['lantai/sx/th-1/telemetry', 'lantai/sx/th-1/status']);
    expect(sight('th-1')).toMatchObject({
      connected: true,
      credential: 'c1',
      messages: 2,
      refused: 2,
      lastRefusal: { why: 'topic-not-allowed', detail: 'lantai/sx/alarm/sx.fire' },
    });
  });

  it('leaves no will where it may not publish', async () => {
    const { broker, join, topics } = await open();
    const made = await client(broker.address.port, {
      username: 'th-1',
      password: 'x',
      clientId: 'dying',
      will: { topic: 'lantai/sx/th-2/status', payload: Buffer.from('offline'), qos: 1 },
    });
    const closed = new Promise<void>((resolve) => made.once('close', () => resolve()));
    made.stream.destroy();
    await closed;
    const other = await join('th-2');
    await other.publishAsync('lantai/sx/th-2/status', 'online', { qos: 1 });
    expect(topics()).toEqual(['lantai/sx/th-2/status']);
  });

  it.each(['#', '+/#', 'lantai/#', 'lantai/sx/th-2/telemetry', 'lantai/sx/th-1/#', '$SYS/#'])(
    'reads nothing: %s is refused',
    async (filter) => {
      const { join, sight } = await open();
      const sensor = await join('th-1');
      expect(await granted(sensor, filter)).toBe(128);
      expect(sight('th-1')?.lastRefusal).toMatchObject({
        why: 'reading-not-allowed',
        detail: filter,
      });
    },
  );

  it('reads what it was given and hears nothing else', async () => {
    const { broker, join } = await open();
    const siren = await join('siren');
    const heard: string[] = [];
    siren.on('message', (topic) => heard.push(topic));
    expect(await granted(siren, 'lantai/sx/alarm/#')).toBe(1);
    expect(await granted(siren, 'lantai/+/alarm/#')).toBe(128);
    const sensor = await join('th-1');
    await sensor.publishAsync('lantai/sx/th-1/telemetry', '{}', { qos: 1 });
    const alarm = new Promise((resolve) => siren.once('message', resolve));
    await broker.publish({ topic: 'lantai/sx/alarm/sx.a1', payload: '{}' });
    await alarm;
    expect(heard).toEqual(['lantai/sx/alarm/sx.a1']);
  });

  it('hears nothing of a subscription that an account with more rights has left under its name', async () => {
    const { broker, join } = await open();
    const first = await client(broker.address.port, {
      username: 'all',
      password: 'x',
      clientId: 'same',
      clean: false,
    });
    await first.subscribeAsync('lantai/#', { qos: 1 });
    await first.endAsync();
    const thief = await client(broker.address.port, {
      username: 'th-1',
      password: 'x',
      clientId: 'same',
      clean: false,
    });
    const heard: string[] = [];
    thief.on('message', (topic) => heard.push(topic));
    const sensor = await join('th-2');
    await sensor.publishAsync('lantai/sx/th-2/telemetry', '{}', { qos: 1 });
    await thief.publishAsync('lantai/sx/th-1/telemetry', '{}', { qos: 1 });
    expect(heard).toEqual([]);
    await thief.endAsync(true);
  });

  it.each([
    ['too deep', Array(17).fill('a').join('/'), 'topic-too-deep'],
    ['too long', `lantai/${'x'.repeat(600)}`, 'topic-too-long'],
  ])('goes on after a topic that is %s', async (_, topic, why) => {
    const { join, topics, sight } = await open();
    const one = await join('all');
    await one.publishAsync(topic, '{}', { qos: 1 });
    await one.publishAsync('lantai/sx/th-1/telemetry', '{}', { qos: 1 });
    expect(topics()).toEqual(['lantai/sx/th-1/telemetry']);
    expect(sight('all')?.lastRefusal?.why).toBe(why);
  });

  it('is cut off when its credential ends, and only it', async () => {
    const { broker, join, topics } = await open();
    const [gone, stays] = [await join('th-1'), await join('th-2')];
    const closed = new Promise<void>((resolve) => gone.once('close', () => resolve()));
    broker.cutOff(({ credential }) => credential === 'c1');
    await closed;
    await stays.publishAsync('lantai/sx/th-2/telemetry', '{}', { qos: 1 });
    expect(topics()).toEqual(['lantai/sx/th-2/telemetry']);
  });

  it('opens so many connections and no more', async () => {
    const { join } = await open();
    for (let i = 0; i < 16; i += 1) await join('th-1', `c${i}`);
    await expect(join('th-1', 'c17')).rejects.toThrow(/not authorized/i);
    await join('th-2');
  });
});

describe('a client id', () => {
  it('is not taken from a device by another one', async () => {
    const { broker, join, topics } = await open();
    const sensor = await join('th-1', 'mine');
    await expect(join('th-2', 'mine')).rejects.toThrow(/not authorized/i);
    await expect(join('all', 'mine')).rejects.toThrow(/not authorized/i);
    expect(broker.seen().map((one) => [one.username, one.connected, one.lastRefusal?.why])).toEqual(
      [
        ['all', false, 'client-id-taken'],
        ['th-2', false, 'client-id-taken'],
        ['th-1', true, undefined],
      ],
    );
    await sensor.publishAsync('lantai/sx/th-1/telemetry', '{}', { qos: 1 });
    expect(topics()).toEqual(['lantai/sx/th-1/telemetry']);
    // The same device that comes back ends its own old session.
    await join('th-1', 'mine');
  });
});

describe('who comes for the first time', () => {
  it('is told of once: strangers that are let in, and everybody who is not', async () => {
    const { join, news, sight } = await open();
    await join('th-1');
    for (let i = 0; i < 3; i += 1) {
      await expect(join('nobody', 'burglar')).rejects.toThrow(/not authorized/i);
      await (await join('all', 'gateway')).endAsync();
    }
    expect(news.map(({ kind, client: { clientId } }) => [kind, clientId])).toEqual([
      ['refused', 'burglar'],
      ['first', 'gateway'],
    ]);
    expect(sight('burglar')).toMatchObject({
      username: 'nobody',
      address: '127.0.0.1',
      connected: false,
      refused: 3,
      lastRefusal: { why: 'unknown-username' },
    });
  });
});
