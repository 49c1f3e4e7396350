/** Half a million rows on their way to a browser: the worker's text between head and end, a slice at a time. */

import { Readable } from 'node:stream';
import type { SeriesView } from '../../domain/api.ts';

const SLICE_BYTES = 64 * 1024;

/** The JSON text of a `SeriesView` around `rows`, which is JSON already; the next slice goes when the last one was taken. */
export function streamSeries(head: Omit<SeriesView, 'rows'>, rows: Uint8Array): Readable {
  return Readable.from(slices(head, rows), { objectMode: false });
}

function* slices(head: Omit<SeriesView, 'rows'>, rows: Uint8Array): Generator<Uint8Array> {
  yield Buffer.from(`${JSON.stringify(head).slice(0, -1)},"rows":`);
  for (let start = 0; start < rows.length; start += SLICE_BYTES) {
    yield rows.subarray(start, start + SLICE_BYTES);
  }
  yield Buffer.from('}');
}
