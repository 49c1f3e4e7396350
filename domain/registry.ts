/** The repository file's schema, and the registry that is made from it: rooms, devices, sensors, doors, holdings, people. */

import { Type, type Static } from 'typebox';
import { LOCAL_ID_PATTERN, qualify, type QualifiedId } from './ids.ts';
import type { Calibration, OwnProfile } from './devices.ts';
import { METRIC_NAMES } from './metrics.ts';

const strict = { additionalProperties: false };
const Id = Type.String({ pattern: LOCAL_ID_PATTERN });
const Name = Type.String({ minLength: 1, maxLength: 120 });

export const ROOM_CLASSES = [
  'paper',
  'special',
  'av-tape',
  'film-copy',
  'film-master',
  'optical',
  'magnetic',
  'object',
  'server',
  'mounting',
  'laboratory',
  'copying',
  'av-reading',
  'reading',
  'exhibition',
  'workroom',
  'service-hall',
  'receiving',
  'current-records',
  'deacidification',
  'buffer',
  'outdoor',
] as const;
/** A key of the standards pack's room tables, `outdoor` for the sensor outside (1987 rules, article 9). */
export type RoomClass = (typeof ROOM_CLASSES)[number];

/** Names of standards packs, in order; whether they exist is asked of the library. */
export const StandardsList = Type.Array(Type.String({ minLength: 1, maxLength: 90 }), {
  minItems: 1,
  maxItems: 20,
});

/** 永久, 30年, 10年 … and the three grades of permanent records (档案法实施条例 article 5) are free text. */
const Grade = Type.String({ minLength: 1, maxLength: 40 });

const TimeOfDay = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$|^24:00$' });
/** `HH:MM`, local time. */
const ClockTime = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' });

/** A duty shift; `until` before `from` is the next day, the same is a whole day. */
const ShiftEntry = Type.Object(
  {
    name: Name,
    from: ClockTime,
    until: ClockTime,
    /** Days on which it begins, 1 Monday … 7 Sunday; unset: all. */
    days: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1, uniqueItems: true }),
    ),
  },
  strict,
);

const RepositoryHead = Type.Object(
  {
    id: Id,
    name: Name,
    timezone: Type.String({ minLength: 1 }),
    simulated: Type.Optional(Type.Boolean()),
    /** When staff is in, local time; unset: Monday to Friday, 08:00 to 18:00 (our own proposal). */
    openingHours: Type.Optional(
      Type.Array(
        Type.Object(
          {
            /** 1 Monday … 7 Sunday. */
            days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
              minItems: 1,
              uniqueItems: true,
            }),
            from: TimeOfDay,
            /** Exclusive; `24:00` is the end of the day. */
            until: TimeOfDay,
          },
          strict,
        ),
        { maxItems: 20 },
      ),
    ),
    /** Whose holidays and weekend days worked instead hold; unset: those of China. */
    holidays: Type.Optional(Type.Enum(['cn', 'none'])),
    /** Who is on duty when, for the figures of alarms by shift. */
    shifts: Type.Optional(Type.Array(ShiftEntry, { minItems: 1, maxItems: 12 })),
  },
  strict,
);

const RoomEntry = Type.Object(
  {
    id: Id,
    name: Name,
    class: Type.Enum([...ROOM_CLASSES]),
    floor: Type.Optional(Type.Integer({ minimum: -10, maximum: 100 })),
    areaM2: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    /**
     * How much colder than the air the coldest surface is taken to be, K, 0 or less: for the margin to condensation where
     * no sensor measures `surface_temperature`.
     */
    surfaceOffsetK: Type.Optional(Type.Number({ minimum: -30, maximum: 0 })),
    /**
     * The standards packs that the room keeps to, in order: `pack`, or `pack:class`. It is taken over when the file says
     * something new; what was chosen on screen since then holds. Unset: the default.
     */
    standards: Type.Optional(StandardsList),
    /** Nobody may be alone in it: rules for two persons watch its doors. */
    twoPersons: Type.Optional(Type.Boolean()),
    setPoint: Type.Optional(
      Type.Object(
        {
          temperature: Type.Optional(Type.Number({ minimum: -30, maximum: 40 })),
          humidity: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
        },
        strict,
      ),
    ),
  },
  strict,
);

/** Where a sensor's or a door's messages come from, when they are not the native ones. */
export const SourceEntry = Type.Object(
  {
    /** A device profile, or the id of an entry of `profiles`. */
    profile: Type.String({ minLength: 1, maxLength: 63 }),
    /** Its own topic; or the device's name in its source, where many share a topic. */
    topic: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    device: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    /** One of several sensors of a kind in a message; one of several doors of a controller. */
    channel: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  },
  strict,
);
export type DeviceSource = Static<typeof SourceEntry>;

/** A profile in use: its topics are subscribed to, so that unknown devices are found. */
const ProfileUseEntry = Type.Object(
  {
    id: Id,
    profile: Type.String({ minLength: 1, maxLength: 63 }),
    /** In place of the profile's own, as the base of its topics. */
    params: Type.Optional(
      Type.Record(Type.String(), Type.String({ minLength: 1, maxLength: 200 })),
    ),
    /** Of local times without a zone. */
    timezone: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
  },
  strict,
);

const DeviceEntry = Type.Object({ id: Id, name: Type.Optional(Name) }, strict);

