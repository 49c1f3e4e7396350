/** One step in the making: an overlay over the committed state that vanishes unless it is applied. */

import type { AccessEvent } from '../domain/access.ts';
import type { Alarm, AlarmTransition, Subject } from '../domain/alarm.ts';
import type { CommandResult } from '../domain/commands.ts';
import type { Incident, Plan } from '../domain/incident.ts';
import type { JournalDraft } from '../domain/journal.ts';
import type { OutOfService } from '../domain/out-of-service.ts';
import type { OutboxMessage } from '../domain/outbox.ts';
import type { Registry } from '../domain/registry.ts';
import type { Moment } from '../domain/time.ts';
import type { AlarmStep } from './alarm-machine.ts';
import type { WorkCalendar } from './calendar/calendar.ts';
import type { EngineSettings } from './engine-settings.ts';
import type {
  ConfirmedFireRule,
  DoorRule,
  FloodRule,
  Rule,
  RuleBook,
  ServiceReviewRule,
  SystemRule,
  TrustRule,
} from './rules/rule-types.ts';
import type { SuppressionBook } from './rules/suppression-types.ts';
import type { LimitBook } from './standards/limits-in-force.ts';
import { SlimMap } from './state/slim-map.ts';
import type { SensorState, SeriesState } from './state/states.ts';
import type { RoomTrust } from './trust/sample.ts';
import type {
  DoorUnit,
  Held,
  RepositoryUnit,
  SensorUnit,
  SeriesUnit,
  Unit,
} from './state/units.ts';

/** What does not change while a step runs. */
export interface World {
  readonly registry: Registry;
  readonly homes: ReadonlyMap<string, RepositoryUnit>;
  readonly rules: RuleBook;
  readonly ruleById: ReadonlyMap<string, Rule>;
  readonly confirmedFire: ConfirmedFireRule | undefined;
  readonly trustRule: TrustRule | undefined;
  readonly system: ReadonlyMap<string, SystemRule>;
  readonly plans: ReadonlyMap<string, Plan>;
  readonly book: LimitBook;
  readonly serviceReview: ServiceReviewRule | undefined;
  readonly flood: FloodRule | undefined;
  readonly suppressions: SuppressionBook;
  readonly outOfService: ServiceBook;
  readonly settings: EngineSettings;
  readonly calendar: WorkCalendar;
}

/** What people took out of service. */
export interface ServiceBook {
  /** What stands now, by subject, or by subject and rule; see `serviceKey`. */
  readonly standing: ReadonlyMap<string, OutOfService>;
  /** All, by id: who returned it. */
  readonly byId: ReadonlyMap<string, OutOfService>;
}

/** A late door event that still holds when all inputs are in. */
export interface LateDoorFinding {
  readonly unit: DoorUnit;
  readonly rule: DoorRule;
  readonly event: AccessEvent;
}

/** Alarms and incidents that are open, committed. */
export interface OpenBook {
  readonly alarms: Map<string, Alarm>;
  /** By `alarmKey`: at most one open alarm for each. */
  readonly byKey: Map<string, string>;
  readonly incidents: Map<string, Incident>;
}

/** What is remembered of rooms, committed; `slot`: see `Draft.trustSlot`. */
export interface TrustBook {
  readonly rooms: Map<string, RoomTrust>;
  slot: number;
}

/** One rule has at most one open alarm on one subject. */
export function alarmKey(of: {
  readonly repository: string;
  readonly rule: string;
  readonly subject: Subject;
}): string {
  return `${of.repository}/${of.rule}/${of.subject.kind}:${of.subject.id}`;
}

export class Draft {
  /** Rises: copies are used again, so only the newest draft may be applied. */
  readonly serial: number;
  /** The committed state that it was computed over. */
  readonly version: number;
  /** Moves on within a step that holds several moments. */
  now: Moment;
  /** Replaying: windows and delays move, alarms do not. */
  readonly muted: boolean;
  readonly world: World;
  readonly open: OpenBook;
  /** Sensors get a full interval from here on, after the engine was off. */
  watchedFrom: Moment;

  readonly touched: Unit[] = [];
  readonly alarms = new SlimMap<string, Alarm>();
  readonly #byKey = new SlimMap<string, string>();
  readonly incidents = new SlimMap<string, Incident>();
  readonly transitions: AlarmTransition[] = [];
  readonly journal: JournalDraft[] = [];
  readonly outbox: OutboxMessage[] = [];
  readonly results: CommandResult[] = [];
  /** This step's announcements by repository, and those before them: moments, newest last. */
  readonly announcements = new SlimMap<string, readonly Moment[]>();
  readonly #announcedBefore: ReadonlyMap<string, readonly Moment[]>;
  /** Series with late readings: judged by their newest value when all inputs are in. */
  readonly late = new SlimMap<SeriesUnit, SensorUnit>();
  readonly lateDoors = new SlimMap<string, LateDoorFinding>();
  /** Alarms that were raised, re-raised or graver: they may open or join an incident. */
  readonly announced = new SlimMap<string, true>();
  /** Structure, rules, limits or what is out of service may have changed since the last clock. */
  readonly seekChanges: boolean;
  /** Rooms whose trust changed; by key. */
  readonly trust = new SlimMap<string, RoomTrust>();
  /** The stretch of the clock in which rooms were looked at last. */
  trustSlot: number;
  readonly #trustBefore: ReadonlyMap<string, RoomTrust>;
  /** A clock input came: everything open is looked at. */
  clocked = false;

