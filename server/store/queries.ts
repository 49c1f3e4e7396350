/** Reads of the state store, on a read connection of their own: they never wait for the writer. */

import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { AccessEvent } from '../../domain/access.ts';
import type { Account, Session, Token } from '../../domain/account.ts';
import { alarmIdStem, type Alarm, type AlarmTransition } from '../../domain/alarm.ts';
import type { Assessment, AssessmentDraft } from '../../domain/assessment.ts';
import type { DeviceCredential } from '../../domain/device-credential.ts';
import type { Handover } from '../../domain/handover.ts';
import type { Incident } from '../../domain/incident.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import type { LimitChange } from '../../domain/limits.ts';
import type { StandardsChoice } from '../../domain/standards.ts';
import type { OutOfService } from '../../domain/out-of-service.ts';
import type { OutboxMessage } from '../../domain/outbox.ts';
import type { QuarantineEntry } from '../../domain/quarantine.ts';
import type { FactRow } from '../../domain/tick.ts';
import type { Range, StateQueries } from '../services.ts';
import type { SqlValue } from './tables.ts';

type Repositories = readonly string[] | '*';

/** How long a read waits for another program that holds the file. */
export const READ_WAIT_MS = 2_000;

/** Collects conditions and their values. */
class Where {
  readonly #conditions: string[] = [];
  readonly values: SqlValue[] = [];

  add(condition: string, ...values: readonly SqlValue[]): this {
    this.#conditions.push(condition);
    this.values.push(...values);
    return this;
  }

  among(column: string, repositories: Repositories): this {
    if (repositories === '*') return this;
    return this.add(`${column} IN (${repositories.map(() => '?').join(', ')})`, ...repositories);
  }

  range(column: string, range: Pick<Range, 'from' | 'until'>): this {
    if (range.from !== undefined) this.add(`${column} >= ?`, range.from);
    if (range.until !== undefined) this.add(`${column} < ?`, range.until);
    return this;
  }

  equals(column: string, value: SqlValue | undefined): this {
    return value === undefined ? this : this.add(`${column} = ?`, value);
  }

  get sql(): string {
    return this.#conditions.length === 0 ? '' : ` WHERE ${this.#conditions.join(' AND ')}`;
  }
}

/** Reads documents: rows whose `body` is the whole thing as JSON. */
export class Reader {
  #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** `connect` unset: the usual way, which needs a folder that can be written. */
  constructor(path: string, connect: (path: string) => DatabaseSync = connectForReading) {
    this.#db = connect(path);
  }

  /** Goes on over another connection; the one before must be closed. */
  reconnect(path: string, connect: (path: string) => DatabaseSync = connectForReading): void {
    this.#db = connect(path);
  }

  all<T>(sql: string, values: readonly SqlValue[] = []): readonly T[] {
    const rows = this.#prepare(sql).all(...values);
    return rows.map((row) => JSON.parse(String(row['body'])) as T);
  }

  one<T>(sql: string, values: readonly SqlValue[]): T | undefined {
    const row = this.#prepare(sql).get(...values) as { body: string } | undefined;
    return row && (JSON.parse(row.body) as T);
  }

  *iterate<T>(sql: string, values: readonly SqlValue[]): Iterable<T> {
    // Its own statement: another read may run while this one is under way.
    for (const row of this.#db.prepare(sql).iterate(...values)) {
      yield JSON.parse((row as { body: string }).body) as T;
    }
  }

  /** Rows as they are; that `T` names the columns of the statement is the caller's word. */
  rows<T>(sql: string, values: readonly SqlValue[] = []): readonly T[] {
    const rows: readonly unknown[] = this.#prepare(sql).all(...values);
    return rows as readonly T[];
  }

