import type {
  Assessment,
  IndicatorJudgement,
  IndicatorResult,
} from '../../../domain/assessment.ts';

/** Worst first, as the official words go; not being able to show is none of them. */
export const RESULT_ORDER: readonly IndicatorResult[] = [
  'high-danger',
  'danger',
  'none-found',
  'cannot-show',
];

/** How many indicators have each result. */
export function countResults(assessment: Assessment): Readonly<Record<IndicatorResult, number>> {
  const counts = { 'high-danger': 0, danger: 0, 'none-found': 0, 'cannot-show': 0 };
  for (const { result } of assessment.judgements) counts[result] += 1;
  return counts;
}

/** Judgements under their first-level indicator: `1` holds `1.1` to `1.4`. */
export function byParent(
  judgements: readonly IndicatorJudgement[],
): readonly { readonly parent: string; readonly judgements: readonly IndicatorJudgement[] }[] {
  const groups = new Map<string, IndicatorJudgement[]>();
  const sorted = [...judgements].sort((a, b) =>
    a.indicator.localeCompare(b.indicator, 'en', { numeric: true }),
  );
  for (const judgement of sorted) {
    const parent = judgement.indicator.split('.')[0] ?? judgement.indicator;
    groups.set(parent, [...(groups.get(parent) ?? []), judgement]);
  }
  return [...groups.entries()].map(([parent, list]) => ({ parent, judgements: list }));
}
