/** From bytes to the record that a handler reads: JSON, text, lines, the JSON part of a multipart body. */

import { say, type Said } from '../../domain/sentences.ts';
import { CATALOGUE, parsePayload, type PayloadBounds } from '../intake/payload.ts';
import type { Handler } from './compile.ts';
import { fillTemplate } from './topic.ts';

export type Content =
  | { readonly kind: 'record'; readonly record: unknown }
  /** Not what this handler reads; another one may. */
  | { readonly kind: 'other' }
  | (Said & { readonly kind: 'broken'; readonly code: string });

/** What was read from the bytes already; several handlers may look at one message. */
export interface PayloadCache {
  json?: Content;
  text?: string | undefined;
}

const LINES_MAX = 1_000;
const utf8 = new TextDecoder('utf-8', { fatal: true });
const gb18030 = new TextDecoder('gb18030', { fatal: true });
const OTHER: Content = { kind: 'other' };

export function contentOf(handler: Handler, payload: Uint8Array, cache: PayloadCache): Content {
  const { entry } = handler;
  const encoding = entry.encoding ?? 'utf8';
  if (entry.payload === 'json') {
    if (handler.deviceList) return jsonOf(payload, CATALOGUE);
    if (encoding === 'utf8') return (cache.json ??= jsonOf(payload));
    const text = textIn(payload, encoding);
    return text === undefined ? notText() : jsonOf(Buffer.from(text));
  }
  if (entry.payload === 'parts') return partOf(payload);
  const text = textIn(payload, encoding);
  if (text === undefined) return notText();
  if (entry.payload === 'lines') return linesOf(handler, text);
  if (entry.payload === 'scalar' && /^\s*[[{]/.test(text)) return OTHER;
  return { kind: 'record', record: text.trim() };
}

/** A text as the field that the handler names, so that entries find it by its path. */
export function asField(
  handler: Handler,
  record: unknown,
  variables: Readonly<Record<string, string>>,
): unknown {
  const { field } = handler.entry;
  if (field === undefined) return record;
  const name = fillTemplate(field, variables);
  return name === undefined ? record : { [name]: record };
}

function jsonOf(payload: Uint8Array, bounds?: PayloadBounds): Content {
  const parsed = parsePayload(payload, bounds);
  if (!parsed.ok) return { kind: 'broken', ...parsed.refusal };
  const { value } = parsed;
  return typeof value === 'object' && value !== null ? { kind: 'record', record: value } : OTHER;
}

function textIn(payload: Uint8Array, encoding: 'utf8' | 'gb18030' | 'auto'): string | undefined {
  if (encoding !== 'gb18030') {
    try {
      return utf8.decode(payload);
    } catch {
      if (encoding === 'utf8') return undefined;
    }
  }
  try {
    return gb18030.decode(payload);
  } catch {
    return undefined;
  }
}

function notText(): Content {
  return { kind: 'broken', code: 'not-text', ...say('not-text') };
}

function linesOf(handler: Handler, text: string): Content {
  const { separator = '\t', columns = [] } = handler.entry;
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length > LINES_MAX) {
    const gaps = { count: lines.length, most: LINES_MAX };
    return { kind: 'broken', code: 'too-many-lines', ...say('too-many-lines', gaps) };
  }
  const record = lines.map((line) => {
    const cells = line.split(separator);
    return Object.fromEntries(columns.map((column, i) => [column, cells[i]?.trim() ?? null]));
  });
  return { kind: 'record', record: { lines: record } };
}

/** A multipart body's first part that is JSON; a body that is JSON itself. The boundary is the body's first line. */
function partOf(payload: Uint8Array): Content {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  if (!bytes.subarray(0, 2).equals(Buffer.from('--'))) return jsonOf(payload);
  const lineEnd = bytes.indexOf('\r\n');
  if (lineEnd < 3 || lineEnd > 200) {
    return { kind: 'broken', code: 'not-multipart', ...say('not-multipart') };
  }
  const boundary = Buffer.concat([Buffer.from('\r\n'), bytes.subarray(0, lineEnd)]);
  let from = lineEnd;
  while (from >= 0 && from < bytes.length) {
    const head = bytes.indexOf('\r\n\r\n', from);
    if (head < 0) break;
    const end = bytes.indexOf(boundary, head + 2);
    const body = bytes.subarray(head + 4, end < 0 ? bytes.length : end);
    if (/^\s*[[{]/.test(body.subarray(0, 64).toString('latin1'))) return jsonOf(body);
    from = end < 0 ? -1 : end + boundary.length;
  }
  return { kind: 'broken', code: 'no-json-part', ...say('no-json-part') };
}
