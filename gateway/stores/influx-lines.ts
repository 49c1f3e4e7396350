/** Line protocol and InfluxQL text: what is written into InfluxDB, exactly as the contracts name it. */

import type { AccessEvent } from '../../domain/access.ts';
import type { BucketRow } from '../../domain/ports.ts';
import type { SeriesKey } from '../../domain/series.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Moment } from '../../domain/time.ts';

/** One reading in milliseconds; `prefix` comes from `readingPrefix`. */
export function readingLine(prefix: string, reading: Reading): string {
  let line = `${prefix}value=${reading.value},quality=${reading.quality}i,received=${reading.receivedAt}i`;
  if (reading.raw !== undefined && reading.raw !== reading.value) line += `,raw=${reading.raw}`;
  if (reading.flags?.length) line += `,flags=${text(reading.flags.join(','))}`;
  return `${line} ${reading.at}`;
}

/** Measurement and tags of a reading's series in its room, up to the fields. */
export function readingPrefix(key: SeriesKey & { readonly room: string }): string {
  return `reading${tags([
    ['repository', key.repository],
    ['room', key.room],
    ['sensor', key.sensor],
    ['metric', key.metric],
  ])} `;
}

/** One hour of the roll-ups in milliseconds. Without any usable reading there is a count of 0 and no mean. */
export function rollUpLine(key: SeriesKey & { readonly room: string }, row: BucketRow): string {
  const [hour, mean, min, max, count, good] = row;
  const values = count === 0 ? '' : `mean=${mean},min=${min},max=${max},`;
  return `${readingPrefix(key)}${values}count=${count}i,good=${good}i ${hour}`;
}

/** Says that the roll-up of an hour does not hold (1), or that it does again (0). */
export function dirtyLine(key: SeriesKey, hour: Moment, dirty: 0 | 1): string {
  const named = tags([
    ['repository', key.repository],
    ['sensor', key.sensor],
    ['metric', key.metric],
  ]);
  return `dirty_hour${named} dirty=${dirty}i ${hour}`;
}

/**
 * One access event in nanoseconds. The digits below the millisecond come from its id: events of one
 * millisecond stay apart, and the same event written twice is one point.
 */
export function accessLine(event: AccessEvent): string {
  const named = tags([
    ['repository', event.repository],
    ['room', event.room],
    ['door', event.door],
    ['event', event.event],
  ]);
  // A point needs a field, and an opened door may bring none of its own.
  const fields = [`received=${event.receivedAt}i`];
  if (Number.isSafeInteger(event.sequence)) fields.push(`sequence=${event.sequence}i`);
  for (const name of ['credential', 'person', 'direction', 'reason'] as const) {
    const value = event[name];
    if (typeof value === 'string') fields.push(`${name}=${text(value)}`);
  }
  const flags = [event.simulated && 'simulated', event.clockWrong && 'clock_wrong'];
  const marked = flags.filter((flag) => typeof flag === 'string');
  if (marked.length > 0) fields.push(`flags=${text(marked.join(','))}`);
  const at = BigInt(event.at) * 1_000_000n + BigInt(hashOf(event.id) % 1_000_000);
  return `access${named} ${fields.join(',')} ${at}`;
}

/** `"database"`, `"field"` in InfluxQL. */
export function identifier(name: string): string {
  return `"${name.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}

/** `'value'` in InfluxQL. */
function literal(value: string): string {
  return `'${value.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n')}'`;
}

/** The condition that selects one series, in whatever room it was. */
export function seriesCondition(key: SeriesKey): string {
  return `"repository" = ${literal(key.repository)} AND "sensor" = ${literal(key.sensor)} AND "metric" = ${literal(key.metric)}`;
}

function tags(pairs: readonly (readonly [string, string])[]): string {
  // A tag without a value is no tag in line protocol.
  return pairs
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `,${name}=${tagValue(value)}`)
    .join('');
}

function tagValue(value: string): string {
  // Line protocol can't hold a line break in a tag, nor a backslash before a separator.
  return value.replace(/[\r\n\\]/g, '_').replace(/[,= ]/g, '\\$&');
}

function text(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

/** FNV-1a, 32 bit. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(id)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
