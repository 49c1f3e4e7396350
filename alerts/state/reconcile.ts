/**
 * After a restart: alarms are committed with every tick, what rules remember only in snapshots, and a replay knows no
 * clock ticks. Where they differ, the alarm is right.
 */

import type { Alarm } from '../../domain/alarm.ts';
import { alarmKey, type OpenBook } from '../draft.ts';
import type { Rule } from '../rules/rule-types.ts';
import { isActive, type Tracker } from '../judge/delay.ts';
import type { DoorState, SensorState } from './states.ts';
import type { WatchState } from '../watch/watch-state.ts';
import type {
  ClimateUnit,
  CompiledRule,
  DeviceUnit,
  DoorUnit,
  RepositoryUnit,
  SensorUnit,
  WatchUnit,
} from './units.ts';

export function reconcile(homes: ReadonlyMap<string, RepositoryUnit>, open: OpenBook): void {
  for (const home of homes.values()) {
    for (const unit of home.sensors.values()) reconcileSensor(unit, open);
    for (const unit of home.doors.values()) reconcileDoor(unit, open);
    for (const unit of home.devices.values()) reconcileLink(unit, open);
    for (const unit of home.watches.values()) reconcileWatch(unit, open);
    for (const unit of home.climates.values()) reconcileClimate(unit, open);
  }
}

function reconcileSensor(unit: SensorUnit, open: OpenBook): void {
  const state: SensorState = unit.state.clone();
  state.silent = holds(find(open, unit, unit.silence));
  state.bad = holds(find(open, unit, unit.badData));
  state.doubt = { ...state.doubt, holds: holds(find(open, unit, unit.suspectData)) };
  state.series = unit.series.map(({ index, rules }) => {
    const own = unit.state.series[index];
    if (!own) throw new Error(`no state for series ${index} of ${unit.key}`);
    const copy = own.clone(0);
    copy.setTrackers(
      rules.map((rule, i) => reconcileTracker(own.trackers[i], rule, find(open, unit, rule.rule))),
    );
    return copy;
  });
  unit.state = state;
}

function reconcileClimate(unit: ClimateUnit, open: OpenBook): void {
  const state = unit.state.clone();
  state.trackers = unit.rules.map((one, i) => {
    return reconcileTracker(state.trackers[i], one, find(open, unit.humidity.unit, one.rule));
  });
  unit.state = state;
}

function reconcileTracker(
  tracker: Tracker | undefined,
  { rule, stage }: { readonly rule: Rule; readonly stage?: CompiledRule['stage'] },
  alarm: Alarm | undefined,
): Tracker | undefined {
  if (!alarm || !holds(alarm)) return isActive(tracker) ? undefined : tracker;
  // The alarm holds by its pre-warning; its priority does not say whether the limit is exceeded now.
  if (stage === 'at-limit' && !isActive(tracker)) return tracker;
  const rises = 'rises' in rule ? rule.rises : undefined;
  const risen = rises && alarm.priority === rises.to ? { risen: true as const } : {};
  if (tracker && isActive(tracker)) return { ...tracker, ...risen };
  const from = tracker ? tracker.from : alarm.raisedAt;
  return { phase: 'active', since: alarm.since, from, activeFrom: alarm.raisedAt, ...risen };
}

function reconcileDoor(unit: DoorUnit, open: OpenBook): void {
  const state: DoorState = unit.state.clone();
  const trackers = { ...state.trackers };
  for (const rule of unit.rules) {
    const alarm = find(open, unit, rule);
    const tracker = trackers[rule.id];
    if (holds(alarm) && alarm) {
      const isMomentary = rule.clears.length === 0;
      const until = isMomentary ? { until: alarm.raisedAt + rule.holdSeconds * 1000 } : {};
      const risen = rule.rises && alarm.priority === rule.rises.to ? { risen: true as const } : {};
      const base = { events: [], activeFrom: alarm.raisedAt, ...until };
      trackers[rule.id] = { ...base, ...tracker, ...risen };
    } else if (tracker?.activeFrom !== undefined) {
      trackers[rule.id] = { events: rule.clears.length === 0 ? tracker.events : [] };
    }
  }
  state.trackers = trackers;
  unit.state = state;
  reconcileLink(unit, open);
}

function reconcileLink(unit: DoorUnit | DeviceUnit, open: OpenBook): void {
  const alarm = find(open, unit, unit.offline);
  unit.state.offline = holds(alarm);
  if (alarm && holds(alarm) && unit.state.offlineAt === 0) unit.state.offlineAt = alarm.since;
}

function reconcileWatch(unit: WatchUnit, open: OpenBook): void {
  const state = unit.state.clone();
  const kept = unit.rules.flatMap(({ rule }) => {
    const alarm = find(open, unit, rule);
    const tracker = state.trackers[rule.id];
    if (!alarm || !holds(alarm)) return tracker && !isActive(tracker) ? [[rule.id, tracker]] : [];
    if (tracker && isActive(tracker)) return [[rule.id, tracker]];
    const from = alarm.raisedAt;
    return [[rule.id, { phase: 'active', since: alarm.since, from, activeFrom: from } as const]];
  });
  state.trackers = Object.fromEntries(kept) as WatchState['trackers'];
  unit.state = state;
}

function find(
  open: OpenBook,
  unit: SensorUnit | DoorUnit | DeviceUnit | WatchUnit,
  rule: Rule | undefined,
): Alarm | undefined {
  if (!rule) return undefined;
  const repository = unit.home.repository.id;
  const id = unit.key.slice(repository.length + 1);
  const subject = unit.kind === 'watch' ? unit.subject : { kind: unit.kind, id };
  const key = alarmKey({ repository, rule: rule.id, subject });
  const alarm = open.byKey.get(key);
  return alarm === undefined ? undefined : open.alarms.get(alarm);
}

/** Not knowing counts as holding. */
function holds(alarm: Alarm | undefined): boolean {
  return alarm !== undefined && alarm.verdict !== 'not-met';
}
