/** The wall clock jumped: everything that is being waited for moves with it, so that waits go on by monotonic time. */

import type { Draft } from '../draft.ts';
import type { Tracker } from '../judge/delay.ts';
import { startOf } from '../plans/due.ts';
import type { DeviceState } from '../state/states.ts';
import { shiftDoors } from '../watch/doors.ts';
import { shiftPeople } from '../watch/people.ts';
import { shiftKept } from '../watch/window-plans.ts';
import type { ClimateUnit, DoorUnit, SensorUnit, WatchUnit } from '../state/units.ts';
import { shiftAllTrust } from './trust.ts';

/** A shelving is not moved: its end is a time of day that somebody named. */
export function onClockShift(draft: Draft, deltaMs: number): void {
  draft.watchedFrom += deltaMs;
  for (const home of draft.world.homes.values()) {
    for (const unit of home.sensors.values()) shiftSensor(draft, unit, deltaMs);
    for (const unit of home.doors.values()) shiftDoor(draft, unit, deltaMs);
    for (const unit of home.devices.values()) shiftLink(draft.state(unit), deltaMs);
    for (const unit of home.climates.values()) shiftClimate(draft, unit, deltaMs);
    for (const unit of home.watches.values()) shiftWatch(draft, unit, deltaMs);
  }
  for (const id of draft.world.homes.keys()) {
    const told = draft.announcementsIn(id);
    if (told.length > 0)
      draft.announcements.set(
        id,
        told.map((at) => at + deltaMs),
      );
  }
  shiftAllTrust(draft, deltaMs);
  for (const alarm of [...draft.openAlarms()]) {
    const { telling, suppressed } = alarm;
    if (!telling && suppressed?.until === undefined) continue;
    draft.put({
      ...alarm,
      ...(telling ? { telling: { ...telling, from: telling.from + deltaMs } } : {}),
      ...(suppressed?.until === undefined
        ? {}
        : { suppressed: { ...suppressed, until: suppressed.until + deltaMs } }),
    });
  }
  for (const incident of [...draft.openIncidents()]) {
    draft.putIncident({ ...incident, timedFrom: startOf(incident) + deltaMs });
  }
}

function shiftSensor(draft: Draft, unit: SensorUnit, deltaMs: number): void {
  const state = draft.state(unit);
  state.moved = true;
  state.lookAt = 0;
  state.seenAt = shifted(state.seenAt, deltaMs);
  state.offlineAt = shifted(state.offlineAt, deltaMs);
  state.badAt = shifted(state.badAt, deltaMs);
  const { doubt } = state;
  state.doubt = { ...doubt, from: doubt.from + deltaMs, at: doubt.at + deltaMs };
  for (const { index } of unit.series) {
    const own = draft.series(state, index);
    if (!own) continue;
    own.receivedAt = shifted(own.receivedAt, deltaMs);
    own.setTrackers(own.trackers.map((tracker) => tracker && shiftTracker(tracker, deltaMs)));
  }
}

function shiftTracker(tracker: Tracker, deltaMs: number): Tracker {
  const { activeFrom } = tracker;
  const active = activeFrom === undefined ? {} : { activeFrom: activeFrom + deltaMs };
  return { ...tracker, from: tracker.from + deltaMs, ...active };
}

// When somebody came in, and what windows hold, moves along: how long ago it was is what counts.
function shiftWatch(draft: Draft, unit: WatchUnit, deltaMs: number): void {
  const state = draft.state(unit);
  state.lookedAt = shifted(state.lookedAt, deltaMs);
  unit.calm = undefined;
  state.windowsChanged = true;
  const trackers = Object.entries(state.trackers).map(
    ([rule, tracker]) => [rule, shiftTracker(tracker, deltaMs)] as const,
  );
  state.trackers = Object.fromEntries(trackers);
  state.people = shiftPeople(state.people, deltaMs);
  state.doors = shiftDoors(state.doors, deltaMs);
  state.windows = unit.windows.map((plan, i) => {
    const kept = state.windows[i];
    return kept && shiftKept(plan, kept, deltaMs);
  });
}

function shiftClimate(draft: Draft, unit: ClimateUnit, deltaMs: number): void {
  const state = draft.state(unit);
  state.takenAt = shifted(state.takenAt, deltaMs);
  state.trackers = state.trackers.map((tracker) => tracker && shiftTracker(tracker, deltaMs));
}

function shiftDoor(draft: Draft, unit: DoorUnit, deltaMs: number): void {
  const state = draft.state(unit);
  shiftLink(state, deltaMs);
  const shiftedTrackers = Object.entries(state.trackers).map(([rule, tracker]) => {
    const { activeFrom, until } = tracker;
    const active = activeFrom === undefined ? {} : { activeFrom: activeFrom + deltaMs };
    const ends = until === undefined ? {} : { until: until + deltaMs };
    return [rule, { ...tracker, ...active, ...ends }] as const;
  });
  state.trackers = Object.fromEntries(shiftedTrackers);
}

function shiftLink(state: DeviceState, deltaMs: number): void {
  state.offlineAt = shifted(state.offlineAt, deltaMs);
  state.onlineAt = shifted(state.onlineAt, deltaMs);
}

/** 0 says "never". */
function shifted(at: number, deltaMs: number): number {
  return at === 0 ? 0 : at + deltaMs;
}
