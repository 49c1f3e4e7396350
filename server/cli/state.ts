/** Where the command finds the state, and a way to read it. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../settings/settings.ts';
import { Reader } from '../store/queries.ts';
import { CliError } from './context.ts';

/** Reads while the server may run. */
export function openReader(settings: Settings): Reader {
  return new Reader(join(stateFolder(settings), 'state.db'));
}

/** The data folder with a state in it: that of real data, else the sample's. */
export function stateFolder(settings: Settings): string {
  const candidates = [settings.dataDir, join(settings.dataDir, 'sample')];
  const found = candidates.find((folder) => existsSync(join(folder, 'state.db')));
  if (found === undefined) {
    throw new CliError(`there is no state in ${settings.dataDir}; set LANTAI_DATA_DIR.`);
  }
  return found;
}
