/** Reads the spool of `state.db` in bounded batches. Read-only: rows are deleted by the main thread alone. */

import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { AccessEvent } from '../../domain/access.ts';
import type { MetricName } from '../../domain/metrics.ts';
import type { Reading } from '../../domain/reading.ts';
import { SpoolSeries, type SpoolSeriesRow } from '../../domain/spool-series.ts';
import { openSpool, readingsOf, unpackSpool, type SpoolColumns } from '../../domain/spool.ts';
import { whyUnstorableEvent } from '../stores/storable.ts';
import type { UnreadableRow } from './messages.ts';

export interface SpooledRow {
  readonly sequence: number;
  readonly count: number;
  /** As they lie there; `undefined`: the row is of the first schema, which was text. */
  readonly columns: SpoolColumns | undefined;
  /** Made when they are asked for. */
  readonly readings: () => readonly Reading[];
  readonly accessEvents: readonly AccessEvent[];
}

export interface SpoolBatch {
  /** The last sequence that was read, readable or not. */
  readonly upTo: number;
  readonly rows: readonly SpooledRow[];
  readonly unreadable: readonly UnreadableRow[];
  /** There is probably more: it was taken for its size, not because the spool ended. */
  readonly isFull: boolean;
}

export interface SpoolReader {
  /** Of a number that stands in a row that `next` gave. */
  readonly seriesOf: (number: number) => SpoolSeriesRow | undefined;
  /** The next rows after `sequence`; `undefined` when there are none. Throws when the file can't be read. */
  next(sequence: number): SpoolBatch | undefined;
  close(): void;
}

/** InfluxDB 1.x spends a quarter less on each of so many than on each of ten thousand. */
const BATCH_READINGS_MAX = 30_000;
const BATCH_BYTES_MAX = 8 * 1024 * 1024;
const BATCH_ROWS_MAX = 5_000;
/** How much of an unreadable row people see. */
const BEGINS_CHARACTERS = 200;

type SeriesOf = (number: number) => SpoolSeriesRow | undefined;

export function createSpoolReader(path: string): SpoolReader {
  let db: DatabaseSync | undefined;
  let select: StatementSync | undefined;
  const series = new SpoolSeries();
  const opened = (): DatabaseSync =>
    (db ??= new DatabaseSync(path, { readOnly: true, timeout: 5_000 }));
  const statement = (): StatementSync =>
    (select ??= opened().prepare(
      'SELECT sequence, payload FROM spool WHERE sequence > ? ORDER BY sequence LIMIT ?',
    ));
  // A new series is committed with the first row that names it: it is there when the row is.
  const seriesOf: SeriesOf = (number) => {
    if (number >= series.size) series.load(newSeries(opened(), series.size));
    return series.nameOf(number);
  };
  return {
    seriesOf,
    next: (sequence) => readBatch(statement(), sequence, seriesOf),
    close: () => {
      db?.close();
      db = undefined;
      select = undefined;
    },
  };
}

function newSeries(db: DatabaseSync, from: number): readonly SpoolSeriesRow[] {
  const rows = db
    .prepare(
      'SELECT number, repository, room, sensor, metric FROM spool_series WHERE number >= ? ORDER BY number',
    )
    .all(from);
  return rows.map((row) => ({
    number: Number(row['number']),
    repository: String(row['repository']),
    room: String(row['room']),
    sensor: String(row['sensor']),
    metric: String(row['metric']) as MetricName,
  }));
}

function readBatch(
  select: StatementSync,
  after: number,
  seriesOf: SeriesOf,
): SpoolBatch | undefined {
  const rows: SpooledRow[] = [];
  const unreadable: UnreadableRow[] = [];
  let upTo = after;
  let readings = 0;
  let bytes = 0;
  for (const row of select.iterate(after, BATCH_ROWS_MAX)) {
    const sequence = Number(row['sequence']);
    const payload = row['payload'];
    const decoded = decode(sequence, payload, seriesOf);
    if ('why' in decoded) {
      unreadable.push(decoded);
    } else {
      rows.push(withoutBadEvents(decoded, unreadable));
      readings += decoded.count;
    }
    upTo = sequence;
    bytes +=
      typeof payload === 'object' || typeof payload === 'string' ? (payload?.length ?? 0) : 0;
    if (readings >= BATCH_READINGS_MAX || bytes >= BATCH_BYTES_MAX) break;
  }
  return upTo === after
    ? undefined
    : { upTo, rows, unreadable, isFull: readings >= BATCH_READINGS_MAX };
}

function decode(
  sequence: number,
  payload: unknown,
  seriesOf: SeriesOf,
): SpooledRow | UnreadableRow {
  if (typeof payload !== 'string' && !(payload instanceof Uint8Array)) {
    return { sequence, why: 'the row is neither bytes nor text', begins: '' };
  }
  try {
    return typeof payload === 'string'
      ? textRow(sequence, payload)
      : columnRow(sequence, payload, seriesOf);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const text = typeof payload === 'string' ? payload : Buffer.from(payload).toString('hex');
    return { sequence, why, begins: text.slice(0, BEGINS_CHARACTERS) };
  }
}

/** Rows of the first schema, which may have waited long for their InfluxDB. */
function textRow(sequence: number, payload: string): SpooledRow {
  const { readings, accessEvents } = unpackSpool(payload, () => undefined);
  const count = readings.length;
  return { sequence, count, columns: undefined, readings: () => readings, accessEvents };
}

function columnRow(sequence: number, payload: Uint8Array, seriesOf: SeriesOf): SpooledRow {
  const { columns, accessEvents } = openSpool(payload);
  // Whatever is made of the row later: its series are known, or it is unreadable now.
  for (const number of columns.series) {
    if (!seriesOf(number)) throw new Error(`the row names series ${number}, which nobody knows`);
  }
  let made: readonly Reading[] | undefined;
  const readings = () => (made ??= readingsOf(columns, seriesOf));
  return { sequence, count: columns.value.length, columns, readings, accessEvents };
}

function withoutBadEvents(row: SpooledRow, unreadable: UnreadableRow[]): SpooledRow {
  const good: AccessEvent[] = [];
  for (const event of row.accessEvents) {
    const why = whyUnstorableEvent(event);
    if (why === undefined) {
      good.push(event);
    } else {
      const begins = JSON.stringify(event).slice(0, BEGINS_CHARACTERS);
      unreadable.push({ sequence: row.sequence, why: `access event: ${why}`, begins });
    }
  }
  return good.length === row.accessEvents.length ? row : { ...row, accessEvents: good };
}
