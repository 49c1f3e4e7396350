/** Conditions that are put together, in words. */

import type { LocalizedText } from '../../domain/text.ts';
import type { Condition, SensorCondition } from './conditions.ts';
import { METRIC_WORDS, figureWords, text } from './words.ts';

const CALENDAR = {
  open: text('开放时间', 'in opening hours'),
  closed: text('非开放时间', 'out of opening hours'),
  workday: text('工作日', 'on a working day'),
  'day-off': text('休息日', 'on a day off'),
} as const;

export function conditionWords(condition: Condition): LocalizedText {
  if ('metric' in condition) return sensorWords(condition);
  if ('door' in condition) return text('门开', 'a door open');
  if ('calendar' in condition) return CALENDAR[condition.calendar];
  if ('from' in condition) {
    const span = `${condition.from}–${condition.until}`;
    return text(`${span}`, `at ${span}`);
  }
  if ('not' in condition) {
    const { zh, en } = conditionWords(condition.not);
    return text(`非（${zh}）`, `not (${en})`);
  }
  if ('all' in condition) return joined(condition.all, text('且', 'and'));
  if ('any' in condition) return joined(condition.any, text('或', 'or'));
  const list = joined(condition.of, text('、', ','));
  return text(
    `${condition.atLeast} 项以上：${list.zh}`,
    `at least ${condition.atLeast} of: ${list.en}`,
  );
}

function joined(parts: readonly Condition[], by: LocalizedText): LocalizedText {
  const words = parts.map((part) => {
    const { zh, en } = conditionWords(part);
    const isJoint = 'all' in part || 'any' in part || 'of' in part;
    return isJoint ? text(`（${zh}）`, `(${en})`) : text(zh, en);
  });
  const gap = by.en === ',' ? '' : ' ';
  return text(
    words.map((word) => word.zh).join(by.zh),
    words.map((word) => word.en).join(`${gap}${by.en} `),
  );
}

function sensorWords({
  metric,
  above,
  below,
  is,
  sensors = 'any',
}: SensorCondition): LocalizedText {
  const { zh, en } = METRIC_WORDS[metric];
  const who = {
    zh: sensors === 'any' ? '' : sensors === 'all' ? '全部传感器' : `至少 ${sensors} 个传感器`,
    en:
      sensors === 'any'
        ? ''
        : sensors === 'all'
          ? ' at all sensors'
          : ` at ${sensors} sensors or more`,
  };
  if (is !== undefined)
    return text(`${who.zh}${zh}${is ? '' : '无'}信号`, `${is ? '' : 'no '}${en} signal${who.en}`);
  const side = above === undefined ? text('低于', 'below') : text('高于', 'above');
  const bound = above ?? below;
  const figure =
    bound === 'limit' || bound === undefined
      ? text('库房限值', "the room's limit")
      : text(` ${figureWords(metric, bound)}`, figureWords(metric, bound));
  return text(`${who.zh}${zh}${side.zh}${figure.zh}`, `${en} ${side.en} ${figure.en}${who.en}`);
}
