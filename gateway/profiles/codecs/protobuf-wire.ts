/** The Protocol Buffers wire format: a reader that never throws and never reads a byte twice, and a small writer. */

/** A 64-bit number as it stands on the wire, in two unsigned halves. */
export interface Wide {
  readonly low: number;
  readonly high: number;
}

/** One field as it came. Groups (wire types 3 and 4) are long abandoned and end the reading. */
export type WireField =
  | { readonly number: number; readonly type: 'varint' | 'fixed64'; readonly wide: Wide }
  | { readonly number: number; readonly type: 'bytes'; readonly bytes: Uint8Array }
  | { readonly number: number; readonly type: 'fixed32'; readonly bits: number };

const utf8 = new TextDecoder('utf-8', { fatal: true });
const scratch = new DataView(new ArrayBuffer(8));

/**
 * The fields of a message in their order, at most `fieldsMax`; `undefined` when it is broken or longer. Linear in the
 * bytes: nested messages are slices, read when they are asked for.
 */
export function readFields(bytes: Uint8Array, fieldsMax: number): WireField[] | undefined {
  const fields: WireField[] = [];
  const cursor: Cursor = { bytes, at: 0 };
  while (cursor.at < bytes.length) {
    if (fields.length >= fieldsMax) return undefined;
    const key = readVarint(cursor);
    if (!key || key.high !== 0) return undefined;
    const field = readField(cursor, { number: key.low >>> 3, wireType: key.low & 7 });
    if (!field) return undefined;
    fields.push(field);
  }
  return fields;
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

function readField(
  cursor: Cursor,
  key: { readonly number: number; readonly wireType: number },
): WireField | undefined {
  const { number, wireType } = key;
  if (number === 0) return undefined;
  if (wireType === 0) {
    const wide = readVarint(cursor);
    return wide && { number, type: 'varint', wide };
  }
  if (wireType === 1) {
    const low = readFixed32(cursor);
    const high = readFixed32(cursor);
    if (low === undefined || high === undefined) return undefined;
    return { number, type: 'fixed64', wide: { low, high } };
  }
  if (wireType === 5) {
    const bits = readFixed32(cursor);
    return bits === undefined ? undefined : { number, type: 'fixed32', bits };
  }
  if (wireType !== 2) return undefined;
  const length = readVarint(cursor);
  const end = length && length.high === 0 ? cursor.at + length.low : Infinity;
  if (end > cursor.bytes.length) return undefined;
  const bytes = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end;
  return { number, type: 'bytes', bytes };
}

/** At most ten bytes; `undefined` when they end too early or hold more than 64 bits. */
function readVarint(cursor: Cursor): Wide | undefined {
  let low = 0;
  let high = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = cursor.bytes[cursor.at];
    if (byte === undefined) return undefined;
    cursor.at += 1;
    const bits = byte & 0x7f;
    if (shift === 63 && bits > 1) return undefined;
    if (shift < 28) low |= bits << shift;
    else if (shift === 28) {
      low |= bits << 28;
      high |= bits >>> 4;
    } else high |= bits << (shift - 32);
    if ((byte & 0x80) === 0) return { low: low >>> 0, high: high >>> 0 };
  }
  return undefined;
}

function readFixed32(cursor: Cursor): number | undefined {
  const { bytes, at } = cursor;
  if (at + 4 > bytes.length) return undefined;
  cursor.at = at + 4;
  for (let i = 0; i < 4; i += 1) scratch.setUint8(i, bytes[at + i] ?? 0);
  return scratch.getUint32(0, true);
}

/** Exact up to 2^53; beyond it the nearest number. */
export function unsignedOf(wide: Wide): number {
  return wide.high * 2 ** 32 + wide.low;
}

/** The same bits as a two's complement of `bits` (8, 16, 32 or 64) bits. */
export function signedOf(wide: Wide, bits: 8 | 16 | 32 | 64): number {
  if (bits === 64) return (wide.high | 0) * 2 ** 32 + wide.low;
  const unused = 32 - bits;
  return (wide.low << unused) >> unused;
}

/** The bits as an IEEE 754 single. */
export function floatOf(bits: number): number {
  scratch.setUint32(0, bits, true);
  return scratch.getFloat32(0, true);
}

/** The bits as an IEEE 754 double. */
export function doubleOf(wide: Wide): number {
  scratch.setUint32(0, wide.low, true);
  scratch.setUint32(4, wide.high, true);
  return scratch.getFloat64(0, true);
}

/** `undefined` when the bytes are not UTF-8. */
export function stringOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** A varint field; `value` is a whole number from 0 to 2^53. */
export function varintField(number: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(number * 8), ...varint(value)]);
}

/** A length-delimited field: text, bytes or a nested message. */
export function bytesField(number: number, value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return joined([Uint8Array.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes]);
}

/** Fields one behind the other: a message. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}
