/** The rooms of an archive with the people in them, under the weather: the truth that sensors measure. */

import type { Moment } from '../domain/time.ts';
import { DAY_MS } from '../domain/time.ts';
import type { Archive, RoomEntry } from './archive.ts';
import type { LocalTime } from './model/local-time.ts';
import { outdoorAir } from './model/outdoor.ts';
import { buildOf, type RoomBuild } from './model/room-classes.ts';
import {
  advanceRoom,
  roomHumidity,
  settledRoom,
  type RoomForcing,
  type RoomState,
} from './model/room.ts';
import {
  happeningsOf,
  insideAt,
  visitsOfDay,
  type DoorHappening,
  type Visit,
} from './model/visits.ts';
import type { Traits } from './sample/traits.ts';
import type { Surroundings } from './values.ts';

interface SimulatedRoom {
  readonly entry: RoomEntry;
  readonly build: RoomBuild;
  state: RoomState;
  forcing: RoomForcing | undefined;
  /** After a scenario the physics stays fast until then, so that the room recovers while people watch. */
  recoverUntil: Moment;
}

export interface Building {
  around(room: string, at: Moment): Surroundings;
  /** Lets all rooms live from `from` to `until` under the weather and the people of `from`. */
  advance(from: Moment, until: Moment): void;
  force(room: string, forcing: RoomForcing | undefined): void;
  /** Ends what was done to a room; it comes back quickly. */
  release(room: string, at: Moment): void;
  timeScale(room: string): number;
  /** What doors report in (from, until], in order of time. */
  happenings(from: Moment, until: Moment): readonly (DoorHappening & { readonly door: string })[];
}

export interface BuildingOptions {
  readonly seed: number;
  readonly localTime: LocalTime;
  readonly traits: Traits;
}

const RECOVERY_MS = 90_000;
const RECOVERY_SCALE = 240;

/** The building of an archive, settled at its set-points. */
export function createBuilding(archive: Archive, options: BuildingOptions): Building {
  const { seed, localTime, traits } = options;
  const rooms = new Map<string, SimulatedRoom>();
  for (const entry of archive.rooms) {
    const build = buildOf(entry.class, definedSetPoint(entry));
    const state = settledRoom(build);
    rooms.set(entry.id, { entry, build, state, forcing: undefined, recoverUntil: 0 });
  }
  const calendar = createCalendar(archive, rooms, options);

  const outside = (at: Moment) => outdoorAir(at, { seed, localTime });
  const around = (id: string, at: Moment): Surroundings => {
    const room = rooms.get(id);
    const hourOfDay = localTime.hourOfDay(at);
    if (!room || room.entry.class === 'outdoor') {
      const air = outside(at);
      return { ...air, people: 0, isOutdoor: true, hourOfDay };
    }
    return {
      temperatureC: room.state.temperatureC,
      humidity: roomHumidity(room.state),
      people: calendar.inside(id, at),
      isOutdoor: false,
      hourOfDay,
    };
  };
  return {
    around,
    advance: (from, until) => {
      const outdoor = outside(from);
      for (const [id, room] of rooms) {
        if (room.entry.class === 'outdoor') continue;
        if (room.recoverUntil !== 0 && from >= room.recoverUntil) {
          room.forcing = undefined;
          room.recoverUntil = 0;
        }
        const people = calendar.inside(id, from);
        const error = humidistatError(traits, id, localTime.hourOfDay(from));
        const input = { ...room.forcing, outdoor, people, humidistatError: error };
        room.state = advanceRoom(room.state, { build: room.build, input, elapsedMs: until - from });
      }
    },
    force: (id, forcing) => {
      const room = rooms.get(id);
      if (!room) return;
      room.forcing = forcing;
      room.recoverUntil = 0;
    },
    release: (id, at) => {
      const room = rooms.get(id);
      if (!room) return;
      room.forcing = { timeScale: RECOVERY_SCALE };
      room.recoverUntil = at + RECOVERY_MS;
    },
    timeScale: (id) => rooms.get(id)?.forcing?.timeScale ?? 1,
    happenings: calendar.happenings,
  };
}

/** Worst in the evening, when nobody is there to notice. */
function humidistatError(traits: Traits, room: string, hourOfDay: number): number {
  const trait = traits.humidistat[room];
  if (!trait) return 0;
  return trait.error + trait.swing * Math.cos((2 * Math.PI * (hourOfDay - 17)) / 24);
}

function definedSetPoint(entry: RoomEntry): { temperature?: number; humidity?: number } {
  const { temperature, humidity } = entry.setPoint ?? {};
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(humidity === undefined ? {} : { humidity }),
  };
}

interface Calendar {
  inside(room: string, at: Moment): number;
  happenings(from: Moment, until: Moment): readonly (DoorHappening & { readonly door: string })[];
}

/** Who comes through which door, day by day; a day is drawn once and kept while it is looked at. */
function createCalendar(
  archive: Archive,
  rooms: ReadonlyMap<string, SimulatedRoom>,
  { seed, localTime }: BuildingOptions,
): Calendar {
  const doors = archive.doors.map((d) => ({
    id: d.id,
    room: d.room,
    visitsPerDay: rooms.get(d.room)?.build.visitsPerDay ?? 0,
  }));
  const days = new Map<string, readonly Visit[]>();
  const visits = (door: (typeof doors)[number], dayStart: Moment): readonly Visit[] => {
    const key = `${door.id}/${dayStart}`;
    const known = days.get(key);
    if (known) return known;
    if (days.size > 4 * doors.length + 16) days.clear();
    const drawn = visitsOfDay(
      { door: door.id, visitsPerDay: door.visitsPerDay, seed, localTime },
      dayStart,
    );
    days.set(key, drawn);
    return drawn;
  };
  const doorsByRoom = Map.groupBy(doors, (d) => d.room);
  return {
    inside: (room, at) => {
      const dayStart = localTime.startOfDay(at);
      let people = 0;
      for (const door of doorsByRoom.get(room) ?? [])
        people += insideAt(visits(door, dayStart), at);
      return people;
    },
    happenings: (from, until) => {
      const found: (DoorHappening & { door: string })[] = [];
      for (let day = localTime.startOfDay(from); day <= until; day = nextDay(day, localTime)) {
        for (const door of doors) {
          for (const visit of visits(door, day)) {
            if (visit.enterAt > until || visit.leaveAt + 60_000 < from) continue;
            const due = happeningsOf(visit).filter((h) => h.at > from && h.at <= until);
            for (const happening of due) found.push({ ...happening, door: door.id });
          }
        }
      }
      return found.sort((a, b) => a.at - b.at);
    },
  };
}

function nextDay(dayStart: Moment, localTime: LocalTime): Moment {
  // Noon of the next day is in the next day in every time zone, whatever the clocks do.
  return localTime.startOfDay(dayStart + 1.5 * DAY_MS);
}
