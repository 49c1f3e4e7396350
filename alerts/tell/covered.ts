/** Whether the alarm of a flood tells of an alarm. */

import type { Alarm } from '../../domain/alarm.ts';
import type { Draft } from '../draft.ts';

/** Its flood goes on: the flood's own alarm tells of it. */
export function isCoveredByFlood(draft: Draft, alarm: Alarm): boolean {
  const flood = alarm.gathered && draft.alarm(alarm.gathered.flood);
  return flood !== undefined && lasts(flood);
}

/** The alarm's condition is not known to be over. */
export function lasts(alarm: Alarm): boolean {
  return alarm.closedAt === undefined && alarm.verdict !== 'not-met';
}
