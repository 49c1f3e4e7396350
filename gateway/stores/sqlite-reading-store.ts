/** The embedded reading store: one SQLite file, nothing to install. */

import type { DatabaseSync } from 'node:sqlite';
import type { AccessEvent } from '../../domain/access.ts';
import { StoreUnavailable } from '../../domain/ports.ts';
import type {
  ReadingQuery,
  ReadingStore,
  ReceivedColumns,
  ReceivedQuery,
  Series,
  WriteOutcome,
} from '../../domain/ports.ts';
import type { SeriesHour } from '../../domain/series.ts';
import type { Reading } from '../../domain/reading.ts';
import { querySqlite, receivedSqlite } from './sqlite-queries.ts';
import {
  guarded,
  guardedAsync,
  openReadingsFile,
  openReadingsForReading,
} from './sqlite-schema.ts';
import { createSqliteWriter, type SqliteWriter } from './sqlite-writer.ts';

/** A `ReadingStore` in the file `path`. One writer at a time; any number may read beside it. */
export function createSqliteReadingStore(config: {
  readonly path: string;
  readonly readOnly?: boolean;
}): ReadingStore {
  return new SqliteReadingStore(config);
}

class SqliteReadingStore implements ReadingStore {
  readonly name = 'SQLite';
  private readonly path: string;
  private readonly readOnly: boolean;
  private db: DatabaseSync | undefined;
  private writer: SqliteWriter | undefined;

  constructor({ path, readOnly = false }: { readonly path: string; readonly readOnly?: boolean }) {
    this.path = path;
    this.readOnly = readOnly;
  }

  async open(): Promise<void> {
    this.readable();
  }

  async write(readings: readonly Reading[]): Promise<WriteOutcome> {
    const { writer } = this.opened();
    return guarded(this.path, () => writer.write(readings));
  }

  async writeAccess(events: readonly AccessEvent[]): Promise<void> {
    const { writer } = this.opened();
    guarded(this.path, () => writer.writeAccess(events));
  }

  async query(query: ReadingQuery): Promise<Series> {
    const db = this.readable();
    return guardedAsync(this.path, () => querySqlite(db, query));
  }

  async received(query: ReceivedQuery): Promise<ReceivedColumns> {
    const db = this.readable();
    return guarded(this.path, () => receivedSqlite(db, query));
  }

  async rollUp(hours: readonly SeriesHour[]): Promise<void> {
    const chunkHoursMax = 200;
    for (let i = 0; i < hours.length; i += chunkHoursMax) {
      const { writer } = this.opened();
      guarded(this.path, () => writer.rollUp(hours.slice(i, i + chunkHoursMax)));
      // A long list must not hold up the batches that wait on this thread.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async ping(): Promise<{ readonly ok: boolean; readonly why?: string }> {
    try {
      this.readable().prepare('SELECT 1 FROM series LIMIT 1').get();
      return { ok: true };
    } catch (error) {
      return { ok: false, why: error instanceof Error ? error.message : String(error) };
    }
  }

  async close(): Promise<void> {
    const { db } = this;
    this.db = undefined;
    this.writer = undefined;
    if (db) guarded(this.path, () => db.close());
  }

  private readable(): DatabaseSync {
    if (!this.readOnly) return this.opened().db;
    this.db ??= openReadingsForReading(this.path);
    return this.db;
  }

  private opened(): { readonly db: DatabaseSync; readonly writer: SqliteWriter } {
    if (this.readOnly) throw new StoreUnavailable(`${this.path} is open for reading only`);
    if (!this.db || !this.writer) {
      this.db = openReadingsFile(this.path);
      this.writer = createSqliteWriter(this.db);
    }
    if (!this.db.isOpen) throw new StoreUnavailable(`the readings file ${this.path} is closed`);
    return { db: this.db, writer: this.writer };
  }
}
