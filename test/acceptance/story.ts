/**
 * Stories in the field's words on a fake clock: what happens at which time of day, and who is told what.
 * Every step of the engine is applied at once, clock ticks come each second of story time that matters.
 */

import { expect } from 'vitest';
import type { AccessEvent, AccessEventKind } from '../../domain/access.ts';
import type { Alarm, AlarmTransition } from '../../domain/alarm.ts';
import type { Command, CommandResult } from '../../domain/commands.ts';
import type { Incident } from '../../domain/incident.ts';
import type { JournalDraft } from '../../domain/journal.ts';
import type { LimitChange } from '../../domain/limits.ts';
import type { StandardsChoice } from '../../domain/standards.ts';
import type { OutOfService } from '../../domain/out-of-service.ts';
import type { OutboxMessage } from '../../domain/outbox.ts';
import type { MetricName } from '../../domain/metrics.ts';
import { qualify } from '../../domain/ids.ts';
import { EMPTY_REGISTRY, type Registry, type RoomClass } from '../../domain/registry.ts';
import type { Reading, ReadingFlag } from '../../domain/reading.ts';
import type { FactRow, RuleStateRow } from '../../domain/tick.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, type Moment } from '../../domain/time.ts';
import {
  createEngine,
  loadKnowledge,
  type Engine,
  type EngineConfig,
  type EngineInput,
  type EngineSettings,
  type Rule,
  type RuleBook,
} from '../../alerts/index.ts';

export const knowledge = loadKnowledge();
/** 2026-07-01 00:00 in Taiyuan, a Wednesday. */
export const MIDNIGHT = Date.UTC(2026, 5, 30, 16);

/** `01:30`, `01:30:05`; `+1 02:00` is the next day. */
export function clockTime(text: string): Moment {
  const [, day = '0', h = '0', m = '0', s = '0'] =
    /^(?:\+(\d+) )?(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text) ?? [];
  const hours = Number(day) * 24 + Number(h);
  return MIDNIGHT + hours * HOUR_MS + Number(m) * MINUTE_MS + Number(s) * SECOND_MS;
}

export interface Person {
  readonly id: string;
  readonly role: 'duty' | 'manager' | 'security' | 'director' | 'contractor';
  readonly order?: number;
  readonly email?: boolean;
}

export interface Building {
  readonly rooms?: Readonly<Record<string, RoomClass>>;
  readonly sensors?: Readonly<Record<string, readonly [room: string, ...metrics: MetricName[]]>>;
  readonly doors?: Readonly<Record<string, string>>;
  readonly devices?: Readonly<Record<string, readonly string[]>>;
  readonly people?: readonly Person[];
  readonly setPoint?: { readonly temperature?: number; readonly humidity?: number };
  readonly simulated?: boolean;
  /** Rooms where nobody may be alone. */
  readonly twoPersons?: readonly string[];
  /** Sensors that were taken off the list. */
  readonly retired?: readonly string[];
  /** Of every room. */
  readonly surfaceOffsetK?: number;
  readonly calibrations?: Registry['calibrations'];
}

const STAFF: readonly Person[] = [
  { id: 'duty-a', role: 'duty', order: 1 },
  { id: 'duty-b', role: 'duty', order: 2 },
  { id: 'manager', role: 'manager' },
  { id: 'security', role: 'security' },
  { id: 'director', role: 'director' },
];

export const REPOSITORY = 'sx';

export function registryOf(building: Building): Registry {
  const { rooms = { r301: 'paper' }, sensors = {}, doors = {}, devices = {} } = building;
  const at = { repository: REPOSITORY };
  const onDevice = (id: string) =>
    Object.entries(devices).find(([, carried]) => carried.includes(id))?.[0];
  const map = <T extends { readonly id: string }>(things: readonly T[]) =>
    new Map(things.map((thing) => [qualify(REPOSITORY, thing.id), thing]));
  return {
    ...EMPTY_REGISTRY,
    ...(building.calibrations ? { calibrations: building.calibrations } : {}),
    repositories: new Map([
      [
        REPOSITORY,
        {
          id: REPOSITORY,
          name: '省档案馆',
          timezone: 'Asia/Shanghai',
          ...(building.simulated ? { simulated: true } : {}),
        },
      ],
    ]),
    rooms: map(
      Object.entries(rooms).map(([id, roomClass]) => ({
        ...at,
        id,
        name: id,
        class: roomClass,
        ...(building.setPoint ? { setPoint: building.setPoint } : {}),
        ...(building.twoPersons?.includes(id) ? { twoPersons: true } : {}),
        ...(building.surfaceOffsetK === undefined
          ? {}
          : { surfaceOffsetK: building.surfaceOffsetK }),
      })),
    ),
    devices: map(Object.keys(devices).map((id) => ({ ...at, id }))),
    sensors: map(
      Object.entries(sensors).map(([id, [room, ...metrics]]) => {
        const device = onDevice(id);
        const gone = building.retired?.includes(id) ? { retiredAt: MIDNIGHT } : {};
        return { ...at, id, room, metrics, ...(device === undefined ? {} : { device }), ...gone };
      }),
    ),
    doors: map(Object.entries(doors).map(([id, room]) => ({ ...at, id, room }))),
    people: map(
      (building.people ?? STAFF).map(({ email = true, ...person }) => ({
        ...at,
        ...person,
        name: person.id,
        origin: 'file' as const,
        ...(email ? { email: `${person.id}@example.org` } : {}),
      })),
    ),
  };
}

