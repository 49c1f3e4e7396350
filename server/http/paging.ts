/** Pages of long lists, newest first: the cursor names the last row, so rows that come in meanwhile shift nothing. */

import type { Page } from '../../domain/api.ts';
import type { Moment } from '../../domain/time.ts';
import { invalid } from './errors.ts';

const PAGE_ROWS = 100;
export const PAGE_ROWS_MAX = 1_000;

export interface PageQuery {
  readonly from?: Moment | undefined;
  readonly until?: Moment | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** How a row is placed in time and told from its neighbours. */
interface Place<T> {
  readonly at: (row: T) => Moment;
  readonly id: (row: T) => string;
}

type Fetch<T> = (range: {
  readonly from?: Moment;
  readonly until?: Moment;
  readonly rowsMax: number;
}) => readonly T[];

/** One page of what `fetch` finds. */
export function pageByTime<T>(query: PageQuery, place: Place<T>, fetch: Fetch<T>): Page<T> {
  const limit = query.limit ?? PAGE_ROWS;
  const from = query.from === undefined ? {} : { from: query.from };
  const cursor = query.cursor === undefined ? undefined : parseCursor(query.cursor);
  if (!cursor) {
    const until = query.until === undefined ? {} : { until: query.until };
    return cut(fetch({ ...from, ...until, rowsMax: limit + 1 }), limit, place);
  }
  // Rows of the cursor's own millisecond may be on both sides of it, so they are fetched again.
  for (let extra = 16; ; extra *= 4) {
    const rowsMax = limit + 1 + extra;
    const rows = fetch({ ...from, until: cursor.at + 1, rowsMax });
    const index = rows.findIndex((row) => place.id(row) === cursor.id);
    if (index >= 0 && (rows.length < rowsMax || rows.length - index - 1 > limit)) {
      return cut(rows.slice(index + 1), limit, place);
    }
    // The row is gone: go on below its moment.
    if (index < 0 && (rows.length < rowsMax || rows.some((row) => place.at(row) < cursor.at))) {
      return cut(fetch({ ...from, until: cursor.at, rowsMax: limit + 1 }), limit, place);
    }
  }
}

/** One page of a list that is in memory; the cursor is the last row's id. */
export function pageOfAll<T extends { readonly id: string }>(
  all: readonly T[],
  query: Pick<PageQuery, 'limit' | 'cursor'>,
): Page<T> {
  const limit = query.limit ?? PAGE_ROWS_MAX;
  const start =
    query.cursor === undefined ? 0 : all.findIndex((row) => row.id === query.cursor) + 1;
  if (start === 0 && query.cursor !== undefined) throw invalid('The cursor is not one of ours.');
  const items = all.slice(start, start + limit);
  const last = items.at(-1);
  return start + limit < all.length && last ? { items, next: last.id } : { items };
}

function cut<T>(rows: readonly T[], limit: number, place: Place<T>): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (rows.length <= limit || last === undefined) return { items };
  return { items, next: Buffer.from(`${place.at(last)} ${place.id(last)}`).toString('base64url') };
}

function parseCursor(text: string) {
  const [, at, id] = /^(\d+) (.+)$/.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (at === undefined || id === undefined) throw invalid('The cursor is not one of ours.');
  return { at: Number(at), id };
}
