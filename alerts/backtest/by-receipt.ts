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

/**
 * Puts chunks into the order of receipt. Chunks come by device time, and each series in it; what was received after a
 * chunk's end waits. Of one moment, series keep the order in which they are given: what the order within one message
 * was, no store remembers.
 */
export class ByReceipt {
  #waiting: readonly EngineInput[] = [];
  readings = 0;
  accessEvents = 0;

  /** All that has device times before `until`, beside what came with earlier calls. */
  *take(
    chunk: { readonly series: readonly SeriesChunk[]; readonly events: readonly AccessEvent[] },
    until: Moment,
  ): Generator<ReceivedTogether> {
    const all: EngineInput[] = [...this.#waiting];
    for (const series of chunk.series) addReadings(all, series);
    this.readings += all.length - this.#waiting.length;
    for (const event of chunk.events) all.push({ kind: 'access', event });
    this.accessEvents += chunk.events.length;
    // Stable: what was received at one moment stays as it was given.
    all.sort((a, b) => receiptOf(a) - receiptOf(b));
    // A device's clock may be ahead: a reading of the next chunk may have been received before this one's end.
    const ready = until - CLOCK_AHEAD_MS_MAX;
    let i = 0;
    for (let first = all[0]; first && receiptOf(first) < ready; first = all[i]) {
      const at = receiptOf(first);
      const from = i;
      while (i < all.length && receiptOf(all[i] ?? first) === at) i += 1;
      yield { at, inputs: all.slice(from, i) };
    }
    this.#waiting = all.slice(i);
    if (this.#waiting.length > WAITING_MAX) {
      throw new Error(`more than ${WAITING_MAX} readings were received long after their time`);
    }
  }
}

function addReadings(all: EngineInput[], series: SeriesChunk): void {
  const { key, room, at, value, quality, receivedAt, historical } = series;
  const { repository, sensor, metric } = key;
  for (let i = 0; i < at.length; i += 1) {
    const reading: Reading = {
      repository,
      room,
      sensor,
      metric,
      value: value[i] ?? Number.NaN,
      quality: (quality[i] ?? 4) as Quality,
      at: at[i] ?? 0,
      receivedAt: receivedAt[i] ?? 0,
      ...(historical[i] === 1 ? HISTORICAL : {}),
    };
    all.push({ kind: 'reading', reading });
  }
}

const HISTORICAL = { flags: ['historical'] } as const;

/** What is stored are readings and access events. */
function receiptOf(input: EngineInput): Moment {
  if (input.kind === 'reading') return input.reading.receivedAt;
  return input.kind === 'access' ? input.event.receivedAt : 0;
}
