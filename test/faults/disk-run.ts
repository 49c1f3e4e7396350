/** A full disk while messages flow: what is told, what is stored, and what comes back when there is room again. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { FireAccount } from '../../simulators/load/fires.ts';
import { runLoad } from '../../simulators/load/run.ts';
import { readAlarmBooks } from './alarm-books.ts';
import type { Client } from './client.ts';
import type { Detectors } from './detector.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';
import { readSqlite } from './stored-sqlite.ts';
import { compareReadings, type ReadingVerdict } from './stored-readings.ts';
import {
  DETECTORS,
  judgeFires,
  lightFire,
  setWatchStage,
  until,
  type FireTold,
  type WatchStage,
} from './watch-stage.ts';
import type { WebhookSink } from './webhook-sink.ts';

export interface DiskRunOptions {
  /** Must leave room for three times the reserve, or it is never taken back. */
  readonly diskMiB: number;
  readonly messages: number;
  readonly ratePerSecond: number;
  readonly sensors: number;
  readonly logPath?: string;
  readonly onNote?: (text: string) => void;
}

export interface DiskRunReport {
  /** The disk is full; the reserve is given up for alarms. */
  readonly withReserve: FireTold;
  /** Not even the reserve is left. */
  readonly withoutSpace: FireTold;
  /** Commits that failed before that; 0 would mean that the state was never reached. */
  readonly commitFailures: number;
  readonly complete: boolean;
  readonly storedAgainMs: number | undefined;
  readonly readings: ReadingVerdict;
  readonly thinned: number;
  /** Acknowledged readings that are not stored, less the thinned: anything but 0 is a loss, or a wrong count. */
  readonly lost: number;
  readonly safetyLost: number;
  readonly alarmsMissed: number;
  readonly transitionsDoubled: number;
  /** The same message told again under another key. */
  readonly toldTwice: number;
  readonly journalOk: boolean;
  readonly durationMs: number;
}

/** `undefined`: a small file system can't be mounted here. */
export async function runFullDisk(options: DiskRunOptions): Promise<DiskRunReport | undefined> {
  const disk = mountSmallDisk(options.diskMiB);
  if (!disk) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'lantai-faults-'));
  const ends: (() => unknown)[] = [
    () => rmSync(folder, { recursive: true, force: true }),
    () => disk.remove(),
  ];
  try {
    const { sensors, logPath } = options;
    const stage = await setWatchStage({ sensors, parent: disk.path, logPath, folder, ends });
    return await play({ ...stage, disk }, options);
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

interface Stage extends WatchStage {
  readonly disk: SmallDisk;
}

async function play(stage: Stage, options: DiskRunOptions): Promise<DiskRunReport> {
  const { disk, lantai, client, detectors, document, sink } = stage;
  const startedAt = performance.now();
  const note = options.onNote ?? (() => undefined);
  const loading = runLoad({
    broker: lantai.brokerUrl,
    document,
    messages: options.messages,
    ratePerSecond: options.ratePerSecond,
    publishers: 4,
    inFlightMax: 16,
    stalledAfterMs: 120_000,
  });
  await wait(1_500);
  disk.fill();
  note('the disk is full');
  await until(async () => (await thinnedBy(client)) > 0, 30_000);
  const withReserve = await lightFire(stage, 'f0001');
  note('the first fire is told; taking what the reserve gave up');
  const commitFailures = await untilNothingIsStored(stage);
  const withoutSpace = await lightFire(stage, 'f0002', () => disk.fill());
  note('the second fire is told; there is room again');
  disk.free();
  const freedAt = performance.now();
  const isAcknowledged = () => detectors.all().every((said) => said.acknowledgedAt !== undefined);
  const storedAgain = await until(isAcknowledged, 60_000);
  const storedAgainMs = storedAgain ? Math.round(performance.now() - freedAt) : undefined;
  const load = await loading;
  await until(async () => (await client.metrics()).get('lantai_spool_rows') === 0, 60_000);
  const thinned = await thinnedBy(client);
  const { ok: journalOk } = await client.verifyJournal();
  await lantai.stop();
  const stored = readSqlite(join(disk.path, 'data', 'readings.db'));
  const readings = compareReadings({ ...load, fires: firesOf(detectors) }, stored);
  const books = readAlarmBooks(join(disk.path, 'data', 'state.db'));
  return {
    withReserve,
    withoutSpace,
    commitFailures,
    complete: load.complete,
    storedAgainMs,
    readings,
    thinned,
    lost: readings.lostReadings - thinned,
    safetyLost: safetyLost(detectors, stored.series),
    ...judgeFires(books, ['f0001', 'f0002']),
    toldTwice: toldTwice(sink),
    journalOk,
    durationMs: Math.round(performance.now() - startedAt),
  };
}

/** What the detectors said, as the load keeps its own fires. */
function firesOf(detectors: Detectors): readonly FireAccount[] {
  return detectors.all().map(({ sensor, value, at, acknowledgedAt }, fire) => ({
    fire,
    sensor,
    room: '',
    value,
    sequence: fire,
    time: at,
    ...(acknowledgedAt === undefined ? {} : { acknowledgedAt }),
  }));
}

async function thinnedBy(client: Client): Promise<number> {
  return (await client.metrics()).get('lantai_thinned_readings_total') ?? 0;
}

/** Detectors go on saying that all is well (never thinned) until not one more commit fits on the disk. */
async function untilNothingIsStored({ disk, client, detectors }: Stage): Promise<number> {
  const failures = async () => (await client.metrics()).get('lantai_commit_failures_total') ?? 0;
  let before = await failures();
  let failing = 0;
  for (let round = 0; round < 600 && failing < 3; round += 1) {
    disk.fill();
    for (let i = 10; i < DETECTORS; i += 1) {
      detectors.say(`f${String(i + 1).padStart(4, '0')}`, 0);
    }
    await wait(100);
    if (round % 5 !== 4) continue;
    const now = await failures();
    failing = now > before ? failing + 1 : 0;
    before = now;
  }
  return before;
}

function safetyLost(
  detectors: Detectors,
  series: ReadonlyMap<string, ReadonlyMap<number, number>>,
): number {
  return detectors
    .all()
    .filter(
      ({ sensor, at, value, acknowledgedAt }) =>
        acknowledgedAt !== undefined && series.get(`${sensor} smoke`)?.get(at) !== value,
    ).length;
}

/** Messages about one alarm that say the same under different keys; the same key again is allowed. */
function toldTwice(sink: WebhookSink): number {
  const keys = new Map(sink.told.map((told) => [told.key, told]));
  const plain = [...keys.values()].map((t) => `${t.alarm ?? t.incident ?? ''} ${t.key}`);
  return sink.told.length - keys.size + (plain.length - new Set(plain).size);
}
