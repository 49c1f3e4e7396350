/** What the server's own process takes with a thousand sensors; its workers are threads and counted with it. */

import { join } from 'node:path';
import { writeLoadRepository } from '../../simulators/load/repository.ts';
import { startInflux } from '../support/servers.ts';
import { rounded, type BenchResult, type Row } from './figures.ts';
import { startHelper } from './helpers.ts';
import { MOSQUITTO_DEFAULTS, freshMosquitto, makeFolder, memoryOf, startLantai } from './house.ts';
import type { BenchOptions } from './throughput.ts';

const SENSORS = 1_000;
const PER_SECOND = 1_000;
const MEGABYTES_MAX = 300;
const IDLE_MS = 10_000;

/** Under load, and idle after it, beside the bare subscriber under the same load. */
export async function memory(options: BenchOptions): Promise<BenchResult> {
  const loadMs = options.quick ? 20_000 : 90_000;
  const folder = makeFolder();
  const [influx, broker] = [await startInflux(), await freshMosquitto(MOSQUITTO_DEFAULTS)];
  const [publisher, floor] = [startHelper(), startHelper()];
  const repositoryFile = join(folder.path, 'repository.yaml');
  writeLoadRepository({ sensors: SENSORS, simulated: false, file: repositoryFile });
  const lantai = await startLantai({
    dataDir: join(folder.path, 'data'),
    repositoryFile,
    mqttUrl: broker.url,
    influx: { url: influx.url, database: 'bench_memory' },
  });
  try {
    floor.send({ kind: 'subscribe', url: broker.url });
    await floor.answer('listening', 10_000);
    const steady = { port: broker.port, connections: 8, sensors: SENSORS, perSecond: PER_SECOND };
    publisher.send({ kind: 'steady', steady });
    await publisher.answer('prepared', 10_000);
    await pause(loadMs);
    publisher.send({ kind: 'stop-steady' });
    await publisher.answer('published', 30_000);
    const [ours, bare] = [lantai.memory(), memoryOf(floor.pid)];
    await pause(IDLE_MS);
    const [idle, bareIdle] = [lantai.memory(), memoryOf(floor.pid)];
    const row = (name: string, bytes: number, floorBytes: number): Row => ({
      name,
      unit: 'MB',
      ours: rounded(bytes / 2 ** 20),
      floor: rounded(floorBytes / 2 ** 20),
      floorIs: 'bare mqtt.js subscriber under the same load',
      ratio: rounded(bytes / floorBytes),
      target: `< ${MEGABYTES_MAX} MB`,
      met: bytes / 2 ** 20 < MEGABYTES_MAX,
    });
    return {
      rows: [
        row('memory, the most under load', ours.peak, bare.peak),
        row('memory, idle after it', idle.resident, bareIdle.resident),
      ],
      conditions: { sensors: SENSORS, perSecond: PER_SECOND, loadMs, idleMs: IDLE_MS },
    };
  } finally {
    await lantai.stop();
    await Promise.all([publisher.stop(), floor.stop()]);
    await Promise.all([influx.remove(), broker.remove()]);
    folder.remove();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
