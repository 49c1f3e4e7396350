/**
 * The state store of a process that may start while nothing can be written: what is stored is read all the same, and
 * writing begins with the first commit that can be made.
 */

import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { TickBatch } from '../../domain/tick.ts';
import { FolderInUse, messageOf, StartRefused, type DataFolder } from '../data-folder.ts';
import { MIGRATIONS } from './migrations.ts';
import { READ_WAIT_MS, Reader } from './queries.ts';
import { loadSavedState, type SavedState } from './saved-state.ts';
import { openSqliteStateStore, type SqliteStateStore } from './sqlite-state-store.ts';

export interface LateStateStore extends SqliteStateStore {
  /** Why nothing could be written since the start, in words of the system; `undefined`: the store is open. */
  refusal(): string | undefined;
  /** Resolves once the store is open for writing. */
  readonly opened: Promise<void>;
}

/** So much room an attempt wants: SQLite's index of its log grows by half of it. */
const ROOM_BYTES_MIN = 64 * 1024;

/**
 * Holds the folder and opens its state store; where that fails, but all that a start needs can be read, the store is
 * opened later. Throws `StartRefused` when another Lantai holds the folder, or there is nothing to start from.
 */
export function openState(folder: DataFolder): {
  readonly store: LateStateStore;
  readonly reader: Reader;
} {
  const path = folder.file('state.db');
  let store: SqliteStateStore;
  try {
    folder.hold();
    store = openSqliteStateStore(path);
  } catch (error) {
    const reader = error instanceof FolderInUse ? undefined : readOnly(path);
    if (!reader) throw refused(path, error);
    const shut = { seen: loadSavedState(reader), why: whyOf(error) };
    return { store: new Late({ folder, path, reader }, shut), reader };
  }
  const reader = new Reader(path);
  return { store: new Late({ folder, path, reader }, store), reader };
}

/** What the system said; our own sentence without its end. */
function whyOf(error: unknown): string {
  const said = error instanceof StartRefused ? (error.cause ?? error) : error;
  return messageOf(said).replace(/\.$/, '');
}

function refused(path: string, error: unknown): StartRefused {
  if (error instanceof StartRefused) return error;
  return new StartRefused(
    `The state store ${path} can't be opened (${messageOf(error)}); restore it from a backup or set LANTAI_DATA_DIR to another folder.`,
  );
}

interface LateParts {
  readonly folder: DataFolder;
  readonly path: string;
  readonly reader: Reader;
}

interface Shut {
  /** What this process started from. */
  readonly seen: SavedState;
  readonly why: string;
}

class Late implements LateStateStore {
  readonly path: string;
  readonly opened: Promise<void>;
  readonly #parts: LateParts;
  #store: SqliteStateStore | undefined;
  #shut: Shut | undefined;
  #isForeign = false;
  #tellOpened: () => void = () => undefined;

  constructor(parts: LateParts, state: SqliteStateStore | Shut) {
    this.path = parts.path;
    this.#parts = parts;
    this.opened = new Promise((resolve) => {
      this.#tellOpened = resolve;
    });
    if ('seen' in state) this.#shut = state;
    else this.#use(state);
  }

  refusal(): string | undefined {
    return this.#shut?.why;
  }

  commit(batch: TickBatch): Promise<void> {
    try {
      const store = this.#store ?? this.#use(this.#open());
      return store.commit(batch);
    } catch (error) {
      const why = whyOf(error);
      if (this.#shut) this.#shut = { ...this.#shut, why };
      // The start is over: nothing of it is refused any more.
      return Promise.reject(
        error instanceof StartRefused ? new Error(why, { cause: error }) : error,
      );
    }
  }

  close(): void {
    this.#store?.close();
  }

  #use(store: SqliteStateStore): SqliteStateStore {
    this.#store = store;
    this.#shut = undefined;
    this.#tellOpened();
    return store;
  }

  #open(): SqliteStateStore {
    const { folder, path } = this.#parts;
    if (this.#isForeign) throw changedMeanwhile();
    folder.hold();
    refuseWithoutRoom(folder.file('room.tmp'));
    return this.#openBesideReader(path);
  }

  /** Within one process all connections share one index of the log: the writer makes it, so the reader steps aside. */
  #openBesideReader(path: string): SqliteStateStore {
    const { reader, folder } = this.#parts;
    reader.close();
    let store: SqliteStateStore | undefined;
    try {
      store = openSqliteStateStore(path);
      reader.reconnect(path);
      this.#isForeign = !isDeepStrictEqual(loadSavedState(reader), this.#shut?.seen);
      if (!this.#isForeign) return store;
      throw changedMeanwhile();
    } catch (error) {
      reader.close();
      store?.close();
      reader.reconnect(path, connectWithoutWriting);
      // Whoever changed it may have it.
      if (this.#isForeign) folder.release();
      throw error;
    }
  }
}

/** What this process knows is out of date then: storing it would undo what the other one did. */
function changedMeanwhile(): Error {
  return new Error(
    'the state store was changed by another program while this one could not write; start Lantai again',
  );
}

/** Throws what the system says to some bytes of a file: less is done for it than for a database that is opened. */
function refuseWithoutRoom(path: string): void {
  try {
    const file = openSync(path, 'w', 0o600);
    try {
      writeSync(file, Buffer.alloc(ROOM_BYTES_MIN, 0xa5));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } finally {
    rmSync(path, { force: true });
  }
}

/** Reads a store that can't be written; `undefined` when it can't be read either, or no start was ever completed on it. */
function readOnly(path: string): Reader | undefined {
  let reader: Reader | undefined;
  try {
    reader = new Reader(path, connectWithoutWriting);
    const [row] = reader.rows<{ version: number; complete: number }>(
      `SELECT user_version AS version,
         EXISTS (SELECT 1 FROM repository) AND EXISTS (SELECT 1 FROM account) AS complete
       FROM pragma_user_version`,
    );
    if (row?.version === MIGRATIONS.length && row.complete === 1) return reader;
  } catch {
    // What can't be read is no start; why it can't be written is what people are told.
  }
  reader?.close();
  return undefined;
}

/** Without making or changing a file: the index of the log is kept in memory, or there is no log. */
function connectWithoutWriting(path: string): DatabaseSync {
  try {
    return connect(path, 'readonly_shm');
  } catch (error) {
    // What is in the log would be left out.
    if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) throw error;
    return connect(path, 'immutable');
  }
}

function connect(path: string, how: 'readonly_shm' | 'immutable'): DatabaseSync {
  const url = pathToFileURL(path);
  url.searchParams.set(how, '1');
  const db = new DatabaseSync(url, { readOnly: true, timeout: READ_WAIT_MS });
  try {
    db.prepare('SELECT 1 FROM sqlite_schema').get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
