/** Back-tests: what rules and limits would have raised over a past period, and what is asked of them. */

import type { Priority, Subject } from './alarm.ts';
import type { Limit } from './limits.ts';
import type { MetricName } from './metrics.ts';
import type { LocalizedText } from './text.ts';
import type { Moment } from './time.ts';

/** What a known incident was, so that the right rule is asked whether it caught it. */
export const INCIDENT_KINDS = [
  'climate', // temperature or humidity out of hand
  'fire',
  'water',
  'intrusion', // a door forced, duress, tampering, glass broken
  'door', // a door left open
  'sensor', // silent, failing, wrong clock: the evidence itself
  'any', // whatever was raised in that room counts
] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

/** Something that is known to have happened. */
export interface KnownIncident {
  readonly id: string;
  /** Local id; unset: the whole repository. */
  readonly room?: string;
  readonly kind: IncidentKind;
  readonly from: Moment;
  readonly until: Moment;
  readonly name?: LocalizedText;
}

/** One time that a rule raised, from the condition's beginning to its return. */
export interface BacktestAlarm {
  /** The alarm's; one alarm may be raised again under the same id while nobody has acknowledged it. */
  readonly id: string;
  readonly rule: string;
  readonly room?: string;
  readonly subject: Subject;
  readonly metric?: MetricName;
  /** The gravest that it came to. */
  readonly priority: Priority;
  /** When the condition began, by the device's time. */
  readonly since: Moment;
  readonly raisedAt: Moment;
  /** Unset: it still held at the end of the period. */
  readonly returnedAt?: Moment;
  readonly value?: number;
  readonly limit?: number;
  readonly title: LocalizedText;
}

export interface BacktestFigures {
  /** Times raised within the period. */
  readonly alarms: number;
  readonly alarmsPerWeek: number;
  /** Times somebody was to be told: the alarm's or its incident's telling fell due. */
  readonly calls: number;
  /** Those of them in the hours of the night. */
  readonly nightCalls: number;
  /** From the beginning of the condition to its return, within the period; minutes of several sensors add up. */
  readonly minutesOut: number;
  readonly longestMinutes: number;
  readonly firstAt?: Moment;
  readonly lastAt?: Moment;
}

export interface BacktestRuleFigures extends BacktestFigures {
  readonly rule: string;
  readonly name: LocalizedText;
  readonly priority: Priority;
}

export interface IncidentOutcome {
  readonly incident: KnownIncident;
  /** The first alarm that caught it; unset: it was missed. */
  readonly caughtBy?: Pick<BacktestAlarm, 'rule' | 'raisedAt' | 'title'>;
  /** From its beginning to that alarm, ms; 0: an alarm stood already. */
  readonly lateMs?: number;
}

/** What one set of rules and limits makes of the period. */
export interface BacktestSide {
  readonly total: BacktestFigures;
  /** Rules that raised or were called for, most alarms first. */
  readonly rules: readonly BacktestRuleFigures[];
  readonly incidents: readonly IncidentOutcome[];
  /** Oldest first; at most so many as `BACKTEST_ALARMS_MAX`. */
  readonly alarms: readonly BacktestAlarm[];
  readonly alarmsLeftOut: number;
  /** Sensors of which nothing at all came in the period: their silence is not counted. */
  readonly unheard: readonly string[];
}

/** Alarms that a result lists; its figures count all. */
export const BACKTEST_ALARMS_MAX = 500;

/** The hours in which a call wakes somebody, `HH:MM` local time of the repository; from inclusive, until exclusive. */
export interface NightHours {
  readonly from: string;
  readonly until: string;
}
/** Our own proposal; no standard names them. */
export const NIGHT_HOURS: NightHours = { from: '22:00', until: '06:00' };

export interface BacktestResult {
  /** Qualified. */
  readonly room: string;
  readonly from: Moment;
  readonly until: Moment;
  readonly timezone: string;
  readonly night: NightHours;
  readonly readings: number;
  readonly accessEvents: number;
  /** The room's limits as they are, and as they would be; alike when only rules differ. */
  readonly limits: { readonly old: readonly Limit[]; readonly proposed?: readonly Limit[] };
  readonly old: BacktestSide;
  readonly proposed?: BacktestSide;
}

export type BacktestState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

/** A back-test as it is asked for while it runs. */
export interface BacktestView {
  readonly id: string;
  readonly room: string;
  readonly by: string;
  readonly state: BacktestState;
  readonly from: Moment;
  readonly until: Moment;
  /** Done so far, 0 to 1. */
  readonly progress: number;
  readonly result?: BacktestResult;
  /** Why it failed, in words. */
  readonly why?: string;
}
