/** Reads the repository file that is to be simulated. */

import { readFileSync } from 'node:fs';
import { Errors } from 'typebox/value';
import { parseAllDocuments } from 'yaml';
import { RepositoryDocument } from '../domain/registry.ts';

/** A mistake of the person who called us: one sentence, exit status 2. */
export class UsageError extends Error {}

/** The repositories of a file that are marked simulated; throws UsageError when it cannot be used. */
export function readSimulatedRepositories(file: string): readonly RepositoryDocument[] {
  const documents = parseRepositories(readText(file), file);
  const simulated = documents.filter((d) => d.repository.simulated === true);
  if (simulated.length === 0) {
    throw new UsageError(
      `${file} describes no repository with \`simulated: true\`: made-up data may not be mixed into a real repository.`,
    );
  }
  return simulated;
}

/** Every repository of a file's text: one document, several, or a list of them. */
export function parseRepositories(text: string, file: string): readonly RepositoryDocument[] {
  const parsed = parseAllDocuments(text);
  const documents: RepositoryDocument[] = [];
  for (const document of parsed) {
    const mistake = document.errors[0];
    if (mistake) throw new UsageError(`${file} is not valid YAML: ${firstLine(mistake.message)}`);
    const content: unknown = document.toJS();
    for (const one of Array.isArray(content) ? content : [content]) {
      documents.push(checked(one, file));
    }
  }
  if (documents.length === 0)
    throw new UsageError(`${file} is not a repository file: it is empty.`);
  return documents;
}

function checked(content: unknown, file: string): RepositoryDocument {
  const error = Errors(RepositoryDocument, content)[0];
  if (error) {
    throw new UsageError(
      `${file} is not a repository file: ${error.instancePath || 'the document'} ${error.message}.`,
    );
  }
  return content as RepositoryDocument;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new UsageError(`The repository file ${file} cannot be read (${code}).`, { cause });
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
