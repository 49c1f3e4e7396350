/** What the codec tests share: inputs, the fixtures, Sparkplug and GB/T 26875.3 messages to order, and seeded chance. */

import { readFileSync } from 'node:fs';
import type { CodecInput } from '../../../../gateway/profiles/output.ts';
import {
  bytesField,
  joined,
  varintField,
} from '../../../../gateway/profiles/codecs/protobuf-wire.ts';

export const NOW = Date.UTC(2026, 9, 14, 18, 0, 0);
export const BEIJING_MINUTES = 480;

export function inputOf(
  payload: string | Uint8Array,
  given: Partial<Omit<CodecInput, 'payload'>> = {},
): CodecInput {
  return {
    payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
    topic: 'any',
    receivedAt: NOW,
    variables: {},
    offsetMinutes: () => BEIJING_MINUTES,
    ...given,
  };
}

export interface Fixture {
  readonly id: string;
  readonly format: string;
  readonly topic: string;
  readonly payload: string;
  readonly encoding: 'utf8' | 'base64' | 'hex';
  readonly sequence?: string;
  readonly expected: readonly {
    readonly metric: string;
    readonly value: number | boolean;
    readonly device?: string;
    readonly time?: string;
    readonly historical?: boolean;
  }[];
  readonly expected_frame?: Readonly<Record<string, unknown>>;
  readonly expected_binding?: Readonly<Record<string, unknown>>;
}

export function fixtures(format: string): readonly Fixture[] {
  const url = new URL('../../../fixtures/payloads.jsonl', import.meta.url);
  return readFileSync(url, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Fixture)
    .filter((fixture) => fixture.format === format);
}

export function bytesOf({ payload, encoding }: Fixture): Uint8Array {
  return Buffer.from(payload, encoding);
}

/** Chance from a seed: the same bytes in each run (mulberry32). */
export function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

export interface MetricToSend {
  readonly name?: string;
  readonly alias?: number;
  readonly timestamp?: number;
  readonly datatype?: number;
  readonly historical?: boolean;
  readonly transient?: boolean;
  readonly isNull?: boolean;
  readonly int?: number;
  readonly float?: number;
  readonly double?: number;
  readonly bool?: boolean;
  readonly text?: string;
  readonly quality?: number;
  readonly unit?: string;
}

/** A Sparkplug B payload, written without the reader's help. */
export function sparkplug(given: {
  readonly timestamp?: number;
  readonly seq?: number;
  readonly metrics?: readonly MetricToSend[];
}): Uint8Array {
  return joined([
    ...(given.timestamp === undefined ? [] : [varintField(1, given.timestamp)]),
    ...(given.metrics ?? []).map((metric) => bytesField(2, metricBytes(metric))),
    ...(given.seq === undefined ? [] : [varintField(3, given.seq)]),
  ]);
}

function metricBytes(metric: MetricToSend): Uint8Array {
  const parts: Uint8Array[] = [];
  const varint = (number: number, value: number | undefined): void => {
    if (value !== undefined) parts.push(varintField(number, value));
  };
  if (metric.name !== undefined) parts.push(bytesField(1, metric.name));
  varint(2, metric.alias);
  varint(3, metric.timestamp);
  varint(4, metric.datatype);
  if (metric.historical) varint(5, 1);
  if (metric.transient) varint(6, 1);
  if (metric.isNull) varint(7, 1);
  const keys: Uint8Array[] = [];
  const values: Uint8Array[] = [];
  if (metric.quality !== undefined) {
    keys.push(bytesField(1, 'Quality'));
    values.push(bytesField(2, joined([varintField(1, 3), varintField(3, metric.quality)])));
  }
  if (metric.unit !== undefined) {
    keys.push(bytesField(1, 'engUnit'));
    values.push(bytesField(2, joined([varintField(1, 12), bytesField(8, metric.unit)])));
  }
  if (keys.length > 0) parts.push(bytesField(9, joined([...keys, ...values])));
  varint(10, metric.int);
  if (metric.float !== undefined) {
    const bytes = Buffer.alloc(5, (12 << 3) | 5);
    bytes.writeFloatLE(metric.float, 1);
    parts.push(bytes);
  }
  if (metric.double !== undefined) {
    const bytes = Buffer.alloc(9, (13 << 3) | 1);
    bytes.writeDoubleLE(metric.double, 1);
    parts.push(bytes);
  }
  if (metric.bool !== undefined) varint(14, Number(metric.bool));
  if (metric.text !== undefined) parts.push(bytesField(15, metric.text));
  return joined(parts);
}

/** A GB/T 26875.3 frame around `data`, with a right checksum. */
export function gbFrame(given: {
  readonly data: Uint8Array;
  readonly serial?: number;
  readonly command?: number;
  readonly source?: string;
}): Buffer {
  const { data, serial = 1, command = 2, source = '0a0000000000' } = given;
  const body = Buffer.concat([
    Buffer.from([serial & 255, serial >> 8, 1, 0]),
    Buffer.from([11, 21, 9, 3, 6, 26]),
    Buffer.from(source, 'hex'),
    Buffer.from('010000000000', 'hex'),
    Buffer.from([data.length & 255, data.length >> 8, command]),
    data,
  ]);
  const sum = body.reduce((total, byte) => (total + byte) & 255, 0);
  return Buffer.concat([Buffer.from('@@'), body, Buffer.from([sum]), Buffer.from('##')]);
}

/** The data of a component state report (type 2) with one object. */
export function componentData(given: {
  readonly type: number;
  readonly status: number;
  readonly address?: string;
  readonly text?: Uint8Array;
  readonly time?: readonly number[];
}): Buffer {
  const text = Buffer.alloc(31);
  text.set(given.text ?? []);
  return Buffer.concat([
    Buffer.from([2, 1, 1, 1, given.type]),
    Buffer.from(given.address ?? '06000100', 'hex'),
    Buffer.from([given.status & 255, given.status >> 8]),
    text,
    Buffer.from(given.time ?? [11, 21, 9, 3, 6, 26]),
  ]);
}
