/** Rules on what a room's climate means for its holdings: figures of one pair of temperature and humidity sensors. */

import type { LocalizedText } from '../../domain/text.ts';

/** Judged with each minute's sample, from the air as it is. */
export const AIR_FIGURES = ['dew_point_margin', 'absolute_humidity', 'lifetime'] as const;
/** Judged when an hour is over, from what has added up; `pi` and `emc` are of the smoothed air. */
export const RECORD_FIGURES = ['pi', 'twpi', 'emc', 'mould_risk', 'mould_index'] as const;
export const RULE_FIGURES = [...AIR_FIGURES, ...RECORD_FIGURES] as const;
export type AirFigure = (typeof AIR_FIGURES)[number];
export type RecordFigure = (typeof RECORD_FIGURES)[number];
export type RuleFigure = (typeof RULE_FIGURES)[number];

interface Unit extends LocalizedText {
  readonly digits: number;
}

const UNITS: Readonly<Record<RuleFigure, Unit>> = {
  dew_point_margin: { zh: ' K', en: ' K', digits: 1 },
  absolute_humidity: { zh: ' g/m³', en: ' g/m³', digits: 1 },
  lifetime: { zh: ' 倍', en: ' times', digits: 2 },
  pi: { zh: ' 年', en: ' years', digits: 0 },
  twpi: { zh: ' 年', en: ' years', digits: 0 },
  emc: { zh: ' %', en: ' %', digits: 1 },
  mould_risk: { zh: '', en: '', digits: 2 },
  mould_index: { zh: '', en: '', digits: 1 },
};

/** A figure with its unit, for people. */
export function figureInWords(figure: RuleFigure, value: number): LocalizedText {
  const { zh, en, digits } = UNITS[figure];
  const number = String(Number(value.toFixed(digits)));
  return { zh: number + zh, en: number + en };
}

export function isAirFigure(figure: RuleFigure): figure is AirFigure {
  return (AIR_FIGURES as readonly string[]).includes(figure);
}

const NAMES: Readonly<Record<RuleFigure, LocalizedText>> = {
  dew_point_margin: {
    zh: '最冷表面高出露点',
    en: 'Margin of the coldest surface to the dew point',
  },
  absolute_humidity: { zh: '绝对湿度', en: 'Absolute humidity' },
  lifetime: { zh: '寿命倍数', en: 'Lifetime multiplier' },
  pi: { zh: '保存指数', en: 'Preservation index' },
  twpi: { zh: '时间加权保存指数', en: 'Time-weighted preservation index' },
  emc: { zh: '平衡含水率', en: 'Moisture content' },
  mould_risk: { zh: '霉变风险', en: 'Mould risk' },
  mould_index: { zh: '霉菌指数', en: 'Mould index' },
};

/** When such a rule is met, as words for the rules page. */
export function figureCondition(rule: {
  readonly figure: RuleFigure;
  readonly side: 'above' | 'below';
  readonly limit: number;
}): LocalizedText {
  const { zh, en } = NAMES[rule.figure];
  const limit = figureInWords(rule.figure, rule.limit);
  return rule.side === 'above'
    ? { zh: `${zh}达到 ${limit.zh}`, en: `${en} at ${limit.en} or above` }
    : { zh: `${zh}降到 ${limit.zh}`, en: `${en} at ${limit.en} or below` };
}
