/** One sensor-year over HTTP: by the hour and minute by minute, from a fresh process and again. */

import { join } from 'node:path';
import { hourOf } from '../../domain/time.ts';
import { createReadingStore, type StoreConfig } from '../../gateway/stores/open-store.ts';
import { loadSensorId, writeLoadRepository } from '../../simulators/load/repository.ts';
import { startInflux } from '../support/servers.ts';
import { compare, median, type BenchResult, type Row } from './figures.ts';
import { makeFolder, startLantai, type Lantai } from './house.ts';
import type { BenchOptions } from './throughput.ts';
import { fillYear, YEAR_HOURS, YEAR_MS, YEAR_READINGS } from './year-data.ts';

const HOURLY_MS_MAX = 200;
const WARM_LOADS = 5;
const SENSOR = loadSensorId(0);

type Step = 'hourly' | '1/min';

interface Place {
  readonly name: 'SQLite' | 'InfluxDB';
  readonly config: StoreConfig;
  readonly start: () => Promise<Lantai>;
  readonly until: number;
}

/** From either store; the peer is the store asked directly, in this process, without HTTP. */
export async function sensorYear(options: BenchOptions): Promise<BenchResult> {
  const folder = makeFolder();
  const influx = await startInflux();
  const repositoryFile = join(folder.path, 'repository.yaml');
  writeLoadRepository({ sensors: 20, simulated: false, file: repositoryFile });
  const until = hourOf(Date.now());
  const dataDirs = { sqlite: join(folder.path, 'sqlite'), influx: join(folder.path, 'influx') };
  const database = 'bench_year';
  const places: readonly Place[] = [
    {
      name: 'SQLite',
      config: { kind: 'sqlite', path: join(dataDirs.sqlite, 'readings.db') },
      start: () => startLantai({ dataDir: dataDirs.sqlite, repositoryFile }),
      until,
    },
    {
      name: 'InfluxDB',
      config: { kind: 'influx', url: influx.url, database, timeoutMs: 60_000 },
      start: () =>
        startLantai({
          dataDir: dataDirs.influx,
          repositoryFile,
          influx: { url: influx.url, database },
        }),
      until,
    },
  ];
  const rows: Row[] = [];
  try {
    for (const place of places) {
      // The folder and its permissions are the server's to make.
      await (await place.start()).stop();
      await fillYear({ config: place.config, sensor: SENSOR, until });
      for (const step of ['hourly', '1/min'] as const) {
        rows.push(...(await timesOf(place, step, options.quick ? 2 : 5)));
      }
    }
  } finally {
    await influx.remove();
    folder.remove();
  }
  return {
    rows,
    conditions: {
      readings: YEAR_READINGS,
      hours: YEAR_HOURS,
      cold: 'first question to a fresh process; the files are in the cache of the system',
      warm: `median of ${WARM_LOADS} more, in each process`,
      processes: options.quick ? 2 : 5,
    },
  };
}

async function timesOf(place: Place, step: Step, processes: number): Promise<readonly Row[]> {
  const cold: number[] = [];
  const warm: number[] = [];
  const peer: number[] = [];
  for (let i = 0; i < processes; i += 1) {
    const lantai = await place.start();
    try {
      cold.push(await load(lantai, step, place.until));
      const more: number[] = [];
      for (let n = 0; n < WARM_LOADS; n += 1) more.push(await load(lantai, step, place.until));
      warm.push(median(more));
    } finally {
      await lantai.stop();
    }
    peer.push(await ask(place, step));
  }
  const target = {
    text: `< ${HOURLY_MS_MAX} ms`,
    met: (ours: number) => ours < HOURLY_MS_MAX,
  };
  const row = (name: string, ours: readonly number[]): Row =>
    compare({
      name: `sensor-year ${step}, ${place.name}, ${name}`,
      unit: 'ms',
      ours,
      floor: peer,
      floorIs: 'the store asked directly, without HTTP, for the first time after opening it',
      ...(step === 'hourly' ? { target } : {}),
    });
  return [row('cold', cold), row('warm', warm)];
}

/** The time until the whole answer is here; what it says is checked afterwards. */
async function load(lantai: Lantai, step: Step, until: number): Promise<number> {
  const query = `sensor=load.${SENSOR}&metric=temperature&from=${until - YEAR_MS}&to=${until}`;
  const startedMs = performance.now();
  const response = await lantai.get(`/api/readings?${query}${step === 'hourly' ? '&step=1h' : ''}`);
  const text = await response.text();
  const tookMs = performance.now() - startedMs;
  const { rows } = JSON.parse(text) as { readonly rows?: readonly unknown[] };
  const wanted = step === 'hourly' ? YEAR_HOURS : YEAR_READINGS;
  if (rows?.length !== wanted) throw new Error(`a year has ${rows?.length} rows, not ${wanted}`);
  return tookMs;
}

async function ask(place: Place, step: Step): Promise<number> {
  const store = createReadingStore(place.config);
  await store.open();
  try {
    const startedMs = performance.now();
    const { rows } = await store.query({
      repository: 'load',
      sensor: SENSOR,
      metric: 'temperature',
      from: place.until - YEAR_MS,
      until: place.until,
      ...(step === 'hourly' ? { stepMs: 3_600_000 } : {}),
    });
    const count = rows.length;
    if (count === 0) throw new Error('the store has no year');
    return performance.now() - startedMs;
  } finally {
    await store.close();
  }
}
