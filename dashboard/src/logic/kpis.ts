/** Figures of alarm management in words and numbers; what has a language comes from the caller. */

import type {
  AlarmKpisView,
  Kpi,
  KpiFigure,
  KpiGroup,
  KpiJudgement,
  KpiTarget,
} from '../../../domain/alarm-kpis.ts';
import type { Alarm } from '../../../domain/alarm.ts';

/** Shares of time or of annunciations; the others are counts and rates. */
const SHARES: ReadonlySet<Kpi> = new Set<Kpi>(['busyShare', 'floodShare', 'topTenShare']);

export interface NumberWords {
  readonly exactly: (value: number) => string;
  readonly percent: (share: number) => string;
}

/** A value of a figure: a share in per cent, else at most three decimals. */
export function kpiText(kpi: Kpi, value: number | undefined, words: NumberWords): string {
  if (value === undefined) return '—';
  if (SHARES.has(kpi)) return words.percent(value);
  return words.exactly(Number(value.toFixed(value < 10 ? 3 : 1)));
}

/** The judgement that is shown: too little data is said before anything else. */
export type KpiWord = KpiJudgement | 'tooLittle';

export function kpiWord({ judgement, value }: KpiFigure, enough: boolean): KpiWord {
  return !enough && value !== undefined ? 'tooLittle' : judgement;
}

/** The worst fixed interval of a rate; `undefined`: the figure is no rate. */
export function peakOf(group: KpiGroup, kpi: Kpi): number | undefined {
  switch (kpi) {
    case 'perTenMinutes':
    case 'perHour':
    case 'perDay':
      return group[kpi].peak;
    default:
      return undefined;
  }
}

/** The sign before a judgement, for those who see no colour. */
export const KPI_SIGNS: Readonly<Record<KpiWord, string>> = {
  met: '✓',
  manageable: '△',
  missed: '✕',
  'cannot-tell': '?',
  tooLittle: '?',
};

/** The parts of a target: how it is compared, with the value in words. */
export function targetParts(kpi: Kpi, target: KpiTarget, words: NumberWords) {
  return {
    how: target.below ? ('below' as const) : ('atMost' as const),
    value: kpiText(kpi, target.met, words),
    manageable:
      target.manageable === undefined ? undefined : kpiText(kpi, target.manageable, words),
  };
}

/** How many annunciations each step of the course has, and the step with the most. */
export function courseOf({ course, dataFrom }: AlarmKpisView) {
  const { stepMs, counts } = course;
  const totals = counts.low.map((_, i) =>
    (['critical', 'high', 'medium', 'low'] as const satisfies readonly Alarm['priority'][]).reduce(
      (sum, priority) => sum + (counts[priority][i] ?? 0),
      0,
    ),
  );
  const most = Math.max(0, ...totals);
  const starts = totals.map((_, i) => dataFrom + i * stepMs);
  return { starts, most, mostAt: starts[totals.indexOf(most)] ?? dataFrom };
}
