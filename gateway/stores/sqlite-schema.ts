/** The schema of `readings.db`, and how the file is opened. */

import { accessSync, constants, existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { StoreUnavailable } from '../../domain/ports.ts';

/** `user_version` of a file this code writes; a newer file is refused rather than damaged. */
const SCHEMA_VERSION = 1;

// Rooms and flags repeat, so a reading holds one small number for both (where the sensor was at that
// time, and the marks). The time of receipt is kept as a distance, which is nearly always small.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS series (
    id INTEGER PRIMARY KEY,
    repository TEXT NOT NULL, sensor TEXT NOT NULL, metric TEXT NOT NULL,
    UNIQUE (repository, sensor, metric)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS label (
    id INTEGER PRIMARY KEY,
    room TEXT NOT NULL, flags TEXT NOT NULL,
    UNIQUE (room, flags)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS reading (
    series INTEGER NOT NULL, at INTEGER NOT NULL,
    value REAL NOT NULL, quality INTEGER NOT NULL,
    label INTEGER NOT NULL, received_after_ms INTEGER NOT NULL, raw REAL,
    PRIMARY KEY (series, at)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS hour (
    series INTEGER NOT NULL, hour INTEGER NOT NULL,
    mean REAL, min REAL, max REAL, count INTEGER NOT NULL, good INTEGER NOT NULL,
    PRIMARY KEY (series, hour)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS dirty_hour (
    series INTEGER NOT NULL, hour INTEGER NOT NULL,
    PRIMARY KEY (series, hour)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS access_event (
    id TEXT PRIMARY KEY,
    repository TEXT NOT NULL, room TEXT NOT NULL, door TEXT NOT NULL, event TEXT NOT NULL,
    at INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** Opens the file and creates what is missing. Throws `StoreUnavailable` when the file can't be used. */
export function openReadingsFile(path: string): DatabaseSync {
  return guarded(path, () => {
    refuseUnwritable(path);
    const db = new DatabaseSync(path, { timeout: 5_000 });
    try {
      db.exec('PRAGMA journal_mode = WAL');
      // A batch is settled when it is committed, and its spool rows are deleted then: it must be on disk.
      db.exec('PRAGMA synchronous = FULL');
      db.exec('PRAGMA cache_size = -16384');
      migrate(db);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** Opens the file as it is; nothing is made, changed or waited for long. Throws `StoreUnavailable`. */
export function openReadingsForReading(path: string): DatabaseSync {
  if (!existsSync(path)) throw new StoreUnavailable(`there is no readings file ${path}`);
  return guarded(path, () => new DatabaseSync(path, { readOnly: true, timeout: 5_000 }));
}

/** Without a word SQLite would open it for reading alone, and never write again. */
function refuseUnwritable(path: string): void {
  if (!existsSync(path)) return;
  try {
    accessSync(path, constants.W_OK);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreUnavailable(`the readings file ${path} can't be written: ${why}`);
  }
}

/** Runs `work`; whatever SQLite says (disk full, locked, damaged) becomes `StoreUnavailable`: nothing is lost by waiting. */
export function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw unavailable(path, error);
  }
}

/** The same for work that takes turns with others. */
export async function guardedAsync<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unavailable(path, error);
  }
}

function unavailable(path: string, error: unknown): unknown {
  if (!isSqliteError(error)) return error;
  return new StoreUnavailable(`the readings file ${path} can't be used: ${error.message}`);
}

function migrate(db: DatabaseSync): void {
  const row = db.prepare('PRAGMA user_version').get();
  const version = Number(row?.['user_version'] ?? 0);
  if (version > SCHEMA_VERSION) {
    throw new StoreUnavailable(
      `the readings file is of version ${version}, newer than this program understands (${SCHEMA_VERSION}): use the newer program`,
    );
  }
  db.exec(SCHEMA);
  if (version < SCHEMA_VERSION) db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
}

function isSqliteError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR';
}
