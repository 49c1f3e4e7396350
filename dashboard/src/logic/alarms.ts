/** What an alarm's facts mean on screen. The same derivation as `domain/alarm.ts`; a test holds them together. */

import type { Alarm, AlarmState, Priority } from '../../../domain/alarm.ts';
import type { Moment } from '../../../domain/time.ts';

export const PRIORITY_ORDER: readonly Priority[] = ['critical', 'high', 'medium', 'low'];

export function stateOf(alarm: Alarm, now: Moment): AlarmState {
  if (alarm.closedAt !== undefined) return 'closed';
  if (alarm.outOfService) return 'out-of-service';
  if (alarm.shelved && alarm.shelved.until > now) return 'shelved';
  if (alarm.suppressed) return 'suppressed';
  if (alarm.verdict !== 'not-met') return alarm.acknowledged ? 'acknowledged' : 'unacknowledged';
  if (alarm.latching && !alarm.reset) {
    return alarm.acknowledged ? 'latched-acknowledged' : 'latched-unacknowledged';
  }
  return 'returned-unacknowledged';
}

const QUIET: ReadonlySet<AlarmState> = new Set(['shelved', 'suppressed', 'out-of-service']);

/** Whether nobody is told of it, whatever its condition. */
export function isQuiet(alarm: Alarm, now: Moment): boolean {
  return QUIET.has(stateOf(alarm, now));
}

const WAITING: ReadonlySet<AlarmState> = new Set([
  'unacknowledged',
  'returned-unacknowledged',
  'latched-unacknowledged',
]);

/** Whether it still waits for a person to say that it was seen. */
export function waitsForPerson(alarm: Alarm, now: Moment): boolean {
  return WAITING.has(stateOf(alarm, now));
}

/** Whether the sound is for it: unacknowledged, and critical or high. */
export function isLoud(alarm: Alarm, now: Moment): boolean {
  const grave = alarm.priority === 'critical' || alarm.priority === 'high';
  return grave && waitsForPerson(alarm, now);
}

/** Worst first, then a whole room's before single signals', then oldest first, then by id so that equals never change places. */
export function worstFirst(a: Alarm, b: Alarm): number {
  const byPriority = PRIORITY_ORDER.indexOf(a.priority) - PRIORITY_ORDER.indexOf(b.priority);
  if (byPriority !== 0) return byPriority;
  const byScope = Number(b.subject.kind === 'room') - Number(a.subject.kind === 'room');
  return byScope || a.raisedAt - b.raisedAt || a.id.localeCompare(b.id);
}

/** In how many rooms something is critical; what is in no room counts as one place. */
export function criticalPlaces(alarms: readonly Alarm[]): number {
  const critical = alarms.filter((alarm) => alarm.priority === 'critical');
  return new Set(critical.map((alarm) => `${alarm.repository}.${alarm.room ?? ''}`)).size;
}
