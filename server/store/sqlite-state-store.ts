/** The state store on SQLite: one writer, one batch one transaction, on disk when `commit` resolves. */

import { accessSync, constants, existsSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Delete, Put, TableName, TickBatch } from '../../domain/tick.ts';
import type { StateStore } from '../../domain/ports.ts';
import { MIGRATIONS } from './migrations.ts';
import { COVERED_FACT } from './saved-state.ts';
import { deleteSql, putSql, TABLES, type SqlValue } from './tables.ts';

/**
 * How long a commit waits for another program that holds the file. The whole process waits with it, so it is short:
 * the tick tries again, and counts the time after which safety alarms are told unstored.
 */
const COMMIT_WAIT_MS = 250;

export interface SqliteStateStore extends StateStore {
  readonly path: string;
  /** Bytes that the file and its log take on disk. */
  close(): void;
}

/**
 * Opens (or creates) the state store at `path` and brings its schema up to date.
 * Throws when the file can't be written, is from a newer version, is locked, or is not a database.
 */
export function openSqliteStateStore(path: string): SqliteStateStore {
  const db = openForWriting(path);
  const statements = new StatementCache(db);
  return {
    path,
    commit: (batch) => {
      try {
        commitBatch(db, statements, batch);
        return Promise.resolve();
      } catch (error) {
        return Promise.reject(error);
      }
    },
    close: () => db.close(),
  };
}

function openForWriting(path: string): DatabaseSync {
  // Without a word SQLite would open it for reading alone, and never write again.
  if (existsSync(path)) accessSync(path, constants.W_OK);
  const db = new DatabaseSync(path);
  try {
    // FULL: a commit is on the disk when it returns; the acknowledgement to the sensor hangs on it.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000;');
    // Each commit writes the same few pages again: a longer log is copied back seldom, and each page once.
    db.exec('PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 16384;');
    migrate(db);
    forgetUnfinished(db);
    db.exec(`PRAGMA busy_timeout = ${COMMIT_WAIT_MS};`);
    return db;
  } catch (error) {
    // Left open it would share what it could not make with every later connection of this process.
    db.close();
    throw error;
  }
}

function migrate(db: DatabaseSync): void {
  const row = db.prepare('PRAGMA user_version').get() as { user_version: number };
  const taken = row.user_version;
  if (taken > MIGRATIONS.length) {
    throw new Error(
      `the state store was written by a newer Lantai (schema ${taken}, this one knows ${MIGRATIONS.length}); start that version`,
    );
  }
  for (let step = taken; step < MIGRATIONS.length; step += 1) {
    db.exec(`BEGIN IMMEDIATE; ${MIGRATIONS[step]} PRAGMA user_version = ${step + 1}; COMMIT;`);
  }
}

/** Rows of a snapshot that was cut off by the end of the process count for nothing; see `Snapshot`. */
function forgetUnfinished(db: DatabaseSync): void {
  try {
    db.exec(`DELETE FROM rule_state WHERE covers_spool > COALESCE(
      (SELECT json_extract(body, '$.sequence') FROM fact WHERE id = '${COVERED_FACT}'), 0)`);
  } catch {
    // A full disk, a lock: they are left out of what is read, and take some room until the next start.
  }
}

function commitBatch(db: DatabaseSync, statements: StatementCache, batch: TickBatch): void {
  statements.begin.run();
  try {
    for (const put of batch.puts) runPut(statements, put);
    for (const gone of batch.deletes) runDelete(statements, gone);
    statements.commit.run();
  } catch (error) {
    // SQLite may have rolled back by itself (a full disk does that); a second rollback is an error then.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function runPut(statements: StatementCache, put: Put): void {
  statements.put(put.table, put.mode).run(...valuesOf(put));
}

/** Narrows the union table by table, so that each row meets its own spec. */
function valuesOf(put: Put): readonly SqlValue[] {
  const values = TABLES[put.table].values as (row: Put['row']) => readonly SqlValue[];
  return values(put.row);
}

function runDelete(statements: StatementCache, gone: Delete): void {
  if (gone.table === 'spool') statements.delete('spool').run(gone.upTo);
  else if (gone.table === 'rule_state') {
    statements.delete('rule_state').run(gone.id, gone.standing);
  } else statements.delete(gone.table).run(...keyOf(gone.table, gone.key));
}

function keyOf(
  table: Exclude<TableName, 'spool' | 'rule_state'>,
  key: string,
): readonly SqlValue[] {
  const wanted = TABLES[table].keyColumns;
  const parts = wanted === 1 ? [key] : key.split('|');
  if (parts.length !== wanted) throw new Error(`a key of ${table} has ${wanted} parts: ${key}`);
  return parts;
}

/** Prepared once each: preparing costs more than running. */
class StatementCache {
  readonly #db: DatabaseSync;
  readonly #puts = new Map<string, StatementSync>();
  readonly #deletes = new Map<string, StatementSync>();
  readonly begin: StatementSync;
  readonly commit: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.begin = db.prepare('BEGIN IMMEDIATE');
    this.commit = db.prepare('COMMIT');
  }

  put(table: TableName, mode: 'insert' | 'upsert'): StatementSync {
    const known = this.#puts.get(table + mode);
    if (known) return known;
    const statement = this.#db.prepare(putSql(table, mode));
    this.#puts.set(table + mode, statement);
    return statement;
  }

  delete(table: TableName): StatementSync {
    const known = this.#deletes.get(table);
    if (known) return known;
    const statement = this.#db.prepare(deleteSql(table));
    this.#deletes.set(table, statement);
    return statement;
  }
}

/** Whether an error of `commit` says that the disk is full (SQLITE_FULL, or the system's own word). */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'errcode' in error ? error.errcode : undefined;
  return code === 13 || /disk (is )?full|ENOSPC|no space/i.test(error.message);
}

/** Whether an error of `commit` says that a row breaks a key (SQLITE_CONSTRAINT and its kinds): trying again can't help. */
export function isConflict(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' && (code & 0xff) === 19;
}
