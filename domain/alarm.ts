/**
 * An alarm: one rule's standing judgement on one subject. It is a record of independent facts; the state
 * that people see is derived (ISA-18.2 / IEC 62682).
 */

import type { Citation } from './limits.ts';
import type { MetricName } from './metrics.ts';
import type { LocalizedText } from './text.ts';
import type { Moment } from './time.ts';

/** ▲ 紧急, ◆ 高, ● 中, ▬ 低, worst first. */
export const PRIORITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** What a rule says of a subject. Not knowing is not normal. */
export type Verdict = 'met' | 'not-met' | 'cannot-tell';

export const SUBJECT_KINDS = ['sensor', 'door', 'device', 'room', 'system'] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

export interface Subject {
  readonly kind: SubjectKind;
  /** Local id; `system` for the system itself. */
  readonly id: string;
}

export interface AlarmComment {
  readonly by: string;
  readonly at: Moment;
  readonly text: string;
}

/** Somebody was told of an alarm. The delivery is in the outbox under the same keys. */
export interface AlarmTelling {
  readonly at: Moment;
  readonly person: string;
  readonly rung: number;
  readonly outboxKeys: readonly string[];
}

/** Quiet by design: another alarm says the same, or matters more. Still judged, still shown, not announced. */
export interface Suppression {
  readonly at: Moment;
  /** The alarm that quiets this one. */
  readonly cause: string;
  readonly why: LocalizedText;
  readonly citation: Citation;
  /** The cause is over; the quiet ends then, so that what was cut off has time to report. */
  readonly until?: Moment;
}

/** Taken out of service by a person (停用挂牌): the mark of the standing fact on an alarm that it covers. */
export interface ServiceMark {
  /** Id of the standing fact; see `OutOfService`. */
  readonly id: string;
  readonly by: string;
  readonly at: Moment;
  readonly reason: string;
  /** Number of the permit or tag. */
  readonly tag: string;
  /** The second person, where the thing guards against fire, water or people. */
  readonly second?: string;
  /** To be looked at again by then; it does not end by itself. */
  readonly reviewAt?: Moment;
}

/** What was changed under an open alarm, and by whom. */
export type AlarmEdit =
  | {
      readonly what: 'limit';
      readonly from?: number;
      readonly to?: number;
      /** Unset: the shipped rules or standards packs. */
      readonly by?: string;
      readonly reason?: string;
    }
  /** Nothing judges it any more: a person closes it, with a reason. */
  | { readonly what: 'rule-retired' | 'subject-retired' };

export interface Alarm {
  /** `<repository>.<local>`; stable over restarts, safe in a topic. */
  readonly id: string;
  readonly repository: string;
  readonly room?: string;
  readonly subject: Subject;
  readonly rule: string;
  readonly metric?: MetricName;
  readonly priority: Priority;
  /** Fire, water, intrusion, duress: told even when nothing can be stored; never shelved by default. */
  readonly safety: boolean;
  readonly verdict: Verdict;
  /** When what it judges began (device time, may be before `raisedAt`). */
  readonly since: Moment;
  readonly raisedAt: Moment;
  /** When the condition was last seen to end. */
  readonly returnedAt?: Moment;
  readonly acknowledged?: { readonly by: string; readonly at: Moment; readonly comment?: string };
  readonly shelved?: {
    readonly by: string;
    readonly at: Moment;
    readonly until: Moment;
    readonly reason: string;
  };
  readonly suppressed?: Suppression;
  readonly outOfService?: ServiceMark;
  /** Who takes it, said by whom. */
  readonly assigned?: { readonly to: string; readonly by: string; readonly at: Moment };
  /** Told to people together with others of a flood; `group`: its room or device; the first of a group is first-out. */
  readonly gathered?: {
    readonly flood: string;
    readonly group: string;
    readonly firstOut: boolean;
  };
  /** Nothing judges it any more. */
  readonly orphaned?: { readonly at: Moment; readonly what: 'rule-retired' | 'subject-retired' };
  /** A latching alarm stays open after return and acknowledgement until somebody resets it. */
  readonly latching: boolean;
  /** Who may shelve it, by its rule when it was raised; unset: the manager. */
  readonly shelvedBy?: 'nobody' | 'duty';
  readonly reset?: { readonly by: string; readonly at: Moment };
  /** Set once; a closed alarm never opens again, a new one is raised. */
  readonly closedAt?: Moment;
  readonly value?: number;
  /** The bound that was crossed, in the metric's unit. */
  readonly limit?: number;
  readonly citation: Citation;
  /** What happened, frozen as it was told. */
  readonly title: LocalizedText;
  /** What to do. */
  readonly advice?: LocalizedText;
  /** Sensors or doors whose signals are behind it (two detectors of a confirmed fire). */
  readonly evidence: readonly string[];
  readonly comments: readonly AlarmComment[];
  readonly incident?: string;
  readonly simulated: boolean;
  /** Never sounded nor published to sirens: the person under duress must not be given away. */
  readonly silent?: boolean;
  /** Who was told since it was last announced (raised, re-raised or unshelved). */
  readonly telling?: {
    readonly from: Moment;
    /** The revision that was announced; part of the outbox keys, so that each announcement has its own. */
    readonly revision: number;
    readonly rungsTold: number;
    /** Nobody acknowledged after the last rung. */
    readonly exhaustedAt?: Moment;
    readonly told: readonly AlarmTelling[];
  };
  /** Told to people although it could not be stored at the time (未入库). */
  readonly toldUnstored?: boolean;
  /** Rises by one with each transition. */
  readonly revision: number;
}

