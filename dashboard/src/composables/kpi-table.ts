/** The figures of alarm management as one table to save: a line for each figure of the whole, of each shift and each rule. */

import type { AlarmKpisView, KpiGroup } from '../../../domain/alarm-kpis.ts';
import type { Cell } from '../logic/csv.ts';
import { peakOf } from '../logic/kpis.ts';
import { useKpiWords } from './kpi-words.ts';
import { useText } from './text.ts';

export function useKpiTable() {
  const { t, lt, dateTime } = useText();
  const { judgementText, targetText, ruleName, shiftName } = useKpiWords();

  const linesOf = (view: AlarmKpisView, group: string, of: KpiGroup): readonly Cell[][] => [
    [group, t('kpi.alarms'), of.alarms],
    ...of.figures.map((figure): Cell[] => {
      const target = view.targets[figure.kpi];
      const { standard, edition, clause, verification } = target.citation;
      return [
        group,
        t(`kpi.name.${figure.kpi}`),
        figure.value,
        peakOf(of, figure.kpi),
        target.unit,
        targetText(figure.kpi, target),
        judgementText(figure, view.enough),
        [standard, edition, clause].filter((part) => part !== undefined).join(' '),
        t(`verification.${verification}`),
      ];
    }),
  ];
  return (view: AlarmKpisView): readonly (readonly Cell[])[] => [
    [t('nav.performance'), view.repository, dateTime(view.from), dateTime(view.until)],
    ...(view.enough ? [] : [[t('kpi.judgement.tooLittle'), view.days, view.daysMin]]),
    ...(view.simulated ? [[t('demo.mark')]] : []),
    [
      '',
      t('kpi.column.figure'),
      t('kpi.column.value'),
      t('kpi.column.peak'),
      t('kpi.column.unit'),
      t('kpi.column.target'),
      t('kpi.column.judgement'),
      t('kpi.column.source'),
      t('limit.clause'),
    ],
    ...linesOf(view, t('kpi.whole'), view),
    ...view.shifts.flatMap((shift) => linesOf(view, shiftName(shift), shift)),
    ...view.rules.flatMap((rule) => linesOf(view, ruleName(rule), rule)),
    [],
    [t('kpi.topTitle'), t('kpi.column.count'), t('kpi.column.share'), t('kpi.column.last')],
    ...view.topTen.sources.map((one) => [
      lt(one.title),
      one.count,
      one.share,
      dateTime(one.lastAt),
    ]),
  ];
}
