/** The figures of an entry of a standards pack, in words. */

import type { StandardsEntry } from '../../../domain/standards.ts';
import type { TextKey } from '../locales/texts.ts';
import { unitOf } from './format.ts';

/** What is needed of the language. */
export interface Words {
  readonly t: (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;
  /** All decimals: a limit of 0.03 must not be shown as 0. */
  readonly exactly: (value: number) => string;
  readonly list: (words: readonly string[]) => string;
}

/** `±2℃, within 24 h`; a dash for what has no figure. */
export function figuresOf(entry: StandardsEntry, words: Words): string {
  const { t, list } = words;
  const { average, inMetric, seconds } = entry;
  const all = [
    ...bounds(entry, words),
    ...movement(entry, words),
    ...(average === undefined ? [] : [t('entryFigure.average', { average })]),
    ...(inMetric
      ? [t('entryFigure.inMetric', { value: withUnit(words, inMetric.max, inMetric.unit) })]
      : []),
    ...(seconds === undefined ? [] : [t('entryFigure.seconds', { seconds })]),
    ...howOften(entry, words),
  ];
  return all.length === 0 ? '—' : list(all);
}

/** A figure with the unit of the entry. */
function withUnit({ exactly }: Words, value: number, unit = ''): string {
  const space = unit === '' || unit === '℃' || unit.startsWith('%') ? '' : ' ';
  return `${exactly(value)}${space}${unit}`;
}

/** As the rest of the dashboard writes it; a pollutant's is that of its standard. */
function unitIn({ kind, metric, unit }: StandardsEntry): string {
  return (kind === 'air' || metric === undefined ? unit : unitOf(metric)) ?? '';
}

function bounds(entry: StandardsEntry, words: Words): readonly string[] {
  const { min, max, strict } = entry;
  const unit = unitIn(entry);
  const { t, exactly } = words;
  if (min !== undefined && max !== undefined) {
    return [t('entryFigure.between', { min: exactly(min), max: withUnit(words, max, unit) })];
  }
  if (max !== undefined && strict !== undefined) {
    const span = { strict: exactly(strict), max: withUnit(words, max, unit) };
    return [t('entryFigure.atMost', { value: t('entryFigure.strict', span) })];
  }
  if (max !== undefined) return [t('entryFigure.atMost', { value: withUnit(words, max, unit) })];
  if (min !== undefined) return [t('entryFigure.atLeast', { value: withUnit(words, min, unit) })];
  return [];
}

function movement(entry: StandardsEntry, words: Words): readonly string[] {
  const { t, exactly } = words;
  const { plusMinus, hours, around, meanDays, up, down, perHour, above, days } = entry;
  const unit = unitIn(entry);
  const offset = [
    ...(up === undefined ? [] : [`+${exactly(up)}`]),
    ...(down === undefined ? [] : [`−${exactly(down)}`]),
  ].join(' / ');
  const told = (key: 'plusMinus' | 'perHour' | 'above', value: number | undefined) =>
    value === undefined ? [] : [t(`entryFigure.${key}`, { value: withUnit(words, value, unit) })];
  return [
    ...told('plusMinus', plusMinus),
    ...(hours === undefined ? [] : [t('entryFigure.within', { hours })]),
    ...(around === 'set-point' ? [t('entryFigure.setPoint')] : []),
    ...(meanDays === undefined ? [] : [t('entryFigure.meanDays', { days: meanDays })]),
    ...(offset === '' ? [] : [t('entryFigure.offset', { offset: `${offset} ${unit}` })]),
    ...told('perHour', perHour),
    ...told('above', above),
    ...(days === undefined ? [] : [t('entryFigure.days', { days })]),
  ];
}

const HOW_OFTEN = { day: 'perDay', quarter: 'perQuarter', year: 'perYear' } as const;

function howOften({ times }: StandardsEntry, { t }: Words): readonly string[] {
  if (!times) return [];
  // As text: a number by this name would choose between one and many.
  return [t(`entryFigure.${HOW_OFTEN[times.per]}`, { count: String(times.count) })];
}
