/** Who is told of an incident: rungs while nobody acknowledges, steps as they fall due, steps that are overdue. */

import type { Incident, IncidentTelling, PlanStep } from '../../domain/incident.ts';
import { PERSON_ROLES, type Person, type PersonRole } from '../../domain/registry.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { Draft } from '../draft.ts';
import { dueRungs, dueSteps, isExhausted, startOf } from '../plans/due.ts';
import { nobodyNow, noteChoice } from '../telling.ts';
import { incidentWords } from './messages.ts';
import { settingOf, tell } from './outbox.ts';
import { choose } from './people.ts';

/** What an incident remembers of its tellings; older ones are in the outbox. */
const TELLINGS_MAX = 500;

/** Tells whoever is due. Steps that fall due together for one person come in one message. */
export function tellOfIncident(draft: Draft, id: string): void {
  tellWhoIsDue(draft, id);
  rememberNobody(draft, id);
}

function tellWhoIsDue(draft: Draft, id: string): void {
  const incident = draft.incident(id);
  if (!incident || incident.closed) return;
  const { plan } = incident;
  const rungs = dueRungs(plan, incident, draft.now);
  const due = dueSteps(plan, incident, draft.now);
  const tellSteps = due.filter(({ what }) => what === 'tell').map(({ step }) => step);
  const overdue = due.filter(({ what }) => what === 'overdue').map(({ step }) => step);
  const exhausted = isNewlyExhausted(draft, incident, rungs.length);
  if (rungs.length + due.length === 0 && !exhausted) return;
  const tellings: IncidentTelling[] = [...incident.tellings];
  for (const { rung, index } of rungs)
    tellings.push(...tellRung(draft, incident, { rung, index, tellings }));
  tellings.push(...tellDueSteps(draft, incident, tellSteps));
  for (const step of overdue) tellings.push(...tellOverdue(draft, incident, { step, tellings }));
  const at = draft.now;
  const told = new Set(tellSteps.map((step) => step.id));
  const late = new Set(overdue.map((step) => step.id));
  draft.putIncident({
    ...incident,
    rungsTold: incident.rungsTold + rungs.length,
    tellings: tellings.slice(-TELLINGS_MAX),
    ...(exhausted ? { exhaustedAt: at } : {}),
    steps: incident.steps.map((step) => ({
      ...step,
      ...(told.has(step.id) ? { toldAt: at } : {}),
      ...(late.has(step.id) ? { overdueToldAt: at } : {}),
    })),
  });
  if (exhausted) {
    draft.note({ repository: incident.repository, action: 'escalation.exhausted', subject: id });
  }
}

/** So that the journal says only once of a role that there is nobody to tell. */
function rememberNobody(draft: Draft, id: string): void {
  const incident = draft.incident(id);
  const noted = nobodyNow(draft, id);
  if (!incident || noted.size === 0) return;
  const before = new Set<unknown>(incident.nobodyFor);
  const nobodyFor = PERSON_ROLES.filter((role) => before.has(role) || noted.has(role));
  if (nobodyFor.length > before.size) draft.putIncident({ ...incident, nobodyFor });
}

/** A graver level is told to those who answer for it. */
export function tellLevel(draft: Draft, incident: Incident): readonly IncidentTelling[] {
  const roles: readonly PersonRole[] = ['manager', 'director'];
  const people = roles.flatMap((role) => chosen(draft, incident, { role, who: 'all' }));
  const unique = people.filter((person, i) => people.findIndex((p) => p.id === person.id) === i);
  return unique.map((person) =>
    telling(draft, incident, {
      person,
      why: 'level',
      key: `level-${incident.levels.length}`,
      words: { zh: '预警级别已调整', en: 'its level was changed' },
      steps: [],
    }),
  );
}

function isNewlyExhausted(draft: Draft, incident: Incident, rungsNow: number): boolean {
  if (incident.acknowledged || incident.exhaustedAt !== undefined || rungsNow > 0) return false;
  const elapsedMs = draft.now - startOf(incident);
  return isExhausted(incident.plan.escalation, incident.rungsTold, elapsedMs);
}

function tellRung(
  draft: Draft,
  incident: Incident,
  at: {
    readonly rung: Incident['plan']['escalation'][number];
    readonly index: number;
    readonly tellings: readonly IncidentTelling[];
  },
): readonly IncidentTelling[] {
  const { rung, index, tellings } = at;
  const isOpening = rung.afterMs === 0;
  // Who is told that it opened learns what is to be done at once.
  const steps = incident.plan.steps.filter((step) => step.afterMs === 0 && !step.automatic);
  return chosen(draft, incident, { ...rung, told: tellings }).map((person) =>
    telling(draft, incident, {
      person,
      why: isOpening ? 'opened' : 'escalation',
      key: `rung-${index}`,
      words: isOpening
        ? { zh: '预案已启动', en: 'the plan has started' }
        : { zh: '尚无人确认，请立即处理', en: 'nobody has acknowledged; act now' },
      steps,
    }),
  );
}

function tellDueSteps(
  draft: Draft,
  incident: Incident,
  steps: readonly PlanStep[],
): readonly IncidentTelling[] {
  const byRole = Map.groupBy(steps, (step) => step.role);
  return [...byRole].flatMap(([role, own]) =>
    chosen(draft, incident, { role, who: 'first' }).flatMap((person) => {
      const [first] = own;
      if (!first) return [];
      const one = telling(draft, incident, {
        person,
        why: 'step',
        key: `step-${first.id}`,
        words: { zh: '请完成以下步骤', en: 'these steps are yours' },
        steps: own,
      });
      return own.map((step) => ({ ...one, step: step.id }));
    }),
  );
}

function tellOverdue(
  draft: Draft,
  incident: Incident,
  at: { readonly step: PlanStep; readonly tellings: readonly IncidentTelling[] },
): readonly IncidentTelling[] {
  const { step } = at;
  const before = at.tellings.filter((t) => t.step === step.id);
  return chosen(draft, incident, { role: step.role, who: 'next', told: before }).map((person) => ({
    ...telling(draft, incident, {
      person,
      why: 'overdue',
      key: `overdue-${step.id}`,
      words: { zh: '步骤逾期未完成', en: 'a step is overdue' },
      steps: [step],
    }),
    step: step.id,
  }));
}

function chosen(
  draft: Draft,
  incident: Incident,
  wanted: Parameters<typeof choose>[1] & { readonly told?: readonly IncidentTelling[] },
): readonly Person[] {
  const people = draft.world.homes.get(incident.repository)?.people ?? [];
  const choice = choose(people, wanted, new Set(wanted.told?.map((t) => t.person)));
  noteChoice(draft, incident, { role: wanted.role, ...choice });
  return choice.people;
}

function telling(
  draft: Draft,
  incident: Incident,
  what: {
    readonly person: Person;
    readonly why: IncidentTelling['why'];
    readonly key: string;
    readonly words: LocalizedText;
    readonly steps: readonly PlanStep[];
  },
): IncidentTelling {
  const { person, why, steps } = what;
  const setting = settingOf(draft, incident.repository, incident.room);
  const outboxKeys = tell(draft, person, {
    key: `${incident.id}/${what.key}`,
    words: incidentWords(incident, setting, { why: what.words, steps }),
    safety: isSafety(draft, incident),
    incident: incident.id,
  });
  return { at: draft.now, person: person.id, why, outboxKeys };
}

function isSafety(draft: Draft, incident: Incident): boolean {
  return incident.alarms.some((id) => draft.alarm(id)?.safety === true);
}
