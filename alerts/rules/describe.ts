/** What a rule says, as one plain sentence: `湿度高于限值 60 %RH 持续 15 分钟 → 高`. For the rules page. */

import type { Priority } from '../../domain/alarm.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type {
  BadDataRule,
  BandRule,
  DoorRule,
  Rule,
  SignalRule,
  SwingRule,
  SystemRule,
  TrustRule,
} from './rule-types.ts';
import { figureCondition } from '../preservation/rule.ts';
import { describeWatch } from './describe-watch.ts';
import {
  ACCESS_WORDS,
  METRIC_WORDS,
  PRIORITY_WORDS,
  figureWords,
  lasting,
  orWords,
  spanWords,
  text,
} from './words.ts';

/**
 * The sentence of a rule. `limit`: the bound in force in the room that is asked about, in the metric's unit; unset, the
 * sentence says "the room's limit" where the rule names no figure of its own.
 */
export function describeRule(rule: Rule, limit?: number): LocalizedText {
  const condition = conditionOf(rule, limit);
  const ends = endsOf(rule);
  const to = arrow(rule.priority);
  return text(`${condition.zh}${to.zh}${ends.zh}`, `${condition.en}${to.en}${ends.en}`);
}

function conditionOf(rule: Rule, limit: number | undefined): LocalizedText {
  switch (rule.kind) {
    case 'band':
      return lasting(bandWords(rule, limit), rule.onDelaySeconds);
    case 'swing':
      return lasting(swingWords(rule, limit), rule.onDelaySeconds);
    case 'signal':
      return lasting(signalWords(rule), rule.onDelaySeconds);
    case 'detector': {
      const { zh, en } = METRIC_WORDS[rule.metric];
      return text(`${zh}探测器报警`, `${en} detector in alarm`);
    }
    case 'detector-test': {
      const { zh, en } = METRIC_WORDS[rule.metric];
      return text(
        `${zh}探测器在测试或屏蔽时报警`,
        `${en} detector signals while in test or disabled`,
      );
    }
    case 'confirmed-fire':
      return text(
        `同一库房 ${rule.detectors} 个探测器报警`,
        `${rule.detectors} detectors of one room in alarm`,
      );
    case 'silence': {
      const least = spanWords(rule.minimumSeconds);
      return text(
        `传感器连续 ${rule.intervals} 个上报周期（至少 ${least.zh}）无数据`,
        `Sensor without data for ${rule.intervals} of its intervals, at least ${least.en}`,
      );
    }
    case 'offline':
      return lasting(text('设备报告离线', 'Device says it is offline'), rule.delaySeconds);
    case 'bad-data':
      return badDataWords(rule);
    case 'trust':
      return trustWords(rule);
    case 'clock':
      return text('设备时钟错误', 'Clock of a device is wrong');
    case 'door':
      return doorWords(rule);
    case 'system':
      return SYSTEM_WORDS[rule.fault];
    case 'service-review':
      return text('停用超过复核日期', 'Out of service beyond its review date');
    case 'flood': {
      const within = spanWords(rule.windowSeconds);
      return text(
        `${within.zh}内新报警超过 ${rule.above} 条`,
        `More than ${rule.above} new alarms within ${within.en}`,
      );
    }
    case 'preservation':
      return lasting(figureCondition(rule), rule.onDelaySeconds);
    default:
      return describeWatch(rule);
  }
}

const SYSTEM_WORDS: Readonly<Record<SystemRule['fault'], LocalizedText>> = {
  'clock-jump': text('系统时钟跳变', 'System clock jumped'),
  'spool-thinning': text('缓存已满，环境数据被抽稀', 'Spool full, climate readings thinned'),
  'store-unreachable': text('读数库无法连接', 'Reading store unreachable'),
  'cannot-store': text('无法存储', 'Nothing can be stored'),
  'broker-unreachable': text('消息服务器无法连接', 'Broker unreachable'),
};

