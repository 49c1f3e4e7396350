/** Options of a command of the project itself. What is not understood ends it with one sentence, how it is used, and status 2. */

import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/** `--help` says how it is used, and ends it with status 0. */
export function readOptions<const T extends ParseArgsOptionsConfig>(usage: string, options: T) {
  if (process.argv.includes('--help')) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${why}\n${usage}\n`);
    process.exit(2);
  }
}
