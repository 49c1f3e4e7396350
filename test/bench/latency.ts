/** From just before a detector's message is published to the `alarm` event in a browser, with everything else going on. */

import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { io, type Socket } from 'socket.io-client';
import type { Alarm } from '../../domain/alarm.ts';
import { DAY_MS } from '../../domain/time.ts';
import { detectorId, loadSensorId, writeLoadRepository } from '../../simulators/load/repository.ts';
import { startInflux } from '../support/servers.ts';
import { median, percentile, rounded, type BenchResult, type Row } from './figures.ts';
import { startHelper, type Helper } from './helpers.ts';
import { MOSQUITTO_DEFAULTS, freshMosquitto, makeFolder, startLantai } from './house.ts';
import type { Lantai } from './house.ts';
import type { BenchOptions } from './throughput.ts';
import { fillYear, YEAR_MS } from './year-data.ts';

const SENSORS = 1_000;
const BACKGROUND_PER_SECOND = 1_000;
const CONNECTIONS = 8;
const ANSWER_MS_MAX = 10_000;
const P99_MS_MAX = 100;
/** Background runs for so long before the first fire. */
const SETTLE_MS = 5_000;
const REPOSITORY = 'load';

type Loading = 'charts' | 'minutes';

/** What is loaded, one after the other without a pause, while alarms are timed. */
const LOADED: Readonly<Record<Loading, string>> = {
  charts: 'a sensor-year by the day (as the dashboard asks) and by the hour, in turn, no pause',
  minutes: 'a sensor-year at 1/min, again and again, no pause',
};

interface Sample {
  readonly oursMs: number;
  readonly relayMs: number;
}

/** While screens load charts of a year, and, without a target, while a year at one a minute is taken out. */
export async function alarmLatency(options: BenchOptions): Promise<BenchResult> {
  const charts = await latencyWhile('charts', options);
  const minutes = await latencyWhile('minutes', { ...options, rounds: 1 });
  return {
    rows: [...charts.rows, ...minutes.rows],
    conditions: { ...charts.conditions, ...minutes.conditions },
  };
}

/** Both see the very same messages of the same broker, at the same time, on the same machine. */
async function latencyWhile(
  loading: Loading,
  options: BenchOptions & { readonly rounds?: number },
): Promise<BenchResult> {
  const rounds = options.rounds ?? (options.quick ? 1 : 5);
  const samplesEach = options.quick ? 200 : 250;
  const all: (readonly Sample[])[] = [];
  const charts: number[] = [];
  const peaks: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const measured = await oneRound(samplesEach, loading);
    all.push(measured.samples);
    charts.push(measured.charts);
    peaks.push(measured.peakBytes / 2 ** 20);
  }
  const what = loading === 'charts' ? 'charts of a year load' : 'a year at 1/min is taken out';
  const row = (name: string, share: number, goal?: number): Row => {
    const of = (pick: (sample: Sample) => number): readonly number[] =>
      all.map((samples) => percentile(samples.map(pick), share));
    const [ours, floor] = [of((s) => s.oursMs), of((s) => s.relayMs)];
    return {
      name: `alarm latency ${name}, ${what}`,
      unit: 'ms',
      ours: rounded(median(ours)),
      floor: rounded(median(floor)),
      floorIs: 'bare MQTT to Socket.IO relay that gets the same messages at the same time',
      ratio: rounded(median(ours) / median(floor)),
      runs: { ours: ours.map(rounded), floor: floor.map(rounded) },
      ...(goal === undefined ? {} : { target: `< ${goal} ms`, met: median(ours) < goal }),
    };
  };
  return {
    rows: [row('p50', 0.5), row('p99', 0.99, loading === 'charts' ? P99_MS_MAX : undefined)],
    conditions: {
      [loading]: {
        loaded: LOADED[loading],
        samplesOfARound: samplesEach,
        rounds,
        backgroundPerSecond: BACKGROUND_PER_SECOND,
        sensors: SENSORS,
        loadedInARound: median(charts),
        peakResidentMB: rounded(median(peaks)),
        openFireAlarmsAtTheEnd: samplesEach,
        slowestMs: rounded(Math.max(...all.flat().map((sample) => sample.oursMs))),
        broker: 'Mosquitto with its defaults, but an unbounded queue',
        store: 'InfluxDB',
      },
    },
  };
}

async function oneRound(samples: number, loading: Loading) {
  const folder = makeFolder();
  const [influx, broker] = [await startInflux(), await freshMosquitto(MOSQUITTO_DEFAULTS)];
  const [publisher, relay, loader] = [startHelper(), startHelper(), startHelper()];
  const closers: (() => Promise<unknown> | void)[] = [];
  try {
    const database = 'bench_latency';
    const until = Date.now() - DAY_MS;
    // One metric of one sensor for a year, before the server starts.
    await fillYear({
      config: { kind: 'influx', url: influx.url, database, timeoutMs: 60_000 },
      sensor: loadSensorId(0),
      until,
    });
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
    const background = { kind: 'steady' as const, steady: steadyAt(broker.port) };
    publisher.send(background);
    await publisher.answer('prepared', ANSWER_MS_MAX);
    loader.send({
      kind: 'charts',
      token: lantai.token,
      urls: yearUrls({ lantai, until, loading }),
    });
    await pause(SETTLE_MS);
    const client = await connectAsync(broker.url, { clientId: 'bench-detectors' });
    closers.push(() => client.endAsync());
    const measured = await measure(samples, client, ears);
    const charts = await stopBackground(publisher, loader);
    return { samples: measured, charts, peakBytes: lantai.memory().peak };
  } finally {
    for (const close of closers.reverse()) await close();
    await Promise.all([publisher.stop(), relay.stop(), loader.stop()]);
    await Promise.all([influx.remove(), broker.remove()]);
    folder.remove();
  }
}

function steadyAt(port: number) {
  return { port, connections: CONNECTIONS, sensors: SENSORS, perSecond: BACKGROUND_PER_SECOND };
}

function yearUrls(q: {
  readonly lantai: Lantai;
  readonly until: number;
  readonly loading: Loading;
}): readonly string[] {
  const sensor = `${REPOSITORY}.${loadSensorId(0)}`;
  const span = `from=${q.until - YEAR_MS}&to=${q.until}`;
  const year = `${q.lantai.url}/api/readings?sensor=${sensor}&metric=temperature&${span}`;
  return q.loading === 'charts' ? [`${year}&step=24h`, `${year}&step=1h`] : [year];
}

async function stopBackground(publisher: Helper, loader: Helper): Promise<number> {
  publisher.send({ kind: 'stop-steady' });
  loader.send({ kind: 'stop-charts' });
  const { messages, acknowledged } = await publisher.answer('published', 30_000);
  if (acknowledged < messages) {
    throw new Error(`background: ${acknowledged} of ${messages} were acknowledged`);
  }
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
