/** A helper process: publisher, bare subscriber, bare broker, bare relay or loader of charts, as it is told. */

import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { Aedes } from 'aedes';
import { connectAsync } from 'mqtt';
import { Server } from 'socket.io';
import type { Answer, Order } from './helper-words.ts';
import { startPoison } from './poison.ts';
import { prepareBurst, startSteady } from './publisher.ts';

const say = (answer: Answer): void => void process.send?.(answer);

let burst: Awaited<ReturnType<typeof prepareBurst>> | undefined;
let steady: Awaited<ReturnType<typeof startSteady>> | undefined;
let poison: ReturnType<typeof startPoison> | undefined;
let charts: { stop(): Promise<{ readonly loaded: number; readonly bytes: number }> } | undefined;

/** The floor's whole work: parse and count. */
const counter = createCounter();

process.on('message', (order: Order) => {
  obey(order).catch((error: unknown) => {
    console.error('bench helper:', error);
    process.exit(1);
  });
});
process.on('disconnect', () => process.exit(0));

async function obey(order: Order): Promise<void> {
  switch (order.kind) {
    case 'prepare-burst':
      burst = await prepareBurst(order.burst);
      return say({ kind: 'prepared' });
    case 'burst':
      if (burst) say({ kind: 'published', ...(await burst.run()) });
      return;
    case 'steady':
      steady = await startSteady(order.steady);
      return say({ kind: 'prepared' });
    case 'stop-steady':
      if (steady) say({ kind: 'published', ...(await steady.stop()) });
      return;
    case 'poison':
      poison = startPoison(order.port);
      return say({ kind: 'prepared' });
    case 'stop-poison':
      if (poison) say({ kind: 'poisoned', messages: poison.stop() });
      return;
    case 'subscribe':
      return subscribe(order.url);
    case 'count':
      return counter.expect(order.messages);
    case 'aedes':
      return listenWithAedes(order.counts);
    case 'relay':
      return relay(order.url);
    case 'charts':
      charts = loadCharts(order.urls, order.token);
      return;
    case 'stop-charts':
      if (charts) say({ kind: 'charts', ...(await charts.stop()) });
      return;
  }
}

function createCounter() {
  let count = 0;
  let wanted = Infinity;
  let values = 0;
  return {
    take: (payload: Uint8Array): void => {
      const message = JSON.parse(String(payload)) as { readonly temperature?: number };
      // The value is used, so that parsing can't be left out.
      values += message.temperature ?? 0;
      count += 1;
      if (count === wanted) say({ kind: 'counted', at: Date.now() });
    },
    expect: (messages: number): void => {
      count = 0;
      wanted = messages;
    },
    values: () => values,
  };
}

/** mqtt.js as its manual shows it: a persistent session, QoS 1. */
async function subscribe(url: string): Promise<void> {
  const client = await connectAsync(url, { clientId: 'bench-floor', clean: false });
  client.on('message', (_topic, payload) => counter.take(payload));
  await client.subscribeAsync('lantai/+/+/telemetry', { qos: 1 });
  say({ kind: 'listening', port: 0 });
}

/** aedes as its manual shows it. */
async function listenWithAedes(counts: boolean): Promise<void> {
  const broker = await Aedes.createBroker(
    counts
      ? {
          authorizePublish: (_client, packet, done) => {
            counter.take(Buffer.from(packet.payload));
            done(null);
          },
        }
      : {},
  );
  const server = createServer((socket) => broker.handle(socket));
  server.listen(0, '127.0.0.1', () => {
    say({ kind: 'listening', port: (server.address() as AddressInfo).port });
  });
}

/** Every message goes to every browser as it is; a detector's goes as an alarm. */
async function relay(url: string): Promise<void> {
  const http = createHttpServer();
  const io = new Server(http, { serveClient: false });
  const client = await connectAsync(url, { clientId: 'bench-relay', clean: false });
  client.on('message', (topic, payload) => {
    const message = JSON.parse(String(payload)) as { readonly smoke?: number };
    const sensor = topic.split('/')[2];
    if (message.smoke === 1) io.emit('alarm', { sensor, ...message });
    else io.emit('reading', { sensor, ...message });
  });
  await client.subscribeAsync('lantai/+/+/telemetry', { qos: 1 });
  http.listen(0, '127.0.0.1', () => {
    say({ kind: 'listening', port: (http.address() as AddressInfo).port });
  });
}

function loadCharts(urls: readonly string[], token: string) {
  let stopped = false;
  let loaded = 0;
  let bytes = 0;
  const run = async (): Promise<void> => {
    for (let i = 0; !stopped; i += 1) {
      const url = urls[i % urls.length] ?? '';
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      const body = await response.arrayBuffer();
      if (!response.ok) throw new Error(`a chart answered ${response.status}`);
      loaded += 1;
      bytes += body.byteLength;
    }
  };
  const ended = run();
  return {
    stop: async () => {
      stopped = true;
      await ended;
      return { loaded, bytes };
    },
  };
}
