/** A house with two repositories on real HTTP, accounts and feed; the stores are maps in memory. */

import pino from 'pino';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import type { Account, Role } from '../../domain/account.ts';
import type { Alarm } from '../../domain/alarm.ts';
import type { RoomView, SensorView } from '../../domain/api.ts';
import type { Command, CommandResult } from '../../domain/commands.ts';
import type { Incident, Plan } from '../../domain/incident.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import type { ReadingQuery, Series } from '../../domain/ports.ts';
import type { Registry } from '../../domain/registry.ts';
import type { Delete, Put, TableName } from '../../domain/tick.ts';
import { DAY_MS, type Moment } from '../../domain/time.ts';
import { createAccess, type Access } from '../../server/accounts/access.ts';
import { hashPassword, type PasswordCost } from '../../server/accounts/passwords.ts';
import { createHttpApp, type HttpSettings } from '../../server/http/app.ts';
import { chain } from '../../server/journal-chain.ts';
import type { Services, StateQueries } from '../../server/services.ts';

/** Cheap, so that a suite of hundreds of sign-ins takes seconds. */
export const TEST_COST: PasswordCost = { N: 1024, r: 8, p: 1 };
export const PASSWORD = 'correct horse';
export const START: Moment = Date.UTC(2026, 10, 22, 3, 0, 0);

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
      if (one.table !== 'spool') this.tables.get(one.table)?.delete(one.key);
    }
  }
}

interface Timed {
  readonly repository?: string;
}

function queriesOver(store: MemoryStore): StateQueries {
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
    fact: (id) => store.row('fact', id),
  };
}

export const PLAN: Plan = {
  id: 'fire',
  version: 1,
  name: { zh: '火灾', en: 'Fire' },
  level: 1,
  steps: [],
  escalation: [],
  citation: { standard: '本馆自定', verification: 'proposal' },
};

/** Repository `sx` with room r301, and repository `other` with room r1. */
export const REGISTRY: Registry = {
  repositories: new Map([
    ['sx', { id: 'sx', name: '甲馆', timezone: 'Asia/Shanghai', simulated: true }],
    ['other', { id: 'other', name: '乙馆', timezone: 'Asia/Shanghai' }],
  ]),
  rooms: new Map([
    ['sx.r301', { repository: 'sx', id: 'r301', name: '301', class: 'paper' }],
    ['other.r1', { repository: 'other', id: 'r1', name: '1', class: 'paper' }],
  ]),
  devices: new Map([['sx.gw', { repository: 'sx', id: 'gw', name: '网关' }]]),
  sensors: new Map([
    [
      'sx.th-1',
      {
        repository: 'sx',
        id: 'th-1',
        room: 'r301',
        device: 'gw',
        metrics: ['temperature', 'humidity'],
      },
    ],
    ['other.th-9', { repository: 'other', id: 'th-9', room: 'r1', metrics: ['temperature'] }],
  ]),
  doors: new Map([['sx.d301', { repository: 'sx', id: 'd301', room: 'r301' }]]),
  holdings: new Map([
    [
      'sx.r301-paper',
      {
        repository: 'sx',
        id: 'r301-paper',
        room: 'r301',
        medium: 'paper',
        quantity: 10,
        unit: '卷',
      },
    ],
  ]),
  people: new Map([
    [
      'sx.file-a',
      { repository: 'sx', id: 'file-a', name: '值班员甲', role: 'duty', origin: 'file' },
    ],
    [
      'sx.db-a',
      { repository: 'sx', id: 'db-a', name: '值班员乙', role: 'duty', origin: 'database' },
    ],
  ]),
};

/** An open alarm of `repository`; `change` says what is different. */
export function alarm(id: string, change: Partial<Alarm> = {}): Alarm {
  return {
    id,
    repository: id.split('.')[0] ?? 'sx',
    room: 'r301',
    subject: { kind: 'sensor', id: 'th-1' },
    rule: 'band',
    priority: 'medium',
    safety: false,
    verdict: 'met',
    since: START,
    raisedAt: START,
    latching: false,
    citation: PLAN.citation,
    title: { zh: '湿度过高', en: 'Too humid' },
    evidence: ['th-1'],
    comments: [],
    simulated: true,
    revision: 1,
    ...change,
  };
}

