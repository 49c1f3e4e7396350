/** The repository file: text in, documents out, or every problem with its line and column. */

import type { ErrorObject, ValidateFunction } from 'ajv';
import {
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
  type YAMLParseError,
} from 'yaml';
import { NOTHING_READ_BEFORE, type ReadBefore } from '../../domain/read-before.ts';
import { RepositoryDocument } from '../../domain/registry.ts';
import type { StandardsCatalogue } from '../../domain/standards.ts';
import { schemaCompiler } from '../schema-compiler.ts';
import {
  NOWHERE,
  problemAt,
  problemAtKey,
  type Path,
  type Place,
  type Problem,
} from './positions.ts';
import { checkReferences } from './references.ts';
import { quote, sentenceOf, subjectOf } from './sentences.ts';

export type { Problem } from './positions.ts';

export type ParsedRepositoryFile =
  | { readonly ok: true; readonly documents: readonly RepositoryDocument[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** More would help nobody. */
const PROBLEMS_MAX = 50;
const FILE_CHARS_MAX = 16 * 1024 * 1024;

const READER = JSON.stringify(RepositoryDocument);

let compiled: ValidateFunction<RepositoryDocument> | undefined;

function schema(): ValidateFunction<RepositoryDocument> {
  const Ajv = schemaCompiler();
  compiled ??= new Ajv({ allErrors: true, verbose: true, strict: false }).compile(
    RepositoryDocument,
  );
  return compiled;
}

/**
 * Reads a file that holds one document, several divided by `---`, or one list of documents. `fileName` is only
 * named in the sentence about an empty file. `standards`: the packs that rooms may name; unset: any. What `before` has
 * of the same text was read and kept to the schema: only what no schema can say is checked again.
 */
export function parseRepositoryFile(
  text: string,
  options: {
    readonly fileName: string;
    readonly standards?: StandardsCatalogue;
    readonly before?: ReadBefore;
  },
): ParsedRepositoryFile {
  const { fileName, standards, before = NOTHING_READ_BEFORE } = options;
  const what = { name: 'repository-file', text, reader: READER };
  const known = before.find(what) as readonly RepositoryDocument[] | undefined;
  if (known && isSound(known, standards)) return { ok: true, documents: known };
  const parsed = parseText(text, fileName, standards);
  if (parsed.ok) before.keep(what, parsed.documents);
  return parsed;
}

function isSound(
  documents: readonly RepositoryDocument[],
  standards: StandardsCatalogue | undefined,
): boolean {
  const places = documents.map(() => NOWHERE);
  return (
    documents.every((document) => checkReferences(document, NOWHERE, standards).length === 0) &&
    twice(documents, places).length === 0
  );
}

function parseText(
  text: string,
  fileName: string,
  standards: StandardsCatalogue | undefined,
): ParsedRepositoryFile {
  const refuse = (message: string) =>
    ({ ok: false, problems: [{ line: 1, column: 1, message }] }) as const;
  if (text.length > FILE_CHARS_MAX) {
    return refuse(`${fileName} has more than ${FILE_CHARS_MAX} characters.`);
  }
  const lines = new LineCounter();
  const yaml = parseAllDocuments(text.replace(/^\uFEFF/, ''), { lineCounter: lines });
  if (!Array.isArray(yaml) || yaml.length === 0) return refuse(`${fileName} is empty.`);
  const problems: Problem[] = [];
  const documents: RepositoryDocument[] = [];
  const places: Place[] = [];
  for (const document of yaml) {
    const broken = [...document.errors, ...document.warnings];
    if (broken.length > 0) {
      problems.push(...broken.map((error) => yamlProblem(error, lines)));
      continue;
    }
    const read = valueOf(document, lines);
    if ('line' in read) problems.push(read);
    else
      readDocument(read, { lines, root: document.contents as Node | null }, (found, place) => {
        problems.push(...check(found, place, standards));
        documents.push(found as RepositoryDocument);
        places.push(place);
      });
  }
  if (problems.length === 0) problems.push(...twice(documents, places));
  if (problems.length === 0 && documents.length === 0)
    return refuse(`${fileName} has no repository.`);
  if (problems.length === 0) return { ok: true, documents };
  const inOrder = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return { ok: false, problems: inOrder.slice(0, PROBLEMS_MAX) };
}

function yamlProblem(error: Pick<YAMLParseError, 'message' | 'pos'>, lines: LineCounter): Problem {
  const { line, col } = lines.linePos(error.pos[0]);
  // The first line says it; the rest is an excerpt of the file.
  const [first = 'broken'] = error.message.split('\n');
  const what = first.replace(/ at line \d+, column \d+:?$/, '');
  return { line, column: col, message: `This is not YAML as it should be: ${what}.` };
}

/** Aliases that point nowhere, or blow up, are found only now. */
function valueOf(document: Document, lines: LineCounter): { readonly value: unknown } | Problem {
  try {
    return { value: document.toJS() as unknown };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const place = { lines, root: document.contents as Node | null };
    return problemAt(place, [], `An alias can't be resolved: ${why}.`);
  }
}

function readDocument(
  { value }: { readonly value: unknown },
  place: Place,
  take: (document: unknown, place: Place) => void,
): void {
  if (!Array.isArray(value)) return take(value, place);
  for (const [index, item] of value.entries()) {
    const root = isSeq(place.root) ? (place.root.items[index] as Node | null) : place.root;
    take(item, { lines: place.lines, root });
  }
}

function check(document: unknown, place: Place, standards?: StandardsCatalogue): Problem[] {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    const message = 'A document is a group of keys: repository, rooms, sensors and so on.';
    return [problemAt(place, [], message)];
  }
  const fits = schema();
  if (fits(document)) return checkReferences(document, place, standards);
  return (fits.errors ?? []).map((error) => schemaProblem(error, document, place));
}

function schemaProblem(error: ErrorObject, document: unknown, place: Place): Problem {
  const path: Path = error.instancePath
    .split('/')
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  const params = error.params as Record<string, unknown>;
  const { keyword, message, data } = error;
  const parentSchema = error.parentSchema as { properties?: Record<string, unknown> };
  const sentence = sentenceOf(
    { keyword, params, data, parentSchema, ...(message === undefined ? {} : { message }) },
    document,
    path,
  );
  if (keyword !== 'additionalProperties') return problemAt(place, path, sentence);
  return problemAtKey(place, { path, key: String(params['additionalProperty']) }, sentence);
}

/** Repositories that the file describes twice. */
function twice(documents: readonly RepositoryDocument[], places: readonly Place[]): Problem[] {
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const [index, document] of documents.entries()) {
    const { id } = document.repository;
    const place = places[index];
    if (seen.has(id) && place) {
      const message = `The repository ${quote(id)} is described twice; ${subjectOf(document, ['repository'])} ids are unique in a file.`;
      problems.push(problemAt(place, ['repository', 'id'], message));
    }
    seen.add(id);
  }
  return problems;
}