/** What a reading says beside its value. */
interface Particulars {
  readonly at?: Moment;
  readonly quality?: 1 | 2 | 3 | 4;
  readonly flags?: readonly ReadingFlag[];
}

/** What was recorded before the story begins. */
interface Recorded {
  readonly changes?: readonly LimitChange[];
  readonly choices?: readonly StandardsChoice[];
  /** In place of the shipped rules. */
  readonly rules?: readonly Rule[];
}

export class Story {
  engine: Engine;
  now: Moment = MIDNIGHT;
  readonly outbox: OutboxMessage[] = [];
  readonly transitions: AlarmTransition[] = [];
  readonly journal: JournalDraft[] = [];
  readonly alarms = new Map<string, Alarm>();
  readonly incidents = new Map<string, Incident>();
  readonly rows = new Map<string, RuleStateRow>();
  readonly facts = new Map<string, FactRow>();
  #building: Building;
  readonly #settings: Partial<EngineSettings>;
  #changes: readonly LimitChange[];
  #outOfService: readonly OutOfService[] = [];
  #rules: RuleBook = knowledge.rules;
  readonly #choices: readonly StandardsChoice[];
  /** Since the last snapshot: what a spool would hold. */
  #spool: EngineInput[] = [];
  #readAt = 0;
  #keepAlive = new Map<string, readonly (readonly [MetricName, number])[]>();

  constructor(
    building: Building,
    settings: Partial<EngineSettings> = {},
    { changes = [], choices = [], rules }: Recorded = {},
  ) {
    this.#building = building;
    this.#settings = settings;
    this.#changes = changes;
    this.#choices = choices;
    if (rules) this.#rules = { ...knowledge.rules, rules };
    this.engine = this.#newEngine();
  }

