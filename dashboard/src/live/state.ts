/** The live state of the whole system as the feed tells it, and how each message changes it. */

import { ref, shallowReactive, shallowRef } from 'vue';
import type { AccessEvent } from '../../../domain/access.ts';
import type { Alarm } from '../../../domain/alarm.ts';
import type {
  DoorView,
  LatestReading,
  LiveSnapshot,
  PartState,
  RepositoryView,
  RoomView,
} from '../../../domain/api.ts';
import type { OutOfService } from '../../../domain/out-of-service.ts';
import type { Incident } from '../../../domain/incident.ts';
import { qualified } from '../logic/ids.ts';
import { mergeLatest } from '../logic/latest.ts';

/** `off`: the account is sent nothing live. */
export type Link = 'off' | 'connecting' | 'live' | 'lost';

/** A changed room replaces its entry, so that only its own tile is drawn again. */
export const rooms = shallowReactive(new Map<string, RoomView>());
export const alarms = shallowReactive(new Map<string, Alarm>());
export const incidents = shallowReactive(new Map<string, Incident>());
export const repositories = shallowRef<readonly RepositoryView[]>([]);
export const parts = shallowRef<readonly PartState[]>([]);
export const outOfService = shallowRef<readonly OutOfService[]>([]);
export const accessEvents = shallowRef<readonly AccessEvent[]>([]);
export const demonstration = ref(false);
export const link = ref<Link>('off');
/** Server time less ours; ages are by the server's clock. */
export const offsetMs = ref(0);
/** When the server was heard last before the link was lost, by its clock: what the screen shows is of then. */
export const lostSince = ref<number>();

/** How many of the newest door events are kept for the room pages. */
const ACCESS_EVENTS_MAX = 200;

export function takeSnapshot(snapshot: LiveSnapshot, receivedAt: number): void {
  offsetMs.value = snapshot.serverTime - receivedAt;
  repositories.value = snapshot.repositories;
  parts.value = snapshot.parts;
  outOfService.value = snapshot.outOfService ?? [];
  demonstration.value = snapshot.demonstration;
  replaceAll(rooms, snapshot.rooms);
  replaceAll(alarms, snapshot.alarms);
  replaceAll(incidents, snapshot.incidents);
}

function replaceAll<T extends { readonly id: string }>(
  into: Map<string, T>,
  items: readonly T[],
): void {
  const kept = new Set(items.map((i) => i.id));
  for (const id of [...into.keys()]) if (!kept.has(id)) into.delete(id);
  for (const item of items) into.set(item.id, item);
}

export function takeReadings(changed: readonly LatestReading[]): void {
  const byRoom = new Map<string, LatestReading[]>();
  for (const reading of changed) {
    const there = byRoom.get(reading.room);
    if (there) there.push(reading);
    else byRoom.set(reading.room, [reading]);
  }
  for (const [id, readings] of byRoom) {
    const room = rooms.get(id);
    if (room) rooms.set(id, { ...room, latest: mergeLatest(room.latest, readings) });
  }
}

export function takeAlarm(alarm: Alarm): void {
  const known = alarms.get(alarm.id);
  if (known && known.revision > alarm.revision) return;
  if (alarm.closedAt === undefined) alarms.set(alarm.id, alarm);
  else alarms.delete(alarm.id);
  const room = alarm.room && rooms.get(qualified(alarm.repository, alarm.room));
  if (!room) return;
  const others = room.openAlarms.filter((a) => a.id !== alarm.id);
  const openAlarms = alarm.closedAt === undefined ? [...others, alarm] : others;
  rooms.set(room.id, { ...room, openAlarms });
}

export function takeIncident(incident: Incident): void {
  const known = incidents.get(incident.id);
  if (known && known.revision > incident.revision) return;
  if (incident.closed) incidents.delete(incident.id);
  else incidents.set(incident.id, incident);
}

const DOOR_STATES: Partial<Record<AccessEvent['event'], DoorView['state']>> = {
  door_opened: 'open',
  door_closed: 'closed',
  forced_open: 'forced',
  held_open: 'held',
};

export function takeAccess(event: AccessEvent): void {
  accessEvents.value = [event, ...accessEvents.value].slice(0, ACCESS_EVENTS_MAX);
  const room = rooms.get(qualified(event.repository, event.room));
  if (!room) return;
  const door = qualified(event.repository, event.door);
  const doors = room.doors.map((d) =>
    qualified(room.repository, d.id) === door
      ? { ...d, state: DOOR_STATES[event.event] ?? d.state, lastEvent: event }
      : d,
  );
  rooms.set(room.id, { ...room, doors });
}
