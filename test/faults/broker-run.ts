/** One run over a broker: load, fires and faults at once; then every acknowledged message is looked for. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { runLoad } from '../../simulators/load/run.ts';
import { startInflux, startMosquitto, type RunningServer } from '../support/servers.ts';
import { judgeAlarms, readAlarmBooks, type AlarmBooks, type AlarmVerdict } from './alarm-books.ts';
import {
  chanceFrom,
  createLifeMeter,
  killRepeatedly,
  restartMosquitto,
  stopInfluxInTheMiddle,
  type Killing,
  type Progress,
} from './chaos.ts';
import { createClient, type ChainResult, type Client } from './client.ts';
import { prepareLantai, type LantaiProcess } from './lantai-process.ts';
import { leftAtBroker } from './left-at-broker.ts';
import { roomsOfDetectors, writeFaultsRepository } from './repository.ts';
import { compareReadings, readInflux, type ReadingVerdict } from './stored-readings.ts';
import { startWebhookSink, type WebhookSink } from './webhook-sink.ts';

const SHIPPED_CONFIG = join(import.meta.dirname, '..', '..', 'deploy', 'mosquitto', 'lantai.conf');

export interface BrokerRunOptions {
  readonly broker: 'embedded' | 'mosquitto';
  readonly messages: number;
  readonly kills: number;
  readonly influxDownMs: number;
  readonly sensors: number;
  /** One detector each; two thirds of them hang in rooms with a second one that is lit later. */
  readonly fires: number;
  readonly ratePerSecond: number;
  /** How long the end of storing is waited for. */
  readonly settleMsMax: number;
  /** Where Lantai's own log goes; unset: thrown away with the folder. */
  readonly logPath?: string;
  readonly onNote?: (text: string) => void;
}

export interface BrokerRunReport {
  readonly broker: string;
  readonly sent: number;
  readonly acknowledgedToPublisher: number;
  readonly complete: boolean;
  /** Messages that a broker still holds for us: not acknowledged by us. The embedded broker holds none. */
  readonly leftAtBroker: number;
  readonly sessionsKept: boolean;
  readonly killing: Killing;
  readonly readings: ReadingVerdict;
  readonly alarms: AlarmVerdict;
  /** People's acknowledgements that were answered with success, and not found (or found twice) at the end. */
  readonly commandsLost: number;
  readonly journal: ChainResult;
  readonly told: { readonly messages: number; readonly keys: number };
  readonly drained: boolean;
  readonly stopStatus: number | undefined;
  readonly longestStallMs: number;
  readonly durationMs: number;
}

interface Stage {
  readonly folder: string;
  readonly sink: WebhookSink;
  readonly influx: RunningServer;
  readonly mosquitto: RunningServer | undefined;
  readonly lantai: LantaiProcess;
  readonly document: ReturnType<typeof writeFaultsRepository>;
}

