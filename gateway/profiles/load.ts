/** Profiles from YAML: every mistake with its line and column; those in the box are read once. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { LineCounter, parseDocument, type Node } from 'yaml';
import { NOTHING_READ_BEFORE, type ReadBefore } from '../../domain/read-before.ts';
import { say, type Said } from '../../domain/sentences.ts';
import { schemaCompiler } from '../schema-compiler.ts';
import { problemAt, type Path, type Place, type Problem } from '../repository-file/positions.ts';
import { compileProfile } from './compile.ts';
import { ProfileProblem } from './compile-parts.ts';
import { ProfileDocument } from './schema.ts';

/** What is wrong with a profile, and where: for the log, and so that a screen can say it in its own language. */
export type ProfileMistake = Problem & Pick<Said, 'say'>;

export type ParsedProfile =
  | { readonly ok: true; readonly profile: ProfileDocument }
  | { readonly ok: false; readonly problems: readonly ProfileMistake[] };

const TEXT_CHARS_MAX = 256 * 1024;
const PROBLEMS_MAX = 20;
const BOX = join(import.meta.dirname, 'box');

let compiled: ValidateFunction<ProfileDocument> | undefined;

function schema(): ValidateFunction<ProfileDocument> {
  const Ajv = schemaCompiler();
  compiled ??= new Ajv({ allErrors: true, strict: false, discriminator: false }).compile(
    ProfileDocument,
  );
  return compiled;
}

/** A profile that can be run, or all that is wrong with the text. */
export function parseProfile(text: string): ParsedProfile {
  if (text.length > TEXT_CHARS_MAX) {
    return no([mistake(FIRST, say('profile-too-long', { most: TEXT_CHARS_MAX }))]);
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
    return no([mistake(FIRST, say('profile-aliases'))]);
  }
  const fits = schema();
  if (!fits(value)) return no(schemaProblems(place, fits.errors ?? []));
  try {
    compileProfile(value, {});
  } catch (error) {
    if (!(error instanceof ProfileProblem)) throw error;
    return no([mistake(problemAt(place, error.path, error.message), error.said)]);
  }
  return { ok: true, profile: value };
}

function no(problems: readonly ProfileMistake[]): ParsedProfile {
  return { ok: false, problems };
}

const FIRST = { line: 1, column: 1 };

function mistake(
  { line, column }: Pick<Problem, 'line' | 'column'>,
  { why, say: sentence }: Said,
): ProfileMistake {
  return { line, column, message: why, say: sentence };
}

/** The commonest mistakes by the parser's own words; what is rarer is told as the parser says it. */
const YAML_MISTAKES: Readonly<Record<string, Said>> = {
  BAD_INDENT: say('yaml-indent'),
  TAB_AS_INDENT: say('yaml-tab'),
  DUPLICATE_KEY: say('yaml-duplicate'),
  MISSING_CHAR: say('yaml-unclosed'),
  BAD_ALIAS: say('yaml-alias'),
};

function yamlProblem(
  error: {
    readonly code: string;
    readonly message: string;
    readonly pos: readonly [number, number];
  },
  lines: LineCounter,
): ProfileMistake {
  const { line, col } = lines.linePos(error.pos[0]);
  const message = error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '';
  const said = YAML_MISTAKES[error.code] ?? say('yaml-other', { what: message });
  return mistake({ line: Math.max(1, line), column: Math.max(1, col) }, said);
}

function schemaProblems(place: Place, errors: readonly ErrorObject[]): readonly ProfileMistake[] {
  const problems: ProfileMistake[] = [];
  const seen = new Set<string>();
  // A handler fits one of two shapes: what the other shape misses is not the reader's concern.
  const useful = errors.filter((e) => e.keyword !== 'anyOf' && !isOfOtherShape(e, errors));
  for (const error of useful.length > 0 ? useful : errors) {
    const path: Path = error.instancePath
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
      .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    const said = sentence(error, path);
    const problem = mistake(problemAt(place, path, said.why), said);
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

function sentence(error: ErrorObject, path: Path): Said {
  const where = path.length === 0 ? 'profile' : path.join('.');
  const params = error.params as Record<string, unknown>;
  const limit = Number(params['limit']);
  switch (error.keyword) {
    case 'additionalProperties':
      return say('key-unknown', { key: JSON.stringify(params['additionalProperty']), where });
    case 'required':
      return say('key-missing', { where, key: JSON.stringify(params['missingProperty']) });
    case 'enum':
      return say('value-one-of', { where, known: list(params['allowedValues']) });
    case 'type':
      return say('value-type', { where, type: list(params['type']) });
    case 'pattern':
      return say('value-pattern', { where, pattern: String(params['pattern']) });
    case 'maxLength':
    case 'maxItems':
      return say('value-too-long', { where, most: limit });
    case 'minLength':
    case 'minItems':
      return say('value-too-short', { where, least: limit });
    case 'minimum':
    case 'maximum':
      return say('value-bounds', { where, comparison: String(params['comparison']), limit });
    default:
      return say('value-other', { where, what: error.message ?? 'is not allowed' });
  }
}

function list(words: unknown): string {
  return Array.isArray(words) ? words.join(', ') : String(words);
}

let box: ReadonlyMap<string, ProfileDocument> | undefined;

/**
 * The profiles in the box, by id. Throws for a mistake in one: that is ours. They are read at the first call, but for
 * what `before` has of the same texts.
 */
export function boxedProfiles(
  before: ReadBefore = NOTHING_READ_BEFORE,
): ReadonlyMap<string, ProfileDocument> {
  if (box) return box;
  const files = readdirSync(BOX)
    .filter((file) => file.endsWith('.yaml'))
    .toSorted()
    .map((file) => ({ file, text: readFileSync(join(BOX, file), 'utf8') }));
  const what = {
    name: 'box',
    text: JSON.stringify(files),
    reader: JSON.stringify(ProfileDocument),
  };
  let profiles = before.find(what) as readonly ProfileDocument[] | undefined;
  if (!profiles) {
    profiles = files.map(({ file, text }) => boxedProfile(file, text));
    before.keep(what, profiles);
  }
  return (box = new Map(profiles.map((profile) => [profile.id, profile])));
}

function boxedProfile(file: string, text: string): ProfileDocument {
  const parsed = parseProfile(text);
  if (parsed.ok) return parsed.profile;
  const first = parsed.problems[0];
  throw new Error(`${file}:${first?.line}:${first?.column}: ${first?.message}`);
}

/** The text of a profile in the box, to begin one's own with. */
export function boxedProfileText(id: string): string | undefined {
  if (!boxedProfiles().has(id)) return undefined;
  return readFileSync(join(BOX, `${id}.yaml`), 'utf8');
}
