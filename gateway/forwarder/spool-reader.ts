/** Reads the spool of `state.db` in bounded batches. Read-only: rows are deleted by the main thread alone. */

import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { AccessEvent } from '../../domain/access.ts';
import type { Reading } from '../../domain/reading.ts';
import { unpackSpool } from '../../domain/spool.ts';
import { whyUnstorableEvent } from '../stores/storable.ts';
import type { UnreadableRow } from './messages.ts';

export interface SpooledRow {
  readonly sequence: number;
  readonly readings: readonly Reading[];
  readonly accessEvents: readonly AccessEvent[];
}

export interface SpoolBatch {
  /** The last sequence that was read, readable or not. */
  readonly upTo: number;
  readonly rows: readonly SpooledRow[];
  readonly unreadable: readonly UnreadableRow[];
}

export interface SpoolReader {
  /** The next rows after `sequence`; `undefined` when there are none. Throws when the file can't be read. */
  next(sequence: number): SpoolBatch | undefined;
  close(): void;
}

const BATCH_READINGS_MAX = 5_000;
const BATCH_CHARACTERS_MAX = 4 * 1024 * 1024;
const BATCH_ROWS_MAX = 5_000;
/** How much of an unreadable row people see. */
const BEGINS_CHARACTERS = 200;

export function createSpoolReader(path: string): SpoolReader {
  let db: DatabaseSync | undefined;
  let select: StatementSync | undefined;
  const opened = (): StatementSync => {
    if (select) return select;
    db ??= new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    select = db.prepare(
      'SELECT sequence, payload FROM spool WHERE sequence > ? ORDER BY sequence LIMIT ?',
    );
    return select;
  };
  return {
    next: (sequence) => readBatch(opened(), sequence),
    close: () => {
      db?.close();
      db = undefined;
      select = undefined;
    },
  };
}

function readBatch(select: StatementSync, after: number): SpoolBatch | undefined {
  const rows: SpooledRow[] = [];
  const unreadable: UnreadableRow[] = [];
  let upTo = after;
  let readings = 0;
  let characters = 0;
  for (const row of select.iterate(after, BATCH_ROWS_MAX)) {
    const sequence = Number(row['sequence']);
    const payload = row['payload'];
    const decoded = decode(sequence, payload);
    if ('why' in decoded) {
      unreadable.push(decoded);
    } else {
      rows.push(withoutBadEvents(decoded, unreadable));
      readings += decoded.readings.length;
    }
    upTo = sequence;
    characters += typeof payload === 'string' ? payload.length : 0;
    if (readings >= BATCH_READINGS_MAX || characters >= BATCH_CHARACTERS_MAX) break;
  }
  return upTo === after ? undefined : { upTo, rows, unreadable };
}

function decode(sequence: number, payload: unknown): SpooledRow | UnreadableRow {
  if (typeof payload !== 'string') return { sequence, why: 'the row is not text', begins: '' };
  try {
    const { readings, accessEvents } = unpackSpool(payload);
    if (!Array.isArray(readings) || !Array.isArray(accessEvents)) {
      throw new TypeError('readings or access events are not a list');
    }
    return { sequence, readings, accessEvents };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { sequence, why, begins: payload.slice(0, BEGINS_CHARACTERS) };
  }
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
