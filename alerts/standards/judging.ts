/** Whether our rules judge by an entry; what they can't, says so. */

import type { Limit } from '../../domain/limits.ts';
import type { MetricName } from '../../domain/metrics.ts';
import type { Judging } from '../../domain/standards.ts';
import type { Rule, RuleBook } from '../rules/rule-types.ts';
import type { PackEntry } from './library.ts';

/** `rule` only if every bound of the entry has a rule that takes its limit from the standards. */
export function judgingOf(entry: PackEntry, book: RuleBook): Judging {
  if (entry.comparison) return 'comparison';
  if (entry.kind === 'duty' || entry.kind === 'linkage' || entry.kind === 'fact') {
    return 'knowledge';
  }
  const { limit } = entry;
  if (!limit) return 'not-yet';
  if (limit.kind === 'rate' || limit.kind === 'mean') {
    return book.rules.some((rule) => judgesByStandard(rule, limit)) ? 'rule' : 'not-yet';
  }
  if (limit.kind === 'swing') return hasSwing(book, limit.metric) ? 'rule' : 'not-yet';
  const sides = [
    ...(limit.min === undefined ? [] : ['below' as const]),
    ...(limit.max === undefined ? [] : ['above' as const]),
  ];
  return sides.every((side) => hasBand(book, limit.metric, side)) ? 'rule' : 'not-yet';
}

function judgesByStandard(rule: Rule, { kind, metric }: Limit): boolean {
  if (rule.kind !== 'rate' && rule.kind !== 'mean') return false;
  return rule.kind === kind && rule.metric === metric && rule.limit === undefined;
}

function hasBand(book: RuleBook, metric: MetricName, side: 'above' | 'below'): boolean {
  return book.rules.some(
    (rule) =>
      rule.kind === 'band' &&
      rule.metric === metric &&
      rule.side === side &&
      rule.limit === undefined,
  );
}

function hasSwing(book: RuleBook, metric: MetricName): boolean {
  return book.rules.some((rule) => rule.kind === 'swing' && rule.metric === metric);
}