function bandWords(rule: BandRule, limit: number | undefined): LocalizedText {
  const { zh, en } = METRIC_WORDS[rule.metric];
  const bound = rule.limit ?? limit;
  const figure = bound === undefined ? undefined : figureWords(rule.metric, bound);
  const above = rule.side === 'above';
  const side = text(above ? '高于' : '低于', above ? 'above' : 'below');
  if (figure === undefined) {
    return text(
      `${zh}${side.zh}库房${above ? '上限' : '下限'}`,
      `${en} ${side.en} the room's ${above ? 'upper' : 'lower'} limit`,
    );
  }
  return text(`${zh}${side.zh}限值 ${figure}`, `${en} ${side.en} the limit of ${figure}`);
}

function swingWords(rule: SwingRule, limit: number | undefined): LocalizedText {
  const { zh, en } = METRIC_WORDS[rule.metric];
  const figure = limit === undefined ? undefined : figureWords(rule.metric, limit);
  const more =
    figure === undefined ? text('超过库房允许值', "more than the room's limit") : undefined;
  const than = more ?? text(`超过 ${figure ?? ''}`, `more than ${figure ?? ''}`);
  if (rule.reading === 'set-point') {
    return text(`${zh}偏离设定值${than.zh}`, `${en} off its set-point by ${than.en}`);
  }
  return text(
    `${zh} 24 小时内最高与最低之差${than.zh}（以相邻两次读数为准）`,
    `${en} ranging over 24 h by ${than.en}, as two readings in a row show`,
  );
}

function signalWords({ metric }: SignalRule): LocalizedText {
  const { zh, en } = METRIC_WORDS[metric];
  return text(`${zh}信号`, `${en} signal`);
}

function doorWords(rule: DoorRule): LocalizedText {
  const events = orWords(rule.events.map((event) => ACCESS_WORDS[event]));
  const out = rule.outsideOpeningHours ? text('非开放时间', ' out of opening hours') : text('', '');
  if (rule.count === 1) return text(`${out.zh}门：${events.zh}`, `Door ${events.en}${out.en}`);
  const within = spanWords(rule.withinSeconds);
  return text(
    `${out.zh}门在 ${within.zh}内 ${rule.count} 次：${events.zh}`,
    `Door ${events.en} ${rule.count} times within ${within.en}${out.en}`,
  );
}

function badDataWords({ quality, count, withinSeconds }: BadDataRule): LocalizedText {
  const isFailed = quality === 'fail';
  const which = text(isFailed ? '读数失效' : '读数可疑', isFailed ? 'Failed' : 'Suspect');
  if (count === 1) return text(which.zh, `${which.en} readings`);
  const within = spanWords(withinSeconds);
  return text(
    `${within.zh}内 ${count} 次${which.zh}`,
    `${which.en} readings, ${count} within ${within.en}`,
  );
}

function trustWords({ differSeconds, driftHours, overdueDaysMax }: TrustRule): LocalizedText {
  const apart = spanWords(differSeconds);
  const drift = spanWords(driftHours * 3600);
  const overdue = spanWords(overdueDaysMax * 86_400);
  return text(
    `传感器与同室其他传感器相差过大达 ${apart.zh}，或 ${drift.zh}来漂移过大，或校准过期超过 ${overdue.zh}`,
    `Sensor far from the others of its room for ${apart.en}, drifted over ${drift.en}, or its calibration overdue by ${overdue.en}`,
  );
}

/** What comes after the priority: how it begins earlier, and how it grows. */
function endsOf(rule: Rule): LocalizedText {
  const pre = rule.kind === 'band' ? rule.preWarning : undefined;
  const rises = 'rises' in rule ? rule.rises : undefined;
  const parts: LocalizedText[] = [];
  if (pre && rule.kind === 'band') {
    const inside = figureWords(rule.metric, pre.inside);
    const to = arrow(pre.priority);
    parts.push(text(`距限值不足 ${inside}${to.zh}`, `within ${inside} of it${to.en}`));
  }
  if (rises) {
    const after = spanWords(rises.afterSeconds);
    const to = arrow(rises.to);
    parts.push(text(`再持续 ${after.zh}${to.zh}`, `${after.en} more${to.en}`));
  }
  return {
    zh: parts.map((part) => `；${part.zh}`).join(''),
    en: parts.map((part) => `; ${part.en}`).join(''),
  };
}

function arrow(priority: Priority): LocalizedText {
  const { zh, en } = PRIORITY_WORDS[priority];
  return text(` → ${zh}`, ` → ${en}`);
}
