/** The end of a moment: what can be said only when all its inputs are in. */

import type { Draft } from './draft.ts';
import type { EngineStep } from './engine-types.ts';
import { judgeLateDoors } from './handle/access.ts';
import { onFlood } from './handle/flood.ts';
import { placeAlarms } from './handle/incidents.ts';
import { judgeLate } from './handle/readings.ts';
import { onSuppressions } from './handle/suppression.ts';
import { tellOfIncident } from './tell/incident-telling.ts';
import { mayBeTold, tellOfAlarm } from './telling.ts';

/** When all inputs of one moment are in: late values, incidents, and who is told. */
export function settle(draft: Draft): void {
  judgeLate(draft);
  judgeLateDoors(draft);
  onSuppressions(draft);
  onFlood(draft);
  placeAlarms(draft);
  tellPeople(draft);
}

// Telling may go on with the clock for whatever is open; without it only what changed can be due.
function tellPeople(draft: Draft): void {
  if (!draft.clocked && draft.alarms.size + draft.incidents.size === 0) return;
  const alarms = draft.clocked ? draft.openAlarms() : draft.alarms.values();
  const waiting = [...alarms].filter((alarm) => mayBeTold(draft, alarm));
  for (const alarm of waiting) tellOfAlarm(draft, alarm.id);
  const incidents = draft.clocked
    ? [...draft.openIncidents()].map((incident) => incident.id)
    : [...draft.incidents.keys()];
  for (const id of incidents) tellOfIncident(draft, id);
}

/** Facts with the moments at which people of a repository were last told. */
export const ANNOUNCED_FACT = 'alerts/announced/';

export function announcementRows(draft: Draft): EngineStep['facts'] {
  if (draft.announcements.size === 0) return [];
  return [...draft.announcements].map(([id, told]) => ({
    id: ANNOUNCED_FACT + id,
    at: draft.now,
    body: JSON.stringify(told),
  }));
}
