/** A house with two repositories on real HTTP, accounts and feed; the stores are maps in memory. */

import pino from 'pino';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import type { Account, Role } from '../../domain/account.ts';
import type { Alarm } from '../../domain/alarm.ts';
import type { Command, CommandResult } from '../../domain/commands.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import type { LimitChange } from '../../domain/limits.ts';
import type { StandardsChoice } from '../../domain/standards.ts';
import type { ReadingQuery, Series } from '../../domain/ports.ts';
import type { PairLive } from '../../domain/preservation/views.ts';
import type { Incident } from '../../domain/incident.ts';
import type { Registry } from '../../domain/registry.ts';
import type { Put } from '../../domain/tick.ts';
import { DAY_MS, type Moment } from '../../domain/time.ts';
import {
  catalogueOf,
  createLimitBook,
  guardOf,
  limitsInForce,
  loadKnowledge,
} from '../../alerts/index.ts';
import { createBacktests } from '../../server/backtests/backtests.ts';
import { createAccess, type Access } from '../../server/accounts/access.ts';
import { hashPassword, type PasswordCost } from '../../server/accounts/passwords.ts';
import { createHttpApp, type HttpSettings } from '../../server/http/app.ts';
import { chain } from '../../server/journal-chain.ts';
import { inWords } from '../../server/parts.ts';
import { createDeviceServices } from '../../server/device-services.ts';
import { createDeviceLists, type DeviceLists } from '../../gateway/profiles/device-list.ts';
import { climatePeriod } from '../../gateway/stores/climate-period.ts';
import { createUnknownDevices } from '../../gateway/profiles/unknown-devices.ts';
import type { Services } from '../../server/services.ts';
import { tryRules } from '../../server/rule-trial.ts';
import { rulesView } from '../../server/view/rules-view.ts';
import { roomStandards, standardsView } from '../../server/view/standards-view.ts';
import { PLAN, REGISTRY, roomView, sensorView, START } from './fixtures.ts';
import { NO_READINGS, playHere, type Received } from './backtests-here.ts';
import { MemoryStore, queriesOver } from './memory-store.ts';

const knowledge = loadKnowledge();

/** Cheap, so that a suite of hundreds of sign-ins takes seconds. */
export const TEST_COST: PasswordCost = { N: 1024, r: 8, p: 1 };
export const PASSWORD = 'correct horse';

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
  series: Series | Error | ((query: ReadingQuery) => Series);
  /** What is live of a room's climate, by room. */
  pairs: Map<string, readonly PairLive[]>;
  /** What back-tests find in the reading store. */
  received: Received;
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
  /** Unset: the two repositories of the fixtures. */
  readonly registry?: Registry;
  /** What sources list of their devices; unset: none does. */
  readonly lists?: DeviceLists;
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
  const services = servicesOver({
    store,
    state,
    log,
    demonstration: options.demonstration,
    registry: options.registry ?? REGISTRY,
    lists: options.lists ?? createDeviceLists(),
  });
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
  | 'pairs'
  | 'received'
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
    pairs: new Map(),
    received: () => Promise.resolve(NO_READINGS),
    demonstrationPlayed: [],
    reconfigured: 0,
    now: START,
  };
}

function seriesOf(state: State, query: ReadingQuery): Series {
  state.readingQueries.push(query);
  if (state.series instanceof Error) throw state.series;
  return typeof state.series === 'function' ? state.series(query) : state.series;
}

function servicesOver(parts: {
  store: MemoryStore;
  state: State;
  log: pino.Logger;
  demonstration: boolean | undefined;
  registry: Registry;
  lists: DeviceLists;
}): Services {
  const { store, state, log, registry } = parts;
  const heads = new Map<string, JournalEntry>();
  const seen = (repositories: readonly string[] | '*', id: string) =>
    repositories === '*' || repositories.includes(id.split('.')[0] ?? '');
  const rooms = ['sx.r301', 'other.r1'].map(roomView);
  const sensors = [sensorView('sx.th-1', 'sx.r301'), sensorView('other.th-9', 'other.r1')];
  let ids = 0;
  const book = () =>
    createLimitBook({
      registry,
      standards: knowledge.standards,
      changes: store.rows('limit_change'),
      choices: store.rows('standards_choice'),
    });
  return {
    log,
    now: () => state.now,
    queries: queriesOver(store),
    newId: () => `id-${++ids}`,
    registry: () => registry,
    devices: createDeviceServices({
      registry: () => registry,
      unknown: createUnknownDevices(),
      lists: parts.lists,
      onMessage: (_raw, done) => done(),
      retry: () => Promise.resolve('still'),
    }),
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
        parts: [{ part: 'state', ok: true, ...inWords('正常提交', 'commits') }],
        demonstration: false,
      }),
      rooms: (repositories) => rooms.filter((room) => seen(repositories, room.id)),
      room: (id) => rooms.find((room) => room.id === id),
      sensors: (repositories) => sensors.filter((sensor) => seen(repositories, sensor.id)),
      preservation: (id) => state.pairs.get(id) ?? [],
      parts: () => [{ part: 'state', ok: true, ...inWords('正常提交', 'commits') }],
    },
    readings: {
      query: async (query) => seriesOf(state, query),
      climatePeriod: (query) =>
        climatePeriod({ query: async (one) => seriesOf(state, one) }, query),
      async queryJson(query) {
        const { kind, truncated, rows } = seriesOf(state, query);
        return { kind, truncated, rows: Buffer.from(JSON.stringify(rows)) };
      },
    },
    limitsInForce: (question) => limitsInForce(book(), question),
    roomStandards: (question) => roomStandards({ knowledge, registry, book: book(), question }),
    standardsCatalogue: catalogueOf(knowledge.standards),
    backtests: createBacktests({
      play: playHere(parts),
      newId: () => `id-${++ids}`,
    }),
    plans: [PLAN],
    rule: (id) => knowledge.rules.rules.find((rule) => rule.id === id),
    rules: rulesView(knowledge.rules),
    tryRules: (q) => {
      const structure = {
        registry,
        limitChanges: store.rows<LimitChange>('limit_change'),
        standardsChoices: store.rows<StandardsChoice>('standards_choice'),
        outOfService: [],
      };
      return tryRules({ knowledge, structure, now: state.now }, q);
    },
    guardOf: (about) => guardOf(knowledge.rules, registry, about),
    standards: standardsView(knowledge),
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