/** Runs it and reports; leaves no process and no folder behind. */
export async function runBroker(options: BrokerRunOptions): Promise<BrokerRunReport> {
  const folder = mkdtempSync(join(tmpdir(), 'lantai-faults-'));
  const ends: (() => Promise<unknown>)[] = [];
  try {
    const stage = await setStage(options, folder, ends);
    return await play(stage, options);
  } finally {
    for (const end of ends.reverse()) await end().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function setStage(
  options: BrokerRunOptions,
  folder: string,
  ends: (() => Promise<unknown>)[],
): Promise<Stage> {
  const sink = await startWebhookSink();
  ends.push(() => sink.close());
  const influx = await startInflux();
  ends.push(() => influx.remove());
  let mosquitto: RunningServer | undefined;
  if (options.broker === 'mosquitto') {
    mosquitto = await startMosquitto({ config: readFileSync(SHIPPED_CONFIG, 'utf8') });
    ends.push(mosquitto.remove);
  }
  const repositoryPath = join(folder, 'repository.yaml');
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  const document = writeFaultsRepository({
    sensors: options.sensors,
    detectors: options.fires,
    webhook: sink.url,
    file: repositoryPath,
  });
  const lantai = await prepareLantai({
    dataDir,
    repositoryPath,
    logPath: options.logPath ?? join(folder, 'lantai.log'),
    influxUrl: influx.url,
    ...(mosquitto ? { mqttUrl: mosquitto.url } : {}),
  });
  ends.push(() => lantai.kill9());
  return { folder, sink, influx, mosquitto, lantai, document };
}

async function play(stage: Stage, options: BrokerRunOptions): Promise<BrokerRunReport> {
  const { lantai, sink, influx, mosquitto, document } = stage;
  const startedAt = performance.now();
  await lantai.start();
  const client = await createClient(lantai.url);
  const { load, killing, longestStallMs } = await loadUnderFaults(stage, options, client);
  options.onNote?.(`load done: ${load.acknowledged} acknowledged; waiting for the stores`);
  const drained = await becomesDrained(client, options.settleMsMax);
  const journal = await client.verifyJournal();
  const stopStatus = await lantai.stop();
  const left = mosquitto ? await leftAll(mosquitto.url) : { messages: 0, sessionsKept: true };
  const books = readAlarmBooks(join(stage.folder, 'data', 'state.db'));
  return {
    broker: options.broker,
    sent: load.sent + load.fires.length,
    acknowledgedToPublisher:
      load.acknowledged + load.fires.filter((f) => f.acknowledgedAt !== undefined).length,
    complete: load.complete,
    leftAtBroker: left.messages,
    sessionsKept: left.sessionsKept,
    killing,
    readings: compareReadings(load, await readInflux(influx.url)),
    alarms: judgeAlarms(books, { fires: load.fires, rooms: roomsOfDetectors(document) }),
    commandsLost: lostCommands(books, killing.acknowledgedAlarms),
    journal,
    told: { messages: sink.told.length, keys: new Set(sink.told.map((t) => t.key)).size },
    drained,
    stopStatus,
    longestStallMs,
    durationMs: Math.round(performance.now() - startedAt),
  };
}

async function loadUnderFaults(stage: Stage, options: BrokerRunOptions, client: Client) {
  const { lantai, influx, mosquitto } = stage;
  const progress: Progress = { sent: 0, acknowledged: 0, done: false };
  const stalls = createStallWatch();
  const loading = runLoad({
    broker: lantai.brokerUrl,
    document: stage.document,
    messages: options.messages,
    ratePerSecond: options.ratePerSecond,
    fires: options.fires,
    publishers: 8,
    inFlightMax: 16,
    stalledAfterMs: 90_000,
    onProgress: ({ sent, acknowledged }) => {
      Object.assign(progress, { sent, acknowledged });
      stalls.saw(acknowledged);
    },
  }).finally(() => (progress.done = true));
  const plan = { ...options, chance: chanceFrom(20261122) };
  const lives = createLifeMeter(client);
  const [load, killing] = await Promise.all([
    loading,
    killRepeatedly({ lantai, client, progress, lives }, plan),
    stopInfluxInTheMiddle(influx, {
      progress,
      at: options.messages * 0.35,
      forMs: options.influxDownMs,
    }),
    mosquitto && restartMosquitto(mosquitto, { progress, at: options.messages * 0.62 }),
  ]);
  return { load, killing, longestStallMs: stalls.longestMs() };
}

/** The longest time without an acknowledgement, from the first one to the last. */
export function createStallWatch() {
  let acknowledged = 0;
  let at: number | undefined;
  let longestMs = 0;
  return {
    saw: (now: number): void => {
      if (now === acknowledged) return;
      const seenAt = performance.now();
      if (at !== undefined) longestMs = Math.max(longestMs, seenAt - at);
      acknowledged = now;
      at = seenAt;
    },
    longestMs: () => Math.round(longestMs),
  };
}

/** Waits until nothing comes in any more and the spool is empty: all is in the reading store. */
async function becomesDrained(client: Client, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  let taken = -1;
  let quietLooks = 0;
  while (performance.now() < until) {
    const figures = await client.metrics();
    const next = figures.get('lantai_messages_total') ?? 0;
    const waiting =
      (figures.get('lantai_spool_rows') ?? 0) + (figures.get('lantai_outbox_pending') ?? 0);
    quietLooks = next === taken && waiting === 0 ? quietLooks + 1 : 0;
    taken = next;
    if (quietLooks >= 3) return true;
    await wait(500);
  }
  return false;
}

async function leftAll(url: string) {
  const main = await leftAtBroker(url, 'lantai');
  const safety = await leftAtBroker(url, 'lantai-safety');
  return {
    messages: main.messages + safety.messages,
    sessionsKept: main.sessionPresent && safety.sessionPresent,
  };
}

function lostCommands(books: AlarmBooks, alarms: readonly string[]): number {
  const lost = (id: string): boolean =>
    books.transitions.filter((t) => t.alarm === id && t.kind === 'acknowledged').length !== 1;
  return alarms.filter(lost).length;
}
