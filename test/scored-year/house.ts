/** Ten rooms as an archive has them, each with climate sensors, detectors, a leak sensor and a door. */

import { applyRepository } from '../../gateway/index.ts';
import {
  EMPTY_REGISTRY,
  type Registry,
  type RepositoryDocument,
  type RoomClass,
} from '../../domain/registry.ts';

export const REPOSITORY = 'year';
export const TIMEZONE = 'Asia/Shanghai';

const ROOMS: readonly (readonly [
  id: string,
  roomClass: RoomClass,
  temperature: number,
  humidity: number,
])[] = [
  ['r1', 'paper', 20, 52],
  ['r2', 'paper', 20, 53],
  ['r3', 'paper', 19, 52],
  ['r4', 'paper', 21, 52],
  ['r5', 'special', 18, 50],
  ['r6', 'av-tape', 18, 50],
  ['r7', 'film-master', 14, 40],
  ['r8', 'optical', 18, 36],
  ['r9', 'magnetic', 18, 50],
  ['r10', 'object', 20, 50],
];

export const ROOM_IDS: readonly string[] = ROOMS.map(([id]) => id);

/** What reports on change must report now and then, too. */
export const HEARTBEAT_SECONDS = 600;

/** The repository with one room and what stands in it; ids begin with the room's. */
export function documentOf(room: string): RepositoryDocument {
  const found = ROOMS.find(([id]) => id === room);
  if (!found) throw new Error(`there is no room ${room}`);
  const [id, roomClass, temperature, humidity] = found;
  const climate = { room: id, metrics: ['temperature' as const, 'humidity' as const] };
  const seldom = { room: id, intervalSeconds: HEARTBEAT_SECONDS };
  return {
    // Its simulated people work on holidays, too.
    repository: { id: REPOSITORY, name: '试算档案馆', timezone: TIMEZONE, holidays: 'none' },
    rooms: [{ id, name: id, class: roomClass, setPoint: { temperature, humidity } }],
    sensors: [
      { ...climate, id: `${id}-th-1`, intervalSeconds: 60 },
      { ...climate, id: `${id}-th-2`, intervalSeconds: 300 },
      { ...seldom, id: `${id}-smoke-1`, metrics: ['smoke'] },
      { ...seldom, id: `${id}-smoke-2`, metrics: ['smoke'] },
      { ...seldom, id: `${id}-leak-1`, metrics: ['water_leak'] },
    ],
    doors: [{ id: `${id}-door-1`, room: id }],
    people: [
      { id: 'duty-a', name: 'duty-a', role: 'duty', order: 1, email: 'duty-a@example.org' },
      { id: 'manager', name: 'manager', role: 'manager', email: 'manager@example.org' },
    ],
  };
}

export function registryOf(document: RepositoryDocument): Registry {
  return applyRepository({ current: EMPTY_REGISTRY, documents: [document], now: 0 }).registry;
}
