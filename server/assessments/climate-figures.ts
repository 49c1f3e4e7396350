/** Figures of temperature and humidity: time in range, and both readings of the daily "±". */

import type { AssessmentFigure } from '../../domain/assessment.ts';
import type { Limit } from '../../domain/limits.ts';
import { METRICS, type MetricName } from '../../domain/metrics.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { ClimateEvidence, Swing } from './climate.ts';
import type { AssessmentKnowledge, ShareBounds } from './knowledge.ts';
import {
  judgeShares,
  ownBound,
  percent,
  plain,
  rounded,
  sharesOf,
  worstResult,
} from './results.ts';

const metricNames: Partial<Record<MetricName, LocalizedText>> = {
  temperature: { zh: '温度', en: 'Temperature' },
  humidity: { zh: '相对湿度', en: 'Relative humidity' },
  dew_point: { zh: '露点', en: 'Dew point' },
  pressure_difference: { zh: '室内外压差', en: 'Pressure difference' },
  uv: { zh: '紫外线', en: 'Ultraviolet' },
  illuminance: { zh: '照度', en: 'Illuminance' },
};

/** The figures of one metric in one room. */
export function climateFigures(
  evidence: ClimateEvidence,
  knowledge: AssessmentKnowledge,
): readonly AssessmentFigure[] {
  const figures = [timeInRange(evidence, knowledge)];
  const { fromSetPoint, peakToPeak } = evidence;
  if (fromSetPoint) figures.push(swingFigure(evidence, fromSetPoint, setPointReading(knowledge)));
  if (peakToPeak) figures.push(swingFigure(evidence, peakToPeak, peakReading(knowledge)));
  return figures;
}

function timeInRange(e: ClimateEvidence, knowledge: AssessmentKnowledge): AssessmentFigure {
  const bounds = knowledge.thresholds.timeInRange;
  const shares = sharesOf(e.hours);
  const ranges = e.limits.filter((l) => l.kind === 'range');
  const gapMax = knowledge.thresholds.evidence.tailGapHoursMax;
  const gone = e.tailGapHours !== undefined && e.tailGapHours >= gapMax;
  const byShares = judgeShares(shares, bounds);
  const name = nameOf(e.metric);
  return {
    id: `time-in-range-${e.metric}`,
    name: { zh: `${name.zh}达标时间`, en: `${name.en}: time in range` },
    value: rounded(shares.inRange * 100),
    unit: '%',
    subject: e.room,
    shares,
    limits: [
      ...ranges.map(shown),
      ownBound('out-of-range-share', bounds.dangerAbove, knowledge.ownCitation),
    ],
    result: gone ? worstResult([byShares, 'cannot-show']) : byShares,
    why: rangeReason(e, { shares, ranges, gone }),
  };
}

function rangeReason(
  e: ClimateEvidence,
  by: {
    readonly shares: ReturnType<typeof sharesOf>;
    readonly ranges: readonly Limit[];
    readonly gone: boolean;
  },
): LocalizedText {
  const name = nameOf(e.metric);
  if (by.ranges.length === 0) {
    return {
      zh: `此类库房没有现行${name.zh}限值，无从判定；可由本馆自定限值。`,
      en: `No limit for ${name.en.toLowerCase()} is in force in this room, so nothing can be judged; set one of your own.`,
    };
  }
  if (e.sensors.length === 0) {
    return {
      zh: `没有${name.zh}传感器，不能证明。`,
      en: `No sensor measures it: cannot be shown.`,
    };
  }
  const unit = METRICS.get(e.metric)?.unit ?? '';
  const { inRange, outOfRange, cannotShow } = by.shares;
  const zh = [
    `达标 ${percent(inRange)}，超限 ${percent(outOfRange)}，不能证明 ${percent(cannotShow)}`,
  ];
  const en = [
    `in range ${percent(inRange)}, out of range ${percent(outOfRange)}, cannot show ${percent(cannotShow)}`,
  ];
  if (e.min !== undefined && e.max !== undefined) {
    zh.push(`实测 ${plain(e.min)}–${plain(e.max)} ${unit}`);
    en.push(`measured ${plain(e.min)} to ${plain(e.max)} ${unit}`);
  }
  if (inRange + outOfRange === 0) {
    zh.push('没有一个小时的数据足以判定');
    en.push('no hour had enough readings to judge by');
  } else if (by.gone) {
    zh.push(`有传感器在期末已 ${plain(e.tailGapHours ?? 0)} 小时无可用数据`);
    en.push(`a sensor has shown nothing for the last ${plain(e.tailGapHours ?? 0)} hours`);
  }
  return { zh: `${zh.join('；')}。`, en: `${sentence(en)}` };
}

interface SwingReading {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  readonly bounds: ShareBounds;
  readonly knowledge: AssessmentKnowledge;
}

function setPointReading(knowledge: AssessmentKnowledge): SwingReading {
  const bounds = knowledge.thresholds.swingFromSetPoint;
  return {
    id: 'swing-from-set-point',
    zh: '昼夜波动（偏离设定值）',
    en: 'daily swing, from the set-point',
    bounds,
    knowledge,
  };
}

function peakReading(knowledge: AssessmentKnowledge): SwingReading {
  const bounds = knowledge.thresholds.swingPeakToPeak;
  return {
    id: 'swing-peak-to-peak',
    zh: '昼夜波动（日较差）',
    en: 'daily swing, highest minus lowest',
    bounds,
    knowledge,
  };
}

function swingFigure(e: ClimateEvidence, swing: Swing, reading: SwingReading): AssessmentFigure {
  const shares = sharesOf(swing.days);
  const unit = METRICS.get(e.metric)?.unit ?? '';
  const name = nameOf(e.metric);
  const { inRange, outOfRange, cannotShow } = swing.days;
  const worst = swing.worst === undefined ? undefined : plain(swing.worst);
  const limits = e.limits
    .filter((l) => l.kind === 'swing')
    .map((l) => ({ metric: `${e.metric}-${reading.id}`, max: swing.bound, citation: l.citation }));
  return {
    id: `${reading.id}-${e.metric}`,
    name: { zh: `${name.zh}${reading.zh}`, en: `${name.en}: ${reading.en}` },
    ...(swing.worst === undefined ? {} : { value: rounded(swing.worst) }),
    unit,
    subject: e.room,
    shares,
    limits: [
      ...limits,
      ownBound('out-of-range-share', reading.bounds.dangerAbove, reading.knowledge.ownCitation),
    ],
    result: judgeShares(shares, reading.bounds),
    why: {
      zh: `${inRange} 天达标，${outOfRange} 天超过 ${swing.bound} ${unit}，${cannotShow} 天不能证明${worst === undefined ? '' : `；最大 ${worst} ${unit}`}。“±”有两种读法，分别列出。`,
      en: `${inRange} days within, ${outOfRange} days above ${swing.bound} ${unit}, ${cannotShow} days cannot be shown${worst === undefined ? '' : `; greatest ${worst} ${unit}`}. Both readings of "±" are listed.`,
    },
  };
}

function nameOf(metric: MetricName): LocalizedText {
  return metricNames[metric] ?? { zh: metric, en: metric };
}

function shown(limit: Limit) {
  return {
    metric: limit.metric,
    ...(limit.min === undefined ? {} : { min: limit.min }),
    ...(limit.max === undefined ? {} : { max: limit.max }),
    citation: limit.citation,
  };
}

function sentence(parts: readonly string[]): string {
  const text = parts.join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
