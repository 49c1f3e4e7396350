/**
 * The engine: committed state, and steps over it.
 *
 * Invariants:
 * 1. A step changes nothing that a caller can see until its `apply()`; without it, it never happened.
 * 2. A step is applied at most once, and only while the state it was computed over still stands.
 * 3. At most one open alarm for each rule and subject; at most one open incident for each room and plan.
 * 4. Outbox keys and transition ids are made from ids and revisions, so a step computed again makes the same ones.
 * 5. The schedule only hints: a unit may be looked at too early, never too late.
 */

import type { Alarm } from '../domain/alarm.ts';
import { splitQualified, type QualifiedId } from '../domain/ids.ts';
import type { SensorTrust } from '../domain/trust.ts';
import type { KeptState } from '../domain/tick.ts';
import type { Moment } from '../domain/time.ts';
import { unreachable } from '../domain/unreachable.ts';
import { Draft, alarmKey, type OpenBook, type TrustBook, type World } from './draft.ts';
import { DOWNTIME_MS } from './engine-settings.ts';
import type { Engine, EngineConfig, EngineInput, EngineSaved, EngineStep } from './engine-types.ts';
import { judgeLateDoors, onAccess } from './handle/access.ts';
import { nextLimitChange } from './handle/changes.ts';
import { lookAgainAt, nextDue, nextMatter, onClock } from './handle/clock.ts';
import { ClockDue } from './handle/clock-due.ts';
import { onClockShift } from './handle/clock-shift.ts';
import { onCommand } from './handle/commands.ts';
import { onIssue, onStatus, onSystem } from './handle/links.ts';
import { judgeLate, onReading } from './handle/readings.ts';
import { trustIn } from './handle/trust.ts';
import { orderInputs } from './order-inputs.ts';
import type { Accumulation } from './preservation/accumulate.ts';
import { ClimateState } from './preservation/state.ts';
import { announcementRows, ANNOUNCED_FACT, settle } from './settle.ts';
import { unitsOf } from './state/compile.ts';
import { reconcile } from './state/reconcile.ts';
import {
  ENGINE_ROW,
  ROW_PREFIX,
  carryOver,
  restoreTrust,
  restoreUnit,
  rowsOf,
  trustRow,
} from './state/rows.ts';
import { Schedule } from './state/schedule.ts';
import { SensorState } from './state/states.ts';
import type { Held, Unit, WatchUnit } from './state/units.ts';
import { publishAlarm } from './tell/outbox.ts';
import { lookOne, onPass } from './watch/run.ts';
import { WatchState } from './watch/watch-state.ts';
import { worldOf, type EngineKnowledge } from './world.ts';

export type { EngineKnowledge } from './world.ts';

/** A new engine with nothing open. Pure: no clock, no I/O; all time comes in with `step`. */
export function createEngine(config: EngineConfig & EngineKnowledge): Engine {
  return new LiveEngine(config);
}

interface EngineBody {
  readonly at: Moment;
  /** Missing in rows of an earlier version. */
  readonly watchedFrom?: Moment;
  readonly trustSlot?: number;
}

class LiveEngine implements Engine {
  readonly #knowledge: EngineKnowledge;
  #world: World;
  readonly #open: OpenBook = { alarms: new Map(), byKey: new Map(), incidents: new Map() };
  readonly #schedule = new Schedule();
  readonly #trust: TrustBook = { rooms: new Map(), slot: -1 };
  readonly #unsavedTrust = new Set<string>();
  #serial = 0;
  #version = 0;
  /** Units that changed since the last snapshot. */
  readonly #unsaved = new Set<Unit>();
  /** Taken out of the schedule by a step that was not applied, yet or ever. */
  #taken: readonly Unit[] = [];
  /** Watches whose looks `dueBy` took for nothing but samples; the next clock input makes up for them. */
  readonly #passedOver = new Set<WatchUnit>();
  #watchedFrom: Moment = 0;
  #lastWorkedAt: Moment = 0;
  #isFresh = true;
  #seekChanges = true;
  /** A limit of some room may be another from then on. */
  #limitsAt: Moment = Infinity;
  /** When people were last told, by repository. */
  readonly #announced = new Map<string, readonly Moment[]>();
  readonly #clockDue = new ClockDue();

