/** Rooms, sensors and the snapshot as people see them: made from structure, newest values and open alarms. */

import type { Accumulation } from '../../alerts/engine-types.ts';
import { compareAlarms, quietness, type Alarm } from '../../domain/alarm.ts';
import type {
  Condition,
  DoorView,
  LiveSnapshot,
  PartState,
  RoomView,
  SensorView,
} from '../../domain/api.ts';
import { qualify } from '../../domain/ids.ts';
import type { OutOfService } from '../../domain/out-of-service.ts';
import type { Incident } from '../../domain/incident.ts';
import type { Limit } from '../../domain/limits.ts';
import {
  DEFAULT_INTERVAL_SECONDS,
  activeOf,
  idOf,
  type Door,
  type Registry,
  type Room,
  type RoomClass,
  type Sensor,
} from '../../domain/registry.ts';
import type { LocalizedText } from '../../domain/text.ts';
import { SECOND_MS, type Moment } from '../../domain/time.ts';
import type { SensorTrust } from '../../domain/trust.ts';
import type { LiveView } from '../services.ts';
import type { Latest } from './latest.ts';
import { preservationOf, STALE_AFTER_INTERVALS } from './preservation-view.ts';

export interface LiveViewParts {
  readonly latest: Latest;
  readonly registry: () => Registry;
  readonly openAlarms: () => readonly Alarm[];
  readonly openIncidents: () => readonly Incident[];
  readonly accumulationOf: (sensor: string) => Accumulation | undefined;
  /** By qualified id. */
  readonly sensorTrust: () => ReadonlyMap<string, SensorTrust>;
  readonly limitsInForce: (q: {
    readonly room: string;
    readonly at: Moment;
    readonly knownAt: Moment;
  }) => readonly Limit[];
  /** What stands now. */
  readonly outOfService: () => readonly OutOfService[];
  readonly className: (roomClass: RoomClass) => LocalizedText;
  readonly parts: () => readonly PartState[];
  readonly demonstration: boolean;
  readonly now: () => Moment;
}

type Repositories = readonly string[] | '*';

const DOOR_STATES: Readonly<Record<string, DoorView['state']>> = {
  door_opened: 'open',
  door_closed: 'closed',
  forced_open: 'forced',
  held_open: 'held',
};

/** The live view over these parts. Every call reads the state after the last commit. */
export function createLiveView(parts: LiveViewParts): LiveView {
  const inScope = (repositories: Repositories) => (thing: { repository: string }) =>
    repositories === '*' || repositories.includes(thing.repository);
  const roomsOf = (repositories: Repositories): readonly RoomView[] => {
    const index = indexThings(parts);
    return [...parts.registry().rooms.values()]
      .filter((room) => room.retiredAt === undefined)
      .filter(inScope(repositories))
      .map((room) => roomView(parts, room, index));
  };
  return {
    rooms: roomsOf,
    room: (id) => {
      const room = parts.registry().rooms.get(id);
      if (!room || room.retiredAt !== undefined) return undefined;
      return roomView(parts, room, indexThings(parts));
    },
    preservation: (id) => {
      const room = parts.registry().rooms.get(id);
      if (!room || room.retiredAt !== undefined) return [];
      return preservationOf({
        room,
        sensors: activeOf(parts.registry().sensors, room.repository).filter(
          (sensor) => sensor.room === room.id,
        ),
        latestOf: (sensor) => parts.latest.sensor(sensor).latest,
        accumulationOf: parts.accumulationOf,
        now: parts.now(),
      });
    },
    sensors: (repositories) => {
      const trust = parts.sensorTrust();
      return [...parts.registry().sensors.values()]
        .filter((sensor) => sensor.retiredAt === undefined)
        .filter(inScope(repositories))
        .map((sensor) => sensorView(parts, sensor, trust.get(idOf(sensor))));
    },
    parts: parts.parts,
    snapshot: (repositories): LiveSnapshot => ({
      serverTime: parts.now(),
      repositories: [...parts.registry().repositories.values()]
        .filter((r) => repositories === '*' || repositories.includes(r.id))
        .map((r) => ({
          id: r.id,
          name: r.name,
          timezone: r.timezone,
          simulated: r.simulated === true,
        })),
      rooms: roomsOf(repositories),
      alarms: parts.openAlarms().filter(inScope(repositories)),
      incidents: parts.openIncidents().filter(inScope(repositories)),
      outOfService: parts.outOfService().filter(inScope(repositories)),
      parts: parts.parts(),
      demonstration: parts.demonstration,
    }),
  };
}

/** Things by the room they are in, so that a whole snapshot is one pass. */
interface Index {
  readonly sensors: ReadonlyMap<string, readonly Sensor[]>;
  readonly doors: ReadonlyMap<string, readonly Door[]>;
  readonly alarms: ReadonlyMap<string, readonly Alarm[]>;
  /** Sensors and doors that are out of service, by room. */
  readonly outOfService: ReadonlyMap<string, readonly OutOfService[]>;
}

function indexThings(parts: LiveViewParts): Index {
  const registry = parts.registry();
  const alarms = parts.openAlarms();
  const active = <T extends { retiredAt?: Moment }>(things: Iterable<T>) =>
    [...things].filter((thing) => thing.retiredAt === undefined);
  return {
    sensors: byRoom(active(registry.sensors.values())),
    doors: byRoom(active(registry.doors.values())),
    alarms: byRoom(alarms),
    outOfService: byRoom(
      parts.outOfService().map((fact) => ({ ...fact, ...roomOf(registry, fact) })),
    ),
  };
}

