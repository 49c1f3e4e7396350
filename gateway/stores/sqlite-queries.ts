/** Reads of the SQLite reading store. */

import type { DatabaseSync } from 'node:sqlite';
import type {
  BucketRow,
  ReadingQuery,
  ReceivedColumns,
  ReceivedQuery,
  Series,
} from '../../domain/ports.ts';
import type { SeriesKey } from '../../domain/series.ts';
import { HOUR_MS } from '../../domain/time.ts';
import { ColumnBuilder, joinReceived, toSeries, type ColumnSeries } from './columns.ts';
import { bucketsByHour, type Span } from './hourly.ts';

/** Without a bound of the caller's: more rows than a chart or a report can use. */
export const ROWS_MAX = 2_000_000;

// Numbers are bound as floats, so a step must be cast: a division of integers is meant.
const BUCKETS = `
  SELECT at / CAST(?4 AS INTEGER) * CAST(?4 AS INTEGER) AS bucket,
    avg(value), min(value), max(value), count(*), sum(quality = 1)
  FROM reading WHERE series = ?1 AND at >= ?2 AND at < ?3 AND quality <> 4
  GROUP BY bucket ORDER BY bucket LIMIT ?5`;

const ROLLED = `
  SELECT hour, mean, min, max, count, good FROM hour
  WHERE series = ?1 AND hour >= ?2 AND hour < ?3
    AND NOT EXISTS (SELECT 1 FROM dirty_hour d WHERE d.series = ?1 AND d.hour = hour.hour)
  ORDER BY hour`;

/** Answers a `ReadingQuery` from the file. A series that nobody wrote is empty. */
export async function querySqlite(db: DatabaseSync, q: ReadingQuery): Promise<Series> {
  const series = seriesId(db, q);
  const rowsMax = Math.min(q.rowsMax ?? ROWS_MAX, ROWS_MAX);
  if (series === undefined || q.until <= q.from) {
    return toSeries(new ColumnBuilder(q.stepMs ? 'buckets' : 'readings', 1).finish(rowsMax));
  }
  if (!q.stepMs) return toSeries(readingsOf(db, series, { ...q, rowsMax }));
  const { stepMs } = q;
  if (stepMs % HOUR_MS !== 0) return toSeries(bucketsOf(db, series, { ...q, stepMs, rowsMax }));
  const source = {
    rolled: async (span: Span) => bucketRows(db, ROLLED, [series, span.from, span.until]),
    raw: async (span: Span) =>
      bucketRows(db, BUCKETS, [series, span.from, span.until, HOUR_MS, ROWS_MAX]),
  };
  return toSeries(await bucketsByHour(source, { from: q.from, until: q.until, stepMs, rowsMax }));
}

const RECEIVED = `
  SELECT at, value, quality, received_after_ms, label
  FROM reading WHERE series = ? AND at >= ? AND at < ? ORDER BY at LIMIT ?`;
const HISTORICAL = `SELECT id FROM label WHERE ',' || flags || ',' LIKE '%,historical,%'`;
/** Rows at a time: all of them in one call cost half of what each by itself does. */
const RECEIVED_ROWS = 20_000;

/** The readings with when they were received. A series that nobody wrote is empty. */
export function receivedSqlite(db: DatabaseSync, q: ReceivedQuery): ReceivedColumns {
  const series = seriesId(db, q);
  const pages: ReceivedColumns[] = [];
  if (series === undefined) return joinReceived(pages);
  const labels = db.prepare(HISTORICAL).all();
  const historical = new Set(labels.map((row) => Number(row['id'])));
  const statement = db.prepare(RECEIVED);
  statement.setReturnArrays(true);
  for (let { from } = q; ;) {
    const rows: readonly unknown[] = statement.all(series, from, q.until, RECEIVED_ROWS);
    const page = receivedOf(rows as readonly (readonly number[])[], historical);
    pages.push(page);
    if (rows.length < RECEIVED_ROWS) return joinReceived(pages);
    from = (page.at.at(-1) ?? 0) + 1;
  }
}

function receivedOf(
  rows: readonly (readonly number[])[],
  historical: ReadonlySet<number>,
): ReceivedColumns {
  const column = () => new Float64Array(rows.length);
  const page = {
    at: column(),
    value: column(),
    quality: column(),
    receivedAt: column(),
    historical: column(),
  };
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i];
    if (!row) continue;
    page.at[i] = row[0] ?? 0;
    page.value[i] = row[1] ?? Number.NaN;
    page.quality[i] = row[2] ?? 0;
    page.receivedAt[i] = (row[0] ?? 0) + (row[3] ?? 0);
    page.historical[i] = historical.has(row[4] ?? 0) ? 1 : 0;
  }
  return page;
}

function seriesId(db: DatabaseSync, key: SeriesKey): number | undefined {
  const row = db
    .prepare('SELECT id FROM series WHERE repository = ? AND sensor = ? AND metric = ?')
    .get(key.repository, key.sensor, key.metric);
  return row ? Number(row['id']) : undefined;
}

function readingsOf(
  db: DatabaseSync,
  series: number,
  q: Span & { readonly rowsMax: number },
): ColumnSeries {
  const statement = db.prepare(
    'SELECT at, value, quality FROM reading WHERE series = ? AND at >= ? AND at < ? ORDER BY at LIMIT ?',
  );
  statement.setReturnArrays(true);
  const builder = new ColumnBuilder('readings');
  for (const row of statement.iterate(series, q.from, q.until, q.rowsMax + 1)) {
    builder.push(numbers(row));
  }
  return builder.finish(q.rowsMax);
}

function bucketsOf(
  db: DatabaseSync,
  series: number,
  q: Span & { readonly stepMs: number; readonly rowsMax: number },
): ColumnSeries {
  const builder = new ColumnBuilder('buckets');
  const parameters = [series, q.from, q.until, q.stepMs, q.rowsMax + 1];
  for (const row of bucketRows(db, BUCKETS, parameters)) builder.push(row);
  return builder.finish(q.rowsMax);
}

function bucketRows(
  db: DatabaseSync,
  sql: string,
  parameters: readonly number[],
): readonly BucketRow[] {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  const rows: BucketRow[] = [];
  for (const row of statement.iterate(...parameters)) {
    const [at = 0, mean = 0, min = 0, max = 0, count = 0, good = 0] = numbers(row);
    rows.push([at, mean, min, max, count, good]);
  }
  return rows;
}

/** `setReturnArrays` makes arrays of what the types call records. */
function numbers(row: unknown): readonly number[] {
  return row as readonly number[];
}
