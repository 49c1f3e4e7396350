/** Whether what is known to have happened was caught, by an alarm of the right kind, and how late. */

import type {
  BacktestAlarm,
  IncidentKind,
  IncidentOutcome,
  KnownIncident,
} from '../../domain/backtest.ts';
import type { Incident } from '../../domain/incident.ts';
import { HOUR_MS, type Moment } from '../../domain/time.ts';
import type { Rule } from '../rules/rule-types.ts';

/** An alarm so long after the incident's end still caught it: delays and late data take their time; our own proposal. */
export const CAUGHT_AFTER_MS = HOUR_MS;

/** The kinds of incident that an alarm of this rule is about; a pre-warning is about the same as the alarm. */
export function kindsOf(rule: Rule): readonly IncidentKind[] {
  switch (rule.kind) {
    case 'silence':
    case 'bad-data':
    case 'offline':
    case 'clock':
      return ['sensor'];
    case 'door':
      return rule.events.includes('held_open') ? ['door'] : ['intrusion'];
    case 'confirmed-fire':
      return ['fire'];
    case 'system':
      return [];
    default:
      return kindsOfPlan(rule);
  }
}

function kindsOfPlan(rule: Exclude<Rule, { kind: 'system' }>): readonly IncidentKind[] {
  const metric = 'metric' in rule ? rule.metric : undefined;
  if (rule.plan?.id === 'fire' || metric === 'smoke' || metric === 'heat') return ['fire'];
  if (rule.plan?.id === 'water' || metric === 'water_leak') return ['water'];
  if (metric === 'tamper' || metric === 'glass_break') return ['intrusion'];
  if (metric === 'battery' || metric === 'battery_low' || metric === 'fault') return ['sensor'];
  return rule.safety ? [] : ['climate'];
}

/** Each incident with the first alarm that caught it. An alarm that stood before it began caught it at once. */
export function outcomesOf(
  incidents: readonly KnownIncident[],
  occurrences: readonly BacktestAlarm[],
  rules: readonly Rule[],
): readonly IncidentOutcome[] {
  const kinds = new Map(rules.map((rule) => [rule.id, kindsOf(rule)]));
  return incidents.map((incident) => {
    const first = occurrences.find(
      (one) => isAbout(one, incident, kinds.get(one.rule) ?? []) && isWithin(one, incident),
    );
    if (!first) return { incident };
    const { rule, raisedAt, title } = first;
    const lateMs = Math.max(0, raisedAt - incident.from);
    return { incident, caughtBy: { rule, raisedAt, title }, lateMs };
  });
}

function isAbout(
  one: BacktestAlarm,
  { kind, room }: KnownIncident,
  kinds: readonly IncidentKind[],
): boolean {
  if (room !== undefined && one.room !== room) return false;
  return kind === 'any' || kinds.includes(kind);
}

function isWithin(one: BacktestAlarm, { from, until }: KnownIncident): boolean {
  return one.raisedAt <= until + CAUGHT_AFTER_MS && (one.returnedAt ?? Infinity) >= from;
}

/** Past incidents of a repository as what is known to have happened; those opened by hand count whatever was raised. */
export function knownFrom(incidents: readonly Incident[], now: Moment): readonly KnownIncident[] {
  return incidents.map(({ id, room, plan, openedAt, closed, title }) => ({
    id,
    ...(room === undefined ? {} : { room }),
    kind: plan.id === 'fire' || plan.id === 'water' || plan.id === 'climate' ? plan.id : 'any',
    from: openedAt,
    until: closed?.at ?? now,
    name: title,
  }));
}
