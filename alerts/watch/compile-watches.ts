/** Which rules by the minute concern which sensor and which room. What none concerns costs nothing. */

import type { MetricName } from '../../domain/metrics.ts';
import { SECOND_MS } from '../../domain/time.ts';
import { unreachable } from '../../domain/unreachable.ts';
import type { Delays } from '../judge/delay.ts';
import { sensorLeaves } from '../rules/conditions.ts';
import type { RuleBook } from '../rules/rule-types.ts';
import {
  isPeopleRule,
  isSensorRule,
  isWatchRule,
  type RoomRule,
  type SensorRule,
  type WatchRule,
} from '../rules/watch-rules.ts';
import { held } from '../state/held.ts';
import type {
  CompiledWatch,
  RepositoryUnit,
  RoomUnit,
  SensorUnit,
  WatchUnit,
  WindowPlan,
} from '../state/units.ts';
import { seriesOf } from '../state/series-of.ts';
import { WatchState } from './watch-state.ts';
import { keepsWindow, planWindows } from './window-plans.ts';

/** The watches of a repository whose sensors and doors are compiled. */
export function* compileWatches(
  book: RuleBook,
  home: RepositoryUnit,
  rooms: ReadonlyMap<string, RoomUnit>,
): Iterable<WatchUnit> {
  const rules = book.rules.filter(isWatchRule);
  if (rules.length === 0) return;
  for (const room of rooms.values()) {
    const unit = watchRoom(rules, home, room);
    if (unit.rules.length > 0) yield unit;
  }
  const ofSensors = rules.filter(isSensorRule);
  for (const sensor of home.sensors.values()) {
    const unit = watchSensor(ofSensors, home, sensor);
    if (unit.rules.length > 0) yield unit;
  }
}

/** The key of a room's watch, or a sensor's: `<qualified id>/watch`, apart by kind. */
export function watchKey(kind: 'room' | 'sensor', qualifiedId: string): string {
  return kind === 'room' ? `${qualifiedId}/room` : `${qualifiedId}/watch`;
}

function watchRoom(rules: readonly WatchRule[], home: RepositoryUnit, room: RoomUnit): WatchUnit {
  const { id, name } = room.room;
  const inRoom = [...home.sensors.values()].filter((unit) => unit.room === room);
  const doors = [...home.doors.values()].filter((unit) => unit.room === room);
  const place = { room, sensors: inRoom, doors };
  const own = rules
    .filter((rule) => !isSensorRule(rule))
    .filter((rule) => concernsRoom(rule, place))
    .map((rule) => compileWatch(rule, []));
  const key = watchKey('room', room.key);
  return {
    ...held(key, new WatchState()),
    kind: 'watch',
    home,
    room,
    doors,
    // No reading asks a watch that only looks at people.
    sensors: own.every(({ rule }) => isPeopleRule(rule)) ? [] : inRoom,
    subject: { kind: 'room', id },
    name,
    sensor: undefined,
    rules: own,
    windows: [],
    hasBaselines: false,
    asksPeople: own.some(({ rule }) => isPeopleRule(rule)),
    phaseMs: phaseOf(key),
    quietUntil: 0,
    quietIn: undefined,
    calm: undefined,
  };
}

function watchSensor(
  rules: readonly SensorRule[],
  home: RepositoryUnit,
  unit: SensorUnit,
): WatchUnit {
  const { sensor } = unit;
  const key = watchKey('sensor', unit.key);
  const own = rules.filter((rule) => sensor.metrics.includes(rule.metric));
  const windows = planWindows(own, unit);
  return {
    ...held(key, new WatchState()),
    kind: 'watch',
    home,
    room: unit.room,
    subject: { kind: 'sensor', id: sensor.id },
    name: sensor.name ?? sensor.id,
    sensor: unit,
    sensors: [unit],
    doors: [],
    rules: own.map((rule) => compileWatch(rule, windows)),
    windows,
    hasBaselines: own.some((rule) => !keepsWindow(rule)),
    asksPeople: false,
    phaseMs: phaseOf(key),
    quietUntil: 0,
    quietIn: undefined,
    calm: undefined,
  };
}

function concernsRoom(
  rule: RoomRule,
  { room, sensors, doors }: Pick<WatchUnit, 'sensors' | 'doors'> & { readonly room: RoomUnit },
): boolean {
  const measures = (metric: MetricName): boolean =>
    sensors.some((unit) => seriesOf(unit, metric) !== undefined);
  const hasDoor = doors.length > 0 || measures('door_open');
  switch (rule.kind) {
    case 'two-persons':
      return doors.length > 0 && room.room.twoPersons === true;
    case 'passback':
    case 'escort':
    case 'still-inside':
      return doors.length > 0;
    case 'door-climate':
      return hasDoor && (measures('temperature') || measures('humidity'));
    case 'combined':
      if (rule.rooms && !rule.rooms.includes(room.room.class)) return false;
      return sensorLeaves(rule.condition).every(({ metric }) => measures(metric));
    case 'expression':
      return rule.rooms?.includes(room.room.class) ?? sensors.length > 0;
    default:
      return unreachable(rule);
  }
}

function compileWatch(rule: WatchRule, windows: readonly WindowPlan[]): CompiledWatch {
  const delays: Delays = {
    onMs: rule.onDelaySeconds * SECOND_MS,
    offMs: rule.offDelaySeconds * SECOND_MS,
  };
  return { rule, delays, window: windows.findIndex((plan) => plan.rules.includes(rule.id)) };
}

// Any spread will do, as long as it is the same after a restart.
function phaseOf(key: string): number {
  let hash = 0;
  for (let i = 0; i < key.length; i += 1) hash = (hash * 31 + key.charCodeAt(i)) >>> 0;
  return (hash % 60) * SECOND_MS;
}
