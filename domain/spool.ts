/**
 * How a tick's readings and access events are written into one spool row, and read back: columns of numbers, and the
 * little that is text as JSON behind them. A third of the bytes of JSON, a fifth of the time on the hot path.
 */

import type { AccessEvent } from './access.ts';
import type { Delivery } from './intake.ts';
import type { MetricName } from './metrics.ts';
import type { Quality, Reading, ReadingFlag } from './reading.ts';
import type { SpoolSeries, SpoolSeriesRow } from './spool-series.ts';

export interface SpoolContent {
  readonly readings: readonly Reading[];
  readonly accessEvents: readonly AccessEvent[];
  /** Of messages without a usable device time: recognises their redelivery after a crash. */
  readonly deliveries?: readonly Delivery[];
}

/** What stands behind the columns. */
interface Tail {
  readonly accessEvents: readonly AccessEvent[];
  readonly deliveries?: readonly Delivery[] | undefined;
  /** What `flags` columns count into; 0 is none. */
  readonly flags: readonly (readonly ReadingFlag[])[];
}

/** Says the format and, in another byte order, something else. */
const MAGIC = 0x4c540001;
/** Magic, readings, bytes of the tail, whether there is a column of raw values: 32 bits each, in this machine's order. */
const HEAD_BYTES = 16;
/** Value, time, time of receipt: 64 bits; series: 32; quality and flags: 16. */
const READING_BYTES = 3 * 8 + 4 + 2 * 2;
const RAW_BYTES = 8;

/** The readings of one spool row, column by column, as they lie there: all of one length. */
export interface SpoolColumns {
  readonly value: Float64Array;
  readonly at: Float64Array;
  readonly receivedAt: Float64Array;
  /** NaN: calibration did not change the value. `undefined`: of none of them. */
  readonly raw: Float64Array | undefined;
  /** Numbers of `SpoolSeries`. */
  readonly series: Uint32Array;
  readonly quality: Uint16Array;
  /** 0: none; else an index, from 1, into `flagSets`. */
  readonly flags: Uint16Array;
  readonly flagSets: Tail['flags'];
}

/** A spool row, opened: what stands in its columns becomes readings when somebody asks for them. */
export interface OpenedSpool extends Omit<SpoolContent, 'readings'> {
  readonly columns: SpoolColumns;
}

type SeriesOf = (number: number) => SpoolSeriesRow | undefined;
type NumberColumns = Omit<SpoolColumns, 'flagSets'>;

/** One spool row. Series that have no number yet get one, which has to be committed with the row. */
export function packSpool(content: SpoolContent, series: SpoolSeries): Uint8Array {
  const { readings, accessEvents, deliveries } = content;
  const flagSets = new Map<string, number>();
  const flags: (readonly ReadingFlag[])[] = [];
  const flagsOf = (set: readonly ReadingFlag[]): number => {
    const name = set.join(',');
    let number = flagSets.get(name);
    if (number === undefined) flagSets.set(name, (number = flags.push(set)));
    return number;
  };
  const hasRaw = readings.some((reading) => reading.raw !== undefined);
  const columnBytes = readings.length * (READING_BYTES + (hasRaw ? RAW_BYTES : 0));
  // The tail's length is known when all flags were seen; columns come first, so they are filled in a part of their own.
  const buffer = new ArrayBuffer(columnBytes);
  const columns = columnsOf(buffer, 0, { count: readings.length, hasRaw });
  let i = 0;
  for (const reading of readings) {
    columns.value[i] = reading.value;
    columns.at[i] = reading.at;
    columns.receivedAt[i] = reading.receivedAt;
    columns.series[i] = series.numberOf(reading);
    columns.quality[i] = reading.quality;
    if (columns.raw) columns.raw[i] = reading.raw ?? NaN;
    if (reading.flags !== undefined) columns.flags[i] = flagsOf(reading.flags);
    i += 1;
  }
  const tail: Tail = {
    accessEvents,
    deliveries: deliveries?.length ? deliveries : undefined,
    flags,
  };
  const text = Buffer.from(JSON.stringify(tail));
  const head = new Uint32Array([MAGIC, readings.length, text.length, hasRaw ? 1 : 0]);
  return Buffer.concat([new Uint8Array(head.buffer), new Uint8Array(buffer), text]);
}

/** The inverse of `packSpool`; throws on what it did not write, and on a series whose number nobody knows. */
export function unpackSpool(payload: Uint8Array | string, seriesOf: SeriesOf): SpoolContent {
  if (typeof payload === 'string') return unpackText(payload);
  const { columns, ...rest } = openSpool(payload);
  return { readings: readingsOf(columns, seriesOf), ...rest };
}

