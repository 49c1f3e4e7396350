/** What of a plan is due: pure, over a plan, an incident and a moment. Deadlines are derived, never counted down. */

import type {
  EscalationRung,
  Incident,
  IncidentStep,
  Plan,
  PlanStep,
} from '../../domain/incident.ts';
import { MINUTE_MS, type Moment } from '../../domain/time.ts';

/** After the last rung people get so long before it is recorded that nobody acknowledged; 本馆自定. */
export const EXHAUSTED_AFTER_MS = 5 * MINUTE_MS;

export interface DueStep {
  readonly step: PlanStep;
  /** `tell`: its role is to be told now; `overdue`: its deadline passed, the next person is to be told. */
  readonly what: 'tell' | 'overdue';
}

/** Steps that are to be told now. A step with an outcome is never due. */
export function dueSteps(plan: Plan, incident: Incident, now: Moment): readonly DueStep[] {
  if (incident.closed) return [];
  return plan.steps.flatMap((step): DueStep[] => {
    const state = incident.steps.find((s) => s.id === step.id);
    if (state?.outcome !== undefined) return [];
    const what = dueOf(step, state, now - startOf(incident));
    return what ? [{ step, what }] : [];
  });
}

/** What waits and deadlines of an incident count from. */
export function startOf(incident: Pick<Incident, 'openedAt' | 'timedFrom'>): Moment {
  return incident.timedFrom ?? incident.openedAt;
}

/** When the step must be done; `undefined`: no deadline. */
export function deadlineOf(step: PlanStep, from: Moment): Moment | undefined {
  return step.withinMs === undefined ? undefined : from + step.afterMs + step.withinMs;
}

function dueOf(
  step: PlanStep,
  state: IncidentStep | undefined,
  elapsedMs: number,
): DueStep['what'] | undefined {
  if (elapsedMs < step.afterMs) return undefined;
  if (state?.toldAt === undefined) return 'tell';
  const overdue = step.withinMs !== undefined && elapsedMs >= step.afterMs + step.withinMs;
  return overdue && state.overdueToldAt === undefined ? 'overdue' : undefined;
}

/** Rungs of the escalation that are to be told now, with their place; none after an acknowledgement. */
export function dueRungs(
  plan: Plan,
  incident: Incident,
  now: Moment,
): readonly { readonly rung: EscalationRung; readonly index: number }[] {
  if (incident.acknowledged || incident.closed || incident.exhaustedAt !== undefined) return [];
  return rungsDue(plan.escalation, incident.rungsTold, now - startOf(incident));
}

/** The same over any list of rungs, in the order of their waits. */
export function rungsDue<R extends { readonly afterMs: number }>(
  rungs: readonly R[],
  told: number,
  elapsedMs: number,
): readonly { readonly rung: R; readonly index: number }[] {
  return rungs
    .map((rung, index) => ({ rung, index }))
    .filter(({ rung, index }) => index >= told && rung.afterMs <= elapsedMs);
}

/** Whether every rung was told long enough ago and nobody answered. */
export function isExhausted(
  rungs: readonly { readonly afterMs: number }[],
  told: number,
  elapsedMs: number,
): boolean {
  const last = rungs.at(-1);
  return (
    last !== undefined && told >= rungs.length && elapsedMs >= last.afterMs + EXHAUSTED_AFTER_MS
  );
}
