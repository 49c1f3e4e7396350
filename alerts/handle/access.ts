/** What happened at a door, against the door rules. */

import type { AccessEvent } from '../../domain/access.ts';
import type { Subject } from '../../domain/alarm.ts';
import { MINUTE_MS, SECOND_MS, type Moment } from '../../domain/time.ts';
import { lookAtCalendar } from '../calendar/opening.ts';
import type { Draft } from '../draft.ts';
import { LATE_MS } from '../engine-settings.ts';
import type { DoorRule } from '../rules/rule-types.ts';
import type { DoorTracker } from '../state/states.ts';
import type { DoorUnit } from '../state/units.ts';
import { begin, end, rise, type Finding } from './findings.ts';

export function onAccess(draft: Draft, event: AccessEvent): void {
  const unit = draft.world.homes.get(event.repository)?.doors.get(event.door);
  if (!unit) return;
  for (const rule of unit.rules) {
    if (rule.events.includes(event.event)) count(draft, unit, { rule, event });
    else if (rule.clears.includes(event.event)) clear(draft, unit, rule);
  }
}

/** Late events that nothing ended: they hold now. */
export function judgeLateDoors(draft: Draft): void {
  if (draft.lateDoors.size === 0) return;
  for (const { unit, rule, event } of draft.lateDoors.values()) {
    activate(draft, unit, { rule, event, events: [event.at] });
  }
  draft.lateDoors.clear();
}

/** Time passes for a door: momentary conditions end, lasting ones grow graver. */
export function elapseDoor(draft: Draft, unit: DoorUnit, now: Moment): void {
  for (const rule of unit.rules) {
    const tracker = draft.state(unit).trackers[rule.id];
    if (tracker?.activeFrom === undefined) continue;
    if (tracker.until !== undefined && tracker.until <= now) clear(draft, unit, rule);
    else if (rule.rises && !tracker.risen && riseAt(rule, tracker) <= now) {
      remember(draft, unit, { rule, tracker: { ...tracker, risen: true } });
      rise(draft, rule, { home: unit.home, subject: subjectOf(unit), to: rule.rises.to });
    }
  }
}

/** When time alone changes something about this rule; `Infinity`: never. */
export function doorDue(rule: DoorRule, tracker: DoorTracker | undefined): Moment {
  if (tracker?.activeFrom === undefined) return Infinity;
  return Math.min(tracker.until ?? Infinity, tracker.risen ? Infinity : riseAt(rule, tracker));
}

interface Counted {
  readonly rule: DoorRule;
  readonly event: AccessEvent;
}

function count(draft: Draft, unit: DoorUnit, { rule, event }: Counted): void {
  const { repository } = unit.home;
  const { settings, calendar } = draft.world;
  const question = { repository, hours: settings.openingHours, calendar };
  if (rule.outsideOpeningHours && lookAtCalendar(question, event.at).open) return;
  const isLate = event.receivedAt - event.at > LATE_MS;
  if (isLate && !rule.safety) {
    // What is over raises no edge; what may still hold waits for the events that came with it.
    if (rule.clears.length > 0)
      draft.lateDoors.set(`${unit.key}/${rule.id}`, { unit, rule, event });
    return;
  }
  const before = draft.state(unit).trackers[rule.id]?.events ?? [];
  const from = event.at - rule.withinSeconds * SECOND_MS;
  const events = [...before.filter((at) => at > from), event.at].slice(-rule.count);
  if (events.length < rule.count) {
    const tracker = { ...draft.state(unit).trackers[rule.id], events };
    remember(draft, unit, { rule, tracker });
    return;
  }
  activate(draft, unit, { rule, event, events });
}

function activate(
  draft: Draft,
  unit: DoorUnit,
  { rule, event, events }: Counted & { readonly events: readonly Moment[] },
): void {
  const before = draft.state(unit).trackers[rule.id];
  const isMomentary = rule.clears.length === 0;
  const now = event.receivedAt;
  const tracker: DoorTracker = {
    ...before,
    events,
    activeFrom: before?.activeFrom ?? now,
    ...(isMomentary ? { until: now + rule.holdSeconds * SECOND_MS } : {}),
  };
  remember(draft, unit, { rule, tracker });
  begin(draft, findingOf(unit, rule, event));
}

function clear(draft: Draft, unit: DoorUnit, rule: DoorRule): void {
  draft.lateDoors.delete(`${unit.key}/${rule.id}`);
  const tracker = draft.state(unit).trackers[rule.id];
  if (tracker?.activeFrom === undefined) return;
  remember(draft, unit, { rule, tracker: { events: [] } });
  end(draft, rule, { home: unit.home, subject: subjectOf(unit) });
}

function remember(
  draft: Draft,
  unit: DoorUnit,
  { rule, tracker }: { readonly rule: DoorRule; readonly tracker: DoorTracker },
): void {
  const state = draft.state(unit);
  state.trackers = { ...state.trackers, [rule.id]: tracker };
}

function findingOf(unit: DoorUnit, rule: DoorRule, event: AccessEvent): Finding {
  return {
    rule,
    home: unit.home,
    room: unit.room,
    subject: subjectOf(unit),
    since: event.at,
    ...(rule.count > 1 ? { value: rule.count } : {}),
    simulated: event.simulated ?? false,
    words: {
      subject: unit.door.name ?? unit.door.id,
      count: String(rule.count),
      minutes: String(Math.round((rule.withinSeconds * SECOND_MS) / MINUTE_MS)),
    },
  };
}

function riseAt(rule: DoorRule, tracker: DoorTracker): Moment {
  if (!rule.rises || tracker.activeFrom === undefined) return Infinity;
  return tracker.activeFrom + rule.rises.afterSeconds * SECOND_MS;
}

export function subjectOf(unit: DoorUnit): Subject {
  return { kind: 'door', id: unit.door.id };
}
