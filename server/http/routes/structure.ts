/** Rooms, sensors, doors, devices, holdings: what there is, and how it is now. */

import { Type } from 'typebox';
import type { Principal } from '../../../domain/account.ts';
import type { DoorView, RoomDetail, SensorView } from '../../../domain/api.ts';
import { qualify, splitQualified } from '../../../domain/ids.ts';
import { idOf, type Device, type Holding } from '../../../domain/registry.ts';
import type { Moment } from '../../../domain/time.ts';
import type { Services } from '../../services.ts';
import { pageOfAll } from '../paging.ts';
import type { HttpContext, Router } from '../router.ts';
import { AnyId, inRepository, paging, strict } from '../schemas.ts';
import { assertInSight, inSight, narrowScope } from '../scope.ts';

const ListQuery = Type.Object({ ...inRepository, ...paging }, strict);
const InRoomQuery = Type.Object({ ...inRepository, room: Type.Optional(AnyId), ...paging }, strict);

/** A device with what hangs on it. */
interface DeviceView {
  readonly id: string;
  readonly repository: string;
  readonly name: string;
  readonly sensors: readonly string[];
  readonly doors: readonly string[];
  readonly lastSeenAt?: Moment;
  /** The lowest of its sensors', per cent. */
  readonly battery?: number;
}

export function addStructureRoutes(router: Router, { services }: HttpContext): void {
  const { live } = services;
  const withSource = sourceAdder(services);
  router.add('GET /api/rooms', {
    summary: 'Rooms with class, state, latest readings, open alarms, doors and holdings',
    query: ListQuery,
    handle: ({ principal, query }) =>
      pageOfAll(live.rooms(narrowScope(principal, query.repository)), query),
  });
  router.add('GET /api/rooms/:id', {
    summary: 'One room, with what its climate means for its holdings',
    handle: ({ principal, params }): RoomDetail => {
      const room = inSight(principal, live.room(params['id'] ?? ''), 'room');
      return { ...room, preservation: live.preservation(room.id) };
    },
  });
  router.add('GET /api/sensors', {
    summary: 'Sensors with last seen, quality, trust and battery',
    query: InRoomQuery,
    handle: ({ principal, query }) => {
      const inRoom = roomFilter(principal, query.room);
      const all: readonly SensorView[] = live.sensors(narrowScope(principal, query.repository));
      return pageOfAll(all.filter(inRoom).map(withSource), query);
    },
  });
  router.add('GET /api/doors', {
    summary: 'Doors with their state and last event',
    query: InRoomQuery,
    handle: ({ principal, query }) => {
      const inRoom = roomFilter(principal, query.room);
      const rooms = live.rooms(narrowScope(principal, query.repository));
      const all: readonly DoorView[] = rooms.flatMap((room) => room.doors);
      return pageOfAll(all.filter(inRoom).map(withSource), query);
    },
  });
  router.add('GET /api/devices', {
    summary: 'Devices with what hangs on them',
    query: ListQuery,
    handle: ({ principal, query }) =>
      pageOfAll(deviceViews(services, narrowScope(principal, query.repository)), query),
  });
  router.add('GET /api/holdings', {
    summary: 'What is kept where',
    query: InRoomQuery,
    handle: ({ principal, query }) => {
      const scope = narrowScope(principal, query.repository);
      const inRoom = roomFilter(principal, query.room);
      const all = [...services.registry().holdings.values()]
        .filter((holding) => holding.retiredAt === undefined)
        .filter((holding) => scope === '*' || scope.includes(holding.repository))
        .map(qualified)
        .filter(inRoom);
      return pageOfAll(all, query);
    },
  });
}

/** Where its messages come from, and why they can't. */
function sourceAdder(services: Services) {
  return <T extends { readonly id: string }>(view: T) => {
    const { sensors, doors } = services.registry();
    const thing = sensors.get(view.id) ?? doors.get(view.id);
    const problem = services.devices.problems().get(view.id);
    const listing = services.devices.listing(view.id);
    return {
      ...view,
      ...(thing?.source ? { source: thing.source } : {}),
      ...(thing?.origin ? { origin: thing.origin } : {}),
      ...(problem ? { problem: problem.why, problemSay: problem.say } : {}),
      ...(listing ? { listing } : {}),
    };
  };
}

function qualified(holding: Holding) {
  const room = qualify(holding.repository, holding.room);
  return { ...holding, id: idOf(holding), room };
}

function roomFilter(principal: Principal, room: string | undefined) {
  if (room !== undefined) assertInSight(principal, room, 'room');
  return (thing: { readonly room: string }) => {
    // Views carry the qualified id of their room; a local one is taken too, where a part fills it so.
    return room === undefined || thing.room === room || thing.room === splitQualified(room)?.id;
  };
}

function deviceViews(services: Services, scope: readonly string[] | '*'): readonly DeviceView[] {
  const registry = services.registry();
  const seen = new Map(services.live.sensors(scope).map((sensor) => [sensor.id, sensor]));
  const on = (device: Device, thing: { repository: string; device?: string; retiredAt?: number }) =>
    thing.repository === device.repository &&
    thing.device === device.id &&
    thing.retiredAt === undefined;
  return [...registry.devices.values()]
    .filter((device) => device.retiredAt === undefined)
    .filter((device) => scope === '*' || scope.includes(device.repository))
    .map((device) => {
      const sensors = [...registry.sensors.values()].filter((one) => on(device, one)).map(idOf);
      const doors = [...registry.doors.values()].filter((one) => on(device, one)).map(idOf);
      const views = sensors.flatMap((id) => seen.get(id) ?? []);
      const lastSeen = views.flatMap((view) => view.lastSeenAt ?? []);
      const batteries = views.flatMap((view) => view.battery ?? []);
      return {
        id: idOf(device),
        repository: device.repository,
        name: device.name ?? device.id,
        sensors,
        doors,
        ...(lastSeen.length === 0 ? {} : { lastSeenAt: Math.max(...lastSeen) }),
        ...(batteries.length === 0 ? {} : { battery: Math.min(...batteries) }),
      };
    });
}
