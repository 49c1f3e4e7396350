/** The state store can't be written for a while (another program holds it): fires are told all the same, marked. */

import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readAlarmBooks } from './alarm-books.ts';
import {
  judgeFires,
  lightFire,
  setWatchStage,
  until,
  type FireTold,
  type WatchStage,
} from './watch-stage.ts';

export interface LockedRunReport {
  readonly fire: FireTold;
  readonly lockedMs: number;
  /** From the end of the lock to the detector's acknowledgement; `undefined`: never. */
  readonly storedAgainMs: number | undefined;
  readonly alarmsMissed: number;
  readonly transitionsDoubled: number;
  /** Deliveries beyond one for each key. */
  readonly repeated: number;
  readonly journalOk: boolean;
}

/** Holds the state store's write lock for `lockedMs` and lights a fire as soon as it is held. */
export async function runLocked(options: {
  readonly lockedMs: number;
  readonly logPath?: string;
}): Promise<LockedRunReport> {
  const folder = mkdtempSync(join(tmpdir(), 'lantai-faults-'));
  const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const { logPath } = options;
    return await play(
      await setWatchStage({ sensors: 20, parent: folder, logPath, folder, ends }),
      options.lockedMs,
    );
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

async function play(stage: WatchStage, lockedMs: number): Promise<LockedRunReport> {
  const { dataDir, client, detectors, lantai, sink } = stage;
  const path = join(dataDir, 'state.db');
  const other = new DatabaseSync(path, { timeout: 5_000 });
  other.exec('BEGIN IMMEDIATE');
  const lockedAt = performance.now();
  const fire = await lightFire(stage, 'f0001');
  await wait(Math.max(0, lockedMs - (performance.now() - lockedAt)));
  other.exec('ROLLBACK');
  other.close();
  const freedAt = performance.now();
  const acknowledged = () => detectors.all().every((said) => said.acknowledgedAt !== undefined);
  const storedAgainMs = (await until(acknowledged, 30_000))
    ? Math.round(performance.now() - freedAt)
    : undefined;
  const { ok: journalOk } = await client.verifyJournal();
  await lantai.stop();
  return {
    fire,
    lockedMs,
    storedAgainMs,
    ...judgeFires(readAlarmBooks(path), ['f0001']),
    repeated: sink.told.length - new Set(sink.told.map((told) => told.key)).size,
    journalOk,
  };
}
