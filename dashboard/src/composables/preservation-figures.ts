/** Figures that the live record and a period have in common, in words. */

import { PRESERVATION_SOURCES as SOURCES } from '../../../domain/preservation/sources.ts';
import type { RecordSummary } from '../../../domain/preservation/summary.ts';
import type { ShownFigure } from '../components/preservation/FigureList.vue';
import { FIGURE_DIGITS, moistureWord } from '../logic/preservation.ts';
import { useText } from './text.ts';

/** `missing`: why there is no figure. */
export function useSummaryFigures() {
  const { t, decimal } = useText();

  function twpi({ twpi: found }: RecordSummary, missing: string): ShownFigure {
    const value = found && decimal(found.years, FIGURE_DIGITS.pi);
    return {
      id: 'twpi',
      name: t('preservation.figure.twpi'),
      value: value && t('preservation.unit.years', { value }),
      meaning: found ? t(`preservation.means.twpi.${found.rating}`) : missing,
      warns: found?.rating === 'poor',
      sources: [SOURCES.twpi],
    };
  }

  function moisture({ moisture: span }: RecordSummary, missing: string): ShownFigure {
    const words = span && [span.minPercent, span.maxPercent].map(moistureWord);
    const worst = words?.find((word) => word !== 'ok') ?? 'ok';
    const range = span && {
      min: decimal(span.minPercent, 1),
      max: decimal(span.maxPercent, 1),
    };
    return {
      id: 'moisture',
      name: t('preservation.figure.emc'),
      value: range && `${t('preservationPeriod.range', range)} %`,
      meaning: span ? t(`preservation.means.emc.${worst}`) : missing,
      warns: worst !== 'ok',
      sources: [SOURCES.moistureContent, SOURCES.moistureContentRating],
    };
  }

  return { twpi, moisture };
}
