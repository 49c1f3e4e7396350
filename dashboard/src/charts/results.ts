/** The results of assessments over time: one stacked column each. */

import type { IndicatorResult } from '../../../domain/assessment.ts';
import { RESULT_ORDER } from '../logic/assessments.ts';
import type { ColumnsPicture } from './columns.ts';

/** What the columns show. */
export function resultsPicture(
  columns: readonly {
    readonly label: string;
    readonly counts: Readonly<Record<IndicatorResult, number>>;
  }[],
  word: (result: IndicatorResult) => string,
): ColumnsPicture {
  return {
    labels: columns.map((c) => c.label),
    layers: RESULT_ORDER.map((result, i) => ({
      name: word(result),
      counts: columns.map((c) => c.counts[result]),
      colour: (palette) => palette.results[i] ?? palette.spark,
    })),
  };
}
