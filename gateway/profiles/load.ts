/** Profiles from YAML: every mistake with its line and column; those in the box are read once. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import { LineCounter, parseDocument, type Node } from 'yaml';
import { problemAt, type Path, type Place, type Problem } from '../repository-file/positions.ts';
import { compileProfile } from './compile.ts';
import { ProfileProblem } from './compile-parts.ts';
import { ProfileDocument } from './schema.ts';

export type ParsedProfile =
  | { readonly ok: true; readonly profile: ProfileDocument }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const TEXT_CHARS_MAX = 256 * 1024;
const PROBLEMS_MAX = 20;
const BOX = join(import.meta.dirname, 'box');

const ajv = new Ajv({ allErrors: true, strict: false, discriminator: false });
const fits = ajv.compile<ProfileDocument>(ProfileDocument);

/** A profile that can be run, or all that is wrong with the text. */
export function parseProfile(text: string): ParsedProfile {
  if (text.length > TEXT_CHARS_MAX) {
    return no([
      { line: 1, column: 1, message: `A profile has at most ${TEXT_CHARS_MAX} characters.` },
    ]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  if (document.errors.length > 0) {
    return no(document.errors.map((error) => yamlProblem(error, lines)));
  }
  const place: Place = { lines, root: document.contents as Node | null };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 200 });
  } catch {
    return no([
      { line: 1, column: 1, message: 'The aliases (*) of the profile unfold to too much.' },
    ]);
  }
  if (!fits(value)) return no(schemaProblems(place, fits.errors ?? []));
  try {
    compileProfile(value, {});
  } catch (error) {
    if (!(error instanceof ProfileProblem)) throw error;
    return no([problemAt(place, error.path, error.message)]);
  }
  return { ok: true, profile: value };
}

function no(problems: readonly Problem[]): ParsedProfile {
  return { ok: false, problems };
}

function yamlProblem(
  error: { readonly message: string; readonly pos: readonly [number, number] },
  lines: LineCounter,
): Problem {
  const { line, col } = lines.linePos(error.pos[0]);
  const message = error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '';
  return { line: Math.max(1, line), column: Math.max(1, col), message: `${message}.` };
}

function schemaProblems(place: Place, errors: readonly ErrorObject[]): readonly Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  // A handler fits one of two shapes: what the other shape misses is not the reader's concern.
  const useful = errors.filter((e) => e.keyword !== 'anyOf' && !isOfOtherShape(e, errors));
  for (const error of useful.length > 0 ? useful : errors) {
    const path: Path = error.instancePath
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
      .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    const problem = problemAt(place, path, sentence(error, path));
    const key = `${problem.line}:${problem.message}`;
    if (seen.has(key)) continue;
    seen.add(key);
    problems.push(problem);
    if (problems.length >= PROBLEMS_MAX) break;
  }
  return problems;
}

/** In `anyOf`, a handler without `codec` need not have one. */
function isOfOtherShape(error: ErrorObject, all: readonly ErrorObject[]): boolean {
  const [, list, index] = error.instancePath.split('/');
  if (list !== 'handlers' || index === undefined) return false;
  const place = `/handlers/${index}`;
  const lacksCodec = all.some(
    (e) =>
      e.instancePath === place &&
      e.keyword === 'required' &&
      String((e.params as { missingProperty?: string }).missingProperty) === 'codec',
  );
  const isOfCodec = error.schemaPath.includes('/anyOf/1/');
  return error.schemaPath.includes('handlers/items') && (lacksCodec ? isOfCodec : !isOfCodec);
}

function sentence(error: ErrorObject, path: Path): string {
  const where = path.length === 0 ? 'The profile' : path.join('.');
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties':
      return `Unknown key ${JSON.stringify(params['additionalProperty'])} in ${where}.`;
    case 'required':
      return `${where} lacks ${JSON.stringify(params['missingProperty'])}.`;
    case 'enum':
      return `${where} must be one of ${(params['allowedValues'] as unknown[]).join(', ')}.`;
    default:
      return `${where} ${error.message ?? 'is not allowed'}.`;
  }
}

let box: ReadonlyMap<string, ProfileDocument> | undefined;

/** The profiles in the box, by id. Throws for a mistake in one: that is ours. */
export function boxedProfiles(): ReadonlyMap<string, ProfileDocument> {
  if (box) return box;
  const read = new Map<string, ProfileDocument>();
  for (const file of readdirSync(BOX).toSorted()) {
    if (!file.endsWith('.yaml')) continue;
    const parsed = parseProfile(readFileSync(join(BOX, file), 'utf8'));
    if (!parsed.ok) {
      const first = parsed.problems[0];
      throw new Error(`${file}:${first?.line}:${first?.column}: ${first?.message}`);
    }
    read.set(parsed.profile.id, parsed.profile);
  }
  return (box = read);
}

/** The text of a profile in the box, to begin one's own with. */
export function boxedProfileText(id: string): string | undefined {
  if (!boxedProfiles().has(id)) return undefined;
  return readFileSync(join(BOX, `${id}.yaml`), 'utf8');
}