/** The states that people see, derived from the facts. */
export const ALARM_STATES = [
  'unacknowledged', // B: condition holds, nobody has seen it
  'acknowledged', // C: condition holds, seen
  'returned-unacknowledged', // D: condition is over, nobody has seen it
  'latched-unacknowledged', // E
  'latched-acknowledged', // F
  'shelved', // G: quiet for a while, by a person
  'suppressed', // H: quiet by design, while another alarm holds
  'out-of-service', // I
  'closed', // A
] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

/** ISA-18.2-2016 letters of the states. The letters are from memory; the states are not. */
export const STATE_LETTERS: Readonly<Record<AlarmState, string>> = {
  closed: 'A',
  unacknowledged: 'B',
  acknowledged: 'C',
  'returned-unacknowledged': 'D',
  'latched-unacknowledged': 'E',
  'latched-acknowledged': 'F',
  shelved: 'G',
  suppressed: 'H',
  'out-of-service': 'I',
};

export type Quietness = 'out-of-service' | 'shelved' | 'suppressed';

/**
 * Why nobody is told of it, whatever its condition; `undefined`: it is annunciated. A person's act is named before the
 * design's. A shelving that has run out is over.
 */
export function quietness(alarm: Alarm, now: Moment): Quietness | undefined {
  if (alarm.outOfService) return 'out-of-service';
  if (alarm.shelved && alarm.shelved.until > now) return 'shelved';
  return alarm.suppressed ? 'suppressed' : undefined;
}

/** The state of `alarm` at `now`. */
export function alarmState(alarm: Alarm, now: Moment): AlarmState {
  if (alarm.closedAt !== undefined) return 'closed';
  const quiet = quietness(alarm, now);
  if (quiet !== undefined) return quiet;
  if (alarm.verdict !== 'not-met') return alarm.acknowledged ? 'acknowledged' : 'unacknowledged';
  if (alarm.latching && !alarm.reset) {
    return alarm.acknowledged ? 'latched-acknowledged' : 'latched-unacknowledged';
  }
  return 'returned-unacknowledged';
}

/** How the ids of all alarms of a rule on a subject begin; those of another may begin so, too. */
export function alarmIdStem(of: {
  readonly repository: string;
  readonly rule: string;
  readonly subject: Subject;
}): string {
  return `${of.repository}.${of.rule}-${of.subject.id}-`;
}

/** One thing that happened to an alarm; the history of an alarm is the list of these. */
export interface AlarmTransition {
  /** `<alarm>/<revision>`: inserting it twice is an error, so no transition is doubled. */
  readonly id: string;
  readonly alarm: string;
  readonly repository: string;
  readonly at: Moment;
  readonly kind:
    | 'raised'
    | 're-raised' // condition came back, or severity rose, before it was closed
    | 'returned'
    | 'acknowledged'
    | 'shelved'
    | 'unshelved'
    | 'suppressed'
    | 'unsuppressed'
    | 'taken-out-of-service'
    | 'returned-to-service'
    | 'assigned'
    | 'edited' // its limit, rule or subject was changed while it was open
    | 'reset'
    | 'commented'
    | 'closed';
  readonly by?: string;
  readonly value?: number;
  readonly note?: string;
  /** For `edited`: what was changed. */
  readonly edit?: AlarmEdit;
}

/** Worst first; then what is judged of a whole room (a confirmed fire) before its single signals; then oldest first. */
export function compareAlarms(a: Alarm, b: Alarm): number {
  const byPriority = PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority);
  if (byPriority !== 0) return byPriority;
  return (
    Number(b.subject.kind === 'room') - Number(a.subject.kind === 'room') || a.raisedAt - b.raisedAt
  );
}
