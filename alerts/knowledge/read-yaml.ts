/** Reads a knowledge file and checks it against its schema; what is wrong is one sentence with file and place. */

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Static, TSchema } from 'typebox';
import { parseDocument } from 'yaml';
import { NOTHING_READ_BEFORE, type ReadBefore, type TextRead } from '../../domain/read-before.ts';
import { valueChecks } from '../value-checks.ts';

/** A knowledge file that can't be used; the message is one sentence for people. */
export class KnowledgeError extends Error {
  override readonly name = 'KnowledgeError';
}

/** Parses YAML text; unknown keys, wrong types and duplicate keys are errors. `<<` takes over a citation's fields. */
export function parseYaml<S extends TSchema>(text: string, schema: S, file: string): Static<S> {
  const document = parseDocument(text, { uniqueKeys: true, merge: true });
  const error = document.errors[0];
  if (error) {
    const place = error.linePos?.[0];
    const where = place ? `, line ${place.line}, column ${place.col}` : '';
    throw new KnowledgeError(`${file}${where}: ${firstLine(error.message)}.`);
  }
  return checked(document.toJS(), schema, file);
}

/** The same for a file on disk; it is not read again where `before` has what it says. */
export function readYaml<S extends TSchema>(
  path: string,
  schema: S,
  before: ReadBefore = NOTHING_READ_BEFORE,
): Static<S> {
  const what = textAt(path, schema);
  const known = before.find(what);
  if (known !== undefined) return known as Static<S>;
  const value = parseYaml(what.text, schema, what.name);
  before.keep(what, value);
  return value;
}

/** The file's text, with what it is checked against. */
export function textAt(path: string, schemas: object): TextRead {
  const text = readFileSync(path, 'utf8');
  return { name: basename(path), text, reader: JSON.stringify(schemas) };
}

/** Whether `value` is what the schema says; the first trouble, deepest first, as a sentence. */
export function checked<S extends TSchema>(value: unknown, schema: S, where: string): Static<S> {
  // Looking for errors costs as much as the check, and is for people only.
  const Value = valueChecks();
  if (Value.Check(schema, value)) return value;
  const errors = [...Value.Errors(schema, value)];
  const error = errors.find((e) => e.keyword !== 'boolean' && e.keyword !== 'anyOf') ?? errors[0];
  const place = error?.instancePath ? ` at ${error.instancePath.slice(1)}` : '';
  const extra = error?.keyword === 'additionalProperties' ? extraKeys(error.params) : '';
  throw new KnowledgeError(`${where}${place}: ${error?.message ?? 'not as expected'}${extra}.`);
}

function extraKeys(params: object): string {
  const keys = 'additionalProperties' in params ? params.additionalProperties : undefined;
  return Array.isArray(keys) ? ` (${keys.join(', ')})` : '';
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/[.:]\s*$/, '');
}
