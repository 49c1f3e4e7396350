/** Long series by column: cheap to grow, to hand to another thread, and to write as JSON. */

import type { BucketRow, ReadingRow, ReceivedColumns, Series } from '../../domain/ports.ts';

/** A series by column; all columns have the same length. */
export interface ColumnSeries {
  readonly kind: Series['kind'];
  /** `at, value, quality` or `at, mean, min, max, count, good`. */
  readonly columns: readonly Float64Array<ArrayBuffer>[];
  readonly truncated: boolean;
}

/** How many columns a series of this kind has. */
function widthOf(kind: Series['kind']): number {
  return kind === 'readings' ? 3 : 6;
}

/** Columns that grow as rows arrive. */
export class ColumnBuilder {
  private columns: Float64Array<ArrayBuffer>[];
  private readonly kind: Series['kind'];
  private used = 0;

  constructor(kind: Series['kind'], rowsExpected = 1024, width = widthOf(kind)) {
    this.kind = kind;
    this.columns = Array.from({ length: width }, () => new Float64Array(rowsExpected));
  }

  get length(): number {
    return this.used;
  }

  push(row: readonly number[]): void {
    const first = this.columns[0];
    if (first && this.used === first.length) this.grow(first.length * 2);
    for (let i = 0; i < this.columns.length; i += 1) {
      const column = this.columns[i];
      if (column) column[this.used] = row[i] ?? Number.NaN;
    }
    this.used += 1;
  }

  /** At most `rowsMax` rows; `truncated` when there were more. */
  finish(rowsMax: number): ColumnSeries {
    const length = Math.min(this.used, rowsMax);
    const columns = this.columns.map((column) => column.slice(0, length));
    return { kind: this.kind, columns, truncated: this.used > rowsMax };
  }

  private grow(capacity: number): void {
    this.columns = this.columns.map((column) => {
      const larger = new Float64Array(capacity);
      larger.set(column);
      return larger;
    });
  }
}

/** Rows `at, value, quality, receivedAt, historical` (0 or 1) by column. */
export class ReceivedBuilder {
  private readonly builder = new ColumnBuilder('readings', 1024, 5);

  push(row: readonly number[]): void {
    this.builder.push(row);
  }

  finish(): ReceivedColumns {
    const none = new Float64Array();
    const [at = none, value = none, quality = none, receivedAt = none, historical = none] =
      this.builder.finish(Infinity).columns;
    return { at, value, quality, receivedAt, historical };
  }
}

/** One after the other. */
export function joinReceived(pages: readonly ReceivedColumns[]): ReceivedColumns {
  const [only] = pages;
  if (only && pages.length === 1) return only;
  const length = pages.reduce((sum, page) => sum + page.at.length, 0);
  const column = (name: keyof ReceivedColumns): Float64Array => {
    const joined = new Float64Array(length);
    let from = 0;
    for (const page of pages) {
      joined.set(page[name], from);
      from += page[name].length;
    }
    return joined;
  };
  return {
    at: column('at'),
    value: column('value'),
    quality: column('quality'),
    receivedAt: column('receivedAt'),
    historical: column('historical'),
  };
}

/** A `Series` over the columns; its rows are made when they are first asked for. */
export function toSeries(source: ColumnSeries): Series {
  let rows: readonly ReadingRow[] | readonly BucketRow[] | undefined;
  const series: Series = {
    kind: source.kind,
    truncated: source.truncated,
    get rows() {
      rows ??= rowsOf(source.columns) as unknown[] as ReadingRow[];
      return rows;
    },
  };
  // Not enumerable, so that a series written as JSON holds its rows once.
  Object.defineProperty(series, 'columns', { value: source.columns });
  return series;
}

/** The columns of any series, from its rows where it brings none. */
export function columnsOf(series: Series): ColumnSeries {
  const { kind, truncated } = series;
  if (series.columns) return { kind, truncated, columns: series.columns };
  const builder = new ColumnBuilder(kind, Math.max(1, series.rows.length));
  for (const row of series.rows) builder.push(row);
  return { ...builder.finish(series.rows.length), truncated };
}

/** Rows that are made into text at a time: few enough to stay out of the old generation. */
const JSON_ROWS = 20_000;

/** The rows as JSON text (`[[at,value,quality],…]`), in UTF-8, ready to be sent. */
export function rowsToJson(columns: readonly Float64Array[]): Uint8Array<ArrayBuffer> {
  const length = columns[0]?.length ?? 0;
  const parts: string[] = [];
  for (let from = 0; from < length; from += JSON_ROWS) {
    const rows = rowsOf(columns.map((column) => column.subarray(from, from + JSON_ROWS)));
    parts.push(JSON.stringify(rows).slice(1, -1));
  }
  return new Uint8Array(Buffer.from(`[${parts.join(',')}]`));
}

function rowsOf(columns: readonly Float64Array[]): number[][] {
  const length = columns[0]?.length ?? 0;
  const rows: number[][] = new Array<number[]>(length);
  for (let i = 0; i < length; i += 1) rows[i] = columns.map((column) => column[i] ?? Number.NaN);
  return rows;
}
