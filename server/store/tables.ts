/** How each table's row becomes columns: the key, what is searched by, and the whole row as JSON. */

import { qualify } from '../../domain/ids.ts';
import type { StateTables, TableName } from '../../domain/tick.ts';

export type SqlValue = string | number | Uint8Array | null;

interface TableSpec<Row> {
  /** Column names; the first `keyColumns` are the key. */
  readonly columns: readonly string[];
  readonly keyColumns: number;
  readonly values: (row: Row) => readonly SqlValue[];
}

const orNull = (value: string | number | undefined): SqlValue => value ?? null;

/** A registered thing: its qualified id and itself. */
function registered<Row extends { repository: string; id: string }>(): TableSpec<Row> {
  return {
    columns: ['id', 'body'],
    keyColumns: 1,
    values: (row) => [qualify(row.repository, row.id), JSON.stringify(row)],
  };
}

export const TABLES: { readonly [T in TableName]: TableSpec<StateTables[T]> } = {
  spool: {
    columns: ['sequence', 'payload', 'readings', 'bytes'],
    keyColumns: 1,
    values: (r) => [r.sequence, r.payload, r.readings, r.bytes],
  },
  spool_series: {
    columns: ['number', 'repository', 'room', 'sensor', 'metric'],
    keyColumns: 1,
    values: (r) => [r.number, r.repository, r.room, r.sensor, r.metric],
  },
  rule_state: {
    columns: ['id', 'covers_spool', 'body'],
    keyColumns: 2,
    values: (r) => [r.id, r.coversSpool, r.body],
  },
  dirty_hour: {
    columns: ['repository', 'sensor', 'metric', 'hour'],
    keyColumns: 4,
    values: (r) => [r.repository, r.sensor, r.metric, r.hour],
  },
  alarm: {
    columns: ['id', 'repository', 'room', 'raised_at', 'closed_at', 'body'],
    keyColumns: 1,
    values: (r) => [
      r.id,
      r.repository,
      orNull(r.room),
      r.raisedAt,
      orNull(r.closedAt),
      JSON.stringify(r),
    ],
  },
  alarm_transition: {
    columns: ['id', 'alarm', 'repository', 'at', 'body'],
    keyColumns: 1,
    values: (r) => [r.id, r.alarm, r.repository, r.at, JSON.stringify(r)],
  },
  incident: {
    columns: ['id', 'repository', 'opened_at', 'closed_at', 'body'],
    keyColumns: 1,
    values: (r) => [r.id, r.repository, r.openedAt, orNull(r.closed?.at), JSON.stringify(r)],
  },
  access_event: {
    columns: ['id', 'repository', 'room', 'door', 'person', 'at', 'body'],
    keyColumns: 1,
    values: (r) => [r.id, r.repository, r.room, r.door, orNull(r.person), r.at, JSON.stringify(r)],
  },
  journal: {
    columns: ['repository', 'sequence', 'at', 'body'],
    keyColumns: 2,
    values: (r) => [r.repository, r.sequence, r.at, JSON.stringify(r)],
  },
  outbox: {
    columns: ['key', 'alarm', 'incident', 'pending', 'created_at', 'body'],
    keyColumns: 1,
    values: (r) => [
      r.key,
      orNull(r.alarm),
      orNull(r.incident),
      r.deliveredAt || r.failedAt || r.supersededAt ? 0 : 1,
      r.createdAt,
      JSON.stringify(r),
    ],
  },
  quarantine: {
    columns: ['id', 'repository', 'at', 'body'],
    keyColumns: 1,
    values: (r) => [r.id, orNull(r.repository), r.at, JSON.stringify(r)],
  },
  limit_change: {
    columns: ['id', 'repository', 'body'],
    keyColumns: 1,
    values: (r) => [r.id, r.repository, JSON.stringify(r)],
  },
  standards_choice: {
    columns: ['id', 'repository', 'body'],
    keyColumns: 1,
    values: (r) => [r.id, r.repository, JSON.stringify(r)],
  },
  out_of_service: {
    columns: ['id', 'repository', 'body'],
    keyColumns: 1,
    values: (r) => [r.id, r.repository, JSON.stringify(r)],
  },
  handover: {
    columns: ['id', 'repository', 'at', 'body'],
    keyColumns: 1,
    values: (r) => [r.id, r.repository, r.at, JSON.stringify(r)],
  },
  assessment: {
    columns: ['id', 'repository', 'made_at', 'body'],
    keyColumns: 1,
    values: (r) => [r.id, r.repository, r.madeAt, JSON.stringify(r)],
  },
  assessment_draft: {
    columns: ['id', 'repository', 'body'],
    keyColumns: 1,
    values: (r) => [`${r.repository}/${r.indicator}`, r.repository, JSON.stringify(r)],
  },
  account: {
    columns: ['name', 'body'],
    keyColumns: 1,
    values: (r) => [r.name, JSON.stringify(r)],
  },
  session: {
    columns: ['id', 'account', 'body'],
    keyColumns: 1,
    values: (r) => [r.id, r.account, JSON.stringify(r)],
  },
  token: {
    columns: ['id', 'hash', 'body'],
    keyColumns: 1,
    values: (r) => [r.id, r.hash, JSON.stringify(r)],
  },
  device_credential: {
    columns: ['id', 'repository', 'body'],
    keyColumns: 1,
    values: (r) => [r.id, r.repository, JSON.stringify(r)],
  },
  repository: {
    columns: ['id', 'body'],
    keyColumns: 1,
    values: (r) => [r.id, JSON.stringify(r)],
  },
  room: registered(),
  device: registered(),
  sensor: registered(),
  door: registered(),
  holding: registered(),
  person: registered(),
  profile_use: registered(),
  calibration: {
    columns: ['id', 'repository', 'body'],
    keyColumns: 1,
    values: (r) => [r.id, r.repository, JSON.stringify(r)],
  },
  own_profile: {
    columns: ['id', 'body'],
    keyColumns: 1,
    values: (r) => [r.id, JSON.stringify(r)],
  },
  unknown_device: {
    columns: ['id', 'at', 'body'],
    keyColumns: 1,
    values: (r) => [r.id, r.at, JSON.stringify(r)],
  },
  device_list: {
    columns: ['topic', 'body'],
    keyColumns: 1,
    values: (r) => [r.topic, JSON.stringify(r)],
  },
  fact: {
    columns: ['id', 'at', 'body'],
    keyColumns: 1,
    values: (r) => [r.id, r.at, r.body],
  },
};

