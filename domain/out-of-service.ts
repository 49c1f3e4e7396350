/** What people took out of service (停用挂牌, ISA-18.2 state I): a standing fact, until a person returns it. */

import type { Alarm, Subject } from './alarm.ts';
import type { Moment } from './time.ts';

/** What may be taken out of service. Not a room's confirmed fire, nor the system's own troubles. */
export const SERVICE_KINDS = ['sensor', 'door', 'device'] as const;

export interface OutOfService {
  readonly id: string;
  readonly repository: string;
  readonly subject: Subject & { readonly kind: (typeof SERVICE_KINDS)[number] };
  /** Only this rule on it; unset: all that is judged of it. */
  readonly rule?: string;
  readonly by: string;
  readonly at: Moment;
  readonly reason: string;
  /** Number of the permit or of the tag on the thing. */
  readonly tag: string;
  /** Local id of the second person, where the thing guards against fire, water or people. */
  readonly second?: string;
  /** To be looked at again by then; it does not end by itself. */
  readonly reviewAt?: Moment;
  readonly returned?: { readonly by: string; readonly at: Moment; readonly note?: string };
}

/** What guards against fire, water or people is out of service for at most so long at a time; 本馆自定. */
export const SAFETY_REVIEW_MS_MAX = 24 * 60 * 60_000;

/** By subject, or by subject and rule: at most one fact stands for each. */
export function serviceKey(of: {
  readonly repository: string;
  readonly subject: Subject;
  readonly rule?: string;
}): string {
  const subject = `${of.repository}/${of.subject.kind}:${of.subject.id}`;
  return of.rule === undefined ? subject : `${subject}/${of.rule}`;
}

/** The keys under which a fact would cover the alarm, the wider one first. */
export function serviceKeysOf(
  alarm: Pick<Alarm, 'repository' | 'subject' | 'rule'>,
): readonly [wide: string, narrow: string] {
  const { repository, subject } = alarm;
  return [serviceKey({ repository, subject }), serviceKey(alarm)];
}
