/** Figures of alarm management in the person's language. */

import type { AlarmKpisView, Kpi, KpiFigure, KpiTarget } from '../../../domain/alarm-kpis.ts';
import { kpiText, kpiWord, targetParts } from '../logic/kpis.ts';
import { useText } from './text.ts';

export function useKpiWords() {
  const { t, exactly, percent, lt } = useText();
  const numbers = { exactly, percent };
  const judgementText = (figure: KpiFigure, enough: boolean): string => {
    const word = kpiWord(figure, enough);
    if (word !== 'tooLittle' || figure.soFar === 'cannot-tell') return t(`kpi.judgement.${word}`);
    return t('kpi.judgement.soFar', { word: t(`kpi.judgement.${figure.soFar}`) });
  };
  return {
    valueText: (kpi: Kpi, value: number | undefined) => kpiText(kpi, value, numbers),
    judgementText,
    targetText: (kpi: Kpi, target: KpiTarget): string => {
      const { how, value, manageable } = targetParts(kpi, target, numbers);
      const bound = t(`kpi.target.${how}`, { value });
      if (manageable === undefined) return bound;
      return `${bound} · ${t('kpi.target.manageable', { value: manageable })}`;
    },
    /** Rules by their names; one that is no more by its id. */
    ruleName: ({ rule, name }: AlarmKpisView['rules'][number]): string => lt(name) || rule,
    shiftName: ({ shift }: AlarmKpisView['shifts'][number]): string =>
      `${lt(shift.name)} ${t('kpi.shiftHours', { from: shift.from, until: shift.until })}`,
  };
}
