/** The structure as it is now, and how the repository file becomes it at a start. */

import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { applyRepository, parseRepositoryFile } from '../gateway/index.ts';
import type { ReadBefore } from '../domain/read-before.ts';
import type { LimitChange } from '../domain/limits.ts';
import type { OutOfService } from '../domain/out-of-service.ts';
import type { StateStore } from '../domain/ports.ts';
import type { Registry, RepositoryDocument } from '../domain/registry.ts';
import type { StandardsCatalogue, StandardsChoice } from '../domain/standards.ts';
import { SECOND_MS, type Moment } from '../domain/time.ts';
import type { Writer } from './services.ts';
import { messageOf, StartRefused } from './data-folder.ts';
import { loadOutOfService, type Reader } from './store/queries.ts';
import { loadRegistry } from './store/saved-state.ts';
import { NotStored } from './tick/items.ts';
import type { JournalBook } from './tick/journal-book.ts';

const APPLY_AGAIN_MS = SECOND_MS;

/** The structure, the repositories' own limits, what rooms keep to and what is out of service, replaced whole when they change. */
export interface Structure {
  registry: Registry;
  limitChanges: readonly LimitChange[];
  standardsChoices: readonly StandardsChoice[];
  outOfService: readonly OutOfService[];
}

/** What they are after the last commit. */
export function loadStructure(reader: Reader): Structure {
  return {
    registry: loadRegistry(reader),
    limitChanges: reader.all<LimitChange>('SELECT body FROM limit_change ORDER BY id'),
    standardsChoices: reader.all<StandardsChoice>('SELECT body FROM standards_choice ORDER BY id'),
    outOfService: loadOutOfService(reader),
  };
}

export interface ApplyParts {
  readonly reader: Reader;
  readonly store: StateStore;
  readonly journal: JournalBook;
  readonly now: Moment;
  /** The packs that rooms may name. */
  readonly standards: StandardsCatalogue;
  /** What the file says, where it was read already. */
  readonly documents?: readonly RepositoryDocument[];
}

/** What the repository file at `path` says. Throws `StartRefused` with its first mistake, by line and column. */
export function readRepositoryFile(
  path: string,
  how: { readonly standards?: StandardsCatalogue; readonly before?: ReadBefore } = {},
): readonly RepositoryDocument[] {
  const parsed = parseRepositoryFile(readText(path), { fileName: path, ...how });
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
 * what is there, changes nothing: `StartRefused`. Throws what the store says when it can't be stored.
 */
export async function applyRepositoryFile(
  path: string,
  parts: ApplyParts,
): Promise<readonly string[]> {
  const { puts, lines, report } = changesOfFile(path, parts);
  if (puts.length === 0) return [];
  const journal = parts.journal.chain(lines);
  await parts.store.commit({ puts: [...puts, ...journal.puts], deletes: [] });
  journal.committed();
  return report;
}

/**
 * Applies a file that could not be stored at the start as soon as the running system stores again; what it says then
 * counts. Returns how to stop waiting.
 */
export function applyWhenStored(
  path: string,
  parts: Pick<ApplyParts, 'reader' | 'standards'> & {
    readonly writer: Writer;
    readonly log: Logger;
  },
): () => void {
  const { reader, writer, standards, log } = parts;
  const stopping = new AbortController();
  const apply = async (): Promise<void> => {
    const {
      puts,
      lines: journal,
      report,
    } = changesOfFile(path, { reader, standards, now: Date.now() });
    if (puts.length > 0) await writer.commit({ puts, journal });
    await writer.reconfigure();
    log.info({ file: path, changes: report.slice(0, 20) }, 'the repository file is applied');
  };
  const untilApplied = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        return await apply();
      } catch (error) {
        // A mistake that was made in it meanwhile does not go away by itself.
        if (!(error instanceof NotStored)) {
          log.error({ err: error, file: path }, 'the repository file could not be applied');
          return;
        }
      }
      await wait(APPLY_AGAIN_MS, undefined, { ref: false, signal: stopping.signal }).catch(
        () => undefined,
      );
    }
  };
  void untilApplied();
  return () => stopping.abort();
}

/** What the file changes of the structure as last committed. Throws `StartRefused`. */
function changesOfFile(
  path: string,
  { reader, now, standards, ...given }: Omit<ApplyParts, 'store' | 'journal'>,
) {
  const documents = given.documents ?? readRepositoryFile(path, { standards });
  const applied = applyRepository({ current: loadRegistry(reader), documents, now });
  if (applied.refused !== undefined) throw new StartRefused(`${path}: ${applied.refused}`);
  const detail = { file: path, changes: applied.report.slice(0, 200) };
  const lines = documents.map(({ repository }) => ({
    repository: repository.id,
    at: now,
    by: 'system',
    action: 'structure.applied' as const,
    detail,
  }));
  return { puts: applied.puts, lines, report: applied.report };
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
