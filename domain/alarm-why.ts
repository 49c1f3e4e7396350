/** Why an alarm is there, gathered in one answer: what happened, which clause, how sure, what to do, who knows. */

import type { AccessEvent } from './access.ts';
import type { AlarmView, DeliveryView } from './api.ts';
import type { Citation, Limit } from './limits.ts';
import type { MetricName } from './metrics.ts';
import type { PersonRole } from './registry.ts';
import type { LocalizedText } from './text.ts';
import type { Moment } from './time.ts';

/** What the answer would have and has not: said, never left blank. */
export const WHY_GAPS = [
  'nothing-measured', // the subject is no sensor, or its sensor is gone
  'store-silent', // the reading store did not answer in time
  'no-readings', // it has none of that time
  'no-limit', // no limit was in force: the rule has its own bound, or it judges a signal
  'rule-gone', // the rule is not in the book any more
  'no-neighbours', // no other sensor in the room measures it
  'not-compared', // the rule does not judge single values, so others can't agree or not
  'no-advice',
  'none-like-it', // the first of its rule and subject
  'nobody-told', // no message went to a person
  'not-acknowledged',
] as const;
export type WhyGap = (typeof WHY_GAPS)[number];

/** Readings of one sensor around the alarm. `[at, value, quality]`, or `[at, mean, min, max, count, good]` with a step. */
export interface WhySeries {
  /** Qualified. */
  readonly sensor: string;
  readonly name: string;
  readonly metric: MetricName;
  /** Whether it is behind the alarm; else it is a neighbour. */
  readonly evidence: boolean;
  readonly kind: 'readings' | 'buckets';
  readonly rows: readonly (readonly number[])[];
}

/** What another sensor of the room said when the alarm was raised. */
export interface WhySensor {
  readonly sensor: string;
  readonly name: string;
  readonly metric: MetricName;
  readonly evidence: boolean;
  readonly says: 'agrees' | 'disagrees' | 'cannot-tell';
  /** What is held against the alarm: its last value, or of a swing within a day how far its values lay apart. */
  readonly value?: number;
  readonly at?: Moment;
  /** Of its newest calibration of the metric; unset: none is recorded. */
  readonly calibratedAt?: Moment;
  readonly calibrationDueAt?: Moment;
}

/** How whole the evidence of the last hour before the alarm is. */
export interface WhyCoverage {
  readonly from: Moment;
  readonly until: Moment;
  /** Of all sensors behind it, by their intervals. */
  readonly expected: number;
  readonly received: number;
  /** By QARTOD flag; they sum up to `received`. */
  readonly good: number;
  readonly notEvaluated: number;
  readonly suspect: number;
  readonly failed: number;
}

/** An alarm of the same rule and subject that was closed before. */
export interface WhyEarlier {
  readonly id: string;
  readonly raisedAt: Moment;
  /** When its condition ended; unset: it was closed without that. */
  readonly returnedAt?: Moment;
  readonly closedAt: Moment;
  /** Whoever made the last step of its life: `system` where its end closed it. */
  readonly closedBy: string;
  readonly acknowledgedBy?: string;
  /** The last thing that a person wrote to it. */
  readonly said?: { readonly by: string; readonly text: string };
}

/** A step of the running plan that is not done. */
export interface WhyStep {
  readonly id: string;
  readonly text: LocalizedText;
  readonly role: PersonRole;
  readonly dueAt?: Moment;
}

export interface AlarmWhy {
  readonly alarm: AlarmView;
  readonly askedAt: Moment;
  readonly happened: {
    readonly from: Moment;
    readonly until: Moment;
    /** Unset: the readings themselves. */
    readonly stepMs?: number;
    /** At most six, those behind the alarm first. */
    readonly series: readonly WhySeries[];
    readonly seriesLeftOut: number;
    /** Of the door that it is about; at most ten, newest first. */
    readonly doorEvents: readonly AccessEvent[];
  };
  readonly clause: {
    readonly citation: Citation;
    /** The law's text was read, or independent copies agree. */
    readonly verified: boolean;
    /** The rule in words; unset: it is not in the book any more. */
    readonly sentence?: LocalizedText;
    /** The room's limit that was in force, as it was known then. */
    readonly limit?: Limit;
    /** What is in force now, where it is another. */
    readonly limitNow?: Limit;
    /** To draw: between these a value is good. */
    readonly band?: { readonly min?: number; readonly max?: number };
  };
  readonly sure: {
    readonly coverage?: WhyCoverage;
    /** What the sensors' figures are: last values, or how far values of the day before lay apart. */
    readonly judged: 'value' | 'day-range';
    /** At most twelve, those behind the alarm first. */
    readonly sensors: readonly WhySensor[];
    readonly sensorsLeftOut: number;
    readonly agree: number;
    readonly disagree: number;
    readonly cannotTell: number;
    readonly simulated: boolean;
    readonly toldUnstored: boolean;
  };
  readonly todo: {
    readonly advice?: LocalizedText;
    readonly incident?: {
      readonly id: string;
      readonly plan: LocalizedText;
      readonly isOpen: boolean;
      /** At most three, in the order of the plan. */
      readonly steps: readonly WhyStep[];
      readonly stepsLeft: number;
    };
    /** At most three, newest first. */
    readonly earlier: readonly WhyEarlier[];
  };
  readonly known: {
    /** Messages of the alarm and of its incident, newest first; at most thirty. */
    readonly told: readonly DeliveryView[];
    readonly toldLeftOut: number;
    /** Of the messages to people; a topic for sirens is none. */
    readonly delivered: number;
    readonly failed: number;
    readonly waiting: number;
    /** Everybody was told and nobody acknowledged. */
    readonly exhaustedAt?: Moment;
    /** Of the alarm, or of the incident that it belongs to. */
    readonly acknowledged?: {
      readonly by: string;
      readonly at: Moment;
      readonly comment?: string;
      readonly of: 'alarm' | 'incident';
    };
  };
  readonly gaps: readonly WhyGap[];
}
