/**
 * Suppression by design: alarms become quiet when their cause begins and are released when it is over. Looked at only
 * when an alarm changed, or structure and rules did; a step over quiet readings never comes here.
 */

import type { Alarm } from '../../domain/alarm.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { Draft } from '../draft.ts';
import { tellAlarm } from './findings.ts';
import { causeOf } from './quiet-lookup.ts';

/** After the inputs, before anybody is told. */
export function onSuppressions(draft: Draft): void {
  const { byQuiet, byCause } = draft.world.suppressions;
  const isReview = draft.clocked && draft.seekChanges;
  if ((draft.alarms.size === 0 && !isReview) || byQuiet.size === 0) return;
  const changed = isReview ? draft.openAlarms() : draft.alarms.values();
  const looked = new Set<string>();
  let causes = false;
  for (const alarm of changed) {
    if (byQuiet.has(alarm.rule) || alarm.suppressed) looked.add(alarm.id);
    causes ||= byCause.has(alarm.rule);
  }
  if (causes) {
    for (const alarm of draft.openAlarms()) if (byQuiet.has(alarm.rule)) looked.add(alarm.id);
  }
  for (const id of looked) {
    const alarm = draft.alarm(id);
    if (alarm && alarm.closedAt === undefined) review(draft, alarm);
  }
}

function review(draft: Draft, alarm: Alarm): void {
  const because = causeOf(draft, alarm);
  if (because) {
    const { suppressed } = alarm;
    if (suppressed?.cause === because.cause && suppressed.until === undefined) return;
    tellAlarm(draft, alarm, { kind: 'suppress', because });
    // Announced in this very step: its cause came with it.
    draft.announced.delete(alarm.id);
  } else if (alarm.suppressed && alarm.suppressed.until === undefined) {
    const at = draft.now + lingerMs(draft, alarm);
    tellAlarm(draft, alarm, { kind: 'unsuppress', at });
  }
}

/** The longest of the entries that may have quieted it; none are left when the rules were changed. */
function lingerMs(draft: Draft, alarm: Alarm): number {
  const entries = draft.world.suppressions.byQuiet.get(alarm.rule) ?? [];
  return Math.max(0, ...entries.map((entry) => entry.afterSeconds * SECOND_MS));
}
