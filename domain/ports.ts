/** Ports: what the parts need from stores, as interfaces. Implementations live in gateway/stores and server/store. */

import type { Reading } from './reading.ts';
import type { Moment } from './time.ts';
import type { SeriesHour, SeriesKey } from './series.ts';
import type { SpoolSeriesRow } from './spool-series.ts';
import type { SpoolColumns } from './spool.ts';
import type { TickBatch } from './tick.ts';
import type { AccessEvent } from './access.ts';

export interface ReadingQuery extends SeriesKey {
  /** Inclusive. */
  readonly from: Moment;
  /** Exclusive. */
  readonly until: Moment;
  /** Unset: the readings themselves. Else buckets of this width, aligned to the epoch. A multiple of an hour uses roll-ups. */
  readonly stepMs?: number;
  /** At most this many rows come back; then `truncated` is true. */
  readonly rowsMax?: number;
}

/** A reading as it comes back: `[at, value, quality]`. */
export type ReadingRow = readonly [at: Moment, value: number, quality: number];
/** A bucket: `[at, mean, min, max, count, good]`. Failed readings do not count. */
export type BucketRow = readonly [
  at: Moment,
  mean: number,
  min: number,
  max: number,
  count: number,
  good: number,
];

export interface Series {
  readonly kind: 'readings' | 'buckets';
  readonly rows: readonly ReadingRow[] | readonly BucketRow[];
  readonly truncated: boolean;
  /** The same by column, where the store has it so: a year at 1/min is cheap to hand between threads. Not enumerable. */
  readonly columns?: readonly Float64Array<ArrayBuffer>[];
}

/** Readings of one series as they were received: by column, all of one length, by device time. */
export interface ReceivedColumns {
  readonly at: Float64Array;
  readonly value: Float64Array;
  readonly quality: Float64Array;
  readonly receivedAt: Float64Array;
  /** 1: back-fill, by its flag. */
  readonly historical: Float64Array;
}

/** Of one series, with device times in `[from, until)`. */
export type ReceivedQuery = SeriesKey & Pick<ReadingQuery, 'from' | 'until'>;

/** What became of a batch. `kept`: try again later; `rejected`: the store will never take it, with its reason. */
export interface WriteOutcome {
  readonly accepted: number;
  readonly rejected: readonly { readonly reading: Reading; readonly why: string }[];
}

/** A store's own failure: `retry` says whether waiting may help. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** Readings as they lie in spool rows. */
export interface ColumnBatch {
  readonly rows: readonly SpoolColumns[];
  /** Of a number that stands in the rows. */
  readonly seriesOf: (number: number) => SpoolSeriesRow | undefined;
}

/** Where readings live for ever. First value wins for (series, time). All moments in ms. */
export interface ReadingStore {
  /** Short name for people: `SQLite`, `InfluxDB 1.6.4`. */
  readonly name: string;
  /** Creates what is missing (database, schema). Throws `StoreUnavailable` when it can't be reached. */
  open(): Promise<void>;
  /** Throws `StoreUnavailable` when nothing of the batch can be taken now. */
  write(readings: readonly Reading[]): Promise<WriteOutcome>;
  /**
   * The short way for what nearly every batch is: each reading later than all before it of its series, nothing in it
   * doubtful. Resolves `false`, with nothing written, when it is not; then `write` judges it reading by reading.
   */
  writeRising?(batch: ColumnBatch): Promise<boolean>;
  /** A copy of access events, kept apart within a millisecond. Throws `StoreUnavailable`. */
  writeAccess(events: readonly AccessEvent[]): Promise<void>;
  query(query: ReadingQuery): Promise<Series>;
  /** The readings with when they were received, as a back-test plays them. Ask for days, not for years. */
  received(query: ReceivedQuery): Promise<ReceivedColumns>;
  /** Recomputes these hours from the readings into the hourly roll-ups. */
  rollUp(hours: readonly SeriesHour[]): Promise<void>;
  /** Whether it answers now; the error in words when it does not. */
  ping(): Promise<{ readonly ok: boolean; readonly why?: string }>;
  close(): Promise<void>;
}

/** Where everything else lives. One batch is one transaction: all of it or nothing, durable when it resolves. */
export interface StateStore {
  commit(batch: TickBatch): Promise<void>;
  close(): void;
}
