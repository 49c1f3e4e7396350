/** What a run measures, ready to take messages: Lantai with everything on, the floors, the peer. */

import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { writeLoadRepository } from '../../simulators/load/repository.ts';
import type { RunningServer } from '../support/servers.ts';
import { startHelper, type Helper } from './helpers.ts';
import { makeFolder, startLantai, type Lantai } from './house.ts';

/** Sensors that publish in these runs. */
export const SENSORS = 1_000;
const START_MS_MAX = 60_000;

/** A process that takes what is published at `mqttPort`. */
export interface Subject {
  readonly pid: number;
  readonly mqttPort: number;
  stop(): Promise<void>;
}

export interface LantaiSubject extends Subject {
  readonly lantai: Lantai;
}

export interface HelperSubject extends Subject {
  readonly helper: Helper;
}

/** Rules and live feed on, one browser watching. Without a broker or a store: the embedded one. */
export async function openLantai(q: {
  readonly broker?: RunningServer | undefined;
  readonly influx?: { readonly url: string; readonly database: string } | undefined;
}): Promise<LantaiSubject> {
  const folder = makeFolder();
  const repositoryFile = join(folder.path, 'repository.yaml');
  writeLoadRepository({ sensors: SENSORS, simulated: false, file: repositoryFile });
  const lantai = await startLantai({
    dataDir: join(folder.path, 'data'),
    repositoryFile,
    ...(q.broker ? { mqttUrl: q.broker.url } : {}),
    ...(q.influx ? { influx: q.influx } : {}),
  });
  const browser = await watch(lantai);
  return {
    lantai,
    pid: lantai.pid,
    mqttPort: lantai.mqttPort,
    stop: async () => {
      browser.disconnect();
      await lantai.stop();
      folder.remove();
    },
  };
}

/** One browser on the live feed. */
function watch(lantai: Lantai): Promise<Socket> {
  const socket = io(lantai.url, { auth: { token: lantai.token }, transports: ['websocket'] });
  return new Promise((resolve, reject) => {
    socket.once('snapshot', () => resolve(socket));
    socket.once('connect_error', reject);
  });
}

/** The floor: a bare subscriber that parses and counts. */
export async function openFloor(
  broker: Pick<RunningServer, 'url' | 'port'>,
): Promise<HelperSubject> {
  const helper = startHelper();
  helper.send({ kind: 'subscribe', url: broker.url });
  await helper.answer('listening', START_MS_MAX);
  return asSubject(helper, broker.port);
}

/** aedes alone, which parses and counts: a broker that hands nothing on. */
export async function openAedes(): Promise<HelperSubject> {
  const helper = startHelper();
  helper.send({ kind: 'aedes', counts: true });
  const { port } = await helper.answer('listening', START_MS_MAX);
  return asSubject(helper, port);
}

/** The floor at an embedded broker: aedes in one process, the bare subscriber in another. */
export async function openFloorAtAedes(): Promise<HelperSubject> {
  const broker = startHelper();
  broker.send({ kind: 'aedes', counts: false });
  const { port } = await broker.answer('listening', START_MS_MAX);
  const floor = await openFloor({ url: `mqtt://127.0.0.1:${port}`, port });
  return {
    ...floor,
    stop: async () => {
      await floor.stop();
      await broker.stop();
    },
  };
}

/** A helper, or what speaks as one, seen as a subject. */
export function asSubject(helper: Helper, mqttPort: number): HelperSubject {
  return { helper, pid: helper.pid, mqttPort, stop: () => helper.stop() };
}
