/** What happens to an incident, as pure functions: the next incident, or why not. */

import type { Incident, IncidentStep, Level, Plan } from '../../domain/incident.ts';
import { say, type Said } from '../../domain/sentences.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { Moment } from '../../domain/time.ts';

export type IncidentChange =
  | { readonly ok: true; readonly incident: Incident }
  | ({
      readonly ok: false;
      readonly code: 'already' | 'not-found' | 'not-allowed' | 'invalid';
    } & Said);

/** A new incident with a copy of the plan: an edit does not disturb a running one. Automatic steps are done. */
export function openIncident(
  facts: {
    readonly id: string;
    readonly repository: string;
    readonly room?: string;
    readonly plan: Plan;
    readonly level: Level;
    readonly title: LocalizedText;
    readonly by: string;
    readonly alarms: readonly string[];
    readonly simulated: boolean;
    readonly reason: string;
  },
  now: Moment,
): Incident {
  const { by, reason, level, ...own } = facts;
  return {
    ...own,
    level,
    openedAt: now,
    openedBy: by,
    steps: facts.plan.steps.map((step) =>
      step.automatic
        ? { id: step.id, outcome: 'done' as const, by: 'system', at: now, toldAt: now }
        : { id: step.id },
    ),
    rungsTold: 0,
    tellings: [],
    levels: [{ level, by, at: now, reason }],
    revision: 0,
  };
}

/** Stops its escalation; the caller acknowledges its alarms. */
export function acknowledgeIncident(
  incident: Incident,
  act: { readonly by: string; readonly comment?: string },
  now: Moment,
): IncidentChange {
  if (incident.acknowledged) return refused('already', say('acknowledged-before'));
  const { by, comment } = act;
  const acknowledged = { by, at: now, ...(comment === undefined ? {} : { comment }) };
  return { ok: true, incident: { ...incident, acknowledged } };
}

/** Stops that step's clock. A recorded outcome may be corrected; the journal keeps both. */
export function recordStep(
  incident: Incident,
  act: {
    readonly step: string;
    readonly by: string;
    readonly outcome: 'done' | 'not-applicable' | 'failed';
    readonly note?: string;
  },
  now: Moment,
): IncidentChange {
  const { step: id, by, outcome, note } = act;
  const before = incident.steps.find((step) => step.id === id);
  if (!before) return refused('not-found', say('step-unknown', { step: id }));
  if (before.outcome === outcome && before.note === (note ?? '')) {
    return refused('already', say('step-so'));
  }
  if (outcome !== 'done' && (note ?? '').trim() === '') {
    return refused('invalid', say('step-reason'));
  }
  const after: IncidentStep = { ...before, outcome, by, at: now, note: note ?? '' };
  const steps = incident.steps.map((step) => (step.id === id ? after : step));
  return { ok: true, incident: { ...incident, steps } };
}

export function setLevel(
  incident: Incident,
  act: { readonly by: string; readonly level: Level; readonly reason: string },
  now: Moment,
): IncidentChange {
  const { by, level, reason } = act;
  if (incident.level === level) return refused('already', say('level-so'));
  if (reason.trim() === '') return refused('invalid', say('level-reason'));
  const levels = [...incident.levels, { level, by, at: now, reason }];
  return { ok: true, incident: { ...incident, level, levels } };
}

/** `signalling`: how many of its alarms still hold; such an incident is not over. */
export function closeIncident(
  incident: Incident,
  act: { readonly by: string; readonly report: string; readonly signalling: number },
  now: Moment,
): IncidentChange {
  const { by, report, signalling } = act;
  if (report.trim() === '') return refused('invalid', say('incident-report'));
  if (signalling > 0) {
    return refused('not-allowed', say('incident-signalling', { alarms: signalling }));
  }
  return { ok: true, incident: { ...incident, closed: { by, at: now, report } } };
}

function refused(code: Extract<IncidentChange, { ok: false }>['code'], said: Said): IncidentChange {
  return { ok: false, code, ...said };
}
