/** Where a running incident stands. */

import type { Incident, IncidentStep, PlanStep } from '../../../domain/incident.ts';
import type { Moment } from '../../../domain/time.ts';

export interface StepLine {
  readonly step: PlanStep;
  readonly record: IncidentStep | undefined;
  /** `due`: to be done now; `later`: its time has not come; `overdue`: its deadline has passed. */
  readonly state: 'done' | 'not-applicable' | 'failed' | 'overdue' | 'due' | 'later';
  /** Until when, where there is a deadline. */
  readonly dueAt: Moment | undefined;
}

/** The steps of the incident's own plan, in order, each with where it stands. */
export function stepLines(incident: Incident, now: Moment): readonly StepLine[] {
  return incident.plan.steps.map((step) => {
    const record = incident.steps.find((s) => s.id === step.id);
    const from = incident.openedAt + step.afterMs;
    const dueAt = step.withinMs === undefined ? undefined : from + step.withinMs;
    if (record?.outcome) return { step, record, state: record.outcome, dueAt };
    if (dueAt !== undefined && now > dueAt) return { step, record, state: 'overdue', dueAt };
    return { step, record, state: now >= from ? 'due' : 'later', dueAt };
  });
}

/** How many steps have no outcome yet. */
export function stepsLeft(incident: Incident): number {
  const settled = new Set(incident.steps.filter((s) => s.outcome).map((s) => s.id));
  return incident.plan.steps.filter((s) => !settled.has(s.id)).length;
}
