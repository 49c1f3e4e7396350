/** One run of the full path, of its floors and of its peer: messages a second until the last one is taken. */

import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { writeLoadRepository } from '../../simulators/load/repository.ts';
import type { RunningServer } from '../support/servers.ts';
import { startHelper, type Helper } from './helpers.ts';
import { freshMosquitto, makeFolder, processorMsOf, startLantai, until } from './house.ts';
import type { Lantai } from './house.ts';
import { startNodeRed } from './node-red.ts';

export const SENSORS = 1_000;
export const CONNECTIONS = 8;
export const WINDOW = 64;
export const WARM_UP_SHARE = 0.2;
const RUN_MS_MAX = 120_000;

/** What one run measured. */
export interface Taken {
  readonly perSecond: number;
  readonly publishedPerSecond: number;
  /** Processor time of the process that takes them, for a thousand messages. */
  readonly processorMs: number;
  /** Until all readings can be read from the store. */
  readonly storedPerSecond?: number;
}

/** How fast publishers and broker are when nobody listens: neither may be what is measured. */
export async function publisherAlone(config: string, messages: number): Promise<number> {
  const broker = await freshMosquitto(config);
  const publisher = startHelper();
  try {
    const published = await burst(publisher, { port: broker.port, messages, firstSequence: 0 });
    return published.perSecond;
  } finally {
    await publisher.stop();
    await broker.remove();
  }
}

export interface BurstOrder {
  readonly port: number;
  readonly messages: number;
  readonly firstSequence: number;
  /** Called when everything is ready to be sent. */
  readonly onReady?: () => void;
}

/** Sends so many messages as fast as they are acknowledged. */
export async function burst(publisher: Helper, order: BurstOrder) {
  const { onReady, ...rest } = order;
  publisher.send({
    kind: 'prepare-burst',
    burst: { ...rest, connections: CONNECTIONS, window: WINDOW, sensors: SENSORS },
  });
  await publisher.answer('prepared', RUN_MS_MAX);
  onReady?.();
  publisher.send({ kind: 'burst' });
  const published = await publisher.answer('published', RUN_MS_MAX);
  const seconds = (published.endedAt - published.startedAt) / 1000;
  return { ...published, perSecond: published.messages / seconds };
}

/** The floor: a bare subscriber. */
export async function floorRun(config: string, messages: number): Promise<Taken> {
  const broker = await freshMosquitto(config);
  const [publisher, subscriber] = [startHelper(), startHelper()];
  try {
    subscriber.send({ kind: 'subscribe', url: broker.url });
    await subscriber.answer('listening', RUN_MS_MAX);
    return await countedRun({ publisher, counter: subscriber, port: broker.port, messages });
  } finally {
    await Promise.all([publisher.stop(), subscriber.stop()]);
    await broker.remove();
  }
}

/** A warm-up, then the run; the floor says when it has counted the last message. */
async function countedRun(q: {
  readonly publisher: Helper;
  readonly counter: Helper;
  readonly port: number;
  readonly messages: number;
}): Promise<Taken & { readonly startedAt: number }> {
  const once = async (messages: number, firstSequence: number) => {
    q.counter.send({ kind: 'count', messages });
    const usedMs = processorMsOf(q.counter.pid);
    const published = await burst(q.publisher, { port: q.port, messages, firstSequence });
    const { at } = await q.counter.answer('counted', RUN_MS_MAX);
    const seconds = (at - published.startedAt) / 1000;
    return {
      perSecond: messages / seconds,
      publishedPerSecond: published.perSecond,
      processorMs: ((processorMsOf(q.counter.pid) - usedMs) * 1000) / messages,
      startedAt: published.startedAt,
    };
  };
  await once(Math.round(q.messages * WARM_UP_SHARE), 0);
  return once(q.messages, q.messages);
}

/** The peer: the same messages of the same kind of broker into the same InfluxDB. */
export async function nodeRedRun(q: {
  readonly config: string;
  readonly messages: number;
  readonly influx: RunningServer;
  readonly folder: string;
  readonly run: number;
}): Promise<Taken> {
  const broker = await freshMosquitto(q.config);
  const database = `bench_peer_${Date.now().toString(36)}_${q.run}`;
  const { folder, influx, messages } = q;
  const [publisher, peer] = [
    startHelper(),
    await startNodeRed({ folder, broker, influx, database }),
  ];
  try {
    const taken = await countedRun({ publisher, counter: peer, port: broker.port, messages });
    const all = (Math.round(messages * WARM_UP_SHARE) + messages) * 2;
    await until('the peer stored all', RUN_MS_MAX, async () => {
      return (await countStored(influx.url, database)) >= all;
    });
    const storedSeconds = (Date.now() - taken.startedAt) / 1000;
    return { ...taken, storedPerSecond: messages / storedSeconds };
  } finally {
    await Promise.all([publisher.stop(), peer.stop()]);
    await broker.remove();
  }
}

