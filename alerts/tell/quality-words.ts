/** Words for why a value is not to be trusted. */

import type { ReadingFlag } from '../../domain/reading.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { QualityWords } from '../rules/rule-types.ts';

/** `test`: the tests that a reading did not pass; `means`: what the gravest of them says. */
export function testWords(
  words: QualityWords,
  flags: readonly ReadingFlag[],
): { readonly test: LocalizedText; readonly means: LocalizedText } {
  const failed = Object.entries(words.tests).filter(([flag]) => flags.some((f) => f === flag));
  return {
    test: listOf(failed.map(([, { name }]) => name)),
    means: failed[0]?.[1].means ?? { zh: '', en: '' },
  };
}

/** Several in one sentence. */
export function listOf(texts: readonly LocalizedText[]): LocalizedText {
  return {
    zh: texts.map((text) => text.zh).join('、'),
    en: texts.map((text) => text.en).join(', '),
  };
}
