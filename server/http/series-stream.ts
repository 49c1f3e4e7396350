/** Half a million rows as JSON, a slice at a time: no text of tens of megabytes, and a slow reader is waited for. */

import { Readable } from 'node:stream';
import type { SeriesView } from '../../domain/api.ts';

const SLICE_ROWS = 2_000;

type Rows = readonly (readonly number[])[];

/** The JSON text of a `SeriesView`, as a stream that makes the next slice only when the last one was taken. */
export function streamSeries(head: Omit<SeriesView, 'rows'>, rows: Rows): Readable {
  return Readable.from(slices(head, rows), { objectMode: false });
}

function* slices(head: Omit<SeriesView, 'rows'>, rows: Rows): Generator<Buffer> {
  let open = `${JSON.stringify(head).slice(0, -1)},"rows":[`;
  for (let start = 0; start < rows.length; start += SLICE_ROWS) {
    const text = JSON.stringify(rows.slice(start, start + SLICE_ROWS));
    yield Buffer.from(`${open}${text.slice(1, -1)}`);
    open = ',';
  }
  yield Buffer.from(rows.length === 0 ? `${open}]}` : ']}');
}
