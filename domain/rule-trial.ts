/** A value tried by hand: what the rules would make of it. Nothing of it is stored or told. */

import type { Priority } from './alarm.ts';
import type { Citation } from './limits.ts';
import type { MetricName } from './metrics.ts';
import type { Channel } from './outbox.ts';
import type { Room, Sensor } from './registry.ts';
import type { LocalizedText } from './text.ts';
import type { Moment } from './time.ts';

/** It goes on after its time, so that what would come later is known, too. */
export const TRIAL_HOURS = 24;

/** What is asked: a value in a room, for so long. */
export interface TrialAsked {
  readonly room: Room;
  readonly metric: MetricName;
  readonly value: number;
  readonly minutes: number;
  readonly before?: number;
  /** Unset: all of the room that measure it. */
  readonly sensor?: Sensor;
}

/** What a rule would do, of all sensors together. */
export interface TrialAlarm {
  readonly rule: string;
  readonly name: LocalizedText;
  /** `risen`: the alarm that stands would count as graver. */
  readonly kind: 'raised' | 'risen';
  readonly priority: Priority;
  readonly title: LocalizedText;
  readonly advice?: LocalizedText;
  readonly citation: Citation;
  readonly limit?: number;
  /** Counted from the beginning of the value. */
  readonly afterMs: number;
  /** Within the time that was asked about; else only if the value goes on. */
  readonly within: boolean;
  /** How many subjects have it. */
  readonly count: number;
}

export interface TrialIncident {
  readonly plan: LocalizedText;
  readonly afterMs: number;
  readonly within: boolean;
}

export interface TrialTelling {
  readonly person: string;
  readonly channel: Channel;
  readonly afterMs: number;
  readonly within: boolean;
}

/** A rule that judges the metric and would say nothing, however long it goes on. */
export interface TrialQuiet {
  readonly rule: string;
  readonly name: LocalizedText;
  readonly sentence: LocalizedText;
}

/** Answer of `POST /api/rules/try`. */
export interface RuleTrial {
  readonly room: string;
  readonly metric: MetricName;
  readonly value: number;
  readonly minutes: number;
  /** What held for a day before it; unset: nothing was known before it. */
  readonly before?: number;
  /** Names of the sensors that had the value. */
  readonly sensors: readonly string[];
  /** Sensors beyond the eight that are played. */
  readonly sensorsLeftOut: number;
  /** When it is supposed to begin: limits are those in force then. */
  readonly at: Moment;
  /** In order of time. */
  readonly alarms: readonly TrialAlarm[];
  readonly incidents: readonly TrialIncident[];
  /** At most twenty. */
  readonly told: readonly TrialTelling[];
  /** What stood already by the value before it. */
  readonly standing: readonly TrialQuiet[];
  readonly quiet: readonly TrialQuiet[];
}
