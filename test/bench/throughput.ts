/** The full path beside its floor: messages a second until the last one is taken, and until all is in InfluxDB. */

import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { writeLoadRepository } from '../../simulators/load/repository.ts';
import { startInflux, type RunningServer } from '../support/servers.ts';
import { compare, median, rounded, type BenchResult, type Row } from './figures.ts';
import { startHelper, type Helper } from './helpers.ts';
import {
  MOSQUITTO_DEFAULTS,
  freshMosquitto,
  makeFolder,
  processorMsOf,
  shippedMosquitto,
  startLantai,
  until,
  type Lantai,
} from './house.ts';
import { payloadBytes } from './publisher.ts';

const SENSORS = 1_000;
const CONNECTIONS = 8;
const WINDOW = 64;
const RUN_MS_MAX = 120_000;
const WARM_UP_SHARE = 0.2;

export interface BenchOptions {
  readonly quick: boolean;
}

interface Size {
  readonly messages: number;
  readonly runs: number;
}

interface Taken {
  readonly perSecond: number;
  readonly publishedPerSecond: number;
  /** Processor time of the process that takes them, for a thousand messages. */
  readonly processorMs: number;
  /** Until all readings can be read from the store. */
  readonly storedPerSecond?: number;
}

/** Through Mosquitto into InfluxDB, rules and live feed on, against a bare subscriber. */
export async function mosquittoPath(options: BenchOptions): Promise<BenchResult> {
  return beside({
    name: 'full path, Mosquitto to InfluxDB',
    config: MOSQUITTO_DEFAULTS,
    size: options.quick ? { messages: 20_000, runs: 3 } : { messages: 60_000, runs: 5 },
    configuration: 'Mosquitto with its defaults, but an unbounded queue',
  });
}

/** The same with the configuration that the project ships, which saves every hundred changes. */
export async function shippedPath(options: BenchOptions): Promise<BenchResult> {
  return beside({
    name: 'full path, shipped Mosquitto',
    config: shippedMosquitto(),
    size: options.quick ? { messages: 5_000, runs: 1 } : { messages: 15_000, runs: 3 },
    configuration: 'Mosquitto with deploy/mosquitto/lantai.conf',
  });
}

async function beside(q: {
  readonly name: string;
  readonly config: string;
  readonly configuration: string;
  readonly size: Size;
}): Promise<BenchResult> {
  const influx = await startInflux();
  const floors: Taken[] = [];
  const fulls: Taken[] = [];
  const publishers: number[] = [];
  try {
    for (let run = 0; run < q.size.runs; run += 1) {
      publishers.push(await publisherAlone(q.config, q.size.messages));
      floors.push(await floorRun(q.config, q.size.messages));
      fulls.push(await fullRun({ ...q, messages: q.size.messages, influx, run }));
    }
  } finally {
    await influx.remove();
  }
  const rate = compare({
    name: q.name,
    unit: 'messages/s',
    ours: fulls.map((one) => one.perSecond),
    floor: floors.map((one) => one.perSecond),
    floorIs: 'bare mqtt.js subscriber that parses JSON and counts, QoS 1, persistent session',
    target: { text: '>= 0.4 of floor', met: (_ours, ratio) => ratio >= 0.4 },
    note: `${q.configuration}; publishers alone reach ${rounded(median(publishers))} messages/s`,
  });
  const stored = compare({
    name: `${q.name}, until stored`,
    unit: 'messages/s',
    ours: fulls.map((one) => one.storedPerSecond ?? NaN),
    floor: floors.map((one) => one.perSecond),
    floorIs: 'the same',
    note: 'until the last reading can be read from InfluxDB',
  });
  const processor = compare({
    name: `${q.name}, processor time`,
    unit: 'ms/1,000 messages',
    ours: fulls.map((one) => one.processorMs),
    floor: floors.map((one) => one.processorMs),
    floorIs: 'the same',
    note: 'of the process alone, all its threads, until all is taken; says the same on a busy machine',
  });
  return { rows: [rate, stored, processor], conditions: conditions(q.configuration, q.size) };
}

function conditions(broker: string, size: Size) {
  return {
    broker,
    brokerInFlight: "20 (Mosquitto's default)",
    publishers: CONNECTIONS,
    publisherInFlight: WINDOW,
    sensors: SENSORS,
    metricsOfAMessage: 2,
    payloadBytes: payloadBytes(),
    messages: size.messages,
    runs: size.runs,
    warmUpMessages: Math.round(size.messages * WARM_UP_SHARE),
    liveFeedClients: 1,
  };
}

/** How fast publishers and broker are when nobody listens: neither may be what is measured. */
async function publisherAlone(config: string, messages: number): Promise<number> {
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

interface BurstOrder {
  readonly port: number;
  readonly messages: number;
  readonly firstSequence: number;
  /** Called when everything is ready to be sent. */
  readonly onReady?: () => void;
}

async function burst(publisher: Helper, order: BurstOrder) {
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

async function floorRun(config: string, messages: number): Promise<Taken> {
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
}): Promise<Taken> {
  const once = async (messages: number, firstSequence: number): Promise<Taken> => {
    q.counter.send({ kind: 'count', messages });
    const usedMs = processorMsOf(q.counter.pid);
    const published = await burst(q.publisher, { port: q.port, messages, firstSequence });
    const { at } = await q.counter.answer('counted', RUN_MS_MAX);
    const seconds = (at - published.startedAt) / 1000;
    return {
      perSecond: messages / seconds,
      publishedPerSecond: published.perSecond,
      processorMs: ((processorMsOf(q.counter.pid) - usedMs) * 1000) / messages,
    };
  };
  await once(Math.round(q.messages * WARM_UP_SHARE), 0);
  return once(q.messages, q.messages);
}

async function fullRun(q: {
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
function watch(lantai: Lantai): Promise<Socket> {
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

/** Both brokers embedded: Lantai with everything on, against aedes alone. The publisher's acknowledgements end it. */
export async function embeddedPath(options: BenchOptions): Promise<BenchResult> {
  const size = options.quick ? { messages: 20_000, runs: 3 } : { messages: 60_000, runs: 5 };
  const floors: number[] = [];
  const ours: number[] = [];
  for (let run = 0; run < size.runs; run += 1) {
    floors.push(await aedesRun(size.messages));
    ours.push(await embeddedRun(size.messages));
  }
  const row: Row = compare({
    name: 'full path, embedded broker and store',
    unit: 'messages/s',
    ours,
    floor: floors,
    floorIs: 'aedes alone, parsing JSON and counting before it acknowledges',
    note: 'until the publisher has the last acknowledgement, which follows the commit',
  });
  return { rows: [row], conditions: conditions('embedded (aedes)', size) };
}

async function aedesRun(messages: number): Promise<number> {
  const [publisher, broker] = [startHelper(), startHelper()];
  try {
    broker.send({ kind: 'aedes' });
    const { port } = await broker.answer('listening', RUN_MS_MAX);
    return (await countedRun({ publisher, counter: broker, port, messages })).publishedPerSecond;
  } finally {
    await Promise.all([publisher.stop(), broker.stop()]);
  }
}

async function embeddedRun(messages: number): Promise<number> {
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
