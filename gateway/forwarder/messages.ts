/** What the reading workers and the main thread say to each other. */

import { StoreUnavailable } from '../../domain/ports.ts';
import type { ReadingQuery } from '../../domain/ports.ts';
import type { SeriesHour } from '../../domain/series.ts';
import type { Reading } from '../../domain/reading.ts';
import type { ClimatePeriodQuery } from '../stores/climate-period.ts';
import type { StoreConfig } from '../stores/open-store.ts';

/** What became of the spool rows up to `settledUpTo`; the rows before that were settled earlier. */
export interface Settlement {
  /** All rows up to this sequence are in the store or refused for ever. */
  readonly settledUpTo: number;
  /** Readings that are in the store, now or before. */
  readonly accepted: number;
  readonly rejected: readonly { readonly reading: Reading; readonly why: string }[];
  /** Rows (or access events of theirs) that nobody can read, with how they begin. */
  readonly unreadable: readonly UnreadableRow[];
  /** Hours whose roll-up no longer holds; each once, until `rollUp` was asked for it. */
  readonly hours: readonly SeriesHour[];
}

export interface UnreadableRow {
  readonly sequence: number;
  readonly why: string;
  readonly begins: string;
}

/** Told at each change, and once after the start. */
export interface StoreState {
  readonly ok: boolean;
  /** `SQLite`, `InfluxDB 1.6.4`. */
  readonly name: string;
  /** In words, when it is not. */
  readonly why?: string;
}

/** What a worker is started with. */
export interface WorkerStart {
  readonly store: StoreConfig;
  readonly stateDbPath: string;
  readonly startAfter: number;
  /** One number: 1 when the worker wants to be told of new rows. */
  readonly wanted: SharedArrayBuffer;
}

export type Request =
  | { readonly kind: 'roll-up'; readonly hours: readonly SeriesHour[] }
  | { readonly kind: 'query'; readonly query: ReadingQuery }
  | { readonly kind: 'query-json'; readonly query: ReadingQuery }
  | { readonly kind: 'climate-period'; readonly query: ClimatePeriodQuery }
  | { readonly kind: 'ping' };

export type ToWorker =
  | { readonly kind: 'poke' }
  | { readonly kind: 'close' }
  | { readonly kind: 'request'; readonly id: number; readonly request: Request };

export type FromWorker =
  | { readonly kind: 'settled'; readonly settlement: Settlement }
  | { readonly kind: 'state'; readonly state: StoreState }
  | { readonly kind: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: PlainError };

/** An error as it survives the way between threads. */
export interface PlainError {
  readonly unavailable: boolean;
  readonly message: string;
}

export function toPlain(error: unknown): PlainError {
  const message = error instanceof Error ? error.message : String(error);
  return { unavailable: error instanceof StoreUnavailable, message };
}

export function fromPlain(error: PlainError): Error {
  return error.unavailable ? new StoreUnavailable(error.message) : new Error(error.message);
}
