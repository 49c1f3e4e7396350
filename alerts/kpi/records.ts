/**
 * What the figures of alarm management count: annunciations, and nothing else. Acknowledging, returning, shelving and
 * diagnostics are no alarms (counting them was seen to make a rate wrong by 97 %).
 */

import type { Alarm, AlarmTransition, Priority } from '../../domain/alarm.ts';
import { PRIORITIES } from '../../domain/alarm.ts';
import type { Moment } from '../../domain/time.ts';

/** One annunciation: people were told of one condition of one subject, once. */
export interface AlarmRecord {
  readonly rule: string;
  /** Sensor, door, room …, by kind and local id. */
  readonly subject: string;
  readonly priority: Priority;
  readonly raisedAt: Moment;
  readonly acknowledgedAt?: Moment;
  /** The condition ended. */
  readonly returnedAt?: Moment;
  /** It stopped being shown without that: shelved, closed, or announced anew. */
  readonly silencedAt?: Moment;
}

/** A span of time; `until` excluded. */
export interface Period {
  readonly from: Moment;
  readonly until: Moment;
}

/** What annunciates: a rule on a subject, the "tag" of the standards. */
export function sourceOf(record: AlarmRecord): string {
  return `${record.rule}/${record.subject}`;
}

/** When it stopped being annunciated; `undefined`: it still is. */
export function endOf(record: AlarmRecord): Moment | undefined {
  const { returnedAt, silencedAt } = record;
  if (returnedAt === undefined || silencedAt === undefined) return returnedAt ?? silencedAt;
  return Math.min(returnedAt, silencedAt);
}

/** The records that were raised in one of the spans. */
export function raisedIn(
  records: readonly AlarmRecord[],
  spans: readonly Period[],
): readonly AlarmRecord[] {
  return records.filter((r) => spans.some((s) => r.raisedAt >= s.from && r.raisedAt < s.until));
}

type Told = Pick<Alarm, 'rule' | 'subject' | 'priority'>;
type Happened = Pick<AlarmTransition, 'kind' | 'at' | 'note'>;

/**
 * The annunciations of one alarm, from its transitions in order. What comes back on the shelf is not announced; the end of
 * a shelving announces what still holds. A rise in severity is an annunciation of its own; what came before it is given
 * the alarm's priority, since transitions tell only the later one.
 */
export function recordsOf(alarm: Told, transitions: readonly Happened[]): readonly AlarmRecord[] {
  const subject = `${alarm.subject.kind}:${alarm.subject.id}`;
  const records: AlarmRecord[] = [];
  let shelved = false;
  let holds = false;
  // What is known of a record stays: the second return on a shelf is none of what was announced before.
  const change = (facts: Partial<AlarmRecord>) => {
    const last = records.pop();
    if (last) records.push({ ...facts, ...last });
  };
  const announce = (at: Moment, note?: string) => {
    const newest = records.at(-1);
    if (newest && endOf(newest) === undefined) change({ silencedAt: at });
    const priority = PRIORITIES.find((p) => p === note) ?? alarm.priority;
    records.push({ rule: alarm.rule, subject, priority, raisedAt: at });
  };
  for (const { kind, at, note } of transitions) {
    switch (kind) {
      case 'raised':
      case 're-raised':
        holds = true;
        if (!shelved) announce(at, kind === 're-raised' ? note : undefined);
        break;
      case 'returned':
        holds = false;
        change({ returnedAt: at });
        break;
      case 'acknowledged':
        change({ acknowledgedAt: at });
        break;
      case 'shelved':
        shelved = true;
        if (holds) change({ silencedAt: at });
        break;
      case 'unshelved':
        shelved = false;
        if (holds) announce(at);
        break;
      case 'closed':
        change({ silencedAt: at });
        break;
      case 'reset':
      case 'commented':
        break;
    }
  }
  return records;
}