const SensorEntry = Type.Object(
  {
    id: Id,
    room: Id,
    name: Type.Optional(Name),
    device: Type.Optional(Id),
    metrics: Type.Array(Type.Enum([...METRIC_NAMES]), { minItems: 1, uniqueItems: true }),
    /** How often it is expected to report; silence is judged by it. Seconds. */
    intervalSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 86400 })),
    source: Type.Optional(SourceEntry),
  },
  strict,
);

const DoorEntry = Type.Object(
  {
    id: Id,
    room: Id,
    name: Type.Optional(Name),
    device: Type.Optional(Id),
    source: Type.Optional(SourceEntry),
  },
  strict,
);

const HoldingEntry = Type.Object(
  {
    room: Id,
    medium: Type.String({ minLength: 1, maxLength: 40 }),
    fonds: Type.Optional(Type.Integer({ minimum: 0 })),
    quantity: Type.Number({ minimum: 0 }),
    unit: Type.String({ minLength: 1, maxLength: 20 }),
    grade: Type.Optional(Grade),
  },
  strict,
);

/** What a person is told as: the steps of a plan and the outbox name these. */
export const PERSON_ROLES = ['duty', 'manager', 'security', 'director'] as const;
export type PersonRole = (typeof PERSON_ROLES)[number];

const PersonEntry = Type.Object(
  {
    id: Id,
    name: Name,
    /** `contractor`: is told nothing, and is in a room only with one of the staff. */
    role: Type.Enum([...PERSON_ROLES, 'contractor']),
    /** Cards and other credentials, as doors say them. */
    credentials: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
        maxItems: 20,
        uniqueItems: true,
      }),
    ),
    /** Who is told first among those of one role. */
    order: Type.Optional(Type.Integer({ minimum: 1 })),
    email: Type.Optional(Type.String({ pattern: '^[^@\\s]+@[^@\\s]+$' })),
    phone: Type.Optional(Type.String({ maxLength: 40 })),
    webhook: Type.Optional(Type.String({ pattern: '^https?://' })),
  },
  strict,
);

/** One document of the repository file. */
export const RepositoryDocument = Type.Object(
  {
    repository: RepositoryHead,
    rooms: Type.Array(RoomEntry),
    devices: Type.Optional(Type.Array(DeviceEntry)),
    sensors: Type.Optional(Type.Array(SensorEntry)),
    doors: Type.Optional(Type.Array(DoorEntry)),
    holdings: Type.Optional(Type.Array(HoldingEntry)),
    people: Type.Optional(Type.Array(PersonEntry)),
    profiles: Type.Optional(Type.Array(ProfileUseEntry)),
  },
  strict,
);
export type RepositoryDocument = Static<typeof RepositoryDocument>;

/** Things that vanish from the file are retired, never deleted. */
interface Registered {
  readonly repository: string;
  readonly id: string;
  readonly retiredAt?: number;
}
export type Repository = Static<typeof RepositoryHead>;
export type Room = Registered & Static<typeof RoomEntry>;
export type Device = Registered & Static<typeof DeviceEntry>;
/** Adopted on screen, not from the file: the file does not retire it. */
interface Adopted {
  readonly origin?: 'database';
}
export type Sensor = Registered & Adopted & Static<typeof SensorEntry>;
export type Door = Registered & Adopted & Static<typeof DoorEntry>;
export type ProfileUse = Registered & Adopted & Static<typeof ProfileUseEntry>;
/** `id` is derived: `<room>-<medium>[-<fonds>]`, for upserts. */
export type Holding = Registered & Static<typeof HoldingEntry>;
export type Person = Registered &
  Static<typeof PersonEntry> & {
    /** `file`: managed by the repository file; `database`: entered on screen. */
    readonly origin: 'file' | 'database';
  };

/** All that is known of the structure; maps are by qualified id. Immutable: a change makes a new one. */
export interface Registry {
  readonly repositories: ReadonlyMap<string, Repository>;
  readonly rooms: ReadonlyMap<QualifiedId, Room>;
  readonly devices: ReadonlyMap<QualifiedId, Device>;
  readonly sensors: ReadonlyMap<QualifiedId, Sensor>;
  readonly doors: ReadonlyMap<QualifiedId, Door>;
  readonly holdings: ReadonlyMap<QualifiedId, Holding>;
  readonly people: ReadonlyMap<QualifiedId, Person>;
  readonly profileUses: ReadonlyMap<QualifiedId, ProfileUse>;
  /** All there ever were, by sensor; oldest first. */
  readonly calibrations: ReadonlyMap<QualifiedId, readonly Calibration[]>;
  /** Device profiles of this house, beside those in the box; by id. */
  readonly ownProfiles: ReadonlyMap<string, OwnProfile>;
}

/** A sensor that names no interval is expected every minute. Our own proposal. */
export const DEFAULT_INTERVAL_SECONDS = 60;

/** An empty registry, to build on. */
export const EMPTY_REGISTRY: Registry = {
  repositories: new Map(),
  rooms: new Map(),
  devices: new Map(),
  sensors: new Map(),
  doors: new Map(),
  holdings: new Map(),
  people: new Map(),
  profileUses: new Map(),
  calibrations: new Map(),
  ownProfiles: new Map(),
};

/** The rooms, sensors, doors … of one repository that are not retired. */
export function activeOf<T extends Registered>(
  things: ReadonlyMap<QualifiedId, T>,
  repository: string,
): readonly T[] {
  return [...things.values()].filter(
    (t) => t.repository === repository && t.retiredAt === undefined,
  );
}

/** The qualified id of a registered thing. */
export function idOf(thing: Registered): QualifiedId {
  return qualify(thing.repository, thing.id);
}
