/** What commands are given, and how they say that something can't be done. */

import type { Moment } from '../../domain/time.ts';
import type { Settings } from '../settings/settings.ts';

/** What was asked can't be done; the message is one sentence for the person. */
export class CliError extends Error {
  override readonly name = 'CliError';
}

/** What a command is given that looks at no installation. */
export interface CliWords {
  /** What came after the command's own words. */
  readonly args: readonly string[];
  readonly say: (line: string) => void;
}

export interface CliContext extends CliWords {
  readonly settings: Settings;
}

export function needed(value: string | undefined, what: string): string {
  if (value === undefined) throw new CliError(`name ${what}; see npx lantai --help.`);
  return value;
}

/** An RFC 3339 date or time. */
export function momentOf(text: string): Moment {
  const moment = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(moment)) throw new CliError(`"${text}" is no date, such as 2026-11-27.`);
  return moment;
}
