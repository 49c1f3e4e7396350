import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Aedes, type Client } from 'aedes';
import { afterEach, describe, expect, it } from 'vitest';
import type { RawMessage } from '../../../domain/intake.ts';
import type { Registry } from '../../../domain/registry.ts';
import {
  connectBroker,
  type BrokerLink,
  type BrokerLinkOptions,
  type BrokerLinkState,
} from '../../../gateway/mqtt/link.ts';
import { client, quiet, REGISTRY } from './support.ts';

interface Arrival {
  readonly raw: RawMessage;
  readonly done: (error?: Error) => void;
}

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A broker of another make: plain aedes on a free port, with a look at what each client sends it. */
async function foreignBroker() {
  const aedes = await Aedes.createBroker({ id: 'foreign' });
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    aedes.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const acknowledged: { clientId: string; topic: string }[] = [];
  const connected = new Map<string, Client>();
  aedes.on('clientReady', (ready) => connected.set(ready.id, ready));
  let wake = (): void => {};
  aedes.on('ack', (packet, from) => {
    if (packet && 'topic' in packet) acknowledged.push({ clientId: from.id, topic: packet.topic });
    wake();
  });
  endings.push(async () => {
    await new Promise<void>((resolve) => aedes.close(resolve));
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return {
    aedes,
    connected,
    port: (server.address() as AddressInfo).port,
    acknowledged,
    acknowledgements: async (count: number) => {
      while (acknowledged.length < count) await new Promise<void>((resolve) => (wake = resolve));
    },
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function link(port: number, options: Partial<BrokerLinkOptions> = {}) {
  const arrivals: Arrival[] = [];
  let wake = (): void => {};
  let stateChanged = (_: BrokerLinkState): void => {};
  const made: BrokerLink = connectBroker({
    url: `mqtt://127.0.0.1:${port}`,
    clientId: 'lantai',
    registry: REGISTRY,
    log: quiet,
    onMessage(raw, done) {
      arrivals.push({ raw, done });
      wake();
    },
    onState: (state) => stateChanged(state),
    ...options,
  });
  endings.push(() => made.close());
  const until = (wanted: (state: BrokerLinkState) => boolean): Promise<BrokerLinkState> =>
    new Promise((resolve) => {
      stateChanged = (state) => {
        if (wanted(state)) resolve(state);
      };
      stateChanged(made.state());
    });
  const next = async (): Promise<Arrival> => {
    for (;;) {
      const arrival = arrivals.shift();
      if (arrival) return arrival;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  return { link: made, arrivals, next, until };
}

/** The main session's subscriptions are in force when its own publication comes back. */
async function ready(l: Awaited<ReturnType<typeof link>>, port: number): Promise<void> {
  await l.until((state) => state.connected);
  const probe = await client(port);
  await probe.publishAsync('lantai/sx/th-1/status', 'online', { qos: 1, retain: true });
  const { raw, done } = await l.next();
  expect(raw.topic).toBe('lantai/sx/th-1/status');
  done();
  await probe.endAsync();
}

const climate = 'lantai/sx/th-1/telemetry';
const smoke = 'lantai/sx/sm-1/telemetry';
const door = 'lantai/sx/d301/access';

describe('link to a broker', () => {
  it('holds the acknowledgement back until the commit, and sends the free ones in order', async () => {
    const broker = await foreignBroker();
    const l = await link(broker.port);
    await ready(l, broker.port);
    await broker.acknowledgements(1);
    const device = await client(broker.port);
    for (const n of [1, 2, 3]) {
      await device.publishAsync(climate, JSON.stringify({ temperature: n }), { qos: 1 });
    }
    const [a, b, c] = [await l.next(), await l.next(), await l.next()];
    // Ours goes out at once although acknowledgements wait.
    await l.link.publish({ topic: 'lantai/sx/gateway/status', payload: 'online', retain: true });
    expect(broker.acknowledged).toHaveLength(1);
    b.done();
    await l.link.publish({ topic: 'lantai/sx/gateway/status', payload: 'online', retain: true });
    expect(broker.acknowledged).toHaveLength(1);
    a.done();
    await broker.acknowledgements(3);
    c.done();
    await broker.acknowledgements(4);
    await device.endAsync();
  });

  it('gets again what was not committed when the connection broke', async () => {
    const broker = await foreignBroker();
    const l = await link(broker.port);
    await ready(l, broker.port);
    const device = await client(broker.port);
    await device.publishAsync(climate, '{"temperature":1}', { qos: 1 });
    await device.endAsync();
    const first = await l.next();
    broker.cut();
    const again = await l.next();
    // The late commit of the old delivery acknowledges nothing on the new connection.
    first.done();
    expect(again.raw.payload).toEqual(first.raw.payload);
    expect(again.raw.packetId).toBe(first.raw.packetId);
    expect(again.raw.connection).toBeGreaterThan(first.raw.connection ?? Infinity);
    const before = broker.acknowledged.length;
    again.done();
    await broker.acknowledgements(before + 1);
    expect(l.link.state().main).toMatchObject({ sessionPresent: true, forgottenCount: 0 });
  });

  it('reconnects when a commit failed, so that the message comes again', async () => {
    const broker = await foreignBroker();
    const l = await link(broker.port);
    await ready(l, broker.port);
    const device = await client(broker.port);
    await device.publishAsync(smoke, '{"smoke":1}', { qos: 1 });
    await device.endAsync();
    const first = await l.next();
    first.done(new Error('disk full'));
    const again = await l.next();
    expect(again.raw.topic).toBe(smoke);
    again.done();
  });

  it('takes each message by one session only: fire and doors by the one for safety', async () => {
    const broker = await foreignBroker();
    const l = await link(broker.port);
    await ready(l, broker.port);
    const device = await client(broker.port);
    for (const topic of [climate, smoke, door]) {
      await device.publishAsync(topic, '{}', { qos: 1 });
    }
    await device.endAsync();
    const taken = [await l.next(), await l.next(), await l.next()];
    for (const { done } of taken) done();
    // Four by the main session (one of them left to the other), two by the safety session.
    await broker.acknowledgements(5);
    expect(l.arrivals).toEqual([]);
    expect(taken.map((t) => t.raw.topic).toSorted()).toEqual([door, smoke, climate].toSorted());
    expect(
      broker.acknowledged.filter((a) => a.clientId === 'lantai-safety').map((a) => a.topic),
    ).toEqual([smoke, door]);
  });

  it('hears a fire while climate data waits for its commit', async () => {
    const broker = await foreignBroker();
    const l = await link(broker.port);
    await ready(l, broker.port);
    const device = await client(broker.port);
    for (let n = 0; n < 30; n++) await device.publishAsync(climate, `{"n":${n}}`, { qos: 1 });
    await device.publishAsync(smoke, '{"smoke":1}', { qos: 1 });
    await device.endAsync();
    for (;;) {
      const { raw, done } = await l.next();
      if (raw.topic !== smoke) continue;
      done();
      break;
    }
  });

  it('says what is for a siren on the session that carries no climate data', async () => {
    const broker = await foreignBroker();
    const l = await link(broker.port);
    await ready(l, broker.port);
    const said = new Promise<string | undefined>((resolve) => {
      broker.aedes.on('publish', (packet, from) => {
        if (packet.topic === 'lantai/sx/alarm/fire') resolve(from?.id);
      });
    });
    await l.link.publish({ topic: 'lantai/sx/alarm/fire', payload: '{}' });
    expect(await said).toBe('lantai-safety');
  });

  it('marks what the broker only remembers', async () => {
    const broker = await foreignBroker();
    const device = await client(broker.port);
    await device.publishAsync('lantai/sx/th-1/status', 'online', { qos: 1, retain: true });
    await device.endAsync();
    const l = await link(broker.port);
    const { raw, done } = await l.next();
    expect(raw).toMatchObject({ topic: 'lantai/sx/th-1/status', retain: true });
    done();
  });

  it('leaves the word offline when it is lost without goodbye', async () => {
    const broker = await foreignBroker();
    const watcher = await client(broker.port);
    await watcher.subscribeAsync('lantai/+/gateway/status', { qos: 1 });
    const said = new Promise<string>((resolve) => {
      watcher.on('message', (topic, payload) => resolve(`${topic} ${payload.toString()}`));
    });
    const l = await link(broker.port);
    await ready(l, broker.port);
    // The broker loses our connection: it closes the client without a disconnect packet.
    broker.connected.get('lantai')?.close();
    expect(await said).toBe('lantai/sx/gateway/status offline');
    await watcher.endAsync();
  });

  it('subscribes a new detector on the safety session, without losing a message', async () => {
    const broker = await foreignBroker();
    const l = await link(broker.port);
    await ready(l, broker.port);
    const added = { repository: 'sx', id: 'sm-2', room: 'r301', metrics: ['smoke' as const] };
    const registry: Registry = {
      ...REGISTRY,
      sensors: new Map([...REGISTRY.sensors, ['sx.sm-2', added]]),
    };
    const subscribed = new Promise<void>((resolve) => {
      broker.aedes.on('subscribe', (subs) => {
        if (subs.some((s) => s.topic === 'lantai/sx/sm-2/telemetry')) resolve();
      });
    });
    l.link.resubscribe(registry);
    await subscribed;
    const device = await client(broker.port);
    await device.publishAsync('lantai/sx/sm-2/telemetry', '{"smoke":1}', { qos: 1 });
    await device.endAsync();
    const { raw, done } = await l.next();
    expect(raw.topic).toBe('lantai/sx/sm-2/telemetry');
    done();
  });

  it('acknowledges on leaving what is committed, and finds the rest on coming back', async () => {
    const broker = await foreignBroker();
    const l = await link(broker.port);
    await ready(l, broker.port);
    const device = await client(broker.port);
    for (const n of [1, 2]) await device.publishAsync(climate, `{"n":${n}}`, { qos: 1 });
    const [committed] = [await l.next(), await l.next()];
    committed.done();
    await l.link.close();
    await device.publishAsync(climate, '{"n":3}', { qos: 1 });
    await device.endAsync();
    const back = await link(broker.port);
    const seen: string[] = [];
    while (seen.length < 2) {
      const { raw, done } = await back.next();
      if (raw.topic === climate) seen.push(Buffer.from(raw.payload).toString());
      done();
    }
    expect(seen).toEqual(['{"n":2}', '{"n":3}']);
    expect(back.link.state().main.sessionPresent).toBe(true);
  });

  it('says that the broker does not answer, and refuses to publish meanwhile', async () => {
    const broker = await foreignBroker();
    const end = endings.splice(0);
    for (const e of end) await e();
    const l = await link(broker.port);
    const state = await l.until(({ safety }) => /ECONNREFUSED/.test(safety.trouble ?? ''));
    expect(state.connected).toBe(false);
    await expect(l.link.publish({ topic: 'a', payload: 'b' })).rejects.toThrow(/not connected/);
  });
});
