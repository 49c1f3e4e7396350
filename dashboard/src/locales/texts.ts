/** The shape of the texts: Chinese has them all, other languages follow. */

import type zhCN from './zh-CN.ts';

/** Every text by name; a locale that lacks one does not compile. */
export type Texts = Widened<typeof zhCN>;
type Widened<T> = { readonly [K in keyof T]: T[K] extends string ? string : Widened<T[K]> };

type Paths<T, P extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${P}${K}` : Paths<T[K], `${P}${K}.`>;
}[keyof T & string];
/** The dotted name of a text. */
export type TextKey = Paths<Texts>;
