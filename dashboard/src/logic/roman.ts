import type { Level } from '../../../domain/incident.ts';

const NUMERALS: Readonly<Record<Level, string>> = { 1: 'Ⅰ', 2: 'Ⅱ', 3: 'Ⅲ', 4: 'Ⅳ' };

/** The Roman numeral of a response level: Ⅰ is the gravest. */
export function roman(level: Level): string {
  return NUMERALS[level];
}
