/** Stored readings lie by series and device time; a replay wants them as they were received. */

import { CLOCK_AHEAD_MS_MAX } from '../../domain/bounds.ts';
import type { AccessEvent } from '../../domain/access.ts';
import type { ReceivedColumns } from '../../domain/ports.ts';
import type { Quality, Reading } from '../../domain/reading.ts';
import type { SeriesKey } from '../../domain/series.ts';
import type { Moment } from '../../domain/time.ts';
import type { EngineInput } from '../engine-types.ts';

/** Of one series, with device times in the span of their chunk. */
export interface SeriesChunk extends ReceivedColumns {
  readonly key: SeriesKey;
  readonly room: string;
}

/** Inputs of one moment of receipt. */
export interface ReceivedTogether {
  readonly at: Moment;
  readonly inputs: readonly EngineInput[];
}

/** Late data that waits for its turn, in readings; more is no outage but a store that is not what it seems. */
export const WAITING_MAX = 2_000_000;

interface Row {
  readonly order: number;
  readonly receivedAt: Moment;
  readonly input: EngineInput;
}

/**
 * Puts chunks into the order of receipt. Chunks come by device time; what was received after a chunk's end waits. Of
 * one moment, series keep the order in which they are given, and a series that of its device times: what the order
 * within one message was, no store remembers.
 */
export class ByReceipt {
  #waiting: Row[] = [];
  readings = 0;
  accessEvents = 0;

  /** All that has device times before `until`, beside what came with earlier calls. */
  *take(
    chunk: { readonly series: readonly SeriesChunk[]; readonly events: readonly AccessEvent[] },
    until: Moment,
  ): Generator<ReceivedTogether> {
    const rows = [...this.#waiting];
    chunk.series.forEach((series, order) => addRows(rows, series, order));
    for (const event of chunk.events) {
      const { receivedAt } = event;
      rows.push({ order: chunk.series.length, receivedAt, input: { kind: 'access', event } });
    }
    this.readings += chunk.series.reduce((sum, series) => sum + series.at.length, 0);
    this.accessEvents += chunk.events.length;
    rows.sort((a, b) => a.receivedAt - b.receivedAt || a.order - b.order || atOf(a) - atOf(b));
    // A device's clock may be ahead: a reading of the next chunk may have been received before this one's end.
    const ready = until - CLOCK_AHEAD_MS_MAX;
    let i = 0;
    while (i < rows.length && (rows[i]?.receivedAt ?? Infinity) < ready) {
      const at = rows[i]?.receivedAt ?? 0;
      const inputs: EngineInput[] = [];
      for (let row = rows[i]; row && row.receivedAt === at; row = rows[i]) {
        inputs.push(row.input);
        i += 1;
      }
      yield { at, inputs };
    }
    this.#waiting = rows.slice(i);
    if (this.#waiting.length > WAITING_MAX) {
      throw new Error(`more than ${WAITING_MAX} readings were received long after their time`);
    }
  }
}

function addRows(rows: Row[], series: SeriesChunk, order: number): void {
  const { key, room, at, value, quality, receivedAt, historical } = series;
  for (let i = 0; i < at.length; i += 1) {
    const received = receivedAt[i] ?? 0;
    const reading: Reading = {
      repository: key.repository,
      room,
      sensor: key.sensor,
      metric: key.metric,
      value: value[i] ?? Number.NaN,
      quality: (quality[i] ?? 4) as Quality,
      at: at[i] ?? 0,
      receivedAt: received,
      ...(historical[i] === 1 ? { flags: ['historical' as const] } : {}),
    };
    rows.push({ order, receivedAt: received, input: { kind: 'reading', reading } });
  }
}

function atOf({ input }: Row): Moment {
  if (input.kind === 'reading') return input.reading.at;
  return input.kind === 'access' ? input.event.at : 0;
}
