/** What a room's facts mean on screen: its condition, its order among others, its words for fire, water and doors. */

import type { Alarm, Priority } from '../../../domain/alarm.ts';
import type { Condition, DoorView, LatestReading, RoomView } from '../../../domain/api.ts';
import type { Limit } from '../../../domain/limits.ts';
import type { Moment } from '../../../domain/time.ts';
import { isQuiet, PRIORITY_ORDER, stateOf } from './alarms.ts';
import { isStale } from './staleness.ts';

export const CLIMATE = ['temperature', 'humidity'] as const;
const FIRE_METRICS: ReadonlySet<string> = new Set(['smoke', 'heat']);
const CONDITION_ORDER: readonly Condition[] = [...PRIORITY_ORDER, 'unknown', 'normal'];

/**
 * The worst of the open alarms that are neither suppressed nor out of service, then no data, then normal. A room that
 * sends nothing, or of which something is out of service, is never normal.
 */
export function conditionOf(room: RoomView, now: Moment): Condition {
  let worst: Priority | undefined;
  for (const alarm of room.openAlarms.filter((one) => countsForRoom(one, now))) {
    const rank = PRIORITY_ORDER.indexOf(alarm.priority);
    if (worst === undefined || rank < PRIORITY_ORDER.indexOf(worst)) worst = alarm.priority;
  }
  if (worst !== undefined) return worst;
  const isOut = (room.outOfService ?? 0) > 0;
  return isOut || cannotTell(room, now) ? 'unknown' : 'normal';
}

function countsForRoom(alarm: Alarm, now: Moment): boolean {
  return !isQuiet(alarm, now) || stateOf(alarm, now) === 'shelved';
}

/** Whether nothing current is known of the room: nothing is watched, or what is watched is silent. */
export function cannotTell(room: RoomView, now: Moment): boolean {
  const { climate, fire, water } = room.watched;
  if (climate + fire + water === 0) return true;
  if (climate > 0 && !hasFresh(room.latest, (m) => m === 'temperature' || m === 'humidity', now))
    return true;
  return room.latest.length === 0;
}

function hasFresh(
  latest: readonly LatestReading[],
  wanted: (metric: string) => boolean,
  now: Moment,
): boolean {
  return latest.some((r) => wanted(r.metric) && r.quality !== 4 && !isStale(r, now));
}

export interface Floor {
  /** Unset: rooms without a floor, such as the sensor outside. */
  readonly floor: number | undefined;
  readonly rooms: readonly string[];
}

export interface Ranked {
  readonly id: string;
  readonly name: string;
  readonly floor: number | undefined;
  readonly condition: Condition;
}

/**
 * Floors with a critical or high room first, else from the top down; rooms worst first; equals by name,
 * so that nothing moves without a reason.
 */
export function floorsOf(rooms: readonly Ranked[]): readonly Floor[] {
  const byFloor = new Map<number | undefined, Ranked[]>();
  for (const room of rooms) {
    const there = byFloor.get(room.floor);
    if (there) there.push(room);
    else byFloor.set(room.floor, [room]);
  }
  return [...byFloor.entries()]
    .sort(worstFloorFirst)
    .map(([floor, list]) => ({ floor, rooms: list.sort(worstRoomFirst).map((r) => r.id) }));
}

function worstFloorFirst(
  [a, there]: readonly [number | undefined, readonly Ranked[]],
  [b, here]: readonly [number | undefined, readonly Ranked[]],
): number {
  return gravity(there) - gravity(here) || (b ?? -Infinity) - (a ?? -Infinity);
}

/** Only what is grave lifts a floor: 0 critical, 1 high, 2 all others. */
function gravity(rooms: readonly Ranked[]): number {
  return Math.min(2, ...rooms.map((room) => CONDITION_ORDER.indexOf(room.condition)));
}

function worstRoomFirst(a: Ranked, b: Ranked): number {
  const byCondition = CONDITION_ORDER.indexOf(a.condition) - CONDITION_ORDER.indexOf(b.condition);
  if (byCondition !== 0) return byCondition;
  return a.name.localeCompare(b.name, 'zh', { numeric: true }) || a.id.localeCompare(b.id);
}

/** `not-watched` is not `normal`, and neither is `silent`. */
export type Watch =
  | { readonly kind: 'alarm'; readonly count: number }
  | { readonly kind: 'normal' | 'silent' | 'not-watched' };

export function fireOf(room: RoomView, now: Moment): Watch {
  return watchOf(room, now, { count: room.watched.fire, metrics: FIRE_METRICS });
}

export function waterOf(room: RoomView, now: Moment): Watch {
  return watchOf(room, now, { count: room.watched.water, metrics: new Set(['water_leak']) });
}

function watchOf(
  room: RoomView,
  now: Moment,
  what: { readonly count: number; readonly metrics: ReadonlySet<string> },
): Watch {
  const concerns = (alarm: Alarm) =>
    alarm.safety &&
    !alarm.outOfService &&
    alarm.metric !== undefined &&
    what.metrics.has(alarm.metric);
  const sensors = new Set(room.openAlarms.filter(concerns).flatMap((a) => evidenceOf(a)));
  for (const r of room.latest) {
    if (what.metrics.has(r.metric) && r.value === 1 && !isStale(r, now)) {
      sensors.add(r.sensor.slice(r.sensor.indexOf('.') + 1));
    }
  }
  if (sensors.size > 0) return { kind: 'alarm', count: sensors.size };
  if (what.count === 0) return { kind: 'not-watched' };
  return { kind: hasFresh(room.latest, (m) => what.metrics.has(m), now) ? 'normal' : 'silent' };
}

function evidenceOf(alarm: Alarm): readonly string[] {
  const ids = alarm.evidence.length > 0 ? alarm.evidence : [alarm.subject.id];
  return ids.map((id) => id.slice(id.indexOf('.') + 1));
}

const DOOR_ORDER: readonly DoorView['state'][] = ['forced', 'held', 'open', 'unknown', 'closed'];

/** The door state that matters most; `none` when the room has no watched door. */
export function doorsOf(doors: readonly DoorView[]): DoorView['state'] | 'none' {
  const states = doors.map((d) => d.state);
  return DOOR_ORDER.find((s) => states.includes(s)) ?? 'none';
}

/** The range limit in force for a metric. */
export function rangeOf(limits: readonly Limit[], metric: string): Limit | undefined {
  return limits.find((l) => l.metric === metric && l.kind === 'range');
}

export type Side = 'in' | 'above' | 'below' | 'unlimited';

export function sideOf(value: number, limit: Limit | undefined): Side {
  if (!limit || (limit.min === undefined && limit.max === undefined)) return 'unlimited';
  if (limit.max !== undefined && value > limit.max) return 'above';
  if (limit.min !== undefined && value < limit.min) return 'below';
  return 'in';
}

/** What is kept in rooms, summed by medium and unit. */
export function holdingsByMedium(
  rooms: readonly Pick<RoomView, 'holdings'>[],
): readonly { readonly medium: string; readonly unit: string; readonly quantity: number }[] {
  const sums = new Map<string, { medium: string; unit: string; quantity: number }>();
  for (const { medium, unit, quantity } of rooms.flatMap((r) => r.holdings)) {
    const key = `${medium}/${unit}`;
    const sum = sums.get(key) ?? { medium, unit, quantity: 0 };
    sums.set(key, { ...sum, quantity: sum.quantity + quantity });
  }
  return [...sums.values()].sort((a, b) => b.quantity - a.quantity);
}
