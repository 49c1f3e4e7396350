/** What the figures of preservation mean: which sentence, which source, how many decimals. */

import type { PeriodAnswer, PeriodColumn } from '../../../domain/preservation/period.ts';
import type { PairLive } from '../../../domain/preservation/views.ts';
import type { TextKey } from '../locales/texts.ts';
import type { ChartPoint } from './ranges.ts';

/** Decimals of a figure. */
export const FIGURE_DIGITS: Readonly<Record<Exclude<PeriodColumn, 'at'>, number>> = {
  temperature: 1,
  humidity: 1,
  dewPoint: 1,
  absoluteHumidity: 1,
  pi: 0,
  emc: 1,
  lifetime: 2,
  mouldRisk: 2,
  mouldIndex: 2,
  coverage: 2,
};
export const CURVES = Object.keys(FIGURE_DIGITS) as readonly (keyof typeof FIGURE_DIGITS)[];
export type Curve = keyof typeof FIGURE_DIGITS;

/** EMC of 5 to 12.5 %: nothing warps (IPI). */
export function moistureWord(percent: number): 'ok' | 'dry' | 'moist' {
  if (percent < 5) return 'dry';
  return percent <= 12.5 ? 'ok' : 'moist';
}

/** VTT: 1 seen by microscope, 3 visible. */
export function mouldIndexWord(index: number): 'none' | 'microscopic' | 'visible' {
  if (index < 1) return 'none';
  return index < 3 ? 'microscopic' : 'visible';
}

/** Why a figure of the air is missing. */
export function missingWord(pair: PairLive): TextKey {
  return `preservation.unknown.${pair.why ?? 'none'}`;
}

/** One curve of a period; a step without a figure breaks the line. */
export function curveOf(answer: PeriodAnswer, column: Curve): readonly ChartPoint[] {
  const index = answer.columns.indexOf(column);
  return answer.points.map((point) => {
    const value = point[index] ?? NaN;
    return [point[0] ?? NaN, value, value, value];
  });
}

/** The name of the pair on screen: one sensor, or both. */
export function pairSensors({ sensors }: Pick<PairLive, 'sensors'>): readonly string[] {
  return [...new Set([sensors.temperature, sensors.humidity])];
}
