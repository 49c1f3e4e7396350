/** The conditions of rules by the minute, and of who passes a door, in words. */

import type { LocalizedText } from '../../domain/text.ts';
import { unreachable } from '../../domain/unreachable.ts';
import type { MeanRule, RateRule, WatchRule } from './watch-rules.ts';
import { conditionWords } from './describe-condition.ts';
import { METRIC_WORDS, figureWords, lasting, spanWords, text } from './words.ts';

export function describeWatch(rule: WatchRule): LocalizedText {
  return lasting(conditionOf(rule), rule.onDelaySeconds);
}

const WITHIN = { day: text('一天', 'a day'), week: text('一周', 'a week') } as const;
const DIRECTIONS = {
  rising: text('上升', 'rising'),
  falling: text('下降', 'falling'),
  either: text('变化', 'changing'),
} as const;

function rateWords({ metric, direction, overMinutes, limit }: RateRule): LocalizedText {
  const { zh, en } = METRIC_WORDS[metric];
  const way = DIRECTIONS[direction];
  const span = spanWords(overMinutes * 60);
  const than =
    limit === undefined
      ? text('库房允许值', "the room's limit")
      : text(` ${figureWords(metric, limit)}`, figureWords(metric, limit));
  return text(
    `${zh}在 ${span.zh}内${way.zh}超过${than.zh}（以相邻两次读数为准）`,
    `${en} ${way.en} by more than ${than.en} within ${span.en}, as two readings in a row show`,
  );
}

function meanWords({ metric, limit, hours }: MeanRule): LocalizedText {
  const { zh, en } = METRIC_WORDS[metric];
  if (limit === undefined || hours === undefined) {
    return text(
      `${zh}平均值超过库房所守标准的限值（按其平均时间）`,
      `${en} on average above the limit of the room's standard, over its averaging time`,
    );
  }
  const figure = figureWords(metric, limit);
  return text(
    `${zh} ${hours} 小时平均超过 ${figure}`,
    `${en} above ${figure} as the mean of ${hours} h`,
  );
}

function conditionOf(rule: WatchRule): LocalizedText {
  switch (rule.kind) {
    case 'rate':
      return rateWords(rule);
    case 'hours-out': {
      const { zh, en } = METRIC_WORDS[rule.metric];
      const span = WITHIN[rule.within];
      return text(
        `${zh}在${span.zh}内超出库房范围累计达 ${rule.hours} 小时`,
        `${en} out of the room's range for ${rule.hours} h in all within ${span.en}`,
      );
    }
    case 'smoke-level': {
      const figure = figureWords(rule.metric, rule.above);
      const { zh, en } = METRIC_WORDS[rule.metric];
      return text(`${zh}高于慢变基线 ${figure}`, `${en} ${figure} above its slow baseline`);
    }
    case 'mean':
      return meanWords(rule);
    case 'door-climate': {
      const [open, ahead] = [spanWords(rule.openSeconds), spanWords(rule.aheadMinutes * 60)];
      return text(
        `门开满 ${open.zh}，且温湿度已超限或将在 ${ahead.zh}内超限`,
        `Door open for ${open.en} while the climate is out of range or will be within ${ahead.en}`,
      );
    }
    case 'expression':
      return rule.sentence;
    case 'combined':
      return conditionWords(rule.condition);
    case 'passback':
      return text(
        '同一人或卡未出先进、或未进先出',
        'Person or card in while in, or out while not in',
      );
    case 'two-persons':
      return text('须双人在场的库房内只有一人', 'One person alone in a room that asks for two');
    case 'escort':
      return text('外来人员无馆员陪同在库房内', 'Contractor inside without any of the staff');
    case 'still-inside':
      return text('非开放时间库房内仍有人', 'Somebody inside out of opening hours');
    default:
      return unreachable(rule);
  }
}
