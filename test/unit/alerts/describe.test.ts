import { describe, expect, it } from 'vitest';
import { METRIC_NAMES } from '../../../domain/metrics.ts';
import { describeRule, loadKnowledge } from '../../../alerts/index.ts';
import { ACCESS_WORDS, METRIC_WORDS, PRIORITY_WORDS } from '../../../alerts/rules/words.ts';
import { alarms as alarmsEn } from '../../../dashboard/src/locales/en/alarms.ts';
import { metrics as metricsEn } from '../../../dashboard/src/locales/en/metrics.ts';
import { alarms as alarmsZh } from '../../../dashboard/src/locales/zh-CN/alarms.ts';
import { metrics as metricsZh } from '../../../dashboard/src/locales/zh-CN/metrics.ts';

const { rules } = loadKnowledge().rules;
const ruleOf = (id: string) => {
  const rule = rules.find((one) => one.id === id);
  if (!rule) throw new Error(`no rule ${id}`);
  return rule;
};

describe('the sentence of a rule', () => {
  it.for([
    [
      'humidity-high',
      60,
      '相对湿度高于限值 60 %RH 持续 10 分钟 → 中；再持续 2 小时 → 高',
      'Relative humidity above the limit of 60 %RH for 10 min → Medium; 2 h more → High',
    ],
    [
      'temperature-low',
      undefined,
      '温度低于库房下限持续 10 分钟 → 中；再持续 2 小时 → 高',
      "Temperature below the room's lower limit for 10 min → Medium; 2 h more → High",
    ],
    [
      'battery-charge-low',
      undefined,
      '电量低于限值 15 % → 低',
      'Battery below the limit of 15 % → Low',
    ],
    [
      'temperature-off-set-point',
      2,
      '温度偏离设定值超过 2 °C 持续 10 分钟 → 中',
      'Temperature off its set-point by more than 2 °C for 10 min → Medium',
    ],
    ['smoke-alarm', undefined, '感烟探测器报警 → 紧急', 'Smoke detector in alarm → Critical'],
    [
      'door-denied',
      undefined,
      '门在 5 分钟内 5 次：拒绝 → 高',
      'Door denied 5 times within 5 min → High',
    ],
    [
      'door-out-of-hours',
      undefined,
      '非开放时间门：放行或门开 → 中',
      'Door granted or door opened out of opening hours → Medium',
    ],
    ['mains-lost', undefined, '市电中断信号持续 1 分钟 → 高', 'Mains lost signal for 1 min → High'],
  ] as const)('%s', ([id, limit, zh, en]) => {
    expect(describeRule(ruleOf(id), limit)).toEqual({ zh, en });
  });

  it('is there for every shipped rule, in both languages, and no two say the same', () => {
    const sentences = rules.map((rule) => describeRule(rule));
    for (const { zh, en } of sentences) {
      expect(zh).toMatch(/^\S.* → (紧急|高|中|低)/);
      expect(en).toMatch(/^\S.* → (Critical|High|Medium|Low)/);
      expect(zh + en).not.toMatch(/undefined|NaN|\{|\}/);
      expect(en).not.toMatch(/[一-鿿]/);
    }
    expect(new Set(sentences.map((one) => one.zh)).size).toBe(rules.length);
  });

  it('calls things as the screen does', () => {
    for (const metric of METRIC_NAMES) {
      const names = { zh: metricsZh.metric[metric], en: metricsEn.metric[metric] };
      expect(METRIC_WORDS[metric]).toEqual(names);
    }
    const pairs = (zh: Record<string, string>, en: Record<string, string>) =>
      Object.fromEntries(Object.keys(zh).map((key) => [key, { zh: zh[key], en: en[key] }]));
    expect(PRIORITY_WORDS).toEqual(pairs(alarmsZh.priority, alarmsEn.priority));
    expect(ACCESS_WORDS).toEqual(pairs(metricsZh.accessEvent, metricsEn.accessEvent));
  });
});
