/** Writes of the SQLite reading store: batches, the copy of access events, roll-ups. Each is one transaction. */

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AccessEvent } from '../../domain/access.ts';
import type { WriteOutcome } from '../../domain/ports.ts';
import type { SeriesHour, SeriesKey } from '../../domain/series.ts';
import type { Reading } from '../../domain/reading.ts';
import { HOUR_MS, hourOf } from '../../domain/time.ts';
import { DIFFERENT_VALUE, whyUnstorable, whyUnstorableEvent } from './storable.ts';

export interface SqliteWriter {
  write(readings: readonly Reading[]): WriteOutcome;
  writeAccess(events: readonly AccessEvent[]): void;
  rollUp(hours: readonly SeriesHour[]): void;
}

/** Names that are remembered with their small numbers; above it the memory starts anew. */
const NAMES_MAX = 100_000;

const ROLL_UP = `
  INSERT OR REPLACE INTO hour (series, hour, mean, min, max, count, good)
  SELECT ?1, ?2, avg(value), min(value), max(value), count(*),
    coalesce(sum(quality = 1), 0)
  FROM reading WHERE series = ?1 AND at >= ?2 AND at < ?3 AND quality <> 4`;

const INSERT_READING = `
  INSERT OR IGNORE INTO reading (series, at, value, quality, label, received_after_ms, raw)
  VALUES (?, ?, ?, ?, ?, ?, ?)`;

const INSERT_ACCESS = `
  INSERT OR IGNORE INTO access_event (id, repository, room, door, event, at, body)
  VALUES (?, ?, ?, ?, ?, ?, ?)`;

export function createSqliteWriter(db: DatabaseSync): SqliteWriter {
  const names = createNames(db);
  const insert = db.prepare(INSERT_READING);
  const existing = db.prepare('SELECT value FROM reading WHERE series = ? AND at = ?');
  const markDirty = db.prepare('INSERT OR IGNORE INTO dirty_hour (series, hour) VALUES (?, ?)');
  const clean = db.prepare('DELETE FROM dirty_hour WHERE series = ? AND hour = ?');
  const rollUp = db.prepare(ROLL_UP);
  const insertAccess = db.prepare(INSERT_ACCESS);

  /** Why it is refused; `undefined`: stored, now or before. */
  const store = (reading: Reading, touched: Map<number, Set<number>>): string | undefined => {
    const why = whyUnstorable(reading);
    if (why) return why;
    const series = names.series(reading);
    const { at, value } = reading;
    const label = names.label(reading.room, reading.flags?.join(',') ?? '');
    const receivedAfter = reading.receivedAt - at;
    const raw = reading.raw ?? null;
    const { changes } = insert.run(series, at, value, reading.quality, label, receivedAfter, raw);
    if (Number(changes) === 0) {
      return existing.get(series, at)?.['value'] === value ? undefined : DIFFERENT_VALUE;
    }
    let hours = touched.get(series);
    if (!hours) touched.set(series, (hours = new Set()));
    hours.add(hourOf(at));
    return undefined;
  };

  return {
    write: (readings) =>
      transaction(db, names, () => {
        const rejected: { reading: Reading; why: string }[] = [];
        const touched = new Map<number, Set<number>>();
        for (const reading of readings) {
          const why = store(reading, touched);
          if (why) rejected.push({ reading, why });
        }
        for (const [series, hours] of touched) for (const h of hours) markDirty.run(series, h);
        return { accepted: readings.length - rejected.length, rejected };
      }),
    writeAccess: (events) =>
      transaction(db, names, () => {
        for (const e of events) {
          if (whyUnstorableEvent(e)) continue;
          insertAccess.run(e.id, e.repository, e.room, e.door, e.event, e.at, JSON.stringify(e));
        }
      }),
    rollUp: (hours) =>
      transaction(db, names, () => {
        for (const key of hours) {
          const series = names.series(key);
          const hour = hourOf(key.hour);
          rollUp.run(series, hour, hour + HOUR_MS);
          clean.run(series, hour);
        }
      }),
  };
}

interface Names {
  series(key: SeriesKey): number;
  label(room: string, flags: string): number;
  /** After a transaction that failed: its numbers may not exist. */
  forget(): void;
}

function createNames(db: DatabaseSync): Names {
  const seriesIds = new Map<string, number>();
  const labelIds = new Map<string, number>();
  const find = {
    series: db.prepare('SELECT id FROM series WHERE repository = ? AND sensor = ? AND metric = ?'),
    label: db.prepare('SELECT id FROM label WHERE room = ? AND flags = ?'),
  };
  const add = {
    series: db.prepare('INSERT INTO series (repository, sensor, metric) VALUES (?, ?, ?)'),
    label: db.prepare('INSERT INTO label (room, flags) VALUES (?, ?)'),
  };
  const numberOf = (kind: 'series' | 'label', texts: readonly string[]): number => {
    const ids = kind === 'series' ? seriesIds : labelIds;
    const key = texts.join('\u0000');
    const known = ids.get(key);
    if (known !== undefined) return known;
    if (ids.size >= NAMES_MAX) ids.clear();
    const id = idOf(find[kind], texts) ?? Number(add[kind].run(...texts).lastInsertRowid);
    ids.set(key, id);
    return id;
  };
  return {
    series: (key) => numberOf('series', [key.repository, key.sensor, key.metric]),
    label: (room, flags) => numberOf('label', [room, flags]),
    forget: () => {
      seriesIds.clear();
      labelIds.clear();
    },
  };
}

function idOf(statement: StatementSync, texts: readonly string[]): number | undefined {
  const id = statement.get(...texts)?.['id'];
  return id === undefined ? undefined : Number(id);
}

function transaction<T>(db: DatabaseSync, names: Names, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    names.forget();
    throw error;
  }
}
