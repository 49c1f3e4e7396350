/** The embedded reading store: one SQLite file, nothing to install. */

import type { DatabaseSync } from 'node:sqlite';
import type { AccessEvent } from '../../domain/access.ts';
import { StoreUnavailable } from '../../domain/ports.ts';
import type { ReadingQuery, ReadingStore, Series, WriteOutcome } from '../../domain/ports.ts';
import type { SeriesHour } from '../../domain/series.ts';
import type { Reading } from '../../domain/reading.ts';
import { querySqlite } from './sqlite-queries.ts';
import { guarded, guardedAsync, openReadingsFile } from './sqlite-schema.ts';
import { createSqliteWriter, type SqliteWriter } from './sqlite-writer.ts';

/** A `ReadingStore` in the file `path`. One writer at a time; any number may read beside it. */
export function createSqliteReadingStore({ path }: { readonly path: string }): ReadingStore {
  return new SqliteReadingStore(path);
}

class SqliteReadingStore implements ReadingStore {
  readonly name = 'SQLite';
  private readonly path: string;
  private db: DatabaseSync | undefined;
  private writer: SqliteWriter | undefined;

  constructor(path: string) {
    this.path = path;
  }

  async open(): Promise<void> {
    this.opened();
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
    const { db } = this.opened();
    return guardedAsync(this.path, () => querySqlite(db, query));
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
      this.opened().db.prepare('SELECT 1 FROM series LIMIT 1').get();
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

  private opened(): { readonly db: DatabaseSync; readonly writer: SqliteWriter } {
    if (!this.db || !this.writer) {
      this.db = openReadingsFile(this.path);
      this.writer = createSqliteWriter(this.db);
    }
    if (!this.db.isOpen) throw new StoreUnavailable(`the readings file ${this.path} is closed`);
    return { db: this.db, writer: this.writer };
  }
}
