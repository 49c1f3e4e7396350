/** GB/T 26875.3-2011 frames (6.6): found in a stream of bytes, and the acknowledgement that each must get. */

import type { Moment } from '../../../domain/time.ts';

/** Before the data: start 2, serial 2, version 2, time 6, source 6, destination 6, length 2, command 1. */
const HEADER_BYTES = 27;
/** Checksum 1, end 2. */
const TRAILER_BYTES = 3;
/** The standard's own bound of the application data. */
const DATA_BYTES_MAX = 1024;
export const FRAME_BYTES_MAX = HEADER_BYTES + DATA_BYTES_MAX + TRAILER_BYTES;
const START = 0x40;
const END = 0x23;

/** Command bytes (6.6, table 2). We send `acknowledge` only: fire equipment is observed, never commanded. */
export const COMMAND = {
  control: 1,
  send: 2,
  acknowledge: 3,
  request: 4,
  reply: 5,
  deny: 6,
} as const;

export interface Gb26875Frame {
  /** 业务流水号: the same when a frame is repeated for want of an acknowledgement. */
  readonly serial: number;
  readonly version: readonly [major: number, minor: number];
  /** Local time as if it were UTC; NaN when it is none. */
  readonly localAsUtc: Moment;
  /** Six bytes as they stand on the wire, in hex. */
  readonly source: string;
  readonly destination: string;
  readonly command: number;
  readonly data: Uint8Array;
  /** The whole frame. */
  readonly bytes: Uint8Array;
}

export interface FrameSplitter {
  /** The frames that this chunk completes. Between chunks less than one frame is kept. */
  push(chunk: Uint8Array): Gb26875Frame[];
  /** Bytes so far that belong to no frame with a right checksum. */
  skippedBytes(): number;
  /** Bytes kept because a frame may have begun with them. */
  pendingBytes(): number;
}

/**
 * Cuts frames out of a stream and finds its way back after garbage: what does not end or add up as a frame must is
 * given up byte by byte. Never throws; linear in the bytes.
 */
export function createFrameSplitter(): FrameSplitter {
  let rest: Uint8Array = new Uint8Array(0);
  let skipped = 0;
  return {
    push(chunk) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const frames: Gb26875Frame[] = [];
      let at = 0;
      for (;;) {
        const next = nextFrame(bytes, at);
        skipped += next.start - at;
        at = next.start;
        if (next.bytes === 0) break;
        frames.push(readFrame(copyOf(bytes, at, at + next.bytes)));
        at += next.bytes;
      }
      rest = copyOf(bytes, at, bytes.length);
      return frames;
    },
    skippedBytes: () => skipped,
    pendingBytes: () => rest.length,
  };
}

/** A copy: a view would keep the whole chunk in memory, or change with it. */
function copyOf(bytes: Uint8Array, from: number, to: number): Uint8Array {
  return Uint8Array.from(bytes.subarray(from, to));
}

/** Where the next whole frame starts, or (`bytes` 0) from where on one may still be coming. */
function nextFrame(
  bytes: Uint8Array,
  from: number,
): { readonly start: number; readonly bytes: number } {
  let waiting = -1;
  for (let at = bytes.indexOf(START, from); at >= 0; at = bytes.indexOf(START, at + 1)) {
    const length = frameLength(bytes, at);
    if (length > 0) return { start: at, bytes: length };
    // A length that was garbled must not make a fire wait for bytes that never come: whole frames behind it go first.
    if (length === INCOMPLETE && waiting < 0) waiting = at;
  }
  return { start: waiting < 0 ? bytes.length : waiting, bytes: 0 };
}

const INCOMPLETE = -1;
const NO_FRAME = 0;

function frameLength(bytes: Uint8Array, at: number): number {
  const available = bytes.length - at;
  if (available > 1 && bytes[at + 1] !== START) return NO_FRAME;
  if (available < HEADER_BYTES) return INCOMPLETE;
  const dataBytes = uint16(bytes, at + 24);
  if (dataBytes > DATA_BYTES_MAX) return NO_FRAME;
  const length = HEADER_BYTES + dataBytes + TRAILER_BYTES;
  if (available < length) return INCOMPLETE;
  if (bytes[at + length - 2] !== END || bytes[at + length - 1] !== END) return NO_FRAME;
  const end = at + length - TRAILER_BYTES;
  return checksum(bytes, at + 2, end) === bytes[end] ? length : NO_FRAME;
}

/** The sum of all bytes from the serial to the last of the data, modulo 256. */
function checksum(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i += 1) sum += bytes[i] ?? 0;
  return sum & 0xff;
}

function readFrame(bytes: Uint8Array): Gb26875Frame {
  return {
    serial: uint16(bytes, 2),
    version: [bytes[4] ?? 0, bytes[5] ?? 0],
    localAsUtc: readLocalTime(bytes.subarray(6, 12)) ?? NaN,
    source: hex(bytes.subarray(12, 18)),
    destination: hex(bytes.subarray(18, 24)),
    command: bytes[26] ?? 0,
    data: bytes.subarray(HEADER_BYTES, bytes.length - TRAILER_BYTES),
    bytes,
  };
}

/**
 * Second, minute, hour, day, month, year since 2000, of the sender's wall clock; returned as if it were UTC.
 * `undefined`: six zeros, it names none. `NaN`: no such moment.
 */
export function readLocalTime(bytes: Uint8Array): Moment | undefined {
  if (bytes.length < 6 || bytes.every((byte) => byte === 0)) return undefined;
  const [second = 0, minute = 0, hour = 0, day = 0, month = 0, year = 0] = bytes;
  if (second > 59 || minute > 59 || hour > 23 || year > 99) return NaN;
  const at = Date.UTC(2000 + year, month - 1, day, hour, minute, second);
  const date = new Date(at);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? at : NaN;
}

/**
 * The acknowledgement of a frame (6.5, 6.6): its own serial and version, the addresses exchanged, no data. Without it
 * the sender repeats the frame. `localAsUtc`: now, on the sender's wall clock.
 */
export function ackFrame(frame: Gb26875Frame, localAsUtc: Moment): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + TRAILER_BYTES);
  bytes.set(frame.bytes.subarray(0, 6), 0);
  bytes.set(localTimeBytes(localAsUtc), 6);
  bytes.set(frame.bytes.subarray(18, 24), 12);
  bytes.set(frame.bytes.subarray(12, 18), 18);
  bytes[26] = COMMAND.acknowledge;
  bytes[27] = checksum(bytes, 2, HEADER_BYTES);
  bytes.fill(END, 28);
  return bytes;
}

function localTimeBytes(localAsUtc: Moment): readonly number[] {
  const date = new Date(Number.isFinite(localAsUtc) ? localAsUtc : 0);
  return [
    date.getUTCSeconds(),
    date.getUTCMinutes(),
    date.getUTCHours(),
    date.getUTCDate(),
    date.getUTCMonth() + 1,
    Math.min(99, Math.max(0, date.getUTCFullYear() - 2000)),
  ];
}

/** Two bytes, the low one first. */
export function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

/** Bytes as they stand, two digits each. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