/** Lantai with everything on: through Mosquitto into InfluxDB. */
export async function fullRun(q: {
  readonly config: string;
  readonly messages: number;
  readonly influx: RunningServer;
  readonly run: number;
}): Promise<Taken> {
  const folder = makeFolder();
  const broker = await freshMosquitto(q.config);
  const database = `bench_${Date.now().toString(36)}_${q.run}`;
  const publisher = startHelper();
  const repositoryFile = join(folder.path, 'repository.yaml');
  writeLoadRepository({ sensors: SENSORS, simulated: false, file: repositoryFile });
  const lantai = await startLantai({
    dataDir: join(folder.path, 'data'),
    repositoryFile,
    mqttUrl: broker.url,
    influx: { url: q.influx.url, database },
  });
  const browser = await watch(lantai);
  try {
    const warmUp = Math.round(q.messages * WARM_UP_SHARE);
    const port = broker.port;
    await takenRun({ lantai, publisher, order: { port, messages: warmUp, firstSequence: 0 } });
    const stored = () => countStored(q.influx.url, database);
    await until('the warm-up is stored', RUN_MS_MAX, async () => (await stored()) >= warmUp * 2);
    const order = { port, messages: q.messages, firstSequence: q.messages };
    const taken = await takenRun({ lantai, publisher, order });
    const all = (warmUp + q.messages) * 2;
    await until('all is stored', RUN_MS_MAX, async () => (await stored()) >= all);
    const storedSeconds = (Date.now() - taken.startedAt) / 1000;
    await refuseLosses(lantai, all);
    return { ...taken, storedPerSecond: q.messages / storedSeconds };
  } finally {
    browser.disconnect();
    await lantai.stop();
    await publisher.stop();
    await broker.remove();
    folder.remove();
  }
}

/** One browser on the live feed. */
export function watch(lantai: Lantai): Promise<Socket> {
  const socket = io(lantai.url, { auth: { token: lantai.token }, transports: ['websocket'] });
  return new Promise((resolve, reject) => {
    socket.once('snapshot', () => resolve(socket));
    socket.once('connect_error', reject);
  });
}

const CLOSE_TO_THE_END = 0.8;

async function takenRun(q: {
  readonly lantai: Lantai;
  readonly publisher: Helper;
  readonly order: BurstOrder;
}): Promise<Taken & { readonly startedAt: number }> {
  const { lantai, publisher, order } = q;
  const count = async (): Promise<number> =>
    (await lantai.metrics()).get('lantai_messages_total') ?? 0;
  const before = await count();
  const usedMs = processorMsOf(lantai.pid);
  const publishing = burst(publisher, order);
  const deadline = performance.now() + RUN_MS_MAX;
  let startedAt = 0;
  // Asking costs the server time: seldom at first, often towards the end.
  for (let taken = 0; taken < order.messages;) {
    const pauseMs = taken < order.messages * CLOSE_TO_THE_END ? 200 : 20;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    taken = (await count()) - before;
    if (performance.now() > deadline) throw new Error(`only ${taken} messages were taken`);
  }
  const takenAt = Date.now();
  const processorMs = ((processorMsOf(lantai.pid) - usedMs) * 1000) / order.messages;
  const published = await publishing;
  startedAt = published.startedAt;
  const perSecond = order.messages / ((takenAt - startedAt) / 1000);
  return { perSecond, publishedPerSecond: published.perSecond, processorMs, startedAt };
}

/** A run that lost, doubled or refused anything has no rate. */
async function refuseLosses(lantai: Lantai, readings: number): Promise<void> {
  const metrics = await lantai.metrics();
  const taken = metrics.get('lantai_readings_total');
  const bad = ['lantai_quarantined_total', 'lantai_duplicates_total', 'lantai_nulls_total'].filter(
    (name) => metrics.get(name) !== 0,
  );
  if (taken !== readings || bad.length > 0) {
    throw new Error(`${taken} readings of ${readings}; not 0: ${bad.join(', ') || 'nothing'}`);
  }
}

async function countStored(url: string, database: string): Promise<number> {
  const q = encodeURIComponent('SELECT count("value") FROM "reading"');
  const response = await fetch(`${url}/query?db=${database}&q=${q}`);
  const body = (await response.json()) as {
    readonly results?: readonly {
      readonly series?: readonly { readonly values: readonly (readonly [string, number])[] }[];
    }[];
  };
  return body.results?.[0]?.series?.[0]?.values[0]?.[1] ?? 0;
}

/** The embedded floor. */
export async function aedesRun(messages: number): Promise<number> {
  const [publisher, broker] = [startHelper(), startHelper()];
  try {
    broker.send({ kind: 'aedes' });
    const { port } = await broker.answer('listening', RUN_MS_MAX);
    return (await countedRun({ publisher, counter: broker, port, messages })).publishedPerSecond;
  } finally {
    await Promise.all([publisher.stop(), broker.stop()]);
  }
}

/** Lantai with its own broker and store. */
export async function embeddedRun(messages: number): Promise<number> {
  const folder = makeFolder();
  const repositoryFile = join(folder.path, 'repository.yaml');
  writeLoadRepository({ sensors: SENSORS, simulated: false, file: repositoryFile });
  const lantai = await startLantai({ dataDir: join(folder.path, 'data'), repositoryFile });
  const publisher = startHelper();
  const browser = await watch(lantai);
  try {
    const warmUp = Math.round(messages * WARM_UP_SHARE);
    const port = lantai.mqttPort;
    await burst(publisher, { port, messages: warmUp, firstSequence: 0 });
    const published = await burst(publisher, { port, messages, firstSequence: messages });
    await refuseLosses(lantai, (warmUp + messages) * 2);
    return published.perSecond;
  } finally {
    browser.disconnect();
    await lantai.stop();
    await publisher.stop();
    folder.remove();
  }
}
