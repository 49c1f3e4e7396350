/** The full path beside its floor: messages a second until the last one is taken, and until all is in InfluxDB. */

import { startInflux } from '../support/servers.ts';
import { compare, median, rounded, type BenchResult, type Row } from './figures.ts';
import { MOSQUITTO_DEFAULTS, shippedMosquitto } from './house.ts';
import { installNodeRed, NODE_RED_IS } from './node-red.ts';
import * as path from './path-runs.ts';
import type { Taken } from './path-runs.ts';
import { payloadBytes } from './publisher.ts';
import { SENSORS } from './subjects.ts';

export interface BenchOptions {
  readonly quick: boolean;
}

interface Size {
  readonly messages: number;
  readonly runs: number;
}

const RATE = 'messages/s';
const PROCESSOR_TIME = 'ms/1,000 messages';
const AT_LEAST_OF_PEER = {
  text: '>= 1.4 of Node-RED',
  met: (_ours: number, ratio: number): boolean => ratio >= 1.4,
};
const AT_LEAST_OF_FLOOR = {
  text: '>= 0.6 of floor',
  met: (_ours: number, ratio: number): boolean => ratio >= 0.6,
};

/** Through Mosquitto into InfluxDB, rules and live feed on, against a bare subscriber. */
export async function mosquittoPath(options: BenchOptions): Promise<BenchResult> {
  return beside({
    name: 'full path, Mosquitto to InfluxDB',
    config: MOSQUITTO_DEFAULTS,
    size: options.quick ? { messages: 20_000, runs: 3 } : { messages: 60_000, runs: 5 },
    configuration: 'Mosquitto with its defaults, but an unbounded queue',
    withPeer: true,
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

async function beside(q: Path): Promise<BenchResult> {
  // Fetched before anything is measured.
  const peer = q.withPeer ? installNodeRed() : undefined;
  const influx = await startInflux();
  const measured: Measured = { publishers: [], floors: [], fulls: [], peers: [] };
  const { config, size } = q;
  const { messages } = size;
  try {
    for (let run = 0; run < size.runs; run += 1) {
      measured.publishers.push(await path.publisherAlone(config, messages));
      measured.floors.push(await path.floorRun(config, messages));
      measured.fulls.push(await path.fullRun({ config, messages, influx }));
      if (!peer?.ok) continue;
      const { folder } = peer;
      measured.peers.push(await path.nodeRedRun({ config, messages, influx, folder }));
    }
  } finally {
    await influx.remove();
  }
  const rows = [...floorRows(q, measured)];
  if (peer) rows.push(...peerRows(q.name, measured, peer.ok ? undefined : peer.why));
  return { rows, conditions: conditions(q.configuration, size) };
}

interface Path {
  readonly name: string;
  readonly config: string;
  readonly configuration: string;
  readonly size: Size;
  /** Beside Node-RED too. */
  readonly withPeer?: boolean;
}

interface Measured {
  readonly publishers: number[];
  readonly floors: Taken[];
  readonly fulls: Taken[];
  /** Empty when there is no peer. */
  readonly peers: Taken[];
}

type Pick = (taken: readonly Taken[]) => readonly number[];
const rates: Pick = (taken) => taken.map((one) => one.perSecond);
const storedRates: Pick = (taken) => taken.map((one) => one.storedPerSecond ?? NaN);
const processorTimes: Pick = (taken) => taken.map((one) => one.processorMs);

function floorRows({ name, configuration }: Path, measured: Measured): readonly Row[] {
  const { fulls, floors, publishers } = measured;
  return [
    compare({
      name,
      unit: RATE,
      ours: rates(fulls),
      floor: rates(floors),
      floorIs: 'bare mqtt.js subscriber that parses JSON and counts, QoS 1, persistent session',
      target: AT_LEAST_OF_FLOOR,
      note: `${configuration}; publishers alone reach ${rounded(median(publishers))} messages/s`,
    }),
    compare({
      name: `${name}, until stored`,
      unit: RATE,
      ours: storedRates(fulls),
      floor: rates(floors),
      floorIs: 'the same',
      note: 'until the last reading can be read from InfluxDB',
    }),
    compare({
      name: `${name}, processor time`,
      unit: PROCESSOR_TIME,
      ours: processorTimes(fulls),
      floor: processorTimes(floors),
      floorIs: 'the same',
      note: 'of the process alone, all its threads, until all is taken; says the same on a busy machine',
    }),
  ];
}

/** Node-RED acknowledges what it has not stored: its second figure is the one of the same work. */
function peerRows(name: string, measured: Measured, notRun?: string): readonly Row[] {
  const { fulls, peers } = measured;
  const row = (what: string, unit: string, pick: Pick): Row =>
    compare({
      name: `${name}${what}`,
      unit,
      ours: pick(fulls),
      floorIs: NODE_RED_IS,
      ...(notRun === undefined ? { floor: pick(peers) } : { notRun }),
      ...(unit === RATE ? { target: AT_LEAST_OF_PEER } : {}),
    });
  return [
    row(' against Node-RED', RATE, rates),
    row(', until stored, against Node-RED', RATE, storedRates),
    row(', processor time, against Node-RED', PROCESSOR_TIME, processorTimes),
  ];
}

function conditions(broker: string, size: Size) {
  return {
    broker,
    brokerInFlight: "20 (Mosquitto's default)",
    publishers: path.CONNECTIONS,
    publisherInFlight: path.WINDOW,
    sensors: SENSORS,
    metricsOfAMessage: 2,
    payloadBytes: payloadBytes(),
    messages: size.messages,
    runs: size.runs,
    warmUpMessages: Math.round(size.messages * path.WARM_UP_SHARE),
    liveFeedClients: 1,
  };
}

/**
 * Lantai's own broker with everything on, into its own store and into InfluxDB, against the floor at aedes, and aedes
 * alone. The publisher's acknowledgements end it.
 */
export async function embeddedPath(options: BenchOptions): Promise<BenchResult> {
  const size = options.quick ? { messages: 20_000, runs: 3 } : { messages: 60_000, runs: 5 };
  const { messages } = size;
  const influx = await startInflux();
  const floors: number[] = [];
  const alone: number[] = [];
  const ours: { readonly perSecond: number }[] = [];
  const intoInflux: { readonly perSecond: number; readonly storedPerSecond?: number }[] = [];
  try {
    for (let run = 0; run < size.runs; run += 1) {
      floors.push(await path.floorAtAedesRun(messages));
      alone.push(await path.aedesRun(messages));
      ours.push(await path.embeddedRun({ messages }));
      intoInflux.push(await path.embeddedRun({ messages, influx }));
    }
  } finally {
    await influx.remove();
  }
  const beside = {
    unit: RATE,
    floor: floors,
    floorIs: 'aedes, and a bare mqtt.js subscriber that parses JSON and counts, QoS 1',
  };
  const name = 'full path, embedded broker to InfluxDB';
  const rows = [
    compare({
      ...{ ...beside, name, ours: intoInflux.map((one) => one.perSecond) },
      target: AT_LEAST_OF_FLOOR,
      note: 'until the publisher has the last acknowledgement, which follows the commit',
    }),
    compare({
      ...{ ...beside, name: `${name}, until stored` },
      ours: intoInflux.map((one) => one.storedPerSecond ?? NaN),
      note: 'until the last reading can be read from InfluxDB',
    }),
    compare({
      ...{ ...beside, name: 'full path, embedded broker and store' },
      ours: ours.map((one) => one.perSecond),
      note: 'until the publisher has the last acknowledgement',
    }),
    compare({
      name: `${name}, against a broker that hands nothing on`,
      unit: RATE,
      ours: intoInflux.map((one) => one.perSecond),
      floor: alone,
      floorIs: 'aedes alone, parsing JSON and counting before it acknowledges',
    }),
  ];
  return { rows, conditions: conditions('embedded (aedes)', size) };
}