export function incident(id: string, change: Partial<Incident> = {}): Incident {
  return {
    id,
    repository: id.split('.')[0] ?? 'sx',
    plan: PLAN,
    level: 1,
    title: PLAN.name,
    openedAt: START,
    openedBy: 'system',
    alarms: [],
    steps: [],
    rungsTold: 0,
    tellings: [],
    levels: [],
    simulated: true,
    revision: 1,
    ...change,
  };
}

function roomView(id: string): RoomView {
  const [repository = ''] = id.split('.');
  return {
    id,
    repository,
    name: id,
    class: 'paper',
    className: { zh: '纸质', en: 'Paper' },
    condition: 'normal',
    latest: [],
    limits: [],
    openAlarms: [],
    doors: [{ id: `${repository}.d301`, room: id, name: 'd', state: 'closed' }],
    holdings: [],
    watched: { climate: 1, fire: 0, water: 0 },
  };
}

function sensorView(id: string, room: string): SensorView {
  const metrics = ['temperature'] as const;
  return {
    id,
    room,
    name: id,
    metrics,
    intervalMs: 60_000,
    silent: false,
    latest: [],
    battery: 80,
  };
}

export interface House {
  readonly app: FastifyInstance;
  readonly access: Access;
  readonly services: Services;
  readonly store: MemoryStore;
  readonly commands: Command[];
  readonly readingQueries: ReadingQuery[];
  readonly logged: string[];
  /** What the writer answers to the next commands. */
  answer: CommandResult | undefined;
  /** What the reading store answers. */
  series: Series | Error;
  demonstrationPlayed: string[];
  reconfigured: number;
  now: Moment;
  /** A cookie header of a fresh session. */
  signIn(name: string, password?: string): Promise<string>;
  inject(options: InjectOptions): Promise<LightMyRequestResponse>;
  close(): Promise<void>;
}

export interface HouseOptions {
  readonly settings?: Partial<HttpSettings>;
  readonly demonstration?: boolean;
  readonly store?: MemoryStore;
  readonly extend?: (app: FastifyInstance) => void;
}

/** One account for each role, all for repository `sx`; and `admin` for all. */
export const ROLE_ACCOUNTS: Readonly<Record<Role, string>> = {
  manager: 'manager-a',
  duty: 'duty-a',
  inspector: 'inspector-a',
  observer: 'observer-a',
  administrator: 'administrator-a',
  auditor: 'auditor-a',
};

let passwordHash: Promise<string> | undefined;

/** Puts an account into the store as it is, past the rules. */
export async function addAccount(
  store: MemoryStore,
  account: Partial<Account> & { readonly name: string },
): Promise<void> {
  passwordHash ??= hashPassword(PASSWORD, TEST_COST);
  const row: Account = {
    displayName: account.name,
    roles: ['observer'],
    repositories: ['sx'],
    passwordHash: await passwordHash,
    mustChangePassword: false,
    createdAt: START - DAY_MS,
    ...account,
  };
  store.put('account', row);
}

export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const store = options.store ?? new MemoryStore();
  const state = emptyState();
  const logged: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });
  const services = servicesOver({ store, state, log, demonstration: options.demonstration });
  for (const [role, name] of Object.entries(ROLE_ACCOUNTS)) {
    await addAccount(store, { name, roles: [role as Role] });
  }
  await addAccount(store, { name: 'admin', roles: ['administrator'], repositories: ['*'] });
  const access = createAccess(services, { cost: TEST_COST });
  const settings = { trustProxy: false, secureCookies: false, ...options.settings };
  const app = await createHttpApp({ services, access, settings, version: '0.0.0' });
  options.extend?.(app);
  await app.ready();
  const house: House = Object.assign(state, {
    app,
    access,
    services,
    store,
    logged,
    async signIn(name: string, password = PASSWORD) {
      const answer = await app.inject({
        method: 'POST',
        url: '/api/session',
        body: { username: name, password },
      });
      const cookie = answer.cookies.find((one) => one.name === 'lantai_session');
      if (!cookie) throw new Error(`${name} was not signed in: ${answer.body}`);
      return `lantai_session=${cookie.value}`;
    },
    inject: (request: InjectOptions) => app.inject(request),
    close: () => app.close(),
  });
  return house;
}