  /** What is committed. */
  readonly #view: Pick<Draft, 'peek' | 'watchedFrom' | 'world'>;

  constructor(config: EngineConfig & EngineKnowledge) {
    this.#knowledge = config;
    this.#world = worldOf(this.#knowledge, config);
    this.#view = this.#committed();
  }

  step(
    inputs: readonly EngineInput[],
    now: Moment,
    options: { readonly snapshot: boolean },
  ): EngineStep {
    this.#wake(now);
    const draft = this.#draft(now, false);
    this.#putBackTaken(now);
    for (const input of orderInputs(inputs)) this.#take(draft, input);
    settle(draft);
    const changed = [...draft.alarms.values()];
    for (const alarm of changed) {
      if (alarm.revision !== this.#open.alarms.get(alarm.id)?.revision) publishAlarm(draft, alarm);
    }
    const ruleStates = options.snapshot ? this.#snapshot(draft) : [];
    return {
      alarms: changed,
      transitions: draft.transitions,
      incidents: [...draft.incidents.values()],
      journal: draft.journal,
      outbox: draft.outbox,
      results: draft.results,
      facts: announcementRows(draft),
      ruleStates,
      apply: () => this.#apply(draft, options.snapshot),
    };
  }

  restore(saved: EngineSaved): void {
    const rows = new Map(saved.ruleStates.map((row) => [row.id, row.body]));
    for (const unit of this.#units()) restoreUnit(unit, rows);
    const engine = rows.get(ENGINE_ROW);
    restoreTrust(this.#trust.rooms, rows);
    if (engine !== undefined) {
      const { at, watchedFrom = 0, trustSlot = -1 } = JSON.parse(engine) as EngineBody;
      this.#trust.slot = trustSlot;
      this.#lastWorkedAt = at;
      this.#watchedFrom = watchedFrom;
    }
    for (const { id, body } of saved.facts ?? []) {
      if (!id.startsWith(ANNOUNCED_FACT)) continue;
      this.#announced.set(id.slice(ANNOUNCED_FACT.length), JSON.parse(body) as Moment[]);
    }
    // In the order in which they were raised, as they stood before.
    for (const alarm of [...saved.alarms].sort(byRaising)) this.#put(alarm);
    for (const incident of [...saved.incidents].sort((a, b) => a.openedAt - b.openedAt)) {
      if (!incident.closed) this.#open.incidents.set(incident.id, incident);
    }
    this.#isFresh = true;
  }

  replay(inputs: readonly EngineInput[], now: Moment): void {
    const draft = this.#draft(now, true);
    for (const input of orderInputs(inputs)) {
      if (input.kind !== 'reading' && input.kind !== 'access') continue;
      const { receivedAt } = input.kind === 'reading' ? input.reading : input.event;
      this.#lastWorkedAt = Math.max(this.#lastWorkedAt, receivedAt);
      this.#take(draft, input);
    }
    judgeLate(draft);
    judgeLateDoors(draft);
    this.#apply(draft, false);
    this.#isFresh = true;
  }

  reconfigure(config: EngineConfig): void {
    const before = new Map([...this.#units()].map((unit) => [`${unit.kind}/${unit.key}`, unit]));
    this.#world = worldOf(this.#knowledge, config);
    this.#schedule.clear();
    this.#passedOver.clear();
    this.#unsaved.clear();
    this.#taken = [];
    this.#version += 1;
    for (const unit of this.#units()) {
      const old = before.get(`${unit.kind}/${unit.key}`);
      if (old) carryOver(old, unit);
      this.#unsaved.add(unit);
    }
    this.#isFresh = true;
    this.#seekChanges = true;
  }

  accumulationOf(sensor: string): Accumulation | undefined {
    const { repository, id } = splitQualified(sensor) ?? {};
    const home = this.#world.homes.get(repository ?? '');
    return home?.climates.get(id ?? '')?.state.accumulation;
  }

  sensorTrust(now: Moment): ReadonlyMap<QualifiedId, SensorTrust> {
    const { rooms } = this.#trust;
    const trustOfRoom = (key: string) => rooms.get(key) ?? {};
    const { peek } = this.#view;
    const view = { peek, world: this.#world, trustIn: trustOfRoom };
    const sensors = [...this.#units()].filter((unit) => unit.kind === 'sensor');
    return new Map(sensors.map((unit) => [unit.key, trustIn(view, unit, now)]));
  }

  dueBy(until: Moment): Moment | undefined {
    if (this.#isFresh || this.#seekChanges) return this.#lastWorkedAt;
    const unitDueAt = this.#schedule.dueBy(until, (unit) => {
      if (unit.kind === 'watch') this.#passedOver.add(unit);
      return nextMatter(this.#view, unit, until);
    });
    const due = Math.min(unitDueAt, this.#clockDue.at);
    return due <= until ? due : undefined;
  }

  openAlarms() {
    return [...this.#open.alarms.values()];
  }

  openIncidents() {
    return [...this.#open.incidents.values()];
  }

  /** The first step after a start: what was restored is made to agree, and everything is scheduled. */
  #wake(now: Moment): void {
    if (!this.#isFresh) return;
    reconcile(this.#world.homes, this.#open);
    const wasOff = now - this.#lastWorkedAt > DOWNTIME_MS;
    // Killed before the first snapshot: nothing says since when sensors that were never heard are watched.
    if (wasOff || this.#watchedFrom === 0) this.#watchedFrom = now;
    this.#lastWorkedAt = now;
    this.#isFresh = false;
    this.#clockDue.at = now;
    for (const unit of this.#units()) this.#schedule.add(unit, nextDue(this.#view, unit));
  }

  #take(draft: Draft, input: EngineInput): void {
    switch (input.kind) {
      case 'reading':
        return onReading(draft, input.reading);
      case 'access':
        onAccess(draft, input.event);
        onPass(draft, input.event);
        return;
      case 'status':
        return onStatus(draft, input.status);
      case 'issue':
        return onIssue(draft, input.issue);
      case 'command':
        draft.results.push(onCommand(draft, input.command));
        return;
      case 'system':
        return onSystem(draft, input.fault, input.detail);
      case 'clock-shift':
        for (const unit of this.#passedOver) lookOne(draft, unit, draft.now);
        return onClockShift(draft, input.deltaMs);
      case 'clock': {
        // What came before belongs to the moment before: tried again, it must make the same ids and keys.
        if (input.at !== undefined) {
          settle(draft);
          draft.now = input.at;
        }
        const due = [...this.#schedule.takeDue(draft.now), ...this.#passedOver];
        this.#passedOver.clear();
        this.#taken = [...this.#taken, ...due];
        return onClock(draft, due);
      }
      default:
        return unreachable(input);
    }
  }

  #putBackTaken(now: Moment): void {
    for (const unit of this.#taken) this.#schedule.add(unit, now);
    this.#taken = [];
  }

  #apply(draft: Draft, snapshot: boolean): void {
    if (draft.version !== this.#version || draft.serial !== this.#serial) {
      throw new Error('a step was applied out of its turn');
    }
    this.#version += 1;
    if (snapshot) this.#saved();
    for (const unit of draft.touched) {
      commit(unit);
      if (snapshot) markSaved(unit);
      else this.#unsaved.add(unit);
    }
    if (draft.alarms.size > 0) {
      for (const alarm of [...draft.alarms.values()].sort(byRaising)) this.#put(alarm);
    }
    for (const incident of draft.incidents.values()) {
      if (incident.closed) this.#open.incidents.delete(incident.id);
      else this.#open.incidents.set(incident.id, incident);
    }
    for (const [key, trust] of draft.trust) {
      this.#trust.rooms.set(key, trust);
      if (!snapshot) this.#unsavedTrust.add(key);
    }
    this.#trust.slot = draft.trustSlot;
    if (draft.muted) return;
    this.#watchedFrom = draft.watchedFrom;
    for (const [id, told] of draft.announcements) this.#announced.set(id, told);
    if (draft.clocked && draft.seekChanges) {
      this.#seekChanges = false;
      this.#limitsAt = nextLimitChange(this.#world, draft.now);
    }
    for (const unit of this.#taken) this.#lookAgain(unit, draft.now);
    for (const unit of draft.touched) this.#lookAgain(unit, draft.now);
    if (this.#taken.length > 0) this.#taken = [];
    this.#lastWorkedAt = draft.now;
    this.#clockDue.applied(draft, { announced: this.#announced, limitsAt: this.#limitsAt });
  }

  #lookAgain(unit: Unit, now: Moment): void {
    // A reading in time only moves deadlines back, and an early hint does no harm.
    if (unit.kind === 'sensor' && !unit.state.moved && unit.scheduledAt < Infinity) return;
    this.#schedule.add(unit, lookAgainAt(this.#view, unit, now));
  }

  #saved(): void {
    for (const unit of this.#unsaved) markSaved(unit);
    this.#unsaved.clear();
    this.#unsavedTrust.clear();
  }

  #put(alarm: Alarm): void {
    const key = alarmKey(alarm);
    if (alarm.closedAt === undefined) {
      this.#open.alarms.set(alarm.id, alarm);
      this.#open.byKey.set(key, alarm.id);
      return;
    }
    this.#open.alarms.delete(alarm.id);
    if (this.#open.byKey.get(key) === alarm.id) this.#open.byKey.delete(key);
  }

  /** As of this step, whatever comes after it: the states are the snapshot's own. */
  #snapshot(draft: Draft): readonly KeptState[] {
    const units = new Set([...this.#unsaved, ...draft.touched]);
    const states = [...units].map((unit): KeptState => {
      const state = draft.peek<Unit['state']>(unit).clone();
      return { id: unit.key, rows: () => rowsOf(unit, state) };
    });
    const { now: at, watchedFrom, trustSlot } = draft;
    const body: EngineBody = { at, watchedFrom, trustSlot };
    const rooms = new Set([...this.#unsavedTrust, ...draft.trust.keys()]);
    const trust = [...rooms].map((key): KeptState => {
      const known = draft.trustIn(key);
      return { id: key, rows: () => [trustRow(key, known)] };
    });
    const own = { id: ENGINE_ROW, rows: () => [{ id: ENGINE_ROW, body: JSON.stringify(body) }] };
    return [...states, ...trust, own];
  }

  #committed(): Pick<Draft, 'peek' | 'watchedFrom' | 'world'> {
    const watchedFrom = () => this.#watchedFrom;
    const world = () => this.#world;
    return {
      peek: (unit) => unit.state,
      get watchedFrom() {
        return watchedFrom();
      },
      get world() {
        return world();
      },
    };
  }

  #draft(now: Moment, muted: boolean): Draft {
    this.#serial += 1;
    return new Draft({
      serial: this.#serial,
      version: this.#version,
      now,
      muted,
      world: this.#world,
      open: this.#open,
      watchedFrom: this.#watchedFrom,
      announcements: this.#announced,
      seekChanges: this.#seekChanges || now >= this.#limitsAt,
      trust: this.#trust,
    });
  }

  *#units(): Iterable<Unit> {
    for (const home of this.#world.homes.values()) yield* unitsOf(home);
  }
}

function commit(unit: Held<object>): void {
  if (unit.draft !== undefined) unit.state = unit.draft;
  unit.draft = undefined;
}

function markSaved({ state }: Unit): void {
  if (state instanceof SensorState || state instanceof WatchState) state.windowsChanged = false;
  else if (state instanceof ClimateState) state.recordChanged = false;
}

function byRaising(a: Alarm, b: Alarm): number {
  return a.raisedAt - b.raisedAt || (a.id < b.id ? -1 : 1);
}

/** Ids of rule states that are the engine's. */
export const RULE_STATE_PREFIX = ROW_PREFIX;
