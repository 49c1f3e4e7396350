/** From just before a detector's message is published to the `alarm` event in a browser, with everything else going on. */

import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { io, type Socket } from 'socket.io-client';
import type { Alarm } from '../../domain/alarm.ts';
import { DAY_MS } from '../../domain/time.ts';
import { detectorId, loadSensorId, writeLoadRepository } from '../../simulators/load/repository.ts';
import { startInflux } from '../support/servers.ts';
import { compare, median, percentile, rounded, type BenchResult, type Row } from './figures.ts';
import { startHelper, type Helper } from './helpers.ts';
import { MOSQUITTO_DEFAULTS, freshMosquitto, makeFolder, startLantai } from './house.ts';
import type { Lantai } from './house.ts';
import type { BenchOptions } from './throughput.ts';
import { fillYear, YEAR_MS } from './year-data.ts';

const SENSORS = 1_000;
const CONNECTIONS = 8;
const ANSWER_MS_MAX = 10_000;
const P99_MS_MAX = 100;
const P99_OF_RELAY_MAX = 3;
/** Background runs for so long before the first fire. */
const SETTLE_MS = 5_000;
const REPOSITORY = 'load';

/** What else goes on while alarms are timed. */
interface Scene {
  /** As the rows name it. */
  readonly name: string;
  readonly climatePerSecond: number;
  /** Loaded one after the other without a pause, of the year of one metric of one sensor: steps, or all as it is. */
  readonly loads?: { readonly words: string; readonly steps: readonly (string | undefined)[] };
  readonly p99?: {
    readonly text: string;
    readonly met: (oursMs: number, ratio: number) => boolean;
  };
}

const CHARTS: Scene = {
  name: 'charts of a year load',
  climatePerSecond: 1_000,
  loads: {
    words: 'a sensor-year by the day (as the dashboard asks) and by the hour, in turn, no pause',
    steps: ['24h', '1h'],
  },
  p99: { text: `< ${P99_MS_MAX} ms`, met: (oursMs) => oursMs < P99_MS_MAX },
};

/** Without a target. */
const MINUTES: Scene = {
  name: 'a year at 1/min is taken out',
  climatePerSecond: 1_000,
  loads: { words: 'a sensor-year at 1/min, again and again, no pause', steps: [undefined] },
};

const CLIMATE: Scene = {
  name: 'at 2,000 messages/s',
  climatePerSecond: 2_000,
  p99: {
    text: `<= ${P99_OF_RELAY_MAX} of the relay`,
    met: (_oursMs, ratio) => ratio <= P99_OF_RELAY_MAX,
  },
};

interface Sample {
  readonly oursMs: number;
  readonly relayMs: number;
}

/** While screens load charts of a year, and, without a target, while a year at one a minute is taken out. */
export async function alarmLatency(options: BenchOptions): Promise<BenchResult> {
  const charts = await latencyDuring(CHARTS, options);
  const minutes = await latencyDuring(MINUTES, { ...options, rounds: 1 });
  return {
    rows: [...charts.rows, ...minutes.rows],
    conditions: { charts: charts.conditions, minutes: minutes.conditions },
  };
}

/** While nothing but climate comes in, two thousand messages a second. */
export function alarmUnderLoad(options: BenchOptions): Promise<BenchResult> {
  return latencyDuring(CLIMATE, options);
}

/** Both see the very same messages of the same broker, at the same time, on the same machine. */
async function latencyDuring(
  scene: Scene,
  options: BenchOptions & { readonly rounds?: number },
): Promise<BenchResult> {
  const rounds = options.rounds ?? (options.quick ? 1 : 5);
  const samplesEach = options.quick ? 200 : 250;
  const all: Round[] = [];
  for (let round = 0; round < rounds; round += 1) all.push(await oneRound(samplesEach, scene));
  const row = (name: string, share: number, target: Scene['p99']): Row => {
    const of = (pick: (sample: Sample) => number): readonly number[] =>
      all.map(({ samples }) => percentile(samples.map(pick), share));
    return compare({
      name: `alarm latency ${name}, ${scene.name}`,
      unit: 'ms',
      ours: of((s) => s.oursMs),
      floor: of((s) => s.relayMs),
      floorIs: 'bare MQTT to Socket.IO relay that gets the same messages at the same time',
      ...(target ? { target } : {}),
    });
  };
  return {
    rows: [row('p50', 0.5, undefined), row('p99', 0.99, scene.p99)],
    conditions: {
      samplesOfARound: samplesEach,
      rounds,
      backgroundPerSecond: scene.climatePerSecond,
      sensors: SENSORS,
      ...(scene.loads
        ? { loaded: scene.loads.words, loadedInARound: median(all.map(({ loaded }) => loaded)) }
        : {}),
      peakResidentMB: rounded(median(all.map(({ peakBytes }) => peakBytes / 2 ** 20))),
      openFireAlarmsAtTheEnd: samplesEach,
      slowestMs: rounded(
        Math.max(...all.flatMap(({ samples }) => samples.map((sample) => sample.oursMs))),
      ),
      broker: 'Mosquitto with its defaults, but an unbounded queue',
      store: 'InfluxDB',
    },
  };
}

interface Round {
  readonly samples: readonly Sample[];
  readonly loaded: number;
  readonly peakBytes: number;
}

