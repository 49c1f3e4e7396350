/** Sparkplug B payloads (Eclipse Sparkplug 3.0, 6.4): bytes -> metrics as they stand there, and the one we send. */

import { unzipSync } from 'node:zlib';
import type { Moment } from '../../../domain/time.ts';
import {
  bytesField,
  doubleOf,
  floatOf,
  joined,
  readFields,
  signedOf,
  stringOf,
  unsignedOf,
  varintField,
  type Wide,
  type WireField,
} from './protobuf-wire.ts';

/** Metrics in one message; a birth of a big controller has hundreds. */
const METRICS_MAX = 5_000;
/** What may come out of a compressed payload: the largest birth fits, a bomb does not. */
const INFLATED_BYTES_MAX = 1_048_576;
/** Payloads of this name hold another one in their body, as DEFLATE or GZIP: sparkplug-client and Tahu know the option. */
const COMPRESSED = 'SPBV1.0_COMPRESSED';
/** Fields of one metric, properties of one metric. */
const FIELDS_MAX = 256;
/** A longer name is not remembered: it would be for nobody to read. */
export const METRIC_NAME_CHARS_MAX = 512;

/** The value's bits; what they mean is the datatype's to say, which only the birth names (6.4.17). */
export type MetricValue =
  | { readonly kind: 'integer'; readonly wide: Wide }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'other' }; // text, bytes, data sets, templates

export interface SparkplugMetric {
  readonly name?: string;
  readonly alias?: number;
  readonly timestamp?: Moment;
  readonly datatype?: number;
  readonly isHistorical: boolean;
  readonly isTransient: boolean;
  readonly isNull: boolean;
  readonly value?: MetricValue;
  /** Property `Quality`: 0 BAD, 192 GOOD, 500 STALE (6.4.13). */
  readonly quality?: number;
  /** Property `engUnit`. */
  readonly unit?: string;
}

export interface SparkplugPayload {
  readonly timestamp?: Moment;
  readonly seq?: number;
  readonly metrics: readonly SparkplugMetric[];
}

/**
 * `undefined`: the bytes are no Sparkplug payload, or hold too much. Never throws; linear in the bytes, compressed ones
 * in what is in them, at most 1 MiB. What is compressed twice is nothing.
 */
export function readPayload(bytes: Uint8Array): SparkplugPayload | undefined {
  const outer = readPlain(bytes);
  if (!outer?.isCompressed) return outer?.payload;
  const body = outer.body && inflated(outer.body);
  const inner = body && readPlain(body);
  if (!inner || inner.isCompressed) return undefined;
  const { timestamp, seq } = outer.payload;
  return { ...defined({ timestamp, seq }), ...inner.payload };
}

interface Plain {
  readonly payload: SparkplugPayload;
  readonly isCompressed: boolean;
  readonly body: Uint8Array | undefined;
}

function readPlain(bytes: Uint8Array): Plain | undefined {
  const fields = readFields(bytes, METRICS_MAX + FIELDS_MAX);
  if (!fields) return undefined;
  const metrics: SparkplugMetric[] = [];
  let timestamp: Moment | undefined;
  let seq: number | undefined;
  let isCompressed = false;
  let body: Uint8Array | undefined;
  for (const field of fields) {
    if (field.number === 1) timestamp = integerOf(field);
    else if (field.number === 3) seq = integerOf(field);
    else if (field.type !== 'bytes') {
      if (field.number === 2) return undefined;
    } else if (field.number === 2) {
      const metric = readMetric(field.bytes);
      if (!metric || metrics.length >= METRICS_MAX) return undefined;
      metrics.push(metric);
    } else if (field.number === 4) isCompressed = stringOf(field.bytes) === COMPRESSED;
    else if (field.number === 5) body = field.bytes;
  }
  return { payload: { ...defined({ timestamp, seq }), metrics }, isCompressed, body };
}

/** Which of both it is, the bytes say themselves. */
function inflated(body: Uint8Array): Uint8Array | undefined {
  try {
    return unzipSync(body, { maxOutputLength: INFLATED_BYTES_MAX });
  } catch {
    return undefined;
  }
}

type Draft = { -readonly [K in keyof SparkplugMetric]: SparkplugMetric[K] };

function readMetric(bytes: Uint8Array): SparkplugMetric | undefined {
  const fields = readFields(bytes, FIELDS_MAX);
  if (!fields) return undefined;
  const metric: Draft = { isHistorical: false, isTransient: false, isNull: false };
  for (const field of fields) readMetricField(metric, field);
  return metric;
}

