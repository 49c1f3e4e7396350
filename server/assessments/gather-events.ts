/** What happened at doors and with alarms and incidents in the period. Reads are bounded and say when they were cut. */

import type { AccessEventKind } from '../../domain/access.ts';
import type { Alarm } from '../../domain/alarm.ts';
import type { Incident } from '../../domain/incident.ts';
import { activeOf } from '../../domain/registry.ts';
import { DAY_MS, type Moment } from '../../domain/time.ts';
import type { AlarmEvidence, DoorEvidence, DoorViolation, IncidentEvidence } from './evidence.ts';
import type { Evidence } from './evidence.ts';
import type { GatherQuestion } from './gather-question.ts';

/** Access events of one day; a door that reports more floods, and its counts are lower bounds. */
const ACCESS_EVENTS_A_DAY_MAX = 20_000;
/** Alarms and incidents of the period. */
const ALARMS_MAX = 20_000;
const INCIDENTS_MAX = 5_000;

const violationOf: Partial<Record<AccessEventKind, DoorViolation>> = {
  forced_open: 'forced_open',
  held_open: 'held_open',
  denied: 'denied',
  duress: 'duress',
  tamper: 'tamper',
};

type Tally = { events: number; violations: Record<DoorViolation, number> };

/** Access events day by day, so that a long period neither fills memory nor holds up the process. */
export async function gatherDoors(
  q: GatherQuestion,
): Promise<Pick<Evidence, 'doors' | 'doorsTruncated'>> {
  const doors = activeOf(q.services.registry().doors, q.repository);
  const tallies = new Map<string, Tally>(doors.map((d) => [d.id, emptyTally()]));
  let truncated = false;
  for (let from = q.from; from < q.until; from += DAY_MS) {
    const events = q.services.queries.accessEvents({
      repositories: [q.repository],
      from,
      until: Math.min(from + DAY_MS, q.until),
      rowsMax: ACCESS_EVENTS_A_DAY_MAX,
    });
    truncated ||= events.length >= ACCESS_EVENTS_A_DAY_MAX;
    for (const event of events) {
      const tally = tallies.get(event.door);
      const kind = violationOf[event.event];
      if (tally) tally.events += 1;
      if (tally && kind) tally.violations[kind] += 1;
    }
    await nextTurn();
  }
  for (const alarm of alarmsOf(q).filter((a) => isOutOfHours(a, q))) {
    const tally = tallies.get(alarm.subject.id);
    if (tally) tally.violations.out_of_hours += 1;
  }
  const evidence = doors.map((d): DoorEvidence => {
    const tally = tallies.get(d.id) ?? emptyTally();
    return {
      door: d.id,
      name: d.name ?? d.id,
      room: d.room,
      events: tally.events,
      violations: tally.violations,
    };
  });
  return { doors: evidence, doorsTruncated: truncated };
}

/** Alarms raised and incidents opened in the period, and the alarms that are open now. */
export function gatherResponse(
  q: GatherQuestion,
): Pick<Evidence, 'alarms' | 'alarmsTruncated' | 'openAlarms' | 'incidents'> {
  const alarms = alarmsOf(q);
  const open = q.services.queries.alarms({
    repositories: [q.repository],
    open: true,
    rowsMax: ALARMS_MAX,
  });
  const incidents = q.services.queries.incidents({
    repositories: [q.repository],
    from: q.from,
    until: q.until,
    rowsMax: INCIDENTS_MAX,
  });
  return {
    alarms: alarms.map(alarmEvidence),
    alarmsTruncated: alarms.length >= ALARMS_MAX,
    openAlarms: open.map(alarmEvidence),
    incidents: incidents.map(incidentEvidence),
  };
}

function alarmsOf(q: GatherQuestion): readonly Alarm[] {
  return q.services.queries.alarms({
    repositories: [q.repository],
    from: q.from,
    until: q.until,
    rowsMax: ALARMS_MAX,
  });
}

function isOutOfHours(alarm: Alarm, q: GatherQuestion): boolean {
  return (
    alarm.subject.kind === 'door' && q.knowledge.thresholds.outOfHoursRules.includes(alarm.rule)
  );
}

function alarmEvidence(alarm: Alarm): AlarmEvidence {
  const seen = [alarm.acknowledged?.at, alarm.shelved?.at].filter((at) => at !== undefined);
  return {
    id: alarm.id,
    priority: alarm.priority,
    raisedAt: alarm.raisedAt,
    ...(seen.length === 0 ? {} : { seenAt: Math.min(...seen) }),
    acknowledged: alarm.acknowledged !== undefined,
    open: alarm.closedAt === undefined,
  };
}

function incidentEvidence(incident: Incident): IncidentEvidence {
  return {
    id: incident.id,
    level: incident.level,
    openedAt: incident.openedAt,
    ...(incident.acknowledged === undefined ? {} : { acknowledgedAt: incident.acknowledged.at }),
    steps: incident.plan.steps.flatMap((planned) => {
      if (planned.withinMs === undefined || planned.automatic === true) return [];
      const timedFrom = incident.timedFrom ?? incident.openedAt;
      const dueAt = timedFrom + planned.afterMs + planned.withinMs;
      const recordedAt = recordedMoment(incident, planned.id);
      return [recordedAt === undefined ? { dueAt } : { dueAt, recordedAt }];
    }),
  };
}

/** When the step's outcome was recorded; a step that failed was not done in time. */
function recordedMoment(incident: Incident, step: string): Moment | undefined {
  const done = incident.steps.find((s) => s.id === step);
  return done?.outcome === undefined || done.outcome === 'failed' ? undefined : done.at;
}

function emptyTally(): Tally {
  return {
    events: 0,
    violations: { forced_open: 0, duress: 0, tamper: 0, held_open: 0, denied: 0, out_of_hours: 0 },
  };
}

/** Lets an alarm that is waiting go first. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
