import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { PACKET_BYTES_MAX, PAYLOAD_BYTES_MAX } from '../../../domain/bounds.ts';
import type { RawMessage } from '../../../domain/intake.ts';
import { startEmbeddedBroker } from '../../../gateway/broker/embedded-broker.ts';
import {
  ListenError,
  type EmbeddedBroker,
  type EmbeddedBrokerOptions,
} from '../../../gateway/index.ts';
import { createPacketSizer } from '../../../gateway/broker/packet-limit.ts';
import { client, quiet } from './support.ts';

interface Arrival {
  readonly raw: RawMessage;
  readonly done: (error?: Error) => void;
}

const brokers: EmbeddedBroker[] = [];
afterEach(async () => {
  for (const broker of brokers.splice(0)) await broker.close();
});

async function start(options: Partial<EmbeddedBrokerOptions> = {}) {
  const arrivals: Arrival[] = [];
  let wake = (): void => {};
  const broker = await startEmbeddedBroker({
    host: '127.0.0.1',
    port: 0,
    log: quiet,
    onMessage(raw, done) {
      arrivals.push({ raw, done });
      wake();
    },
    ...options,
  });
  brokers.push(broker);
  const next = async (): Promise<Arrival> => {
    for (;;) {
      const arrival = arrivals.shift();
      if (arrival) return arrival;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  return { broker, port: broker.address.port, next, arrivals };
}

const topic = 'lantai/sx/th-1/telemetry';

describe('embedded broker', () => {
  it('acknowledges a publication only after its commit', async () => {
    const { port, next } = await start();
    const device = await client(port);
    let acknowledged = false;
    const published = device.publishAsync(topic, '{}', { qos: 1 }).then(() => {
      acknowledged = true;
    });
    const { raw, done } = await next();
    expect(raw.packetId).toBeTypeOf('number');
    // A ping goes there and back: an acknowledgement that was on its way would have come first.
    await device.subscribeAsync('other');
    expect(acknowledged).toBe(false);
    done();
    await published;
    expect(acknowledged).toBe(true);
    await device.endAsync();
  });

  it('cuts the client off when the commit failed, and gets the message again', async () => {
    const { port, next } = await start();
    const device = await client(port, { clientId: 'dev', clean: false, reconnectPeriod: 10 });
    const published = device.publishAsync(topic, '{"temperature":1}', { qos: 1 });
    const first = await next();
    first.done(new Error('disk full'));
    const again = await next();
    expect(Buffer.from(again.raw.payload).toString()).toBe('{"temperature":1}');
    expect(again.raw.packetId).toBe(first.raw.packetId);
    expect(again.raw.connection).toBeGreaterThan(first.raw.connection ?? Infinity);
    again.done();
    await published;
    await device.endAsync();
  });

  it('goes on listening to a session whose messages can not be committed', async () => {
    const { port, next } = await start();
    const gateway = await client(port);
    const published = ['{"n":1}', '{"n":2}', '{"n":3}'].map((payload) =>
      gateway.publishAsync(topic, payload, { qos: 1 }),
    );
    const waiting = [await next(), await next(), await next()];
    const fire = gateway.publishAsync('lantai/sx/sm-1/telemetry', '{"smoke":1}', { qos: 1 });
    const heard = await next();
    expect(heard.raw.topic).toBe('lantai/sx/sm-1/telemetry');
    for (const { done } of [...waiting, heard]) done();
    await Promise.all([...published, fire]);
    await gateway.endAsync();
  });

  it('lets nobody but us speak as the gateway or as an alarm, and goes on with the client', async () => {
    const { broker, port, next, arrivals } = await start();
    const siren = await client(port);
    await siren.subscribeAsync('lantai/#', { qos: 1 });
    const heard: string[] = [];
    siren.on('message', (t) => heard.push(t));
    const forger = await client(port);
    await forger.publishAsync('lantai/sx/alarm/sx.fire', '{}', { qos: 1, retain: true });
    await forger.publishAsync('lantai/sx/gateway/status', 'offline', { qos: 1 });
    expect(arrivals).toEqual([]);
    await broker.publish({ topic: 'lantai/sx/alarm/sx.a1', payload: '{"a":1}', retain: true });
    const published = forger.publishAsync(topic, '{}', { qos: 1 });
    (await next()).done();
    await published;
    await siren.subscribeAsync('other');
    expect(heard).toEqual(['lantai/sx/alarm/sx.a1', topic]);
    const late = await client(port);
    const retained = new Promise<string>((resolve) => late.once('message', resolve));
    await late.subscribeAsync('lantai/sx/alarm/#');
    expect(await retained).toBe('lantai/sx/alarm/sx.a1');
    for (const c of [siren, forger, late]) await c.endAsync();
  });

  it('takes the retain flag of a live publication for a wish, not for a replay', async () => {
    const { port, next } = await start();
    const device = await client(port);
    const published = device.publishAsync(topic, '{}', { qos: 1, retain: true });
    const { raw, done } = await next();
    expect(raw.retain).toBe(false);
    done();
    await published;
    await device.endAsync();
  });

  it('hears the last will of a device that vanished', async () => {
    const { port, next } = await start();
    const status = 'lantai/sx/th-1/status';
    const will = { topic: status, payload: Buffer.from('offline'), qos: 1 as const, retain: true };
    const device = await client(port, { will });
    device.stream.destroy();
    const { raw, done } = await next();
    expect([raw.topic, Buffer.from(raw.payload).toString()]).toEqual([status, 'offline']);
    done();
  });

  it('hands on a payload that is too large for intake, so that it is put aside with its reason', async () => {
    const { port, next } = await start();
    const device = await client(port);
    const published = device.publishAsync(topic, Buffer.alloc(1024 * 1024), { qos: 1 });
    const { raw, done } = await next();
    expect(raw.payload.byteLength).toBeGreaterThan(PAYLOAD_BYTES_MAX);
    done();
    await published;
    await device.endAsync();
  });

  it('closes a connection whose packet is beyond all measure, before it has come', async () => {
    const { port, arrivals } = await start();
    const device = await client(port);
    const closed = new Promise<void>((resolve) => device.once('close', resolve));
    device.on('error', () => {});
    device.publish(topic, Buffer.alloc(PACKET_BYTES_MAX + 1), { qos: 1 });
    await closed;
    expect(arrivals).toEqual([]);
  });

  it('reads no large packet from somebody who has not connected', async () => {
    const { port } = await start();
    const socket = connectTcp(port, '127.0.0.1');
    socket.on('error', () => {});
    const closed = once(socket, 'close');
    socket.write(Buffer.from([0x10, 0xff, 0xff, 0x7f, 0]));
    await closed;
  });

  it.each([
    ['the right password', 'right', true],
    ['a wrong password', 'wrong', false],
    ['no password', undefined, false],
  ])('asks who connects: %s', async (_, password, welcome) => {
    const { port } = await start({
      authenticate: ({ username, password: given }) =>
        username === 'dev' && given === 'right'
          ? { ok: true }
          : { ok: false, why: 'wrong-password' },
    });
    const connecting = client(port, {
      username: 'dev',
      ...(password === undefined ? {} : { password }),
      connectTimeout: 2000,
    });
    if (welcome) await (await connecting).endAsync();
    else await expect(connecting).rejects.toThrow(/not authorized/i);
  });

  it('drops what a client may not publish, and goes on', async () => {
    const { port, next, arrivals } = await start({
      authenticate: () => ({ ok: true, rights: { mayPublish: [topic], mayRead: [] } }),
    });
    const device = await client(port);
    await device.publishAsync('lantai/sx/th-2/telemetry', '{}', { qos: 1 });
    const published = device.publishAsync(topic, '{}', { qos: 1 });
    const { raw, done } = await next();
    expect(raw.topic).toBe(topic);
    done();
    await published;
    expect(arrivals).toEqual([]);
    await device.endAsync();
  });

  it('says that the port is in use', async () => {
    const { port } = await start();
    const second = startEmbeddedBroker({
      host: '127.0.0.1',
      port,
      log: quiet,
      onMessage: (_raw, done) => done(),
    });
    const error: unknown = await second.catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ListenError);
    expect(error).toMatchObject({ code: 'EADDRINUSE', port });
    expect(String(error)).toContain(`127.0.0.1:${port}: the port is in use.`);
  });

  it('does not take its own closing for the end of the devices', async () => {
    const { broker, port, arrivals } = await start();
    const will = {
      topic: 'lantai/sx/th-1/status',
      payload: Buffer.from('offline'),
      qos: 1 as const,
    };
    const device = await client(port, { will });
    device.on('error', () => {});
    expect(broker.clients()).toBe(1);
    await broker.close();
    await turn();
    expect(arrivals).toEqual([]);
  });
});

describe('packet sizer', () => {
  const limits = { firstBytesMax: 10, packetBytesMax: 200 };
  const packet = (bytes: number): Buffer => {
    const head = bytes < 128 ? [0x30, bytes] : [0x30, (bytes & 127) | 128, bytes >> 7];
    return Buffer.concat([Buffer.from(head), Buffer.alloc(bytes)]);
  };
  it.each([
    ['small packets', [packet(10), packet(200), packet(0), packet(3)], true],
    ['a first packet above its own limit', [packet(11)], false],
    ['a later packet above the limit', [packet(2), packet(201)], false],
    ['a length that never ends', [packet(2), Buffer.from([0x30, 128, 128, 128, 128, 1])], false],
  ])('judges %s however the bytes are cut', (_, packets, fits) => {
    const all = Buffer.concat(packets);
    for (const cut of [1, 2, 3, 7, all.length]) {
      const sizer = createPacketSizer(limits);
      let ok = true;
      for (let i = 0; i < all.length && ok; i += cut) ok = sizer.accept(all.subarray(i, i + cut));
      expect(ok).toBe(fits);
    }
  });
});
