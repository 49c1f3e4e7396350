/** Reads of the InfluxDB reading store: InfluxQL, which all three versions answer. */

import type {
  BucketRow,
  ReadingQuery,
  ReceivedColumns,
  ReceivedQuery,
  Series,
} from '../../domain/ports.ts';
import type { SeriesHour, SeriesKey } from '../../domain/series.ts';
import { QUALITY } from '../../domain/reading.ts';
import { DAY_MS, HOUR_MS, hourOf, type Moment } from '../../domain/time.ts';
import { ColumnBuilder, ReceivedBuilder, toSeries } from './columns.ts';
import { bucketsByHour, join, type Span } from './hourly.ts';
import { hourlyDatabase } from './influx-config.ts';
import type { InfluxHttp } from './influx-http.ts';
import { seriesCondition } from './influx-lines.ts';
import { seriesName } from './influx-first-wins.ts';

/** Without a bound of the caller's: more rows than a chart or a report can use. */
const ROWS_MAX = 2_000_000;
/** Statements in one request, as for the questions before a write. */
const STATEMENTS_MAX = 16;
/** Readings of one roll-up question. */
const ROLL_UP_SPAN_MS_MAX = 7 * DAY_MS;

export interface InfluxReads {
  query(q: ReadingQuery): Promise<Series>;
  received(q: ReceivedQuery): Promise<ReceivedColumns>;
  /** What the roll-ups of these hours must say, from the readings. */
  hoursOf(hours: readonly SeriesHour[]): Promise<readonly RolledHour[]>;
}

/** One hour of one series in one room. */
export interface RolledHour {
  readonly key: SeriesKey & { readonly room: string };
  readonly row: BucketRow;
}

export function createInfluxReads(http: InfluxHttp, database: string): InfluxReads {
  return {
    query: async (q) => {
      const rowsMax = Math.min(q.rowsMax ?? ROWS_MAX, ROWS_MAX);
      const { stepMs } = q;
      if (q.until <= q.from) {
        return toSeries(new ColumnBuilder(stepMs ? 'buckets' : 'readings', 1).finish(rowsMax));
      }
      if (!stepMs) return readings(http, database, { ...q, rowsMax });
      if (stepMs % HOUR_MS === 0) {
        const source = {
          rolled: (span: Span) => rolled(http, database, { ...q, ...span }),
          raw: (span: Span) =>
            buckets(http, database, { ...q, ...span, stepMs: HOUR_MS, rowsMax: ROWS_MAX }),
        };
        return toSeries(await bucketsByHour(source, { ...q, stepMs, rowsMax }));
      }
      const builder = new ColumnBuilder('buckets');
      for (const row of await buckets(http, database, { ...q, stepMs, rowsMax })) builder.push(row);
      return toSeries(builder.finish(rowsMax));
    },
    received: (q) => received(http, database, q),
    hoursOf: (hours) => hoursOf(http, database, hours),
  };
}

async function received(
  http: InfluxHttp,
  database: string,
  q: ReceivedQuery,
): Promise<ReceivedColumns> {
  const builder = new ReceivedBuilder();
  const influxQl = `SELECT "value", "quality", "received", "flags" FROM "reading" ${where(q)}`;
  await http.query(database, influxQl, ({ values }) => {
    const [at = 0, value = 0, quality = 0, receivedAt] = values as (number | null)[];
    const isHistorical = String(values[4] ?? '')
      .split(',')
      .includes('historical');
    // What others wrote into the same measurement may lack it: then it was received at its time.
    builder.push([at ?? 0, value ?? 0, quality ?? 4, receivedAt ?? at ?? 0, isHistorical ? 1 : 0]);
  });
  return builder.finish();
}

interface Bounded {
  readonly rowsMax: number;
}

function where(q: SeriesKey & Span): string {
  return `WHERE ${seriesCondition(q)} AND time >= ${q.from}ms AND time < ${q.until}ms`;
}

async function readings(
  http: InfluxHttp,
  database: string,
  q: SeriesKey & Span & Bounded,
): Promise<Series> {
  const builder = new ColumnBuilder('readings');
  const influxQl = `SELECT "value", "quality" FROM "reading" ${where(q)} LIMIT ${q.rowsMax + 1}`;
  await http.query(database, influxQl, ({ values }) => builder.push(values as number[]));
  return toSeries(builder.finish(q.rowsMax));
}

