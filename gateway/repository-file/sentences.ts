/** Sentences for what the schema refuses: what is wrong, what is allowed. */

import { METRIC_NAMES } from '../../domain/metrics.ts';
import { ROOM_CLASSES } from '../../domain/registry.ts';
import { didYouMean } from './suggest.ts';
import type { Path } from './positions.ts';

/** What ajv reports, as far as it is used here. */
export interface SchemaError {
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
  /** The schema that holds the keyword; ajv adds it when asked (`verbose`). */
  readonly parentSchema?: { readonly properties?: Readonly<Record<string, unknown>> };
  /** The value that was refused. */
  readonly data?: unknown;
}

const singular: Readonly<Record<string, string>> = {
  rooms: 'room',
  devices: 'device',
  sensors: 'sensor',
  doors: 'door',
  holdings: 'holding',
  people: 'person',
};

/** `sensor th-301-1`, `room 3`, `repository`: what a path is in. */
export function subjectOf(document: unknown, path: Path): string {
  const [list, index] = path;
  if (list === undefined) return 'the document';
  if (typeof index !== 'number') return String(list);
  const word = singular[String(list)] ?? String(list);
  const items = (document as Record<string, unknown> | null)?.[String(list)];
  const item: unknown = Array.isArray(items) ? items[index] : undefined;
  const id = typeof item === 'object' && item !== null && 'id' in item ? item.id : undefined;
  return typeof id === 'string' && id.length <= 63 ? `${word} ${id}` : `${word} ${index + 1}`;
}

/** The sentence for one error at `path`. */
export function sentenceOf(error: SchemaError, document: unknown, path: Path): string {
  const { params, keyword } = error;
  const last = path.at(-1);
  const field = typeof last === 'string' && path.length > 1 ? `${last} of ` : '';
  const subject = `${field}${subjectOf(document, path.length > 1 ? path.slice(0, 2) : path)}`;
  switch (keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const allowed = Object.keys(error.parentSchema?.properties ?? {});
      return `Unknown key ${quote(key)} in ${subject}${meant(key, allowed)} Allowed: ${allowed.join(', ')}.`;
    }
    case 'required':
      return `${capital(subject)} lacks ${quote(String(params['missingProperty']))}.`;
    case 'enum':
      return enumSentence(error, subject, path);
    case 'pattern':
      return patternSentence(error, subject, path);
    case 'type':
      return typeSentence(error, subject);
    case 'minItems':
      return `${capital(subject)} must have at least one entry.`;
    case 'uniqueItems':
      return `${capital(subject)} names an entry twice.`;
    default:
      return `${capital(subject)} ${error.message ?? 'is not allowed'}; it is ${show(error.data)}.`;
  }
}

function enumSentence(error: SchemaError, subject: string, path: Path): string {
  const allowed = (error.params['allowedValues'] as readonly string[] | undefined) ?? [];
  const given = String(error.data);
  const what = path.at(-1) === 'class' ? `Unknown class` : `Unknown value`;
  const kind = isMetricList(allowed) ? 'Unknown metric' : what;
  return `${kind} ${quote(given)} in ${subject.replace(/^class of /, '')}${meant(given, allowed)} Allowed: ${allowed.join(', ')}.`;
}

/** The end of a sentence: what was probably meant, or a full stop. */
function meant(word: string, allowed: readonly string[]): string {
  return didYouMean(word, allowed) || '.';
}

function isMetricList(allowed: readonly string[]): boolean {
  return allowed.length === METRIC_NAMES.length && allowed.length !== ROOM_CLASSES.length;
}

function patternSentence(error: SchemaError, subject: string, path: Path): string {
  const given = show(error.data);
  const last = path.at(-1);
  if (last === 'email') return `${capital(subject)} is no e-mail address: ${given}.`;
  if (last === 'webhook') {
    return `${capital(subject)} must begin with http:// or https://; it is ${given}.`;
  }
  if (last === 'from' || last === 'until') {
    return `${capital(subject)} is ${given}; a time of day is written '08:00', with two digits each.`;
  }
  return `${capital(subject)} is ${given}; an id has small letters a-z, digits and hyphens, begins with a letter or digit, and has at most 63 characters.`;
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
};

function typeSentence(error: SchemaError, subject: string): string {
  const wanted = String(error.params['type']);
  const must = `${capital(subject)} must be ${typeNames[wanted] ?? wanted}`;
  if (error.data === null) return `${must}; it is empty.`;
  if (wanted === 'string' && typeof error.data === 'number') {
    return `${must}; write it in quotes: "${error.data}".`;
  }
  return `${must}; it is ${show(error.data)}.`;
}

export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}

function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a group of keys';
  return quote(String(value));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
