/** What people read: short, Chinese first: what, where, since when, value and limit, clause, what to do now. */

import type { Alarm } from '../../domain/alarm.ts';
import type { Incident, PlanStep } from '../../domain/incident.ts';
import type { Citation } from '../../domain/limits.ts';
import type { LocalizedText } from '../../domain/text.ts';
import { withUnit } from '../handle/findings.ts';
import { localStamp } from '../local-time.ts';

export interface Words {
  readonly subject: LocalizedText;
  readonly body: LocalizedText;
}

const PRIORITY_WORDS = {
  critical: { zh: '▲ 紧急', en: '▲ CRITICAL' },
  high: { zh: '◆ 高', en: '◆ HIGH' },
  medium: { zh: '● 中', en: '● MEDIUM' },
  low: { zh: '▬ 低', en: '▬ LOW' },
} as const;
const LEVEL_WORDS = {
  1: { zh: 'Ⅰ级', en: 'level Ⅰ' },
  2: { zh: 'Ⅱ级', en: 'level Ⅱ' },
  3: { zh: 'Ⅲ级', en: 'level Ⅲ' },
  4: { zh: 'Ⅳ级', en: 'level Ⅳ' },
} as const;

export interface Setting {
  readonly repository: LocalizedText;
  readonly room: LocalizedText | undefined;
  readonly timezone: string;
}

/** A message about an alarm that no incident covers; `more`: lines of its own, such as what a flood gathers. */
export function alarmWords(
  alarm: Alarm,
  setting: Setting,
  more: readonly LocalizedText[] = [],
): Words {
  const mark = alarm.simulated;
  const priority = PRIORITY_WORDS[alarm.priority];
  const figures = figuresOf(alarm);
  const since = localStamp(alarm.since, setting.timezone);
  return {
    subject: marked(mark, {
      zh: `${priority.zh} ${alarm.title.zh}`,
      en: `${priority.en} ${alarm.title.en}`,
    }),
    body: marked(mark, {
      zh: lines([
        alarm.title.zh,
        `地点：${where(setting, 'zh')}`,
        `开始：${since}`,
        figures && `数值：${figures.zh}`,
        ...more.map(({ zh }) => zh),
        `依据：${cited(alarm.citation, 'zh')}`,
        alarm.advice && `现在要做：${alarm.advice.zh}`,
      ]),
      en: lines([
        alarm.title.en,
        `Where: ${where(setting, 'en')}`,
        `Since: ${since}`,
        figures && `Value: ${figures.en}`,
        ...more.map(({ en }) => en),
        `By: ${cited(alarm.citation, 'en')}`,
        alarm.advice && `Do now: ${alarm.advice.en}`,
      ]),
    }),
  };
}

/** A message about an incident: why it comes, and what this person is to do. */
export function incidentWords(
  incident: Incident,
  setting: Setting,
  about: { readonly why: LocalizedText; readonly steps: readonly PlanStep[] },
): Words {
  const level = LEVEL_WORDS[incident.level];
  const opened = localStamp(incident.openedAt, setting.timezone);
  const { why, steps } = about;
  const clause = cited(incident.plan.citation, 'zh');
  return {
    subject: marked(incident.simulated, {
      zh: `【突发事件】${incident.title.zh}（馆内预警${level.zh}）：${why.zh}`,
      en: `[INCIDENT] ${incident.title.en} (in-house ${level.en}): ${why.en}`,
    }),
    body: marked(incident.simulated, {
      zh: lines([
        `${incident.title.zh}（馆内预警${level.zh}）`,
        why.zh,
        `地点：${where(setting, 'zh')}`,
        `启动：${opened}`,
        `依据：${clause}`,
        ...steps.map((step, i) => `${i + 1}. ${step.text.zh}`),
      ]),
      en: lines([
        `${incident.title.en} (in-house ${level.en})`,
        why.en,
        `Where: ${where(setting, 'en')}`,
        `Opened: ${opened}`,
        `By: ${cited(incident.plan.citation, 'en')}`,
        ...steps.map((step, i) => `${i + 1}. ${step.text.en}`),
      ]),
    }),
  };
}

function figuresOf(alarm: Alarm): LocalizedText | undefined {
  const { metric, value, limit } = alarm;
  if (metric === undefined || value === undefined || limit === undefined) return undefined;
  const [is, may] = [withUnit(metric, value), withUnit(metric, limit)];
  return { zh: `${is}，限值 ${may}`, en: `${is}, limit ${may}` };
}

// What was not looked up, or is our own, must not read like a verified clause.
function cited(citation: Citation, language: keyof LocalizedText): string {
  const { standard, clause, verification } = citation;
  const name = clause === undefined ? standard : `${standard} ${clause}`;
  if (verification === 'memory')
    return `${name}${language === 'zh' ? '（未核实）' : ' (not verified)'}`;
  if (verification === 'proposal' && language === 'en') return `${name} (our own rule)`;
  return name;
}

function where(setting: Setting, language: keyof LocalizedText): string {
  const { repository, room } = setting;
  return room ? `${repository[language]} ${room[language]}` : repository[language];
}

function marked(simulated: boolean, words: LocalizedText): LocalizedText {
  return simulated ? { zh: `【模拟】${words.zh}`, en: `[SIMULATED] ${words.en}` } : words;
}

function lines(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join('\n');
}