function roomOf(registry: Registry, { repository, subject }: OutOfService) {
  const id = qualify(repository, subject.id);
  const thing = subject.kind === 'sensor' ? registry.sensors.get(id) : registry.doors.get(id);
  return subject.kind === 'device' || !thing ? {} : { room: thing.room };
}

function byRoom<T extends { readonly repository: string; readonly room?: string }>(
  things: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const map = new Map<string, T[]>();
  for (const thing of things) {
    if (thing.room === undefined) continue;
    const id = qualify(thing.repository, thing.room);
    const known = map.get(id);
    if (known) known.push(thing);
    else map.set(id, [thing]);
  }
  return map;
}

function roomView(parts: LiveViewParts, room: Room, index: Index): RoomView {
  const id = idOf(room);
  const now = parts.now();
  const sensors = index.sensors.get(id) ?? [];
  const latest = sensors.flatMap((sensor) => parts.latest.sensor(idOf(sensor)).latest);
  const openAlarms = [...(index.alarms.get(id) ?? [])].sort(compareAlarms);
  const watches = (metrics: readonly string[]) =>
    sensors.filter((sensor) => sensor.metrics.some((metric) => metrics.includes(metric))).length;
  const watched = {
    climate: watches(['temperature', 'humidity']),
    fire: watches(['smoke', 'heat']),
    water: watches(['water_leak']),
  };
  const { floor, areaM2 } = room;
  const outOfService = index.outOfService.get(id) ?? [];
  return {
    id,
    repository: room.repository,
    name: room.name,
    class: room.class,
    className: parts.className(room.class),
    ...(floor === undefined ? {} : { floor }),
    ...(areaM2 === undefined ? {} : { areaM2 }),
    condition: conditionOf({ parts, openAlarms, sensors, outOfService, now }),
    latest,
    limits: parts.limitsInForce({ room: id, at: now, knownAt: now }),
    openAlarms,
    doors: (index.doors.get(id) ?? []).map((door) => doorView(parts, door)),
    holdings: holdingsOf(parts.registry(), room),
    watched,
    ...(outOfService.length === 0 ? {} : { outOfService: outOfService.length }),
  };
}

/**
 * Worst open alarm that is not out of service nor suppressed; without one a room is normal only if nothing of it is out of
 * service and every sensor was heard in time.
 */
function conditionOf(q: {
  readonly parts: LiveViewParts;
  readonly openAlarms: readonly Alarm[];
  readonly sensors: readonly Sensor[];
  readonly outOfService: readonly OutOfService[];
  readonly now: Moment;
}): Condition {
  const worst = q.openAlarms.find((alarm) => countsForRoom(alarm, q.now));
  if (worst) return worst.priority;
  if (q.sensors.length === 0 || q.outOfService.length > 0) return 'unknown';
  const heard = q.sensors.every((sensor) => !isSilent(q.parts, sensor));
  return heard ? 'normal' : 'unknown';
}

function countsForRoom(alarm: Alarm, now: Moment): boolean {
  const quiet = quietness(alarm, now);
  return quiet === undefined || quiet === 'shelved';
}

function holdingsOf(registry: Registry, room: Room) {
  return [...registry.holdings.values()].filter(
    (h) => h.repository === room.repository && h.room === room.id && h.retiredAt === undefined,
  );
}

function doorView(parts: LiveViewParts, door: Door): DoorView {
  const { lastEvent, lastMove } = parts.latest.door(idOf(door)) ?? {};
  const state = (lastMove && DOOR_STATES[lastMove.event]) ?? 'unknown';
  const view = {
    id: idOf(door),
    room: qualify(door.repository, door.room),
    name: door.name ?? door.id,
    state,
  };
  return lastEvent ? { ...view, lastEvent } : view;
}

function isSilent(parts: LiveViewParts, sensor: Sensor): boolean {
  const { lastSeenAt } = parts.latest.sensor(idOf(sensor));
  if (lastSeenAt === undefined) return true;
  return parts.now() - lastSeenAt > STALE_AFTER_INTERVALS * intervalOf(sensor);
}

function intervalOf(sensor: Sensor): number {
  return (sensor.intervalSeconds ?? DEFAULT_INTERVAL_SECONDS) * SECOND_MS;
}

function sensorView(
  parts: LiveViewParts,
  sensor: Sensor,
  trust: SensorTrust = { level: 'trusted', reasons: [] },
): SensorView {
  const id = idOf(sensor);
  const { latest, lastSeenAt, online } = parts.latest.sensor(id);
  const battery = latest.find((reading) => reading.metric === 'battery')?.value;
  const quality = latest.reduce((worst, reading) => Math.max(worst, reading.quality), 0);
  return {
    id,
    room: qualify(sensor.repository, sensor.room),
    name: sensor.name ?? sensor.id,
    ...(sensor.device === undefined ? {} : { device: qualify(sensor.repository, sensor.device) }),
    metrics: sensor.metrics,
    intervalMs: intervalOf(sensor),
    ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
    ...(online === undefined ? {} : { online }),
    ...(battery === undefined ? {} : { battery }),
    ...(quality === 0 ? {} : { quality }),
    silent: isSilent(parts, sensor),
    trust,
    latest,
  };
}
