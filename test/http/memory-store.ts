/** The edge of the HTTP tests: a state store of maps, and the queries over it. */

import type { Alarm } from '../../domain/alarm.ts';
import type { Handover } from '../../domain/handover.ts';
import type { Incident } from '../../domain/incident.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import type { Delete, Put, TableName } from '../../domain/tick.ts';
import type { StateQueries } from '../../server/services.ts';

type Row = Record<string, unknown>;
type Tables = Map<TableName, Map<string, Row>>;

const KEYS: Partial<Record<TableName, string>> = {
  account: 'name',
  outbox: 'key',
  journal: 'hash',
};

function keyOf(table: TableName, row: Row): string {
  if (table === 'person') return `${String(row['repository'])}.${String(row['id'])}`;
  if (table === 'assessment_draft')
    return `${String(row['repository'])}/${String(row['indicator'])}`;
  return String(row[KEYS[table] ?? 'id']);
}

/** The edge: a state store of maps that commits whole changes, in order. */
export class MemoryStore {
  readonly tables: Tables = new Map();
  /** What is thrown by the next commits, where a test wants a full disk. */
  failure: Error | undefined;

  rows<T>(table: TableName): T[] {
    return [...(this.tables.get(table)?.values() ?? [])] as T[];
  }

  row<T>(table: TableName, key: string): T | undefined {
    return this.tables.get(table)?.get(key) as T | undefined;
  }

  put(table: TableName, row: object): void {
    const rows = this.tables.get(table) ?? new Map<string, Row>();
    this.tables.set(table, rows);
    const plain = JSON.parse(JSON.stringify(row)) as Row;
    rows.set(keyOf(table, plain), plain);
  }

  commit(change: { readonly puts?: readonly Put[]; readonly deletes?: readonly Delete[] }): void {
    if (this.failure) throw this.failure;
    for (const { table, mode, row } of change.puts ?? []) {
      const plain = JSON.parse(JSON.stringify(row)) as Row;
      if (mode === 'insert' && this.row(table, keyOf(table, plain))) {
        throw new Error(`${table} ${keyOf(table, plain)} is there already`);
      }
      this.put(table, row);
    }
    for (const one of change.deletes ?? []) {
      if ('key' in one) this.tables.get(one.table)?.delete(one.key);
    }
  }
}

interface Timed {
  readonly repository?: string;
}

/** The queries that routes use, over the maps. */
export function queriesOver(store: MemoryStore): StateQueries {
  const page =
    <T extends Timed>(table: TableName, at: (row: T) => number) =>
    (q: {
      readonly repositories: readonly string[] | '*';
      readonly from?: number;
      readonly until?: number;
      readonly rowsMax: number;
    }) =>
      store
        .rows<T>(table)
        .filter((row) => q.repositories === '*' || q.repositories.includes(row.repository ?? ''))
        .filter((row) => at(row) >= (q.from ?? 0) && at(row) < (q.until ?? Infinity))
        .toSorted((a, b) => at(b) - at(a))
        .slice(0, q.rowsMax);
  type Access = ReturnType<StateQueries['accessEvents']>[number];
  type Quarantined = ReturnType<StateQueries['quarantine']>[number];
  type Assessed = ReturnType<StateQueries['assessments']>[number];
  const open = <T extends { closedAt?: number; closed?: object }>(rows: T[], is?: boolean) =>
    rows.filter((row) => is === undefined || ((row.closedAt ?? row.closed) === undefined) === is);
  const room = (row: Timed & { room?: string }, wanted?: string) =>
    wanted === undefined || `${row.repository}.${row.room}` === wanted;
  return {
    alarm: (id) => store.row('alarm', id),
    alarms: (q) =>
      open(page<Alarm>('alarm', (a) => a.raisedAt)({ ...q, rowsMax: 1e6 }), q.open)
        .filter((a) => room(a, q.room))
        .slice(0, q.rowsMax),
    alarmsDuring: (q) =>
      page<Alarm>(
        'alarm',
        (a) => a.raisedAt,
      )({
        repositories: [q.repository],
        until: q.until,
        rowsMax: 1e6,
      })
        .filter((a) => (a.closedAt ?? Infinity) >= q.from && room(a, q.room))
        .slice(0, q.rowsMax),
    alarmsLike: (alarm, rowsMax) =>
      page<Alarm>(
        'alarm',
        (a) => a.raisedAt,
      )({
        repositories: [alarm.repository],
        until: alarm.raisedAt,
        rowsMax: 1e6,
      })
        .filter((a) => a.closedAt !== undefined && a.rule === alarm.rule)
        .filter((a) => a.subject.kind === alarm.subject.kind && a.subject.id === alarm.subject.id)
        .slice(0, rowsMax),
    alarmTransitions: (alarm) =>
      store
        .rows<ReturnType<StateQueries['alarmTransitions']>[number]>('alarm_transition')
        .filter((t) => t.alarm === alarm),
    transitionsOf: () => [],
    incident: (id) => store.row('incident', id),
    incidents: (q) => open(page<Incident>('incident', (i) => i.openedAt)(q), q.open),
    accessEvents: (q) =>
      page<Access>(
        'access_event',
        (e) => e.at,
      )(q)
        .filter((e) => room(e, q.room) && (q.person === undefined || e.person === q.person))
        .filter((e) => q.door === undefined || `${e.repository}.${e.door}` === q.door),
    journal: (q) => page<JournalEntry>('journal', (e) => e.at)(q),
    journalChain: (repository) =>
      store
        .rows<JournalEntry>('journal')
        .filter((e) => e.repository === repository)
        .toSorted((a, b) => a.sequence - b.sequence),
    quarantineEntry: (id) => store.rows<Quarantined>('quarantine').find((entry) => entry.id === id),
    quarantine: (q) => page<Quarantined>('quarantine', (e) => e.at)(q),
    outboxOf: (what) =>
      store
        .rows<ReturnType<StateQueries['outboxOf']>[number]>('outbox')
        .filter((m) => m.alarm === what.alarm && m.incident === what.incident),
    assessment: (id) => store.row('assessment', id),
    assessments: (q) => page<Assessed>('assessment', (a) => a.madeAt)(q),
    assessmentDrafts: (repository) =>
      store
        .rows<ReturnType<StateQueries['assessmentDrafts']>[number]>('assessment_draft')
        .filter((d) => d.repository === repository),
    limitChanges: () => store.rows('limit_change'),
    standardsChoices: () => store.rows('standards_choice'),
    outOfService: () => store.rows('out_of_service'),
    handover: (id) => store.row('handover', id),
    handovers: (q) => page<Handover>('handover', (h) => h.at)(q),
    account: (name) => store.row('account', name),
    accounts: () => store.rows('account'),
    session: (id) => store.row('session', id),
    sessionsOf: (account) =>
      store
        .rows<ReturnType<StateQueries['sessionsOf']>[number]>('session')
        .filter((s) => s.account === account),
    tokens: () => store.rows('token'),
    tokenByHash: (hash) =>
      store.rows<ReturnType<StateQueries['tokens']>[number]>('token').find((t) => t.hash === hash),
    deviceCredentials: () => store.rows('device_credential'),
    fact: (id) => store.row('fact', id),
  };
}
