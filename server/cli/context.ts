/** What commands are given, and how they say that something can't be done. */

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
