/**
 * How long a value was in range, out of range, or not known, from readings themselves. A reading speaks until the next
 * one, at most for `holdMs`; after that nothing is known, and what is not known is never counted as fine.
 *
 * Same rules as the assessments' hours: a failed reading shows nothing, and one doubtful reading proves no excursion.
 */

import { isUsable, QUALITY, type Quality } from '../reading.ts';
import type { Moment } from '../time.ts';

export interface RangeReading {
  readonly at: Moment;
  readonly value: number;
  readonly quality: Quality;
}

/** Inclusive; an absent bound is not limited, and without both nothing can be judged. */
export interface RangeBounds {
  readonly min?: number;
  readonly max?: number;
}

export interface RangeQuestion {
  readonly from: Moment;
  readonly until: Moment;
  /** Oldest first; those before `from` may still speak into the period. */
  readonly readings: readonly RangeReading[];
  readonly bounds: RangeBounds;
  /** How often the sensor reports, ms. */
  readonly intervalMs: number;
  /** How long a reading speaks at most. Unset: 2.5 intervals, our own proposal: two lost reports are no evidence. */
  readonly holdMs?: number;
}

/** Whole milliseconds; the three add up to the period. */
export interface RangeTime {
  readonly inRangeMs: number;
  readonly outOfRangeMs: number;
  readonly unknownMs: number;
  readonly longestOutMs: number;
  /** Share of the period that is known, 0 to 1; 0 for an empty period. */
  readonly coverage: number;
  /** Share of the known time that was in range; unset: nothing is known. */
  readonly inRangeShare?: number;
}

type Shown = 'in' | 'out' | 'unknown';

/** Divides the period among in range, out of range and unknown. */
export function timeInRange(q: RangeQuestion): RangeTime {
  const holdMs = q.holdMs ?? 2.5 * q.intervalMs;
  const sums = { in: 0, out: 0, unknown: 0 };
  let longestOutMs = 0;
  let run = 0;
  const add = (shown: Shown, from: Moment, until: Moment) => {
    const ms = Math.min(until, q.until) - Math.max(from, q.from);
    if (ms <= 0) return;
    sums[shown] += ms;
    run = shown === 'out' ? run + ms : 0;
    longestOutMs = Math.max(longestOutMs, run);
  };
  let end = q.from;
  for (let i = 0; i < q.readings.length; i += 1) {
    const reading = q.readings[i];
    if (!reading || reading.at >= q.until) break;
    const next = Math.max(q.readings[i + 1]?.at ?? Infinity, reading.at);
    const until = Math.min(next, reading.at + holdMs, q.until);
    if (until <= end) continue;
    add('unknown', end, reading.at);
    add(shownBy(reading, q.bounds), Math.max(reading.at, end), until);
    end = until;
  }
  add('unknown', end, q.until);
  return summary(sums, longestOutMs);
}

function shownBy(reading: RangeReading, { min, max }: RangeBounds): Shown {
  if (min === undefined && max === undefined) return 'unknown';
  if (!isUsable(reading.quality) || !Number.isFinite(reading.value)) return 'unknown';
  const within =
    (min === undefined || reading.value >= min) && (max === undefined || reading.value <= max);
  if (within) return 'in';
  return reading.quality === QUALITY.suspect ? 'unknown' : 'out';
}

function summary(sums: Readonly<Record<Shown, number>>, longestOutMs: number): RangeTime {
  const known = sums.in + sums.out;
  const total = known + sums.unknown;
  return {
    inRangeMs: sums.in,
    outOfRangeMs: sums.out,
    unknownMs: sums.unknown,
    longestOutMs,
    coverage: total === 0 ? 0 : known / total,
    ...(known === 0 ? {} : { inRangeShare: sums.in / known }),
  };
}
