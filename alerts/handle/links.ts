/** Links: who is online, who is silent, whose clock is wrong, and the system's own troubles. */

import type { Subject } from '../../domain/alarm.ts';
import type { IntakeIssue, StatusChange } from '../../domain/intake.ts';
import { MINUTE_MS, SECOND_MS, type Moment } from '../../domain/time.ts';
import type { Draft } from '../draft.ts';
import type { SystemFault } from '../engine-types.ts';
import type { OfflineRule } from '../rules/rule-types.ts';
import type { DeviceState } from '../state/states.ts';
import type { DeviceUnit, DoorUnit, SensorUnit } from '../state/units.ts';
import { begin, end, openOf } from './findings.ts';
import { nameOf, notKnown, subjectOf as sensorSubject } from './known.ts';
import { seen } from './readings.ts';
import { lookBefore } from '../watch/run.ts';

export function onStatus(draft: Draft, status: StatusChange): void {
  const home = draft.world.homes.get(status.repository);
  const sensor = home?.sensors.get(status.id);
  if (sensor) {
    if (status.online) seen(draft, sensor, { state: draft.state(sensor), at: status.at });
    else {
      const state = draft.state(sensor);
      state.offlineAt = status.at;
      state.moved = true;
    }
    return;
  }
  const unit = home?.devices.get(status.id) ?? home?.doors.get(status.id);
  if (!unit) return;
  const state: DeviceState = unit.kind === 'door' ? draft.state(unit) : draft.state(unit);
  if (!status.online) {
    if (state.offlineAt === 0) state.offlineAt = status.at;
    return;
  }
  state.offlineAt = 0;
  state.onlineAt = status.at;
  // The sensors behind it are watched for silence again.
  for (const other of unit.home.sensors.values()) {
    if (other.device === unit) draft.state(other).moved = true;
  }
  if (!state.offline) return;
  state.offline = false;
  if (unit.offline) end(draft, unit.offline, { home: unit.home, subject: linkSubject(unit) });
}

/** Time passes for a device or a door's controller that said it is offline. */
export function elapseLink(draft: Draft, unit: DeviceUnit | DoorUnit, now: Moment): void {
  const { offline: rule } = unit;
  const seenState = draft.peek<DeviceState>(unit);
  if (!rule || seenState.offline || linkDue(rule, seenState) > now) return;
  const state: DeviceState = unit.kind === 'door' ? draft.state(unit) : draft.state(unit);
  state.offline = true;
  const named = unit.kind === 'door' ? unit.door : unit.device;
  begin(draft, {
    rule,
    home: unit.home,
    room: unit.kind === 'door' ? unit.room : undefined,
    subject: linkSubject(unit),
    since: state.offlineAt,
    words: { subject: named.name ?? named.id },
  });
}

/** When an offline link counts; `Infinity`: it is not offline, or counts already. */
export function linkDue(rule: OfflineRule, state: DeviceState): Moment {
  if (state.offlineAt === 0 || state.offline) return Infinity;
  return state.offlineAt + rule.delaySeconds * SECOND_MS;
}

/** Time passes for a sensor: is it silent? */
export function elapseSilence(draft: Draft, unit: SensorUnit, now: Moment): void {
  const peeked = draft.peek(unit);
  if (!unit.silence || peeked.silent || silenceDue(draft, unit) > now) return;
  const state = draft.state(unit);
  // Looks that were due before still knew what it said.
  lookBefore(draft, unit, { state, at: now });
  state.silent = true;
  state.moved = true;
  const since = state.seenAt === 0 ? draft.watchedFrom : state.seenAt;
  begin(draft, {
    rule: unit.silence,
    home: unit.home,
    room: unit.room,
    subject: sensorSubject(unit),
    since,
    words: {
      subject: nameOf(unit),
      minutes: String(Math.max(1, Math.round((now - since) / MINUTE_MS))),
    },
  });
  notKnown(draft, unit);
}

/** When the sensor counts as silent. Behind a device that is known to be offline its alarm is suppressed, not missing. */
export function silenceDue(draft: Pick<Draft, 'peek' | 'watchedFrom'>, unit: SensorUnit): Moment {
  const state = draft.peek(unit);
  if (state.silent) return Infinity;
  const device = unit.device && draft.peek(unit.device);
  const from = Math.max(state.seenAt, draft.watchedFrom, device?.onlineAt ?? 0);
  const said = (unit.silence?.offlineDelaySeconds ?? 0) * SECOND_MS;
  return Math.min(from + unit.silenceMs, state.offlineAt === 0 ? Infinity : state.offlineAt + said);
}

/** A clock alarm begins or ends; other issues are shown, not alarmed. */
export function onIssue(draft: Draft, issue: IntakeIssue): void {
  if (issue.kind !== 'clock-wrong' && issue.kind !== 'clock-right') return;
  const home = draft.world.homes.get(issue.repository);
  const unit = home?.sensors.get(issue.id) ?? home?.doors.get(issue.id);
  if (!unit?.clock || draft.muted) return;
  const isSensor = unit.kind === 'sensor';
  const subject: Subject = { kind: isSensor ? 'sensor' : 'door', id: issue.id };
  const place = { home: unit.home, subject };
  if (issue.kind === 'clock-right') {
    end(draft, unit.clock, place);
    return;
  }
  // It is said with every message; an alarm that holds has heard it.
  if (openOf(draft, unit.clock, place)?.verdict === 'met') return;
  const name = isSensor ? nameOf(unit) : (unit.door.name ?? unit.door.id);
  const skew = issue.skewMs === undefined ? {} : { value: Math.round(issue.skewMs / SECOND_MS) };
  const room = unit.room;
  begin(draft, {
    rule: unit.clock,
    ...place,
    room,
    since: issue.at,
    ...skew,
    words: { subject: name },
  });
}

/** The system's own trouble concerns every repository: each gets its alarm. */
export function onSystem(draft: Draft, fault: SystemFault, detail: string | undefined): void {
  const rule = draft.world.system.get(fault);
  if (!rule) return;
  for (const home of draft.world.homes.values()) {
    const place = { home, subject: { kind: 'system', id: 'system' } as const };
    if (detail === undefined) end(draft, rule, place);
    else begin(draft, { rule, ...place, room: undefined, since: draft.now, words: { detail } });
  }
}

function linkSubject(unit: DeviceUnit | DoorUnit): Subject {
  return unit.kind === 'door'
    ? { kind: 'door', id: unit.door.id }
    : { kind: 'device', id: unit.device.id };
}
