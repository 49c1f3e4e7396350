/** Lowest and highest level of the last 24 h, by device time, in buckets: bounded, and late data finds its bucket. */

import { DAY_MS, MINUTE_MS, type Moment } from '../../domain/time.ts';
import type { Levels } from './levels.ts';

export const BUCKET_MS = 15 * MINUTE_MS;
/** A window never holds more buckets than this. */
export const BUCKETS_MAX = DAY_MS / BUCKET_MS;

/**
 * Immutable; `sealed` is flat: start, min, max; oldest first, all older than `start`. Of levels that two readings show
 * together; where they differ, `max` may be below `min`.
 */
export interface Window {
  readonly sealed: readonly number[];
  readonly start: Moment;
  readonly min: number;
  readonly max: number;
  /** Over all buckets. */
  readonly low: number;
  readonly high: number;
}

/** The window with what one more reading shows; the same object when it says nothing new. */
export function addToWindow(window: Window | undefined, at: Moment, levels: Levels): Window {
  const { low: min, high: max } = levels;
  const start = Math.floor(at / BUCKET_MS) * BUCKET_MS;
  if (!window) return { sealed: [], start, min, max, low: min, high: max };
  if (start === window.start) return widen(window, levels);
  if (start < window.start) return addLate(window, start, levels);
  const sealed = newerThan(window.sealed, start - DAY_MS);
  if (window.start > start - DAY_MS) sealed.push(window.start, window.min, window.max);
  return withExtremes({ sealed, start, min, max });
}

/** Highest less lowest level of the last 24 h. */
export function rangeOf(window: Window | undefined): number | undefined {
  return window && Math.max(0, window.high - window.low);
}

function widen(window: Window, { low, high }: Levels): Window {
  if (low >= window.min && high <= window.max) return window;
  return {
    ...window,
    min: Math.min(window.min, low),
    max: Math.max(window.max, high),
    low: Math.min(window.low, low),
    high: Math.max(window.high, high),
  };
}

function addLate(window: Window, start: Moment, { low, high }: Levels): Window {
  if (start <= window.start - DAY_MS) return window;
  const sealed = [...window.sealed];
  let i = 0;
  while (i < sealed.length && (sealed[i] ?? 0) < start) i += 3;
  if (sealed[i] === start) {
    sealed[i + 1] = Math.min(sealed[i + 1] ?? low, low);
    sealed[i + 2] = Math.max(sealed[i + 2] ?? high, high);
  } else {
    sealed.splice(i, 0, start, low, high);
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
