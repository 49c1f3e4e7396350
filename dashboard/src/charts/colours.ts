/** The tokens of the style sheet, as a canvas needs them. */

import type { Priority } from '../../../domain/alarm.ts';

export interface Colours {
  readonly font: string;
  readonly ink3: string;
  readonly line: string;
  readonly spark: string;
  readonly lines: readonly string[];
  readonly spread: string;
  readonly band: string;
  readonly bandLine: string;
  readonly priority: Readonly<Record<Priority, string>>;
  readonly prioritySoft: Readonly<Record<Priority, string>>;
  readonly results: readonly string[];
}

export function colours(element: Element): Colours {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const priority = (suffix: string) => (name: Priority) => withAlpha(token(name), suffix);
  const each = (suffix: string) => {
    const of = priority(suffix);
    return { critical: of('critical'), high: of('high'), medium: of('medium'), low: of('low') };
  };
  return {
    font: style.fontFamily,
    ink3: token('ink3'),
    line: token('line'),
    spark: token('spark'),
    lines: [token('spark'), token('accent'), token('low'), token('medium')],
    spread: withAlpha(token('spark'), '33'),
    band: token('band'),
    bandLine: token('band-line'),
    priority: each(''),
    prioritySoft: each('1c'),
    results: [token('critical'), token('high'), token('ok'), token('unknown')],
  };
}

/** Tokens are six hexadecimal digits; two more are the alpha. */
function withAlpha(colour: string, alpha: string): string {
  return /^#[0-9a-f]{6}$/i.test(colour) ? colour + alpha : colour;
}
