/** Payloads: from bytes to a JSON value, or the reason why not. */

import { say, type Said } from '../../domain/sentences.ts';
import { PAYLOAD_BYTES_MAX } from '../../domain/bounds.ts';
import { CATALOGUE_BYTES_MAX, CATALOGUE_LEVELS_MAX, NESTING_LEVELS_MAX } from './bounds.ts';
import type { Refusal } from './draft.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

export type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly refusal: Refusal };

/** The text of a payload; `undefined` when it is not UTF-8. */
export function textOf(payload: Uint8Array): string | undefined {
  try {
    return utf8.decode(payload);
  } catch {
    return undefined;
  }
}

/** How much of a payload is looked at. */
export interface PayloadBounds {
  readonly bytesMax: number;
  readonly levelsMax: number;
}
const MESSAGE: PayloadBounds = { bytesMax: PAYLOAD_BYTES_MAX, levelsMax: NESTING_LEVELS_MAX };
/** Lists of devices are longer and deeper than what one device says. */
export const CATALOGUE: PayloadBounds = {
  bytesMax: CATALOGUE_BYTES_MAX,
  levelsMax: CATALOGUE_LEVELS_MAX,
};

/** The JSON value of a payload. */
export function parsePayload(payload: Uint8Array, bounds = MESSAGE): Parsed {
  const { bytesMax, levelsMax } = bounds;
  if (payload.byteLength > bytesMax) {
    const gaps = { bytes: payload.byteLength, most: bytesMax };
    return refuse('payload-too-large', say('payload-too-large', gaps));
  }
  const text = textOf(payload);
  if (text === undefined) return refuse('not-utf8', say('not-utf8'));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (text.length === 0) return refuse('not-json', say('payload-empty'));
    return refuse('not-json', reasonOf(error));
  }
  // Objects of plain fields are the rule; only what nests is looked through.
  return nests(value) && isTooDeep(text, levelsMax)
    ? refuse('nested-too-deep', say('nested-too-deep', { levels: levelsMax }))
    : { ok: true, value };
}

export function refuse(
  code: string,
  said: Said,
): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: { code, ...said } };
}

/** The engine's words without the excerpt of the payload, which may hold anything. */
function reasonOf(error: unknown): Said {
  const message = error instanceof Error ? error.message : String(error);
  if (/^Unexpected end/.test(message)) return say('json-ends-early');
  const token = /^Unexpected token '(.)'/su.exec(message)?.[1];
  if (token !== undefined) return say('json-token', { token: JSON.stringify(token) });
  const position = /at position (\d+)/.exec(message)?.[1];
  return position === undefined ? say('json-broken') : say('json-position', { position });
}

function nests(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  for (const key in value) {
    const field = (value as Record<string, unknown>)[key];
    if (typeof field === 'object' && field !== null) return true;
  }
  return false;
}

function isTooDeep(text: string, levelsMax: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22) quoted = !quoted;
    else if (c === 0x5c && quoted) i++;
    else if (!quoted && (c === 0x5b || c === 0x7b)) {
      if (++depth > levelsMax) return true;
    } else if (!quoted && (c === 0x5d || c === 0x7d)) depth--;
  }
  return false;
}