/** The columns of a row, where they lie; throws on what `packSpool` did not write. */
export function openSpool(payload: Uint8Array): OpenedSpool {
  // Columns of 64 bits want to begin at a multiple of eight.
  const bytes = payload.byteOffset % 8 === 0 ? payload : new Uint8Array(payload);
  if (bytes.length < HEAD_BYTES) throw new Error('the row is cut off');
  const head = new Uint32Array(bytes.buffer, bytes.byteOffset, HEAD_BYTES / 4);
  const [magic, count = 0, tailBytes = 0, hasRaw] = head;
  if (magic !== MAGIC) throw new Error('the row is in a format that is not known here');
  const columnBytes = count * (READING_BYTES + (hasRaw ? RAW_BYTES : 0));
  if (bytes.length !== HEAD_BYTES + columnBytes + tailBytes) throw new Error('the row is cut off');
  const from = bytes.byteOffset + HEAD_BYTES;
  const columns = columnsOf(bytes.buffer, from, { count, hasRaw: hasRaw === 1 });
  const text = Buffer.from(bytes.buffer, from + columnBytes, tailBytes).toString();
  const { accessEvents, deliveries, flags } = JSON.parse(text) as Tail;
  const opened = { columns: { ...columns, flagSets: flags }, accessEvents };
  return deliveries ? { ...opened, deliveries } : opened;
}

/** The readings of a row; throws on a series whose number nobody knows. */
export function readingsOf(columns: SpoolColumns, seriesOf: SeriesOf): readonly Reading[] {
  const readings: Reading[] = [];
  for (let i = 0; i < columns.value.length; i += 1) readings.push(readingOf(columns, i, seriesOf));
  return readings;
}

function columnsOf(
  buffer: ArrayBufferLike,
  from: number,
  { count, hasRaw }: { readonly count: number; readonly hasRaw: boolean },
): NumberColumns {
  const wide = (nth: number): Float64Array =>
    new Float64Array(buffer, from + nth * 8 * count, count);
  const seriesFrom = from + (hasRaw ? 4 : 3) * 8 * count;
  const qualityFrom = seriesFrom + 4 * count;
  return {
    value: wide(0),
    at: wide(1),
    receivedAt: wide(2),
    raw: hasRaw ? wide(3) : undefined,
    series: new Uint32Array(buffer, seriesFrom, count),
    quality: new Uint16Array(buffer, qualityFrom, count),
    flags: new Uint16Array(buffer, qualityFrom + 2 * count, count),
  };
}

function readingOf(columns: SpoolColumns, i: number, seriesOf: SeriesOf): Reading {
  const number = columns.series[i] ?? 0;
  const named = seriesOf(number);
  if (!named) throw new Error(`the row names series ${number}, which nobody knows`);
  const { repository, room, sensor, metric } = named;
  const value = columns.value[i] ?? NaN;
  const quality = columns.quality[i] as Quality;
  const at = columns.at[i] ?? NaN;
  const receivedAt = columns.receivedAt[i] ?? NaN;
  // One shape for nearly all: objects of many shapes are slow wherever they go.
  const reading = { repository, room, sensor, metric, value, quality, at, receivedAt };
  const raw = columns.raw?.[i] ?? NaN;
  const flags = columns.flagSets[(columns.flags[i] ?? 0) - 1];
  if (Number.isNaN(raw)) return flags === undefined ? reading : { ...reading, flags };
  return flags === undefined ? { ...reading, raw } : { ...reading, raw, flags };
}

/** Rows of the first schema were JSON text, and may still wait for an InfluxDB that was away. */
function unpackText(payload: string): SpoolContent {
  type Packed = [string, string, string, string, number, number, number, number, number?, string?];
  const parsed = JSON.parse(payload) as Omit<Tail, 'flags'> & { readonly readings: Packed[] };
  if (!Array.isArray(parsed.readings) || !Array.isArray(parsed.accessEvents)) {
    throw new TypeError('readings or access events are not a list');
  }
  const readings = parsed.readings.map((row): Reading => {
    const [repository, room, sensor, metric, value, quality, at, receivedAt, raw, flags] = row;
    return {
      repository,
      room,
      sensor,
      metric: metric as MetricName,
      value,
      quality: quality as Quality,
      at,
      receivedAt,
      ...(raw === undefined || raw === null ? {} : { raw }),
      ...(flags ? { flags: flags.split(',') as ReadingFlag[] } : {}),
    };
  });
  const { accessEvents, deliveries } = parsed;
  return deliveries ? { readings, accessEvents, deliveries } : { readings, accessEvents };
}
