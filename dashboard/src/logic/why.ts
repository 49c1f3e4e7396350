/** What the answer about an alarm means for the screen. */

import type { AlarmWhy, WhyGap, WhySeries } from '../../../domain/alarm-why.ts';
import { withGaps, type ChartPoint } from './ranges.ts';

/** The five questions, in the order in which they are answered. */
export const QUESTIONS = ['happened', 'clause', 'sure', 'todo', 'known'] as const;
export type Question = (typeof QUESTIONS)[number];

/** Under which question a gap is said. */
const PLACES: Readonly<Record<WhyGap, Question>> = {
  'nothing-measured': 'happened',
  'store-silent': 'happened',
  'no-readings': 'happened',
  'no-limit': 'clause',
  'rule-gone': 'clause',
  'no-neighbours': 'sure',
  'not-compared': 'sure',
  'no-advice': 'todo',
  'none-like-it': 'todo',
  'nobody-told': 'known',
  'not-acknowledged': 'known',
};

/** The gaps to be said under a question. */
export function gapsAt(why: AlarmWhy, question: Question): readonly WhyGap[] {
  return why.gaps.filter((gap) => PLACES[gap] === question);
}

/** Points of a line. Where readings come as they were sent, what is usual between two tells what is a gap. */
export function pointsOf(series: WhySeries, stepMs: number | undefined): readonly ChartPoint[] {
  return withGaps(series, stepMs ?? usualGapMs(series.rows));
}

function usualGapMs(rows: WhySeries['rows']): number {
  const gaps = rows
    .slice(1)
    .map((row, i) => (row[0] ?? 0) - (rows[i]?.[0] ?? 0))
    .sort((a, b) => a - b);
  return Math.max(1_000, gaps[Math.floor(gaps.length / 2)] ?? 0);
}

/** Share of the readings that were to come in the last hour; never more than all. */
export function coveredShare(coverage: NonNullable<AlarmWhy['sure']['coverage']>): number {
  const usable = coverage.received - coverage.failed;
  return coverage.expected === 0 ? 0 : Math.min(1, usable / coverage.expected);
}