  close(): void {
    this.#statements.clear();
    if (this.#db.isOpen) this.#db.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function connectForReading(path: string): DatabaseSync {
  return new DatabaseSync(path, { readOnly: true, timeout: READ_WAIT_MS });
}

/** A page of `table`, newest first. */
function page<T>(reader: Reader, q: { table: string; by: string; where: Where; rowsMax: number }) {
  const sql = `SELECT body FROM ${q.table}${q.where.sql} ORDER BY ${q.by} DESC LIMIT ?`;
  return reader.all<T>(sql, [...q.where.values, q.rowsMax]);
}

function byId<T>(reader: Reader, table: string) {
  return (id: string): T | undefined =>
    reader.one<T>(`SELECT body FROM ${table} WHERE id = ?`, [id]);
}

/** Opens the queries over the state store at `path`, which must exist. */
export function openStateQueries(reader: Reader): StateQueries {
  return {
    ...alarmQueries(reader),
    ...evidenceQueries(reader),
    ...dutyQueries(reader),
    ...peopleQueries(reader),
  };
}

function alarmQueries(reader: Reader) {
  return {
    alarm: byId<Alarm>(reader, 'alarm'),
    alarms: (q: Parameters<StateQueries['alarms']>[0]) => {
      const where = new Where().among('repository', q.repositories).range('raised_at', q);
      where.equals('room', q.room?.split('.')[1]).equals('repository', q.room?.split('.')[0]);
      if (q.open === true) where.add('closed_at IS NULL');
      if (q.open === false) where.add('closed_at IS NOT NULL');
      return page<Alarm>(reader, { table: 'alarm', by: 'raised_at', where, rowsMax: q.rowsMax });
    },
    alarmsDuring: (q: Parameters<StateQueries['alarmsDuring']>[0]) => {
      const where = new Where().equals('repository', q.repository);
      where.add('raised_at < ?', q.until).add('(closed_at IS NULL OR closed_at >= ?)', q.from);
      where.equals('room', q.room?.split('.')[1]);
      return page<Alarm>(reader, { table: 'alarm', by: 'raised_at', where, rowsMax: q.rowsMax });
    },
    alarmsLike: (alarm: Alarm, rowsMax: number) => {
      // Over the key: the table has no index by rule and subject. Others may share the beginning of the id.
      const stem = alarmIdStem(alarm);
      const where = new Where().add('id >= ?', stem).add('id < ?', `${stem.slice(0, -1)}.`);
      where.add('closed_at IS NOT NULL').add('raised_at < ?', alarm.raisedAt);
      where.equals("json_extract(body, '$.rule')", alarm.rule);
      where.equals("json_extract(body, '$.subject.kind')", alarm.subject.kind);
      where.equals("json_extract(body, '$.subject.id')", alarm.subject.id);
      // By the id again: with the time of raising another index would be chosen, over all alarms of the repository.
      return page<Alarm>(reader, { table: 'alarm', by: 'id', where, rowsMax });
    },
    alarmTransitions: (alarm: string) =>
      reader.all<AlarmTransition>(
        'SELECT body FROM alarm_transition WHERE alarm = ? ORDER BY at, rowid',
        [alarm],
      ),
    transitionsOf: (repository: string, from: number, until: number) =>
      reader.all<AlarmTransition>(
        'SELECT body FROM alarm_transition WHERE repository = ? AND at >= ? AND at < ? ORDER BY at, rowid',
        [repository, from, until],
      ),
    incident: byId<Incident>(reader, 'incident'),
    incidents: (q: Parameters<StateQueries['incidents']>[0]) => {
      const where = new Where().among('repository', q.repositories).range('opened_at', q);
      if (q.open === true) where.add('closed_at IS NULL');
      if (q.open === false) where.add('closed_at IS NOT NULL');
      return page<Incident>(reader, {
        table: 'incident',
        by: 'opened_at',
        where,
        rowsMax: q.rowsMax,
      });
    },
    quarantineEntry: byId<QuarantineEntry>(reader, 'quarantine'),
    outboxOf: (what: { readonly alarm?: string; readonly incident?: string }) => {
      const where = new Where().equals('alarm', what.alarm).equals('incident', what.incident);
      return page<OutboxMessage>(reader, {
        table: 'outbox',
        by: 'created_at',
        where,
        rowsMax: 500,
      });
    },
  };
}

function evidenceQueries(reader: Reader) {
  return {
    accessEvents: (q: Parameters<StateQueries['accessEvents']>[0]) => {
      const where = new Where().among('repository', q.repositories).range('at', q);
      const [roomRepository, room] = q.room?.split('.') ?? [];
      const [doorRepository, door] = q.door?.split('.') ?? [];
      where.equals('room', room).equals('repository', roomRepository);
      where.equals('door', door).equals('repository', doorRepository).equals('person', q.person);
      return page<AccessEvent>(reader, {
        table: 'access_event',
        by: 'at',
        where,
        rowsMax: q.rowsMax,
      });
    },
    journal: (q: Parameters<StateQueries['journal']>[0]) => {
      const where = new Where().among('repository', q.repositories).range('at', q);
      if (q.beforeSequence !== undefined) where.add('sequence < ?', q.beforeSequence);
      return page<JournalEntry>(reader, {
        table: 'journal',
        by: 'at DESC, sequence',
        where,
        rowsMax: q.rowsMax,
      });
    },
    journalChain: (repository: string) =>
      reader.iterate<JournalEntry>(
        'SELECT body FROM journal WHERE repository = ? ORDER BY sequence',
        [repository],
      ),
    quarantine: (q: Parameters<StateQueries['quarantine']>[0]) => {
      const where = new Where().range('at', q);
      // What names no repository we know is for those who may see all.
      if (q.repositories !== '*') where.among('repository', q.repositories);
      return page<QuarantineEntry>(reader, {
        table: 'quarantine',
        by: 'at',
        where,
        rowsMax: q.rowsMax,
      });
    },
    assessment: byId<Assessment>(reader, 'assessment'),
    assessments: (q: Parameters<StateQueries['assessments']>[0]) => {
      const where = new Where().among('repository', q.repositories).range('made_at', q);
      return page<Assessment>(reader, {
        table: 'assessment',
        by: 'made_at',
        where,
        rowsMax: q.rowsMax,
      });
    },
    assessmentDrafts: (repository: string) =>
      reader.all<AssessmentDraft>('SELECT body FROM assessment_draft WHERE repository = ?', [
        repository,
      ]),
    limitChanges: () => reader.all<LimitChange>('SELECT body FROM limit_change ORDER BY id'),
    standardsChoices: () =>
      reader.all<StandardsChoice>('SELECT body FROM standards_choice ORDER BY id'),
  };
}

function dutyQueries(reader: Reader) {
  return {
    outOfService: () => loadOutOfService(reader),
    handover: byId<Handover>(reader, 'handover'),
    handovers: (q: Parameters<StateQueries['handovers']>[0]) => {
      const where = new Where().among('repository', q.repositories).range('at', q);
      return page<Handover>(reader, { table: 'handover', by: 'at', where, rowsMax: q.rowsMax });
    },
  };
}

/** What was ever taken out of service, returned or not. */
export function loadOutOfService(reader: Reader): readonly OutOfService[] {
  return reader.all<OutOfService>('SELECT body FROM out_of_service ORDER BY id');
}

function peopleQueries(reader: Reader) {
  return {
    account: (name: string) =>
      reader.one<Account>('SELECT body FROM account WHERE name = ?', [name]),
    accounts: () => reader.all<Account>('SELECT body FROM account ORDER BY name'),
    session: byId<Session>(reader, 'session'),
    sessionsOf: (account: string) =>
      reader.all<Session>('SELECT body FROM session WHERE account = ?', [account]),
    tokens: () => reader.all<Token>('SELECT body FROM token ORDER BY id'),
    tokenByHash: (hash: string) =>
      reader.one<Token>('SELECT body FROM token WHERE hash = ?', [hash]),
    deviceCredentials: () =>
      reader.all<DeviceCredential>('SELECT body FROM device_credential ORDER BY id'),
    fact: (id: string) => {
      const [row] = reader.rows<FactRow>('SELECT id, at, body FROM fact WHERE id = ?', [id]);
      return row && { id: row.id, at: row.at, body: row.body };
    },
  };
}
