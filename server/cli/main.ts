/** The `lantai` command: checks, exports and repairs from the command line. */

import { settingsFile } from '../settings/settings-file.ts';
import { readSettings } from '../settings/settings.ts';
import { StartRefused } from '../data-folder.ts';
import { COMMANDS } from './commands.ts';
import { CliError, type CliContext } from './context.ts';

const USAGE = `Usage: npx lantai <command>

${COMMANDS.map((c) => `  ${c.usage.padEnd(34)} ${c.meaning}`).join('\n')}

Settings (LANTAI_DATA_DIR and others) are those of the server; see .env.example.
Lantai must be stopped for apply and "account reset"; the other commands may run beside it.`;

// What is written here holds password hashes.
process.umask(0o077);
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  if (args.length === 0 || args[0] === '--help' || args[0] === '-h' || args[0] === 'help') {
    console.log(USAGE);
    return 0;
  }
  const command = COMMANDS.find((c) => c.words.every((word, i) => args[i] === word));
  if (!command) {
    console.error(`lantai: there is no command "${args.join(' ')}"; see npx lantai --help.`);
    return 2;
  }
  const read = readSettings(process.env, settingsFile());
  if (!read.ok) {
    console.error(`lantai: ${read.why}`);
    return 2;
  }
  const context: CliContext = {
    settings: read.settings,
    args: args.slice(command.words.length),
    say: (line) => console.log(line),
  };
  try {
    return await command.run(context);
  } catch (error) {
    if (!(error instanceof CliError) && !(error instanceof StartRefused)) throw error;
    console.error(`lantai: ${error.message}`);
    return 2;
  }
}