/** `INSERT` that fails on a key that exists, or replaces what was there. */
export function putSql(table: TableName, mode: 'insert' | 'upsert'): string {
  const { columns, keyColumns } = TABLES[table];
  const insert = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
  if (mode === 'insert') return insert;
  const keys = columns.slice(0, keyColumns).join(', ');
  const rest = columns.slice(keyColumns).map((c) => `${c} = excluded.${c}`);
  const action = rest.length === 0 ? 'DO NOTHING' : `DO UPDATE SET ${rest.join(', ')}`;
  return `${insert} ON CONFLICT (${keys}) ${action}`;
}

/** The key columns of a table, for deletes by key; a composite key is given joined with `|`. */
export function deleteSql(table: TableName): string {
  if (table === 'spool') return 'DELETE FROM spool WHERE sequence <= ?';
  if (table === 'rule_state') {
    return `DELETE FROM rule_state WHERE id = ?1 AND covers_spool < (
      SELECT MAX(covers_spool) FROM rule_state WHERE id = ?1 AND covers_spool <= ?2)`;
  }
  const { columns, keyColumns } = TABLES[table];
  const where = columns
    .slice(0, keyColumns)
    .map((c) => `${c} = ?`)
    .join(' AND ');
  return `DELETE FROM ${table} WHERE ${where}`;
}
