import { describe, expect, it } from 'vitest';
import { createI18n } from 'vue-i18n';
import en from '../../../dashboard/src/locales/en.ts';
import zhCN from '../../../dashboard/src/locales/zh-CN.ts';
import type { Texts } from '../../../dashboard/src/locales/texts.ts';
import { sentences as zh } from '../../../dashboard/src/locales/zh-CN/sentences.ts';
import { sentenceIn } from '../../../dashboard/src/logic/sentences.ts';
import { step } from '../../../alerts/alarm-machine.ts';
import { closeIncident } from '../../../alerts/plans/incident-acts.ts';
import { say, SENTENCES, type Said, type SentenceName } from '../../../domain/sentences.ts';
import { HOUR_MS, MINUTE_MS } from '../../../domain/time.ts';
import { boxedProfileText, parseProfile } from '../../../gateway/profiles/load.ts';
import { alarm, incident, START } from '../../http/fixtures.ts';
import { newIntake, telemetry } from '../gateway/support.ts';

const textsOf = (locale: 'zh-CN' | 'en') =>
  createI18n<[Texts], 'zh-CN' | 'en', false>({
    legacy: false,
    locale,
    messages: { 'zh-CN': zhCN, en },
  }).global;
const [chineseTexts, englishTexts] = [textsOf('zh-CN'), textsOf('en')];
const names = Object.keys(SENTENCES) as SentenceName[];
const gapsOf = (text: string) => (text.match(/\{\w+\}/g) ?? []).map((gap) => gap.slice(1, -1));
/** What would be text of its own for whoever fills it in a careless way. */
const AWKWARD = '{x} | @:y <b>%';
const filled = (name: SentenceName) =>
  Object.fromEntries(gapsOf(SENTENCES[name]).map((gap) => [gap, `${gap} ${AWKWARD}`]));
const said = (name: SentenceName) =>
  (say as (name: SentenceName, gaps: object) => ReturnType<typeof say>)(name, filled(name));

describe('a sentence of the server', () => {
  it.each(names)('%s has the same gaps in Chinese, each once', (name) => {
    const [english, chinese] = [gapsOf(SENTENCES[name]), gapsOf(zh.sentence[name])];
    expect(chinese.toSorted()).toEqual(english.toSorted());
    expect(new Set(chinese).size).toBe(chinese.length);
    expect(zh.sentence[name]).toMatch(/[\u4e00-\u9fff]/);
    expect(zh.sentence[name]).not.toMatch(/[,;!?]( |$)/);
  });

  it.each(names)('%s is said on screen in each language, whatever stands in its gaps', (name) => {
    const { why, say: sentence } = said(name);
    const chinese = sentenceIn(chineseTexts, why, sentence);
    for (const gap of gapsOf(SENTENCES[name])) expect(chinese).toContain(`${gap} ${AWKWARD}`);
    expect(chinese).toMatch(/[\u4e00-\u9fff]/);
    expect(sentenceIn(englishTexts, why, sentence)).toBe(why);
  });

  it('is shown as the server said it where the screen does not know it', () => {
    expect(sentenceIn(chineseTexts, 'It says so.', { name: 'of-a-newer-server' })).toBe(
      'It says so.',
    );
    expect(sentenceIn(chineseTexts, 'It says so.', undefined)).toBe('It says so.');
  });
});

const AT = START + MINUTE_MS;
const ALARM = alarm('sx.a1');
const SEEN = alarm('sx.a1', { acknowledged: { by: 'duty-b', at: START } });
const SAFETY = alarm('sx.a1', { safety: true, latching: true });
const ACKNOWLEDGE = { kind: 'acknowledge', by: 'duty-a' } as const;
const RESET = { kind: 'reset', by: 'duty-a' } as const;
const SHELVE = {
  kind: 'shelve',
  by: 'duty-a',
  until: AT + 9 * HOUR_MS,
  reason: '检修',
  shelvable: true,
} as const;

function expectRefusal(
  result: { readonly ok: true } | ({ readonly ok: false } & Said),
  words: { readonly english: string; readonly chinese: string },
) {
  if (result.ok) throw new Error('it was not refused');
  expect(result.why).toBe(words.english);
  expect(sentenceIn(chineseTexts, result.why, result.say)).toBe(words.chinese);
  expect(sentenceIn(englishTexts, result.why, result.say)).toBe(words.english);
}

describe('what people do wrong is said in Chinese', () => {
  it('a message that is put aside', () => {
    const [entry] = newIntake().decode(telemetry('{"temperature":}')).quarantine;
    expect(entry).toMatchObject({ code: 'not-json', say: { name: 'json-token' } });
    expect(sentenceIn(chineseTexts, entry?.why ?? '', entry?.say)).toBe(
      '消息不是 JSON：不应出现 "}"。',
    );
  });

  it.each([
    ['The alarm is closed.', '报警已关闭。', step({ ...ALARM, closedAt: AT }, ACKNOWLEDGE, AT)],
    ['It was acknowledged before.', '此前已有人确认。', step(SEEN, ACKNOWLEDGE, AT)],
    ['A safety alarm can not be shelved.', '安全报警不能搁置。', step(SAFETY, SHELVE, AT)],
    ['An alarm is shelved for at most 8 h.', '报警最长搁置 8 小时。', step(ALARM, SHELVE, AT)],
    ['The condition still holds.', '报警条件仍然存在，不能复位。', step(SAFETY, RESET, AT)],
  ] as const)('%s', (english, chinese, { result }) => {
    expectRefusal(result, { english, chinese });
  });

  it('an incident whose alarms still hold is not closed', () => {
    const closing = { by: 'duty-a', report: '已处置', signalling: 2 };
    expectRefusal(closeIncident(incident('sx.i1'), closing, AT), {
      english: '2 of its alarms still hold.',
      chinese: '还有 2 条报警没有恢复，不能结束。',
    });
  });

  it('every mistake that is made in a profile of the box by leaving out a word', () => {
    const lines = (boxedProfileText('zigbee2mqtt') ?? '').split('\n');
    let mistakes = 0;
    for (const [i, line] of lines.entries()) {
      for (const broken of [
        line.replace(/\w+:/, 'wrong:'),
        line.replace(/[\]}]/, ''),
        `\t${line}`,
      ]) {
        const parsed = parseProfile(lines.with(i, broken).join('\n'));
        if (parsed.ok) continue;
        for (const problem of parsed.problems) {
          mistakes += 1;
          expect(sentenceIn(chineseTexts, problem.message, problem.say)).toMatch(/[\u4e00-\u9fff]/);
        }
      }
    }
    expect(mistakes).toBeGreaterThan(100);
  });
});
