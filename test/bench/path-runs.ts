/** One run of the full path, of its floors and of its peer: messages a second until the last one is taken. */

import type { RunningServer } from '../support/servers.ts';
import { startHelper, type Helper } from './helpers.ts';
import { freshMosquitto, processorMsOf, until, type Lantai } from './house.ts';
import { startNodeRed } from './node-red.ts';
import {
  asSubject,
  openAedes,
  openFloor,
  openFloorAtAedes,
  openLantai,
  SENSORS,
  type HelperSubject,
} from './subjects.ts';

export const CONNECTIONS = 8;
export const WINDOW = 64;
/**
 * Three times as many as are measured, for all of them: a server runs for months, and only the first seconds compile it.
 * With as many as are measured, a fifth of the processor went into compiling still.
 */
export const WARM_UP_SHARE = 3;
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
  try {
    return await countedRun(await openFloor(broker), messages);
  } finally {
    await broker.remove();
  }
}

/** A warm-up, then the run; the counter says when it has counted the last message. Ends both processes. */
async function countedRun(
  subject: HelperSubject,
  messages: number,
  afterwards: (startedAt: number) => Promise<Partial<Taken>> = () => Promise.resolve({}),
): Promise<Taken> {
  const publisher = startHelper();
  const once = async (order: Omit<BurstOrder, 'port'>) => {
    subject.helper.send({ kind: 'count', messages: order.messages });
    const usedMs = processorMsOf(subject.pid);
    const published = await burst(publisher, { ...order, port: subject.mqttPort });
    const { at } = await subject.helper.answer('counted', RUN_MS_MAX);
    const taken: Taken = {
      perSecond: order.messages / ((at - published.startedAt) / 1000),
      publishedPerSecond: published.perSecond,
      processorMs: ((processorMsOf(subject.pid) - usedMs) * 1000) / order.messages,
    };
    return { taken, startedAt: published.startedAt };
  };
  try {
    await once({ messages: Math.round(messages * WARM_UP_SHARE), firstSequence: 0 });
    const { taken, startedAt } = await once({ messages, firstSequence: messages });
    return { ...taken, ...(await afterwards(startedAt)) };
  } finally {
    await Promise.all([publisher.stop(), subject.stop()]);
  }
}

/** The peer: the same messages of the same kind of broker into the same InfluxDB. */
export async function nodeRedRun(q: {
  readonly config: string;
  readonly messages: number;
  readonly influx: RunningServer;
  readonly folder: string;
}): Promise<Taken> {
  const { folder, influx, messages } = q;
  const broker = await freshMosquitto(q.config);
  const database = freshDatabase();
  try {
    const peer = await startNodeRed({ folder, broker, influx, database });
    return await countedRun(asSubject(peer, broker.port), messages, async (startedAt) => {
      const all = (Math.round(messages * WARM_UP_SHARE) + messages) * 2;
      await allStored(influx, database, all);
      return { storedPerSecond: messages / ((Date.now() - startedAt) / 1000) };
    });
  } finally {
    await broker.remove();
  }
}

let databases = 0;
function freshDatabase(): string {
  databases += 1;
  return `bench_${Date.now().toString(36)}_${databases}`;
}

function allStored(influx: RunningServer, database: string, points: number): Promise<void> {
  return until('all is stored', RUN_MS_MAX, async () => {
    return (await countStored(influx.url, database)) >= points;
  });
}

/** Lantai with everything on: through Mosquitto into InfluxDB. */
export async function fullRun(q: {
  readonly config: string;
  readonly messages: number;
  readonly influx: RunningServer;
}): Promise<Taken> {
  const { influx, messages } = q;
  const broker = await freshMosquitto(q.config);
  const database = freshDatabase();
  const publisher = startHelper();
  const { lantai, stop } = await openLantai({ broker, influx: { url: influx.url, database } });
  try {
    const warmUp = Math.round(messages * WARM_UP_SHARE);
    const { port } = broker;
    await takenRun({ lantai, publisher, order: { port, messages: warmUp, firstSequence: 0 } });
    await allStored(influx, database, warmUp * 2);
    const order = { port, messages, firstSequence: messages };
    const taken = await takenRun({ lantai, publisher, order });
    const all = (warmUp + messages) * 2;
    await allStored(influx, database, all);
    const storedSeconds = (Date.now() - taken.startedAt) / 1000;
    await refuseLosses(lantai, all);
    return { ...taken, storedPerSecond: messages / storedSeconds };
  } finally {
    await stop();
    await publisher.stop();
    await broker.remove();
  }
}

const ASK_MS_MIN = 10;
const ASK_MS_MAX = 200;
/** The end is approached, not overshot. */
const SHARE_OF_THE_REST = 0.7;

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
  // Asking costs the server time: seldom at first, and near the end when it should be there.
  const beganMs = performance.now();
  for (let taken = 0; taken < order.messages;) {
    const msEach = taken === 0 ? Infinity : (performance.now() - beganMs) / taken;
    const restMs = (order.messages - taken) * msEach * SHARE_OF_THE_REST;
    const pauseMs = Math.max(ASK_MS_MIN, Math.min(ASK_MS_MAX, restMs));
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
  return (await countedRun(await openAedes(), messages)).publishedPerSecond;
}

/** The floor at an embedded broker. */
export async function floorAtAedesRun(messages: number): Promise<number> {
  return (await countedRun(await openFloorAtAedes(), messages)).perSecond;
}

/** Lantai with its own broker, into InfluxDB or its own store; the publisher's last acknowledgement ends it. */
export async function embeddedRun(q: {
  readonly messages: number;
  readonly influx?: RunningServer;
}): Promise<Pick<Taken, 'perSecond' | 'storedPerSecond'>> {
  const { influx, messages } = q;
  const database = freshDatabase();
  const { lantai, stop } = await openLantai({ influx: influx && { url: influx.url, database } });
  const publisher = startHelper();
  try {
    const warmUp = Math.round(messages * WARM_UP_SHARE);
    const port = lantai.mqttPort;
    await burst(publisher, { port, messages: warmUp, firstSequence: 0 });
    if (influx) await allStored(influx, database, warmUp * 2);
    const order = { port, messages, firstSequence: messages };
    const { perSecond, startedAt } = await burst(publisher, order);
    const all = (warmUp + messages) * 2;
    if (influx) await allStored(influx, database, all);
    const storedSeconds = (Date.now() - startedAt) / 1000;
    await refuseLosses(lantai, all);
    return { perSecond, ...(influx ? { storedPerSecond: messages / storedSeconds } : {}) };
  } finally {
    await stop();
    await publisher.stop();
  }
}
