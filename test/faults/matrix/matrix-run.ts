/** One row of the matrix: load, one or two faults that overlap, fires meanwhile; then the books are compared. */

import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { runLoad, type LoadReport } from '../../../simulators/load/run.ts';
import { readAlarmBooks } from '../alarm-books.ts';
import { createStallWatch } from '../broker-run.ts';
import { readInflux } from '../stored-readings.ts';
import { judgeFires } from '../watch-stage.ts';
import { balance, type Balance } from './compare.ts';
import type { Fault } from './disruptions.ts';
import { lightFires, slowestFireMs, type Fire } from './fires.ts';
import { DETECTORS, setMatrixStage, type MatrixStage } from './matrix-stage.ts';
import { accepted, awaitStored } from './settle.ts';
import { slowest, type Seen } from './visibility.ts';

export interface MatrixSize {
  readonly sensors: number;
  readonly ratePerSecond: number;
  /** All faults lie within this. */
  readonly faultMs: number;
  /** How long before and after it the load runs. */
  readonly beforeMs: number;
  readonly afterMs: number;
}

export const MATRIX_FULL: MatrixSize = {
  sensors: 800,
  ratePerSecond: 2_000,
  faultMs: 10_000,
  beforeMs: 2_000,
  afterMs: 2_000,
};

/** For every run of the tests. */
export const MATRIX_SMALL: MatrixSize = {
  sensors: 100,
  ratePerSecond: 300,
  faultMs: 6_000,
  beforeMs: 1_000,
  afterMs: 1_000,
};

export interface MatrixRow {
  readonly faults: readonly string[];
  readonly sent: number;
  readonly acknowledged: number;
  readonly balance: Balance;
  /** Counted by Lantai as left out while the disk was full. */
  readonly thinned: number;
  /** Acknowledged readings that are neither stored nor counted as thinned. */
  readonly lost: number;
  /** Counted as thinned beyond those that are missing. */
  readonly thinnedTwice: number;
  readonly double: number;
  readonly fires: number;
  readonly alarmsMissed: number;
  readonly alarmsDouble: number;
  /** From the moment the broker took it to webhook and live feed, both; `undefined`: never. */
  readonly slowestAlarmMs: number | undefined;
  readonly told: readonly ReturnType<Fire['told']>[];
  readonly longestStallMs: number;
  readonly peakMb: number;
  /** In all of `/api/ready`, `/metrics` and the live feed. */
  readonly visibleMs: number | undefined;
  readonly seen: readonly Seen[];
  readonly failedStarts: number;
  readonly journalOk: boolean;
  readonly clock: string | undefined;
  readonly durationMs: number;
}

/** The second one begins when the first has lasted so long. */
const PAIR_APART_SHARE = 0.15;
/** While nothing is stored, a broker's own window (20) would be full of these. */
const CHATTER_MESSAGES = 120;

/** `undefined`: it can't be run on this machine. Leaves no process and no folder behind. */
export async function runRow(
  faults: readonly Fault[],
  options: { readonly size: MatrixSize; readonly logPath?: string },
): Promise<MatrixRow | undefined> {
  const startedAt = performance.now();
  const ends: (() => unknown)[] = [];
  try {
    const withClock = faults.some(({ name }) => name.startsWith('clock'));
    const { size, logPath } = options;
    const { sensors } = size;
    const stage = await setMatrixStage({ sensors, withClock, broker: 'mosquitto', logPath }, ends);
    if (!stage) return undefined;
    const row = await play(stage, faults, size);
    return { ...row, durationMs: Math.round(performance.now() - startedAt) };
  } finally {
    for (const end of ends.reverse()) await Promise.resolve(end()).catch(() => undefined);
  }
}

