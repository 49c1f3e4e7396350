/** The structure as it is now, and how the repository file becomes it at a start. */

import { readFileSync } from 'node:fs';
import { applyRepository, parseRepositoryFile } from '../gateway/index.ts';
import type { LimitChange } from '../domain/limits.ts';
import type { StateStore } from '../domain/ports.ts';
import type { Registry, RepositoryDocument } from '../domain/registry.ts';
import type { Moment } from '../domain/time.ts';
import { messageOf, StartRefused } from './data-folder.ts';
import type { Reader } from './store/queries.ts';
import { loadRegistry } from './store/saved-state.ts';
import type { JournalBook } from './tick/journal-book.ts';

/** The structure and the repositories' own limits, replaced whole when they change. */
export interface Structure {
  registry: Registry;
  limitChanges: readonly LimitChange[];
}

/** What both hold after the last commit. */
export function loadStructure(reader: Reader): Structure {
  return {
    registry: loadRegistry(reader),
    limitChanges: reader.all<LimitChange>('SELECT body FROM limit_change ORDER BY id'),
  };
}

export interface ApplyParts {
  readonly reader: Reader;
  readonly store: StateStore;
  readonly journal: JournalBook;
  readonly now: Moment;
}

/** What the repository file at `path` says. Throws `StartRefused` with its first mistake, by line and column. */
export function readRepositoryFile(path: string): readonly RepositoryDocument[] {
  const parsed = parseRepositoryFile(readText(path), { fileName: path });
  if (!parsed.ok) {
    const [first, ...rest] = parsed.problems;
    const more = rest.length === 0 ? '' : ` (${rest.length} more: run "npx lantai check ${path}")`;
    const where = first ? `:${first.line}:${first.column}: ${first.message}` : '';
    throw new StartRefused(`${path}${where}${more}`);
  }
  return parsed.documents;
}

/**
 * Applies the repository file at `path` and says what it changed. A file with mistakes, or one that may not replace
 * what is there, changes nothing: `StartRefused`.
 */
export async function applyRepositoryFile(
  path: string,
  parts: ApplyParts,
): Promise<readonly string[]> {
  const documents = readRepositoryFile(path);
  const current = loadRegistry(parts.reader);
  const applied = applyRepository({ current, documents, now: parts.now });
  if (applied.refused !== undefined) throw new StartRefused(`${path}: ${applied.refused}`);
  if (applied.puts.length === 0) return [];
  const detail = { file: path, changes: applied.report.slice(0, 200) };
  const journal = parts.journal.chain(
    documents.map(({ repository }) => ({
      repository: repository.id,
      at: parts.now,
      by: 'system',
      action: 'structure.applied',
      detail,
    })),
  );
  await parts.store.commit({ puts: [...applied.puts, ...journal.puts], deletes: [] });
  journal.committed();
  return applied.report;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new StartRefused(
      `The repository file ${path} can't be read (${messageOf(error)}); change LANTAI_REPOSITORY.`,
    );
  }
}
