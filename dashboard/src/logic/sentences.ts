/** Sentences of the server on screen. */

import type { Sentence } from '../../../domain/sentences.ts';

/** The texts of one language, or of the one that is shown. */
interface TextsByKey {
  te(key: string): boolean;
  t(key: string, values: Readonly<Record<string, string | number>>): string;
}

/** The sentence in the texts' language; `why` where they do not know it, as of a newer server or an older entry. */
export function sentenceIn(texts: TextsByKey, why: string, said: Sentence | undefined): string {
  const key = `sentence.${said?.name}`;
  return said && texts.te(key) ? texts.t(key, said.gaps ?? {}) : why;
}
