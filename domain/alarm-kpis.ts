/** Figures of alarm management (ISA-18.2, EEMUA 191): their words, and what `GET /api/alarm-kpis` answers. */

import type { Priority } from './alarm.ts';
import type { Citation } from './limits.ts';
import type { LocalizedText } from './text.ts';
import type { Moment } from './time.ts';

/** What is judged by a target. Rates are averages; the shares are of time, of annunciations of the ten most frequent sources. */
export const KPIS = [
  'perTenMinutes',
  'perHour',
  'perDay',
  'busyShare',
  'floodShare',
  'topTenShare',
  'chattering',
  'chatterIndex',
  'fleeting',
  'stale',
] as const;
export type Kpi = (typeof KPIS)[number];

export interface KpiTarget {
  readonly unit: string;
  /** Up to this it is met; `below`: only less than this. */
  readonly met: number;
  readonly below?: true;
  /** Up to this it can still be managed; unset: what is not met is missed. */
  readonly manageable?: number;
  readonly citation: Citation;
}

export type KpiJudgement = 'met' | 'manageable' | 'missed' | 'cannot-tell';

/** EEMUA 191 by the average per 10 minutes. */
export type EemuaLevel = 'acceptable' | 'manageable' | 'requires-improvement' | 'overloaded';

export interface Rate {
  /** Of all time; unset: there is no time. */
  readonly average?: number;
  /** Of the worst fixed interval. */
  readonly peak: number;
}

export interface PriorityShare {
  readonly count: number;
  /** Unset: there is no alarm. */
  readonly share?: number;
  readonly target: number;
}

export interface Acknowledging {
  readonly acknowledged: number;
  /** Over or not, nobody acknowledged these. */
  readonly never: number;
  /** Unset: none was acknowledged. */
  readonly medianMs?: number;
}

/** A figure against its target. */
export interface KpiFigure {
  readonly kpi: Kpi;
  /** In the target's unit; unset: there is nothing to count. */
  readonly value?: number;
  /** `cannot-tell` while there is less data than the figures want. */
  readonly judgement: KpiJudgement;
  /** By the data that there is. */
  readonly soFar: KpiJudgement;
}

/** The figures of all alarms, of one rule or of one duty shift. */
export interface KpiGroup {
  readonly alarms: number;
  readonly hours: number;
  readonly perTenMinutes: Rate;
  readonly perHour: Rate;
  readonly perDay: Rate;
  readonly floods: number;
  readonly level?: EemuaLevel;
  readonly priorities: Readonly<Record<Priority, PriorityShare>>;
  readonly acknowledging: Acknowledging;
  /** Those that make sense for the group: a shift has no stale alarms, one rule no ten most frequent. */
  readonly figures: readonly KpiFigure[];
}

/** What annunciates, a rule on a subject, with its newest alarm to look at. */
export interface KpiSource {
  readonly rule: string;
  readonly subject: string;
  readonly title: LocalizedText;
  readonly count: number;
  readonly share: number;
  readonly alarm: string;
  readonly lastAt: Moment;
}

/** Hours of one duty shift; `from` later than `until` is over midnight, equal is the whole day. */
export interface ShiftHours {
  readonly name: LocalizedText;
  /** `HH:MM`, local time of the repository; from inclusive, until exclusive. */
  readonly from: string;
  readonly until: string;
  /** Days on which it begins, 1 Monday … 7 Sunday; unset: all. */
  readonly days?: readonly number[];
}

export interface AlarmKpisView extends KpiGroup {
  readonly repository: string;
  /** Qualified; unset: the whole repository. */
  readonly room?: string;
  /** As asked, and not after now. */
  readonly from: Moment;
  readonly until: Moment;
  /** Figures count from here: the later of `from`, of the first record there is, and of what could be read. */
  readonly dataFrom: Moment;
  /** Days that the figures count, and how many they want. */
  readonly days: number;
  readonly daysMin: number;
  readonly enough: boolean;
  /** There were more alarms than are read at once; `dataFrom` is where the read ones begin. */
  readonly truncated: boolean;
  /** A repository of simulators: its alarms count, and are marked. */
  readonly simulated: boolean;
  /** Simulated alarms in a real repository; none of them counts. */
  readonly simulatedLeftOut: number;
  readonly targets: Readonly<Record<Kpi, KpiTarget>>;
  /** Of how annunciations should be shared among priorities. */
  readonly prioritiesCitation: Citation;
  readonly topTen: {
    readonly sources: readonly KpiSource[];
    readonly of: number;
    readonly share?: number;
  };
  /** At most twenty, worst first. */
  readonly chattering: readonly (KpiSource & { readonly index?: number })[];
  /** Annunciated for more than a day at the end; at most twenty, oldest first. */
  readonly standing: readonly (KpiSource & { readonly since: Moment })[];
  /** At most twenty, the longest first. */
  readonly longestFloods: readonly {
    readonly from: Moment;
    readonly until: Moment;
    readonly alarms: number;
    readonly peak: number;
  }[];
  /** Annunciations of each step from `dataFrom` on, by priority; the last step may be shorter. */
  readonly course: {
    readonly stepMs: number;
    readonly counts: Readonly<Record<Priority, readonly number[]>>;
  };
  /** Most alarms first. */
  readonly rules: readonly (KpiGroup & { readonly rule: string; readonly name?: LocalizedText })[];
  readonly shifts: readonly (KpiGroup & { readonly shift: ShiftHours })[];
  /** `default`: the repository's file says none, and these are 本馆自定. */
  readonly shiftsFrom: 'repository' | 'default';
  /** Raised while no shift was on duty. */
  readonly outsideShifts: number;
}
