/** Buckets of whole hours: taken from the roll-ups where they hold, from the readings where they do not. */

import type { BucketRow } from '../../domain/ports.ts';
import { HOUR_MS, type Moment } from '../../domain/time.ts';
import { ColumnBuilder, type ColumnSeries } from './columns.ts';

/** A span: `from` inclusive, `until` exclusive. */
export interface Span {
  readonly from: Moment;
  readonly until: Moment;
}

/** Where hours come from. Rows are `[hour, mean, min, max, count, good]`, oldest first. */
export interface HourSource {
  /** Roll-ups that still hold (not dirty) of whole hours; a count of 0 says that the hour is known to be empty. */
  rolled(span: Span): Promise<readonly BucketRow[]>;
  /** Hours computed from the readings themselves. */
  raw(span: Span): Promise<readonly BucketRow[]>;
}

/** More gaps than this are read as one span: a question each would cost more than the rows. */
const GAPS_MAX = 24;

/** Buckets of `stepMs` (a multiple of an hour) over the span, at most `rowsMax`. */
export async function bucketsByHour(
  source: HourSource,
  q: Span & { readonly stepMs: number; readonly rowsMax: number },
): Promise<ColumnSeries> {
  const fullFrom = Math.ceil(q.from / HOUR_MS) * HOUR_MS;
  const fullUntil = Math.max(fullFrom, Math.floor(q.until / HOUR_MS) * HOUR_MS);
  if (fullUntil === fullFrom) return fold(await source.raw(q), q);

  const hours = new Map<Moment, BucketRow>();
  for (const row of await source.rolled({ from: fullFrom, until: fullUntil })) {
    hours.set(row[0], row);
  }
  const gaps = gapsOf(hours, { from: fullFrom, until: fullUntil });
  const edges = [
    { from: q.from, until: fullFrom },
    { from: fullUntil, until: q.until },
  ].filter((span) => span.from < span.until);
  for (const span of [...gaps, ...edges]) {
    for (const row of await source.raw(span)) if (!hours.has(row[0])) hours.set(row[0], row);
  }
  const rows = [...hours.values()].filter((row) => row[4] > 0).sort((a, b) => a[0] - b[0]);
  return fold(rows, q);
}

/** Whole hours without a roll-up, neighbours joined. */
function gapsOf(hours: ReadonlyMap<Moment, BucketRow>, span: Span): readonly Span[] {
  const gaps: { from: Moment; until: Moment }[] = [];
  for (let hour = span.from; hour < span.until; hour += HOUR_MS) {
    if (hours.has(hour)) continue;
    const last = gaps.at(-1);
    if (last?.until === hour) last.until = hour + HOUR_MS;
    else gaps.push({ from: hour, until: hour + HOUR_MS });
  }
  const [first] = gaps;
  const last = gaps.at(-1);
  if (gaps.length <= GAPS_MAX || !first || !last) return gaps;
  return [{ from: first.from, until: last.until }];
}

function fold(
  rows: readonly BucketRow[],
  q: { readonly stepMs: number; readonly rowsMax: number },
): ColumnSeries {
  const builder = new ColumnBuilder('buckets');
  let bucket: BucketRow | undefined;
  for (const row of rows) {
    const at = Math.floor(row[0] / q.stepMs) * q.stepMs;
    if (bucket && bucket[0] === at) {
      bucket = join(bucket, row);
    } else {
      if (bucket) builder.push(bucket);
      bucket = [at, row[1], row[2], row[3], row[4], row[5]];
    }
  }
  if (bucket) builder.push(bucket);
  return builder.finish(q.rowsMax);
}

/** Two parts of one bucket as one; the time is that of `a`. */
export function join(a: BucketRow, b: BucketRow): BucketRow {
  if (a[4] === 0) return [a[0], b[1], b[2], b[3], b[4], a[5] + b[5]];
  if (b[4] === 0) return a;
  const count = a[4] + b[4];
  const mean = (a[1] * a[4] + b[1] * b[4]) / count;
  return [a[0], mean, Math.min(a[2], b[2]), Math.max(a[3], b[3]), count, a[5] + b[5]];
}
