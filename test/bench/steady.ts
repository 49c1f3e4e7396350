/** What a thousand messages a second cost: share of a core and resident memory, each subject alone with the load. */

import { loadKnowledge } from '../../alerts/index.ts';
import { startInflux, type RunningServer } from '../support/servers.ts';
import { compare, type BenchResult, type Row } from './figures.ts';
import { startHelper } from './helpers.ts';
import { MOSQUITTO_DEFAULTS, freshMosquitto, memoryOf, processorMsOf } from './house.ts';
import { installNodeRed, NODE_RED_IS, startNodeRed } from './node-red.ts';
import { asSubject, openAedes, openFloor, openLantai, SENSORS, type Subject } from './subjects.ts';
import type { BenchOptions } from './throughput.ts';

const PER_SECOND = 1_000;
const CONNECTIONS = 8;
const ANSWER_MS_MAX = 30_000;
interface Figure {
  readonly what: string;
  readonly unit: string;
  /** Wanted of 8,000 rules at 800 messages/s; measured with more of both. */
  readonly most: number;
  readonly pick: (cost: Cost) => number;
}
const FIGURES: readonly Figure[] = [
  { what: 'processor', unit: '% of a core', most: 50, pick: (cost) => cost.coreShare },
  { what: 'memory', unit: 'MB', most: 512, pick: (cost) => cost.residentMb },
];

interface Size {
  readonly settleMs: number;
  readonly measuredMs: number;
  readonly runs: number;
}

/** What one subject took, of the process alone with all its threads. */
interface Cost {
  readonly coreShare: number;
  readonly residentMb: number;
}

const SUBJECTS = ['ours', 'floor', 'peer', 'oursEmbedded', 'aedes'] as const;
type SubjectName = (typeof SUBJECTS)[number];
type Costs = Readonly<Record<SubjectName, Cost[]>>;

/** In turn, so that what else the machine does falls on all. */
export async function steadyCost(options: BenchOptions): Promise<BenchResult> {
  const size: Size = options.quick
    ? { settleMs: 5_000, measuredMs: 15_000, runs: 1 }
    : { settleMs: 8_000, measuredMs: 20_000, runs: 3 };
  const peer = installNodeRed();
  const influx = await startInflux();
  const costs: Costs = { ours: [], floor: [], peer: [], oursEmbedded: [], aedes: [] };
  try {
    for (let run = 0; run < size.runs; run += 1) {
      for (const name of SUBJECTS) {
        if (name === 'peer' && !peer.ok) continue;
        const folder = peer.ok ? peer.folder : '';
        costs[name].push(await costOf({ name, influx, folder, run, size }));
      }
    }
  } finally {
    await influx.remove();
  }
  return {
    rows: rowsOf(costs, peer.ok ? undefined : peer.why),
    conditions: {
      perSecond: PER_SECOND,
      sensors: SENSORS,
      metricsOfAMessage: 2,
      rules: SENSORS * rulesOfASensor(),
      ...size,
    },
  };
}

/** Those that judge temperature or humidity of one sensor; what judges a pair, or silence, comes on top. */
function rulesOfASensor(): number {
  const { rules } = loadKnowledge().rules;
  return rules.filter(
    (rule) => 'metric' in rule && (rule.metric === 'temperature' || rule.metric === 'humidity'),
  ).length;
}

async function costOf(q: {
  readonly name: SubjectName;
  readonly influx: RunningServer;
  /** Where the peer is installed. */
  readonly folder: string;
  readonly run: number;
  readonly size: Size;
}): Promise<Cost> {
  const broker = await freshMosquitto(MOSQUITTO_DEFAULTS);
  const publisher = startHelper();
  try {
    const subject = await open({ ...q, broker });
    try {
      const { mqttPort: port } = subject;
      const steady = { port, connections: CONNECTIONS, sensors: SENSORS, perSecond: PER_SECOND };
      publisher.send({ kind: 'steady', steady });
      await publisher.answer('prepared', ANSWER_MS_MAX);
      await pause(q.size.settleMs);
      const [usedMs, startedMs] = [processorMsOf(subject.pid), performance.now()];
      await pause(q.size.measuredMs);
      const tookMs = performance.now() - startedMs;
      const coreShare = (100 * (processorMsOf(subject.pid) - usedMs)) / tookMs;
      const residentMb = memoryOf(subject.pid).resident / 2 ** 20;
      publisher.send({ kind: 'stop-steady' });
      const { messages, acknowledged } = await publisher.answer('published', ANSWER_MS_MAX);
      if (acknowledged < messages) throw new Error(`${acknowledged} of ${messages} were taken`);
      return { coreShare, residentMb };
    } finally {
      await subject.stop();
    }
  } finally {
    await publisher.stop();
    await broker.remove();
  }
}

async function open(q: {
  readonly name: SubjectName;
  readonly broker: RunningServer;
  readonly influx: RunningServer;
  readonly folder: string;
  readonly run: number;
}): Promise<Subject> {
  const { broker, influx, folder } = q;
  const database = `bench_steady_${q.name}_${q.run}`;
  switch (q.name) {
    case 'ours':
      return openLantai({ broker, influx: { url: influx.url, database } });
    case 'oursEmbedded':
      return openLantai({ influx: { url: influx.url, database } });
    case 'floor':
      return openFloor(broker);
    case 'aedes':
      return openAedes();
    case 'peer':
      return asSubject(await startNodeRed({ folder, broker, influx, database }), broker.port);
  }
}

function rowsOf(costs: Costs, notRun: string | undefined): readonly Row[] {
  const pair = (q: {
    readonly name: string;
    readonly ours: SubjectName;
    readonly beside: SubjectName;
    readonly floorIs: string;
    readonly hasTarget?: boolean;
  }): readonly Row[] => {
    const row = ({ what, unit, most, pick }: Figure): Row =>
      compare({
        name: `${what} at 1,000 messages/s, ${q.name}`,
        unit,
        ours: costs[q.ours].map(pick),
        floorIs: q.floorIs,
        ...(q.hasTarget
          ? { target: { text: `< ${most} ${unit}`, met: (ours: number) => ours < most } }
          : {}),
        ...(q.beside === 'peer' && notRun !== undefined
          ? { notRun }
          : { floor: costs[q.beside].map(pick) }),
      });
    return FIGURES.map(row);
  };
  const bare = 'bare mqtt.js subscriber that parses JSON and counts';
  return [
    ...pair({ name: 'Mosquitto', ours: 'ours', beside: 'floor', floorIs: bare, hasTarget: true }),
    ...pair({ name: 'against Node-RED', ours: 'ours', beside: 'peer', floorIs: NODE_RED_IS }),
    ...pair({
      ...{ name: 'embedded broker', ours: 'oursEmbedded', beside: 'aedes' },
      floorIs: 'aedes alone, parsing JSON and counting before it acknowledges',
    }),
  ];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