  constructor(parts: {
    readonly serial: number;
    readonly version: number;
    readonly now: Moment;
    readonly muted: boolean;
    readonly world: World;
    readonly open: OpenBook;
    readonly watchedFrom: Moment;
    readonly seekChanges: boolean;
    readonly announcements: ReadonlyMap<string, readonly Moment[]>;
    readonly trust: TrustBook;
  }) {
    this.#trustBefore = parts.trust.rooms;
    this.trustSlot = parts.trust.slot;
    this.serial = parts.serial;
    this.version = parts.version;
    this.now = parts.now;
    this.muted = parts.muted;
    this.world = parts.world;
    this.open = parts.open;
    this.watchedFrom = parts.watchedFrom;
    this.seekChanges = parts.seekChanges;
    this.#announcedBefore = parts.announcements;
  }

  /** This step's own copy of what is remembered of a unit. */
  state<S extends { forStep(): S }>(unit: Held<S> & Unit): S {
    const held: Held<S> = unit;
    if (held.draftSerial === this.serial && held.draft !== undefined) return held.draft;
    held.draft = held.state.forStep();
    held.draftSerial = this.serial;
    this.touched.push(unit);
    return held.draft;
  }

  /** What is remembered of a unit, without copying it. */
  peek<S>(unit: Held<S>): S {
    return unit.draftSerial === this.serial && unit.draft !== undefined ? unit.draft : unit.state;
  }

  /** This step's own copy of one series. */
  series(state: SensorState, index: number): SeriesState | undefined {
    const own = state.series[index];
    if (!own || own.serial === this.serial) return own;
    return (state.series[index] = own.forStep(this.serial));
  }

  /** What is remembered of the sensors of a room beside each other. */
  trustIn(roomKey: string): RoomTrust {
    return this.trust.get(roomKey) ?? this.#trustBefore.get(roomKey) ?? {};
  }

  /** Something is remembered of the sensors of some room beside each other. */
  get isTrustKnown(): boolean {
    return this.trust.size + this.#trustBefore.size > 0;
  }

  alarm(id: string): Alarm | undefined {
    return this.alarms.get(id) ?? this.open.alarms.get(id);
  }

  openAlarm(key: string): Alarm | undefined {
    const id = this.#byKey.get(key) ?? this.open.byKey.get(key);
    const alarm = id === undefined ? undefined : this.alarm(id);
    return alarm?.closedAt === undefined ? alarm : undefined;
  }

  /** Open alarms as of now, oldest first. */
  *openAlarms(): Iterable<Alarm> {
    for (const committed of this.open.alarms.values()) {
      const alarm = this.alarms.get(committed.id) ?? committed;
      if (alarm.closedAt === undefined) yield alarm;
    }
    for (const alarm of this.alarms.values()) {
      if (!this.open.alarms.has(alarm.id) && alarm.closedAt === undefined) yield alarm;
    }
  }

  incident(id: string): Incident | undefined {
    return this.incidents.get(id) ?? this.open.incidents.get(id);
  }

  *openIncidents(): Iterable<Incident> {
    for (const committed of this.open.incidents.values()) {
      const incident = this.incidents.get(committed.id) ?? committed;
      if (!incident.closed) yield incident;
    }
    for (const incident of this.incidents.values()) {
      if (!this.open.incidents.has(incident.id) && !incident.closed) yield incident;
    }
  }

  /** An id that no alarm or incident of this step has. */
  freshId(wanted: string): string {
    let id = wanted;
    for (let n = 2; this.alarm(id) !== undefined || this.incident(id) !== undefined; n += 1) {
      id = `${wanted}-${n}`;
    }
    return id;
  }

  put(alarm: Alarm): void {
    this.alarms.set(alarm.id, alarm);
    this.#byKey.set(alarmKey(alarm), alarm.id);
  }

  putIncident(incident: Incident): void {
    this.incidents.set(incident.id, { ...incident, revision: incident.revision + 1 });
  }

  /** Takes what the alarm machine decided. */
  take(decided: AlarmStep): void {
    const { alarm, transitions, effects } = decided;
    if (this.alarm(alarm.id) !== alarm) this.put(alarm);
    this.transitions.push(...transitions);
    for (const effect of effects) {
      if (effect.kind === 'announce') this.announced.set(alarm.id, true);
      else this.journal.push(effect.line);
    }
  }

  /** When people were last told in a repository, newest last; bounded. */
  announcementsIn(repository: string): readonly Moment[] {
    return this.announcements.get(repository) ?? this.#announcedBefore.get(repository) ?? [];
  }

  note(line: Omit<JournalDraft, 'at' | 'by'>): void {
    this.journal.push({ ...line, at: this.now, by: 'system' });
  }
}
