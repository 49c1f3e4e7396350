/** Lantai with a person behind a webhook and somebody at the live feed: who is told of a fire, when and how. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Alarm } from '../../domain/alarm.ts';
import type { AlarmBooks } from './alarm-books.ts';
import { createClient, type Client } from './client.ts';
import { connectDetectors, type Detectors, type Said } from './detector.ts';
import { prepareLantai, type LantaiProcess } from './lantai-process.ts';
import { writeFaultsRepository } from './repository.ts';
import { startWebhookSink, type WebhookSink } from './webhook-sink.ts';

const UNSTORED_MARK = '未入库';
const TOLD_MS_MAX = 15_000;
/** Smoke detectors of the repository: `f0001` to `f0040`. */
export const DETECTORS = 40;

/** One fire while something is wrong with storing. */
export interface FireTold {
  /** From the detector's word to the webhook; `undefined`: never. */
  readonly toldMs: number | undefined;
  readonly liveMs: number | undefined;
  /** Told as 未入库, on the webhook and on the live feed. */
  readonly markedUnstored: boolean;
  readonly liveMarked: boolean;
  /** Whether the alarm was in the state store by then. */
  readonly stored: boolean;
  readonly acknowledgedMeanwhile: boolean;
}

export interface WatchStage {
  readonly dataDir: string;
  readonly lantai: LantaiProcess;
  readonly client: Client;
  readonly sink: WebhookSink;
  readonly detectors: Detectors;
  readonly live: readonly { readonly alarm: Alarm; readonly at: number }[];
  readonly document: ReturnType<typeof writeFaultsRepository>;
}

/** Starts it all on `parent`; what must be ended is added to `ends`, to be called last first. */
export async function setWatchStage(q: {
  readonly sensors: number;
  /** The data folder is made in here. */
  readonly parent: string;
  readonly logPath?: string | undefined;
  readonly folder: string;
  readonly ends: (() => unknown)[];
}): Promise<WatchStage> {
  const { sensors, parent, folder, ends } = q;
  const sink = await startWebhookSink();
  ends.push(() => sink.close());
  const repositoryPath = join(folder, 'repository.yaml');
  const document = writeFaultsRepository({
    sensors,
    detectors: DETECTORS,
    webhook: sink.url,
    file: repositoryPath,
  });
  const dataDir = join(parent, 'data');
  mkdirSync(dataDir);
  const logPath = q.logPath ?? join(folder, 'lantai.log');
  const lantai = await prepareLantai({ dataDir, repositoryPath, logPath });
  ends.push(() => lantai.kill9());
  await lantai.start();
  const client = await createClient(lantai.url);
  const live: { readonly alarm: Alarm; readonly at: number }[] = [];
  const feed = await client.listen((alarm) => live.push({ alarm, at: Date.now() }));
  ends.push(() => feed.close());
  const detectors = await connectDetectors(lantai.brokerUrl, document.repository.id);
  ends.push(() => detectors.close());
  return { dataDir, lantai, client, sink, detectors, live, document };
}

/** Lights a fire and waits until it is told, or for a quarter of a minute. `meanwhile` is called again and again. */
export async function lightFire(
  stage: WatchStage,
  sensor: string,
  meanwhile?: () => void,
): Promise<FireTold> {
  const said = stage.detectors.say(sensor, 1);
  const alarm = `smoke-alarm-${sensor}`;
  const webhook = () => stage.sink.told.find((t) => t.alarm?.includes(alarm) === true);
  const live = () => stage.live.find((one) => one.alarm.id.includes(alarm));
  await until(() => webhook() !== undefined && live() !== undefined, TOLD_MS_MAX, meanwhile);
  const stored = await isStored(stage.client, alarm);
  return {
    toldMs: since(said, webhook()?.at),
    liveMs: since(said, live()?.at),
    markedUnstored: webhook()?.subject.includes(UNSTORED_MARK) === true,
    liveMarked: live()?.alarm.toldUnstored === true,
    stored,
    acknowledgedMeanwhile: said.acknowledgedAt !== undefined,
  };
}

async function isStored(client: Client, alarm: string): Promise<boolean> {
  const open = await client.openAlarms();
  return open.some(({ id, toldUnstored }) => id.includes(alarm) && toldUnstored !== true);
}

function since(said: Said, at: number | undefined): number | undefined {
  return at === undefined ? undefined : at - said.at;
}

/** Alarms of these detectors: each lit once, so raised once. */
export function judgeFires(books: AlarmBooks, sensors: readonly string[]) {
  let alarmsMissed = 0;
  let transitionsDoubled = 0;
  for (const sensor of sensors) {
    const of = books.alarms.filter((a) => a.rule === 'smoke-alarm' && a.subject.id === sensor);
    const ids = new Set(of.map((alarm) => alarm.id));
    const raised = books.transitions.filter((t) => ids.has(t.alarm) && t.kind === 'raised').length;
    if (raised === 0) alarmsMissed += 1;
    if (raised > 1 || ids.size > 1) transitionsDoubled += 1;
  }
  return { alarmsMissed, transitionsDoubled };
}

/** Asks again and again; whether it became so in time. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  withinMs: number,
  meanwhile?: () => void,
): Promise<boolean> {
  const end = performance.now() + withinMs;
  while (performance.now() < end) {
    if (await isSo()) return true;
    meanwhile?.();
    await wait(100);
  }
  return isSo();
}