async function play(stage: MatrixStage, faults: readonly Fault[], size: MatrixSize) {
  const { client, supervisor } = stage;
  const stalls = createStallWatch();
  const { beforeMs, faultMs, afterMs, ratePerSecond } = size;
  const loading = runLoad({
    broker: stage.lantai.brokerUrl,
    document: stage.document,
    messages: Math.round((ratePerSecond * (beforeMs + faultMs + afterMs)) / 1000),
    ratePerSecond,
    publishers: 8,
    inFlightMax: 64,
    stalledAfterMs: 60_000,
    onProgress: ({ acknowledged }) => stalls.saw(acknowledged),
  });
  await wait(beforeMs);
  const shares = faults.length === 1 ? [0.05, 0.4, 0.75] : [0.25, 0.5, 0.8];
  const lighting = lightFires(
    stage,
    shares.map((share) => share * faultMs),
  );
  const chattering = chatter(stage);
  const seen = await Promise.all(
    faults.map((fault, i) =>
      disrupt(stage, fault, { afterMs: i * PAIR_APART_SHARE * faultMs, faultMs }),
    ),
  );
  const [load, fires] = await Promise.all([loading, lighting, chattering]);
  await supervisor.running();
  await awaitStored(stage, 2 * load.acknowledged + accepted(stage).length, () => thinnedBy(stage));
  const thinnedReadings = await thinnedBy(stage);
  const { ok: journalOk } = await client.verifyJournal();
  const peakMb = supervisor.peakMb();
  supervisor.end();
  await stage.lantai.stop();
  return {
    faults: faults.map(({ title }) => title),
    sent: load.sent + stage.detectors.all().length,
    acknowledged: load.acknowledged + accepted(stage).length,
    ...(await judge(stage, { load, fires, faults, thinned: thinnedReadings })),
    longestStallMs: stalls.longestMs(),
    peakMb,
    visibleMs: slowest(seen),
    seen,
    failedStarts: supervisor.failedStarts,
    journalOk,
    clock: stage.clock?.by,
  };
}

async function judge(
  stage: MatrixStage,
  q: {
    readonly load: LoadReport;
    readonly fires: readonly Fire[];
    readonly faults: readonly Fault[];
    readonly thinned: number;
  },
) {
  const { load, fires, thinned } = q;
  const anyMoment = q.faults.some(({ name }) => name.startsWith('clock'));
  const report = { sensors: load.sensors, fires: accepted(stage) };
  const books = balance(report, await readInflux(stage.influx.url), anyMoment);
  const alarms = judgeFires(
    readAlarmBooks(join(stage.dataDir, 'state.db')),
    fires.filter((f) => f.acceptedAt !== undefined).map((fire) => fire.sensor),
  );
  return {
    balance: books,
    thinned,
    lost: Math.max(0, books.lost - thinned),
    // Left out, killed before the broker had our word, left out again when it came again: counted twice.
    thinnedTwice: Math.max(0, thinned - books.lost),
    double: books.double,
    fires: fires.length,
    alarmsMissed: Math.max(alarms.alarmsMissed, fires.filter((f) => !f.isTold()).length),
    alarmsDouble: alarms.transitionsDoubled,
    slowestAlarmMs: slowestFireMs(fires),
    told: fires.map((fire) => fire.told()),
  };
}

/** Other detectors go on saying that all is well: a fire must not wait behind them. */
async function chatter({ detectors }: MatrixStage): Promise<void> {
  for (let i = 0; i < CHATTER_MESSAGES; i += 1) {
    detectors.say(`f${String(DETECTORS - (i % 3)).padStart(4, '0')}`, 0);
    await wait(15);
  }
}

/** Begins it, waits, ends it; when it was seen. */
async function disrupt(
  stage: MatrixStage,
  fault: Fault,
  q: { readonly afterMs: number; readonly faultMs: number },
): Promise<Seen> {
  const { afterMs, faultMs } = q;
  await wait(afterMs);
  const seen = stage.visibility.expect(fault.parts);
  const beganAt = performance.now();
  const end = await fault.begin(stage);
  const lastsMs = (faultMs - afterMs) * (fault.endsAfterShare ?? 1);
  await wait(Math.max(0, lastsMs - (performance.now() - beganAt)));
  const atTheEnd = seen();
  await end?.();
  return atTheEnd;
}

/** What Lantai counts as thinned; a process that is away is asked later. */
async function thinnedBy({ client }: MatrixStage): Promise<number> {
  const figures = await client.metrics().catch(() => undefined);
  return figures?.get('lantai_thinned_readings_total') ?? 0;
}