function readMetricField(metric: Draft, field: WireField): void {
  const integer = integerOf(field);
  if (field.type === 'bytes') {
    const name = field.number === 1 ? stringOf(field.bytes) : undefined;
    if (name !== undefined) metric.name = name;
    else if (field.number === 9) readProperties(metric, field.bytes);
  }
  if (integer !== undefined) {
    if (field.number === 2) metric.alias = integer;
    else if (field.number === 3) metric.timestamp = integer;
    else if (field.number === 4) metric.datatype = integer;
    else if (field.number === 5) metric.isHistorical = integer !== 0;
    else if (field.number === 6) metric.isTransient = integer !== 0;
    else if (field.number === 7) metric.isNull = integer !== 0;
  }
  const value = valueOf(field, 10);
  if (value) metric.value = value;
}

/** Metrics have their values in fields 10 to 19, properties in 3 to 10, in the same order. */
function valueOf(field: WireField, first: number): MetricValue | undefined {
  const place = field.number - first;
  if (place < 0 || place > 9) return undefined;
  if (field.type === 'varint') {
    if (place < 2) return { kind: 'integer', wide: field.wide };
    return place === 4 ? { kind: 'boolean', value: unsignedOf(field.wide) !== 0 } : undefined;
  }
  if (field.type === 'fixed32' && place === 2) {
    return { kind: 'float', value: floatOf(field.bits) };
  }
  if (field.type === 'fixed64' && place === 3) {
    return { kind: 'double', value: doubleOf(field.wide) };
  }
  return field.type === 'bytes' && place > 4 ? { kind: 'other' } : undefined;
}

function readProperties(metric: Draft, bytes: Uint8Array): void {
  const fields = readFields(bytes, FIELDS_MAX) ?? [];
  const keys = fields.filter((field) => field.number === 1);
  const values = fields.filter((field) => field.number === 2);
  keys.forEach((key, i) => {
    const value = values[i];
    if (key.type !== 'bytes' || value?.type !== 'bytes') return;
    const word = stringOf(key.bytes);
    if (word === 'Quality') {
      const quality = propertyNumber(value.bytes);
      if (quality !== undefined) metric.quality = quality;
    } else if (word === 'engUnit') {
      const text = readFields(value.bytes, FIELDS_MAX)?.find((field) => field.number === 8);
      const unit = text?.type === 'bytes' ? stringOf(text.bytes) : undefined;
      if (unit !== undefined) metric.unit = unit.slice(0, 32);
    }
  });
}

function propertyNumber(bytes: Uint8Array): number | undefined {
  for (const field of readFields(bytes, FIELDS_MAX) ?? []) {
    const value = valueOf(field, 3);
    if (value?.kind === 'integer') return unsignedOf(value.wide);
  }
  return undefined;
}

function integerOf(field: WireField): number | undefined {
  return field.type === 'varint' ? unsignedOf(field.wide) : undefined;
}

/** Bits of the datatypes that are signed (6.4.16): they travel as unsigned and are looked at again here. */
const SIGNED_BITS: Readonly<Record<number, 8 | 16 | 32 | 64>> = { 1: 8, 2: 16, 3: 32, 4: 64 };

/**
 * The value as a number; booleans are 0 and 1, singles have the seven digits that they carry. `undefined`: it is text
 * or the like. May be NaN or infinite: the source says so.
 */
export function numberOf(value: MetricValue, datatype: number | undefined): number | undefined {
  switch (value.kind) {
    case 'integer': {
      const bits = datatype === undefined ? undefined : SIGNED_BITS[datatype];
      return bits === undefined ? unsignedOf(value.wide) : signedOf(value.wide, bits);
    }
    case 'float':
      return Number.isFinite(value.value) ? Number(value.value.toPrecision(7)) : value.value;
    case 'double':
      return value.value;
    case 'boolean':
      return value.value ? 1 : 0;
    case 'other':
      return undefined;
  }
}

const BOOLEAN = 11;

/** NCMD `Node Control/Rebirth` = true: the node is asked to say again who it is (6.4.21, 5.10). */
export function rebirthPayload(at: Moment): Uint8Array {
  const timestamp = Math.max(0, Math.floor(at));
  const metric = joined([
    bytesField(1, 'Node Control/Rebirth'),
    varintField(3, timestamp),
    varintField(4, BOOLEAN),
    varintField(14, 1),
  ]);
  return joined([varintField(1, timestamp), bytesField(2, metric)]);
}

function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