  #newEngine(): Engine {
    return createEngine({
      ...knowledge,
      ...this.#config(),
      rules: this.#rules,
      settings: this.#settings,
    });
  }

  #config(): EngineConfig {
    return {
      registry: registryOf(this.#building),
      limitChanges: this.#changes,
      standardsChoices: this.#choices,
      plans: knowledge.plans,
      outOfService: this.#outOfService,
    };
  }

  /** People change structure, limits, or what is out of service. */
  changes(what: {
    readonly building?: Partial<Building>;
    readonly limits?: readonly LimitChange[];
    readonly outOfService?: readonly OutOfService[];
  }): this {
    this.#building = { ...this.#building, ...what.building };
    this.#changes = what.limits ?? this.#changes;
    this.#outOfService = what.outOfService ?? this.#outOfService;
    this.engine.reconfigure(this.#config());
    return this;
  }

  /** Rules are read at a start: the next one reads these. */
  nextRules(rules: RuleBook): this {
    this.#rules = rules;
    return this;
  }

  /** Feeds inputs at the story's time; `snapshot` as the tick would ask now and then. */
  feed(inputs: readonly EngineInput[], snapshot = false): readonly CommandResult[] {
    const step = this.engine.step(inputs, this.now, { snapshot });
    step.apply();
    for (const alarm of step.alarms) this.alarms.set(alarm.id, alarm);
    for (const incident of step.incidents) this.incidents.set(incident.id, incident);
    for (const transition of step.transitions) {
      const isNew = !this.transitions.some((t) => t.id === transition.id);
      expect(isNew, `transition ${transition.id} is doubled`).toBe(true);
      this.transitions.push(transition);
    }
    for (const message of step.outbox) {
      const isNew = !this.outbox.some((m) => m.key === message.key);
      expect(isNew, `outbox key ${message.key} is doubled`).toBe(true);
      this.outbox.push(message);
    }
    this.journal.push(...step.journal);
    for (const row of step.facts) this.facts.set(row.id, row);
    if (snapshot) {
      this.#spool = [];
      for (const row of step.ruleStates.flatMap((kept) => kept.rows()))
        this.rows.set(row.id, { ...row, coversSpool: 0 });
    } else {
      this.#spool.push(...inputs.filter((i) => i.kind === 'reading' || i.kind === 'access'));
    }
    return step.results;
  }

  /** Time passes: a clock tick every `tickMs`, and what is kept alive reports every minute. */
  until(text: string, tickMs = 5 * SECOND_MS): this {
    const end = clockTime(text);
    while (this.now < end) {
      const before = this.now;
      this.now = Math.min(end, this.now + tickMs);
      const minute = Math.floor(this.now / MINUTE_MS) > Math.floor(before / MINUTE_MS);
      if (minute) this.#reportAll();
      this.feed([{ kind: 'clock' }]);
    }
    return this;
  }

  at(text: string): this {
    expect(clockTime(text), `${text} is in the past`).toBeGreaterThanOrEqual(this.now);
    return this.until(text);
  }

  #reportAll(): void {
    for (const [sensor, values] of this.#keepAlive) {
      this.feed(values.map(([metric, value]) => this.reading(sensor, metric, value)));
    }
  }

  reading(
    sensor: string,
    metric: MetricName,
    ...[value, more = {}]: readonly [value: number, more?: Particulars]
  ): EngineInput {
    const room = this.#building.sensors?.[sensor]?.[0] ?? 'r301';
    const reading: Reading = {
      repository: REPOSITORY,
      room,
      sensor,
      metric,
      value,
      quality: more.quality ?? 1,
      at: more.at ?? this.now,
      receivedAt: this.now,
      ...(more.flags ? { flags: more.flags } : {}),
    };
    return { kind: 'reading', reading };
  }

  /** The sensor says this now, and again every minute. */
  says(sensor: string, ...values: readonly (readonly [MetricName, number])[]): this {
    this.#keepAlive.set(sensor, values);
    this.feed(values.map(([metric, value]) => this.reading(sensor, metric, value)));
    return this;
  }

  /** The sensor says this once. */
  once(
    sensor: string,
    metric: MetricName,
    ...what: readonly [value: number, more?: Particulars]
  ): this {
    this.feed([this.reading(sensor, metric, ...what)]);
    return this;
  }

  /** The sensor says nothing from now on. */
  fallsSilent(sensor: string): this {
    this.#keepAlive.delete(sensor);
    return this;
  }

  door(...said: Parameters<Story['passage']>): this {
    this.feed([this.passage(...said)]);
    return this;
  }

  /** What a door says now. */
  passage(
    door: string,
    event: AccessEventKind,
    more: Pick<AccessEvent, 'person' | 'credential' | 'direction'> = {},
  ): EngineInput {
    const id = `${REPOSITORY}.${door}.${this.now}.${event}`;
    const room = this.#building.doors?.[door] ?? 'r301';
    const happened = { id, repository: REPOSITORY, room, door, event, ...more };
    return { kind: 'access', event: { ...happened, at: this.now, receivedAt: this.now } };
  }

  command(command: Command): CommandResult {
    const [result] = this.feed([{ kind: 'command', command }]);
    if (!result) throw new Error('a command had no answer');
    return result;
  }

  acknowledges(by: string, rule: string): this {
    const alarm = this.alarm(rule);
    expect(this.command({ kind: 'acknowledge-alarm', alarm: alarm.id, by })).toEqual({
      ok: true,
      id: alarm.id,
    });
    return this;
  }

  /** The server restarts: committed alarms and incidents, the last snapshot, and the spool after it. */
  restarts(): this {
    const open = this.engine.openAlarms();
    const incidents = this.engine.openIncidents();
    this.engine = this.#newEngine();
    this.engine.restore({
      alarms: [...open].reverse(),
      incidents: [...incidents],
      ruleStates: [...this.rows.values()],
      facts: [...this.facts.values()],
    });
    this.engine.replay(this.#spool, this.now);
    return this;
  }

  /** The newest alarm of a rule. */
  alarm(rule: string): Alarm {
    const alarm = [...this.alarms.values()].filter((a) => a.rule === rule).at(-1);
    if (!alarm) throw new Error(`no alarm of ${rule}; there are ${this.rules().join(', ')}`);
    return alarm;
  }

  incident(plan: string): Incident {
    const incident = [...this.incidents.values()].filter((i) => i.plan.id === plan).at(-1);
    if (!incident) throw new Error(`no incident of ${plan}`);
    return incident;
  }

  rules(): readonly string[] {
    return [...this.alarms.values()].map((alarm) => alarm.rule);
  }

  openRules(): readonly string[] {
    return this.engine.openAlarms().map((alarm) => alarm.rule);
  }

  /** People told since this was last asked, in order, each once. */
  toldSince(): readonly string[] {
    const fresh = this.outbox.slice(this.#readAt).filter((m) => m.person !== undefined);
    this.#readAt = this.outbox.length;
    return [...new Set(fresh.map((m) => m.person ?? ''))];
  }

  told(...people: readonly string[]): this {
    expect(this.toldSince()).toEqual(people);
    return this;
  }

  nobodyTold(): this {
    return this.told();
  }
}
