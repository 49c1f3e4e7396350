/** Least and greatest value of the last 24 h, by device time, in buckets: bounded, and late data finds its bucket. */

import { DAY_MS, MINUTE_MS, type Moment } from '../../domain/time.ts';

export const BUCKET_MS = 15 * MINUTE_MS;
/** A window never holds more buckets than this. */
export const BUCKETS_MAX = DAY_MS / BUCKET_MS;

/** Immutable; `sealed` is flat: start, min, max; oldest first, all older than `start`. */
export interface Window {
  readonly sealed: readonly number[];
  readonly start: Moment;
  readonly min: number;
  readonly max: number;
  /** Over all buckets. */
  readonly low: number;
  readonly high: number;
}

/** The window with one more value; the same object when it says nothing new. */
export function addToWindow(window: Window | undefined, at: Moment, value: number): Window {
  const start = Math.floor(at / BUCKET_MS) * BUCKET_MS;
  if (!window) return { sealed: [], start, min: value, max: value, low: value, high: value };
  if (start === window.start) return widen(window, value);
  if (start < window.start) return addLate(window, start, value);
  const sealed = newerThan(window.sealed, start - DAY_MS);
  if (window.start > start - DAY_MS) sealed.push(window.start, window.min, window.max);
  return withExtremes({ sealed, start, min: value, max: value });
}

/** Greatest less least of the last 24 h. */
export function rangeOf(window: Window | undefined): number | undefined {
  return window && window.high - window.low;
}

function widen(window: Window, value: number): Window {
  if (value >= window.min && value <= window.max) return window;
  return {
    ...window,
    min: Math.min(window.min, value),
    max: Math.max(window.max, value),
    low: Math.min(window.low, value),
    high: Math.max(window.high, value),
  };
}

function addLate(window: Window, start: Moment, value: number): Window {
  if (start <= window.start - DAY_MS) return window;
  const sealed = [...window.sealed];
  let i = 0;
  while (i < sealed.length && (sealed[i] ?? 0) < start) i += 3;
  if (sealed[i] === start) {
    sealed[i + 1] = Math.min(sealed[i + 1] ?? value, value);
    sealed[i + 2] = Math.max(sealed[i + 2] ?? value, value);
  } else {
    sealed.splice(i, 0, start, value, value);
  }
  return withExtremes({ ...window, sealed });
}

/** A copy. */
function newerThan(buckets: readonly number[], after: Moment): number[] {
  let i = 0;
  while (i < buckets.length && (buckets[i] ?? 0) <= after) i += 3;
  return buckets.slice(i);
}

function withExtremes(parts: Pick<Window, 'sealed' | 'start' | 'min' | 'max'>): Window {
  let { min: low, max: high } = parts;
  for (let i = 0; i < parts.sealed.length; i += 3) {
    low = Math.min(low, parts.sealed[i + 1] ?? low);
    high = Math.max(high, parts.sealed[i + 2] ?? high);
  }
  const { sealed, start, min, max } = parts;
  return { sealed, start, min, max, low, high };
}
