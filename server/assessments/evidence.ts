/** What an assessment is computed from: plain values, gathered once, so that the judgement is pure. */

import type { Priority } from '../../domain/alarm.ts';
import type { Level } from '../../domain/incident.ts';
import type { RoomClass } from '../../domain/registry.ts';
import type { Moment } from '../../domain/time.ts';
import type { ClimateEvidence } from './climate.ts';

export interface RoomEvidence {
  readonly id: string;
  readonly name: string;
  readonly class: RoomClass;
  /** Of a class that keeps records. */
  readonly stack: boolean;
}

/** A detector or sensor now: `silent` includes one that was never heard. */
export type WatcherState = 'working' | 'faulty' | 'disabled' | 'silent';

export interface WatcherEvidence {
  readonly sensor: string;
  readonly state: WatcherState;
}

/** Who watches one room for one danger, now and in the period. */
export interface WatchEvidence {
  readonly room: string;
  readonly watchers: readonly WatcherEvidence[];
  /** Hours of the period in which as many as required reported, and in which they did not. */
  readonly hours: { readonly shown: number; readonly notShown: number };
}

/** Instruments for temperature and humidity in one room. */
export interface InstrumentEvidence {
  readonly room: string;
  readonly outdoor: boolean;
  readonly temperature: readonly WatcherEvidence[];
  readonly humidity: readonly WatcherEvidence[];
}

export const DOOR_VIOLATIONS = [
  'forced_open',
  'duress',
  'tamper',
  'held_open',
  'denied',
  'out_of_hours',
] as const;
export type DoorViolation = (typeof DOOR_VIOLATIONS)[number];

export interface DoorEvidence {
  readonly door: string;
  /** The id when it has no name. */
  readonly name: string;
  readonly room: string;
  /** Everything that it reported in the period; a door that reported nothing proves nothing. */
  readonly events: number;
  readonly violations: Readonly<Record<DoorViolation, number>>;
}

export interface AlarmEvidence {
  readonly id: string;
  readonly priority: Priority;
  readonly raisedAt: Moment;
  /** A named person acknowledged it, or shelved it, which takes having seen it. */
  readonly seenAt?: Moment;
  readonly acknowledged: boolean;
  readonly open: boolean;
}

export interface IncidentEvidence {
  readonly id: string;
  readonly level: Level;
  readonly openedAt: Moment;
  readonly acknowledgedAt?: Moment;
  /** Steps with a deadline: when it ran out, and when the step was recorded. */
  readonly steps: readonly { readonly dueAt: Moment; readonly recordedAt?: Moment }[];
}

export interface Evidence {
  readonly simulated: boolean;
  readonly rooms: readonly RoomEvidence[];
  readonly climate: readonly ClimateEvidence[];
  readonly fire: readonly WatchEvidence[];
  readonly water: readonly WatchEvidence[];
  readonly instruments: readonly InstrumentEvidence[];
  readonly doors: readonly DoorEvidence[];
  /** More happened at doors or alarms were raised than was read: the counts are lower bounds. */
  readonly doorsTruncated: boolean;
  readonly alarmsTruncated: boolean;
  /** Raised in the period. */
  readonly alarms: readonly AlarmEvidence[];
  /** Open now, whenever raised. */
  readonly openAlarms: readonly AlarmEvidence[];
  /** Opened in the period. */
  readonly incidents: readonly IncidentEvidence[];
}
