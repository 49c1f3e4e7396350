import { describe, expect, it } from 'vitest';
import { createI18n } from 'vue-i18n';
import en from '../../../dashboard/src/locales/en.ts';
import zhCN from '../../../dashboard/src/locales/zh-CN.ts';
import type { Texts } from '../../../dashboard/src/locales/texts.ts';
import { sentences as zh } from '../../../dashboard/src/locales/zh-CN/sentences.ts';
import { sentenceIn } from '../../../dashboard/src/logic/sentences.ts';
import { say, SENTENCES, type SentenceName } from '../../../domain/sentences.ts';
import { boxedProfileText, parseProfile } from '../../../gateway/profiles/load.ts';
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

describe('what people do wrong is said in Chinese', () => {
  it('a message that is put aside', () => {
    const [entry] = newIntake().decode(telemetry('{"temperature":}')).quarantine;
    expect(entry).toMatchObject({ code: 'not-json', say: { name: 'json-token' } });
    expect(sentenceIn(chineseTexts, entry?.why ?? '', entry?.say)).toBe(
      '消息不是 JSON：不应出现 "}"。',
    );
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