async function oneRound(samples: number, scene: Scene): Promise<Round> {
  const folder = makeFolder();
  const [influx, broker] = [await startInflux(), await freshMosquitto(MOSQUITTO_DEFAULTS)];
  const [publisher, relay, loader] = [startHelper(), startHelper(), startHelper()];
  const closers: (() => Promise<unknown> | void)[] = [];
  try {
    const database = 'bench_latency';
    const until = Date.now() - DAY_MS;
    if (scene.loads) {
      // One metric of one sensor for a year, before the server starts.
      await fillYear({
        config: { kind: 'influx', url: influx.url, database, timeoutMs: 60_000 },
        sensor: loadSensorId(0),
        until,
      });
    }
    const repositoryFile = join(folder.path, 'repository.yaml');
    writeLoadRepository({
      sensors: SENSORS,
      detectors: samples,
      simulated: false,
      file: repositoryFile,
    });
    const lantai = await startLantai({
      dataDir: join(folder.path, 'data'),
      repositoryFile,
      mqttUrl: broker.url,
      influx: { url: influx.url, database },
    });
    closers.push(() => lantai.stop());
    relay.send({ kind: 'relay', url: broker.url });
    const { port: relayPort } = await relay.answer('listening', ANSWER_MS_MAX);
    const ears = await listen(lantai, relayPort);
    closers.push(() => ears.close());
    publisher.send({ kind: 'steady', steady: steadyAt(broker.port, scene.climatePerSecond) });
    await publisher.answer('prepared', ANSWER_MS_MAX);
    if (scene.loads) {
      const urls = yearUrls({ lantai, until, steps: scene.loads.steps });
      loader.send({ kind: 'charts', token: lantai.token, urls });
    }
    await pause(SETTLE_MS);
    const client = await connectAsync(broker.url, { clientId: 'bench-detectors' });
    closers.push(() => client.endAsync());
    const measured = await measure(samples, client, ears);
    await stopClimate(publisher);
    const loaded = scene.loads ? await stopLoads(loader) : 0;
    return { samples: measured, loaded, peakBytes: lantai.memory().peak };
  } finally {
    for (const close of closers.reverse()) await close();
    await Promise.all([publisher.stop(), relay.stop(), loader.stop()]);
    await Promise.all([influx.remove(), broker.remove()]);
    folder.remove();
  }
}

function steadyAt(port: number, perSecond: number) {
  return { port, connections: CONNECTIONS, sensors: SENSORS, perSecond };
}

function yearUrls(q: {
  readonly lantai: Lantai;
  readonly until: number;
  readonly steps: readonly (string | undefined)[];
}): readonly string[] {
  const sensor = `${REPOSITORY}.${loadSensorId(0)}`;
  const span = `from=${q.until - YEAR_MS}&to=${q.until}`;
  const year = `${q.lantai.url}/api/readings?sensor=${sensor}&metric=temperature&${span}`;
  return q.steps.map((step) => (step === undefined ? year : `${year}&step=${step}`));
}

async function stopClimate(publisher: Helper): Promise<void> {
  publisher.send({ kind: 'stop-steady' });
  const { messages, acknowledged } = await publisher.answer('published', 30_000);
  if (acknowledged < messages) {
    throw new Error(`background: ${acknowledged} of ${messages} were acknowledged`);
  }
}

async function stopLoads(loader: Helper): Promise<number> {
  loader.send({ kind: 'stop-charts' });
  const { loaded } = await loader.answer('charts', 60_000);
  if (loaded < 2) throw new Error('no chart of a year was loaded meanwhile');
  return loaded;
}

interface Ears {
  /** When each of them told of this detector. */
  heard(sensor: string): Promise<{ readonly oursMs: number; readonly relayMs: number }>;
  close(): void;
}

async function listen(lantai: Lantai, relayPort: number): Promise<Ears> {
  const options = { transports: ['websocket'] };
  const ours = io(lantai.url, { ...options, auth: { token: lantai.token } });
  const theirs = io(`http://127.0.0.1:${relayPort}`, options);
  await Promise.all([came(ours, 'snapshot'), came(theirs, 'connect')]);
  const oursAt = new Map<string, number>();
  const relayAt = new Map<string, number>();
  let look: () => void = () => undefined;
  ours.on('alarm', (alarm: Alarm) => note(oursAt, alarm.subject.id));
  theirs.on('alarm', ({ sensor }: { readonly sensor: string }) => note(relayAt, sensor));
  const note = (at: Map<string, number>, sensor: string): void => {
    // Later events of the same alarm (telling, escalation) are no news here.
    if (!at.has(sensor)) at.set(sensor, performance.now());
    look();
  };
  return {
    heard: (sensor) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`no alarm of ${sensor} in ${ANSWER_MS_MAX} ms`)),
          ANSWER_MS_MAX,
        );
        look = () => {
          const [oursMs, relayMs] = [oursAt.get(sensor), relayAt.get(sensor)];
          if (oursMs === undefined || relayMs === undefined) return;
          clearTimeout(timer);
          resolve({ oursMs, relayMs });
        };
        look();
      }),
    close: () => {
      ours.disconnect();
      theirs.disconnect();
    },
  };
}

function came(socket: Socket, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once('connect_error', reject);
  });
}

/** One detector after the other, each for the first time; the pauses are not in step with any timer. */
async function measure(
  samples: number,
  client: MqttClient,
  ears: Ears,
): Promise<readonly Sample[]> {
  const measured: Sample[] = [];
  for (let i = 0; i < samples; i += 1) {
    const sensor = detectorId(i);
    const payload = JSON.stringify({ time: Date.now(), sequence: Date.now(), smoke: 1 });
    const heard = ears.heard(sensor);
    const startedMs = performance.now();
    client.publish(`lantai/${REPOSITORY}/${sensor}/telemetry`, payload, { qos: 1 });
    const { oursMs, relayMs } = await heard;
    measured.push({ oursMs: oursMs - startedMs, relayMs: relayMs - startedMs });
    await pause(40 + ((i * 37) % 61));
  }
  return measured;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