/** Computed by the server from the readings; aligned to the epoch, failed readings left out. */
async function buckets(
  http: InfluxHttp,
  database: string,
  q: SeriesKey & Span & Bounded & { readonly stepMs: number },
): Promise<readonly BucketRow[]> {
  const from = `FROM "reading" ${where(q)}`;
  const group = `GROUP BY time(${q.stepMs}ms) fill(none) LIMIT ${q.rowsMax + 1}`;
  const usable = `SELECT mean("value"), min("value"), max("value"), count("value") ${from} AND "quality" <> ${QUALITY.fail} ${group}`;
  const good = `SELECT count("value") ${from} AND "quality" = ${QUALITY.good} ${group}`;
  const rows: [number, number, number, number, number, number][] = [];
  const goodAt = new Map<Moment, number>();
  await http.query(database, `${usable}; ${good}`, ({ statement, values }) => {
    const [at = 0, mean = 0, min = 0, max = 0, count = 0] = values as number[];
    if (statement === 1) goodAt.set(at, mean);
    else if (count > 0) rows.push([at, mean, min, max, count, 0]);
  });
  for (const row of rows) row[5] = goodAt.get(row[0]) ?? 0;
  return rows;
}

/** Roll-ups that hold; rooms of a sensor that moved within the hour are joined. */
async function rolled(
  http: InfluxHttp,
  database: string,
  q: SeriesKey & Span,
): Promise<readonly BucketRow[]> {
  const fields = ['mean', 'min', 'max', 'count', 'good'].map((name) => `"${name}"`).join(', ');
  const rows = `SELECT ${fields} FROM "reading" ${where(q)}`;
  const marks = `SELECT "dirty" FROM "dirty_hour" ${where(q)} AND "dirty" = 1`;
  const hours = new Map<Moment, BucketRow>();
  const dirty = new Set<Moment>();
  await http.query(hourlyDatabase(database), `${rows}; ${marks}`, ({ statement, values }) => {
    const [at, a, b, c, count, good] = values as (number | null)[];
    const hour = at ?? 0;
    if (statement === 1) {
      dirty.add(hour);
      return;
    }
    const row: BucketRow = [hour, a ?? 0, b ?? 0, c ?? 0, count ?? 0, good ?? 0];
    const other = hours.get(hour);
    hours.set(hour, other ? join(other, row) : row);
  });
  return [...hours.values()].filter((row) => !dirty.has(row[0])).sort((a, b) => a[0] - b[0]);
}

interface SeriesSpan extends Span {
  readonly key: SeriesKey;
}

async function hoursOf(
  http: InfluxHttp,
  database: string,
  hours: readonly SeriesHour[],
): Promise<readonly RolledHour[]> {
  const asked = new Set(hours.map((h) => `${seriesName(h)}\u0000${hourOf(h.hour)}`));
  const spans = spansOf(hours);
  const sums = new Map<string, RolledHour>();
  for (let i = 0; i < spans.length; i += STATEMENTS_MAX) {
    const some = spans.slice(i, i + STATEMENTS_MAX);
    const statements = some.map(
      (s) =>
        `SELECT "value", "quality" FROM "reading" ${where({ ...s.key, ...s })} GROUP BY "room"`,
    );
    await http.query(database, statements.join('; '), ({ statement, tags, values }) => {
      const series = some[statement]?.key;
      if (!series) return;
      const [at = 0, value = 0, quality = 0] = values as number[];
      const { repository, sensor, metric } = series;
      const key = { repository, sensor, metric, room: tags['room'] ?? '' };
      const hour = hourOf(at);
      if (!asked.has(`${seriesName(key)}\u0000${hour}`)) return;
      const name = `${seriesName(key)}\u0000${key.room}\u0000${hour}`;
      const row = sums.get(name)?.row ?? [hour, 0, 0, 0, 0, 0];
      const good = quality === QUALITY.good ? 1 : 0;
      const usable = quality === QUALITY.fail ? 0 : 1;
      const next: BucketRow = [hour, value, value, value, usable, good];
      sums.set(name, { key, row: usable ? join(row, next) : row });
    });
  }
  return [...sums.values()];
}

/** Neighbouring hours of a series as one question. */
function spansOf(hours: readonly SeriesHour[]): readonly SeriesSpan[] {
  const bySeries = new Map<string, { key: SeriesKey; hours: Set<Moment> }>();
  for (const h of hours) {
    const { repository, sensor, metric } = h;
    const name = seriesName(h);
    const entry = bySeries.get(name) ?? {
      key: { repository, sensor, metric },
      hours: new Set<Moment>(),
    };
    entry.hours.add(hourOf(h.hour));
    bySeries.set(name, entry);
  }
  const spans: { key: SeriesKey; from: Moment; until: Moment }[] = [];
  for (const { key, hours: set } of bySeries.values()) {
    let last: (typeof spans)[number] | undefined;
    for (const hour of [...set].sort((a, b) => a - b)) {
      if (last?.until === hour && hour - last.from < ROLL_UP_SPAN_MS_MAX) {
        last.until = hour + HOUR_MS;
      } else {
        last = { key, from: hour, until: hour + HOUR_MS };
        spans.push(last);
      }
    }
  }
  return spans;
}
