/** Real servers, Lantai on a small disk of its own, a person behind a webhook, somebody at the live feed. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alarm } from '../../../domain/alarm.ts';
import { startInflux, startMosquitto, type RunningServer } from '../../support/servers.ts';
import { createClient, type Client } from '../client.ts';
import { connectDetectors, type Detectors } from '../detector.ts';
import { prepareLantai, type LantaiProcess } from '../lantai-process.ts';
import { writeFaultsRepository } from '../repository.ts';
import { mountSmallDisk, type SmallDisk } from '../small-disk.ts';
import { startWebhookSink, type WebhookSink } from '../webhook-sink.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';
import { createVisibility, type Visibility } from './visibility.ts';
import { createWallClock, type WallClock } from './wall-clock.ts';

const SHIPPED_CONFIG = join(
  import.meta.dirname,
  ...['..', '..', '..', 'deploy', 'mosquitto', 'lantai.conf'],
);
const DISK_MIB = 320;
/** Smoke detectors: `f0001` …; each is lit once. */
export const DETECTORS = 12;

export interface MatrixStage {
  readonly dataDir: string;
  readonly disk: SmallDisk;
  readonly mosquitto: RunningServer;
  readonly influx: RunningServer;
  readonly lantai: LantaiProcess;
  readonly supervisor: Supervisor;
  /** Only where the run moves it: it costs time. */
  readonly clock: WallClock | undefined;
  readonly client: Client;
  readonly sink: WebhookSink;
  readonly live: readonly { readonly alarm: Alarm; readonly at: number }[];
  readonly visibility: Visibility;
  readonly detectors: Detectors;
  readonly document: ReturnType<typeof writeFaultsRepository>;
}

export interface StageOptions {
  readonly sensors: number;
  readonly withClock: boolean;
  readonly broker: 'mosquitto' | 'embedded';
  readonly logPath?: string | undefined;
}

/** `undefined`: a small disk can't be mounted here. What must be ended is added to `ends`, to be called last first. */
export async function setMatrixStage(
  options: StageOptions,
  ends: (() => unknown)[],
): Promise<MatrixStage | undefined> {
  const disk = mountSmallDisk(DISK_MIB);
  if (!disk) return undefined;
  ends.push(() => disk.remove());
  const folder = mkdtempSync(join(tmpdir(), 'lantai-faults-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  const sink = await startWebhookSink();
  ends.push(() => sink.close());
  const influx = await startInflux();
  ends.push(() => influx.remove());
  const mosquitto = await startMosquitto({ config: readFileSync(SHIPPED_CONFIG, 'utf8') });
  ends.push(() => mosquitto.remove());
  const repositoryPath = join(folder, 'repository.yaml');
  const { sensors } = options;
  const file = { detectors: DETECTORS, webhook: sink.url, file: repositoryPath };
  const document = writeFaultsRepository({ sensors, ...file });
  const dataDir = join(disk.path, 'data');
  mkdirSync(dataDir);
  const clock = options.withClock ? createWallClock(join(folder, 'clock')) : undefined;
  const supervisor = createSupervisor(() => lantai);
  const lantai: LantaiProcess = await prepareLantai({
    dataDir,
    repositoryPath,
    logPath: options.logPath ?? join(folder, 'lantai.log'),
    influxUrl: influx.url,
    ...(options.broker === 'mosquitto' ? { mqttUrl: mosquitto.url } : {}),
    ...(clock ? { env: clock.env, nodeArguments: clock.nodeArguments } : {}),
    onSpawn: (pid) => supervisor.spawned(pid),
  });
  ends.push(() => lantai.kill9());
  ends.push(() => supervisor.end());
  await lantai.start();
  const client = await createClient(lantai.url);
  const servers = { disk, mosquitto, influx, lantai, supervisor, clock, client, sink };
  return { dataDir, ...servers, document, ...(await listeners(servers, document, ends)) };
}

async function listeners(
  q: { readonly lantai: LantaiProcess; readonly client: Client },
  document: MatrixStage['document'],
  ends: (() => unknown)[],
) {
  const visibility = createVisibility(q.lantai.url, q.client.headers);
  ends.push(() => visibility.stop());
  const live: { readonly alarm: Alarm; readonly at: number }[] = [];
  const feed = await q.client.listen(
    (alarm) => live.push({ alarm, at: Date.now() }),
    (parts) => visibility.onLive(parts),
  );
  ends.push(() => feed.close());
  const detectors = await connectDetectors(q.lantai.brokerUrl, document.repository.id);
  ends.push(() => detectors.close());
  return { visibility, live, detectors };
}
