/** A fortnight of assessments. */

import type { Assessment, Indicator, IndicatorResult } from '../../domain/assessment.ts';
import type { Citation } from '../../domain/limits.ts';
import type { Moment } from '../../domain/time.ts';
import { climateSource, HOUR, REPOSITORY } from './fixture-data.ts';

const INDICATOR_ROWS = [
  ['1.1', '馆库选址', 'Siting', 'manual', 'none-found'],
  ['1.2', '馆库建筑', 'Building', 'manual', 'cannot-show'],
  ['1.3', '功能布局', 'Layout', 'manual', 'none-found'],
  ['1.4', '设施设备', 'Facilities', 'computed', 'danger'],
  ['2.1', '档案保管', 'Keeping', 'computed', 'danger'],
  ['2.2', '档案流转', 'Circulation', 'mixed', 'none-found'],
  ['2.3', '档案抢救和保护', 'Rescue and conservation', 'manual', 'cannot-show'],
  ['3.1', '系统安全', 'System security', 'mixed', 'none-found'],
  ['3.2', '数据安全', 'Data security', 'mixed', 'none-found'],
  ['3.3', '档案开放和利用安全', 'Safety of access', 'manual', 'cannot-show'],
  ['4.1', '组织保障', 'Organisation', 'manual', 'cannot-show'],
  ['4.2', '制度保障', 'Rules', 'manual', 'cannot-show'],
  ['4.3', '应急措施', 'Emergency measures', 'mixed', 'none-found'],
  ['4.4', '宣传培训', 'Training', 'manual', 'cannot-show'],
  ['4.5', '安全保卫', 'Security', 'computed', 'high-danger'],
] as const;
const indicatorSource: Citation = {
  standard: '《档案馆安全风险评估指标体系》',
  edition: '2018',
  verification: 'copies',
};

export const INDICATORS: readonly Indicator[] = INDICATOR_ROWS.map(([id, zh, en, kind]) => ({
  id,
  parent: id[0] ?? '',
  name: { zh, en },
  kind,
  citation: indicatorSource,
}));

export function makeAssessments(now: Moment): readonly Assessment[] {
  return Array.from({ length: 14 }, (_, day) => makeAssessment(now - day * 24 * HOUR, day));
}

export function makeAssessment(madeAt: Moment, day: number): Assessment {
  const why = {
    zh: '按期间内的数据和执行的限值计算。',
    en: 'From the data and limits of the period.',
  };
  return {
    id: `${REPOSITORY}.as${day}`,
    repository: REPOSITORY,
    madeAt,
    madeBy: 'system',
    trigger: day === 0 ? 'on-demand' : 'nightly',
    from: madeAt - 24 * HOUR,
    until: madeAt,
    result: day < 3 ? 'high-danger' : 'danger',
    simulated: true,
    hash: 'ab'.repeat(32),
    judgements: INDICATOR_ROWS.map(([indicator, , , kind, today]) => {
      const result: IndicatorResult = indicator === '4.5' && day >= 3 ? 'none-found' : today;
      const shares = { inRange: 0.912, outOfRange: 0.06, cannotShow: 0.028 };
      const limits = [{ metric: 'humidity', min: 45, max: 60, citation: climateSource }];
      const figure = { id: 'rh', name: { zh: '湿度达标时间', en: 'Humidity in range' }, unit: '%' };
      return {
        indicator,
        result,
        why,
        figures:
          kind === 'computed'
            ? [
                { ...figure, value: 91.2, subject: 'r303', shares, limits, result, why },
                { ...figure, value: 99.1, subject: 'r302', limits, result: 'none-found', why },
              ]
            : [],
      };
    }),
  };
}