type State = Pick<
  House,
  | 'commands'
  | 'readingQueries'
  | 'answer'
  | 'series'
  | 'demonstrationPlayed'
  | 'reconfigured'
  | 'now'
>;

function emptyState(): State {
  return {
    commands: [],
    readingQueries: [],
    answer: undefined,
    series: { kind: 'readings', rows: [], truncated: false },
    demonstrationPlayed: [],
    reconfigured: 0,
    now: START,
  };
}

function servicesOver(parts: {
  store: MemoryStore;
  state: State;
  log: pino.Logger;
  demonstration: boolean | undefined;
}): Services {
  const { store, state, log } = parts;
  const heads = new Map<string, JournalEntry>();
  const seen = (repositories: readonly string[] | '*', id: string) =>
    repositories === '*' || repositories.includes(id.split('.')[0] ?? '');
  const rooms = ['sx.r301', 'other.r1'].map(roomView);
  const sensors = [sensorView('sx.th-1', 'sx.r301'), sensorView('other.th-9', 'other.r1')];
  let ids = 0;
  return {
    log,
    now: () => state.now,
    queries: queriesOver(store),
    newId: () => `id-${++ids}`,
    registry: () => REGISTRY,
    writer: {
      async command(command) {
        state.commands.push(command);
        const id =
          'alarm' in command ? command.alarm : 'incident' in command ? command.incident : 'sx.i1';
        return state.answer ?? { ok: true, id };
      },
      async commit(change) {
        const journal = (change.journal ?? []).map((draft): Put => {
          const row = chain(draft, heads.get(draft.repository));
          heads.set(draft.repository, row);
          return { table: 'journal', mode: 'insert', row };
        });
        store.commit({ ...change, puts: [...(change.puts ?? []), ...journal] });
      },
      async reconfigure() {
        state.reconfigured += 1;
      },
    },
    live: {
      snapshot: (repositories) => ({
        serverTime: state.now,
        repositories: [...REGISTRY.repositories.values()]
          .filter((one) => seen(repositories, one.id))
          .map((one) => ({ simulated: false, ...one })),
        rooms: rooms.filter((room) => seen(repositories, room.id)),
        alarms: store.rows<Alarm>('alarm').filter((one) => seen(repositories, one.id)),
        incidents: store.rows<Incident>('incident').filter((one) => seen(repositories, one.id)),
        parts: [{ part: 'state', ok: true, detail: 'SQLite' }],
        demonstration: false,
      }),
      rooms: (repositories) => rooms.filter((room) => seen(repositories, room.id)),
      room: (id) => rooms.find((room) => room.id === id),
      sensors: (repositories) => sensors.filter((sensor) => seen(repositories, sensor.id)),
      parts: () => [{ part: 'state', ok: true, detail: 'SQLite' }],
    },
    readings: {
      async query(query) {
        state.readingQueries.push(query);
        if (state.series instanceof Error) throw state.series;
        return state.series;
      },
    },
    limitsInForce: () => [],
    plans: [PLAN],
    rules: { items: [] },
    standards: { items: [] },
    indicators: (['computed', 'manual'] as const).map((kind, index) => ({
      id: `1.${index + 1}`,
      parent: '1',
      name: { zh: kind, en: kind },
      kind,
      citation: PLAN.citation,
    })),
    testChannel: async ({ target }) => ({ ok: true, why: `sent to ${target}` }),
    makeAssessment: async ({ repository, by, trigger }) => ({
      id: 'sx.a2',
      repository,
      madeAt: state.now,
      madeBy: by,
      trigger,
      from: 0,
      until: 1,
      result: 'cannot-show',
      judgements: [],
      simulated: true,
      hash: '',
    }),
    metricsText: () => '# TYPE lantai_ticks_total counter\nlantai_ticks_total 1\n',
    ...(parts.demonstration
      ? {
          demonstration: {
            scenarios: [{ id: 'fire', name: { zh: '火', en: 'Fire' } }],
            play: (scenario) => void state.demonstrationPlayed.push(scenario),
            stop: () => void state.demonstrationPlayed.push('stop'),
          },
        }
      : {}),
  };
}
