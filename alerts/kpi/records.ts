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
  /** It stopped being shown without that: made quiet, closed, or announced anew. */
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

/** What ends which quiet. */
const QUIET_OF = {
  unshelved: 'shelved',
  unsuppressed: 'suppressed',
  'returned-to-service': 'taken-out-of-service',
} as const;

type Told = Pick<Alarm, 'rule' | 'subject' | 'priority'>;
type Happened = Pick<AlarmTransition, 'kind' | 'at' | 'note'>;

/**
 * The annunciations of one alarm, from its transitions in order. What is quiet (shelved, suppressed, out of service) is
 * not announced, be it from the beginning; the end of the last quiet announces what still holds. A rise in severity is an annunciation of its own; what came before it is given
 * the alarm's priority, since transitions tell only the later one.
 */
export function recordsOf(alarm: Told, transitions: readonly Happened[]): readonly AlarmRecord[] {
  const subject = `${alarm.subject.kind}:${alarm.subject.id}`;
  const records: AlarmRecord[] = [];
  const quiets = new Set<string>();
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
        if (quiets.size === 0) announce(at, kind === 're-raised' ? note : undefined);
        break;
      case 'returned':
        holds = false;
        change({ returnedAt: at });
        break;
      case 'acknowledged':
        change({ acknowledgedAt: at });
        break;
      case 'shelved':
      case 'suppressed':
      case 'taken-out-of-service':
        quiets.add(kind);
        // Quiet from the very beginning: nobody was told.
        if (records.at(-1)?.raisedAt === at) records.pop();
        else if (holds) change({ silencedAt: at });
        break;
      case 'unshelved':
      case 'unsuppressed':
      case 'returned-to-service': {
        const wasQuiet = quiets.delete(QUIET_OF[kind]);
        if (holds && wasQuiet && quiets.size === 0) announce(at);
        break;
      }
      case 'closed':
        change({ silencedAt: at });
        break;
      case 'reset':
      case 'commented':
      case 'assigned':
      case 'edited':
        break;
    }
  }
  return records;
}
