/** Where lantai.yaml is: beside package.json. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PATH = join(import.meta.dirname, '..', '..', 'lantai.yaml');

/** Its text; `undefined` when there is none. */
export function settingsFile(): string | undefined {
  return existsSync(PATH) ? readFileSync(PATH, 'utf8') : undefined;
}
