/**
 * What became of texts, kept in the data folder: only what schema, text and Lantai together decide. A file that is
 * missing, older or damaged costs the time to read the text again, and nothing else.
 */

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ReadBefore, TextRead } from '../domain/read-before.ts';
import { writePrivate } from './data-folder.ts';

/** Names the version, and those of all packages that read and check. */
const PACKAGE_PATH = join(import.meta.dirname, '..', 'package.json');
const FOLDER = 'read-before';
const HASH_CHARS = 64;

export interface KeptTexts extends ReadBefore {
  /** Writes what was kept; only who holds the data folder may. A disk that takes nothing is no trouble. */
  save(): void;
}

/** Looks into the data folder `dataDir`, which need not be there. */
export function openReadBefore(dataDir: string): KeptTexts {
  const folder = join(dataDir, FOLDER);
  const version = readFileSync(PACKAGE_PATH, 'utf8');
  const kept = new Map<string, string>();
  const pathOf = ({ name }: TextRead): string => join(folder, `${name}.json`);
  const keyOf = ({ text, reader }: TextRead): string =>
    hashOf(JSON.stringify([version, reader, text]));
  return {
    find: (what) => {
      try {
        return valueIn(readFileSync(pathOf(what), 'utf8'), keyOf(what));
      } catch {
        return undefined;
      }
    },
    keep: (what, value) => {
      const json = JSON.stringify(value);
      if (!isDeepStrictEqual(JSON.parse(json), value)) return;
      kept.set(pathOf(what), `${keyOf(what)}\n${hashOf(json)}\n${json}`);
    },
    save: () => {
      try {
        if (kept.size > 0) mkdirSync(folder, { recursive: true, mode: 0o700 });
        for (const [path, content] of kept) {
          writePrivate(`${path}.tmp`, content);
          renameSync(`${path}.tmp`, path);
        }
      } catch {
        // The next start reads the texts again.
      }
      kept.clear();
    },
  };
}

/** The value in a file of two hashes, of what it was made from and of itself. */
function valueIn(content: string, key: string): unknown {
  const json = content.slice(2 * (HASH_CHARS + 1));
  return content.startsWith(`${key}\n${hashOf(json)}\n`) ? JSON.parse(json) : undefined;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
