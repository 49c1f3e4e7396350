/** What may be taken out of service, and when that takes a second person. Pure. */

import { qualify } from '../domain/ids.ts';
import { isSafetyMetric, type MetricName } from '../domain/metrics.ts';
import type { OutOfService } from '../domain/out-of-service.ts';
import type { Registry } from '../domain/registry.ts';
import type { Rule, RuleBook } from './rules/rule-types.ts';

/** Kinds that watch over the thing itself: without them a dead detector looks like a quiet one. */
const SUPERVISION: ReadonlySet<Rule['kind']> = new Set(['silence', 'offline', 'bad-data']);

export type ServiceGuard =
  | { readonly ok: false; readonly why: 'no-subject' | 'no-rule' }
  /** `safety`: it guards against fire, water or people, so that a second person must be named. */
  | { readonly ok: true; readonly safety: boolean };

/** Whether the subject, or the rule on it, is there, and what taking it out of service takes. */
export function guardOf(
  book: Pick<RuleBook, 'rules'>,
  registry: Registry,
  about: Pick<OutOfService, 'repository' | 'subject' | 'rule'>,
): ServiceGuard {
  const applies = rulesOn(book.rules, registry, about);
  if (!applies) return { ok: false, why: 'no-subject' };
  const guards = applies.some((rule) => rule.safety || isSafetyRule(rule));
  if (about.rule === undefined) return { ok: true, safety: guards };
  const rule = applies.find(({ id }) => id === about.rule);
  if (!rule) return { ok: false, why: 'no-rule' };
  const counts = rule.safety || isSafetyRule(rule) || SUPERVISION.has(rule.kind);
  return { ok: true, safety: guards && counts };
}

function isSafetyRule(rule: Rule): boolean {
  return 'metric' in rule && isSafetyMetric(rule.metric);
}

function rulesOn(
  rules: readonly Rule[],
  registry: Registry,
  { repository, subject }: Pick<OutOfService, 'repository' | 'subject'>,
): readonly Rule[] | undefined {
  const id = qualify(repository, subject.id);
  switch (subject.kind) {
    case 'sensor': {
      const sensor = registry.sensors.get(id);
      if (!sensor || sensor.retiredAt !== undefined) return undefined;
      return rules.filter((rule) => judgesSensor(rule, sensor.metrics));
    }
    case 'door': {
      const door = registry.doors.get(id);
      if (!door || door.retiredAt !== undefined) return undefined;
      return rules.filter(({ kind }) => kind === 'door' || kind === 'offline' || kind === 'clock');
    }
    case 'device': {
      const device = registry.devices.get(id);
      if (!device || device.retiredAt !== undefined) return undefined;
      return rules.filter(({ kind }) => kind === 'offline');
    }
  }
}

function judgesSensor(rule: Rule, metrics: readonly MetricName[]): boolean {
  if ('metric' in rule) return metrics.includes(rule.metric);
  return rule.kind === 'silence' || rule.kind === 'bad-data' || rule.kind === 'clock';
}
