/** What a minute's look adds to the windows of rules, and what is in them. Bounded. Pure. */

import { HOUR_MS, MINUTE_MS, type Moment } from '../../domain/time.ts';
import { levelsOf, NEIGHBOUR_MS, type Levels, type Spot } from '../judge/levels.ts';
import type { Entries } from './entries.ts';

/** Two looks further apart than this have no evidence between them. */
export const GAP_MS = 3 * MINUTE_MS;
/** The mean of a quarter of an hour is one entry. */
export const MEAN_BUCKET_MS = 15 * MINUTE_MS;

/** The quarter of an hour of the newest entry: what lies before it changes no more. */
export function recentFrom({ newestAt }: Entries): Moment {
  return Math.floor(newestAt / MEAN_BUCKET_MS) * MEAN_BUCKET_MS;
}

/** A sample: its value. One in a minute at most, at most 60 in the span, and some before it that are near to its first. */
export function addSample(
  samples: Entries,
  { at, value }: { readonly at: Moment; readonly value: number },
  spanMs: number,
): Entries {
  const step = stepOf(spanMs);
  // Clocks of devices may be off by seconds: a sample that is nearly a step later is the next one.
  if (at - samples.newestAt < step - MINUTE_MS / 2) return samples;
  const after = samples.with(at, { first: value, second: 0 }, at - spanMs - nearOf(spanMs));
  widen(after, value);
  return after;
}

/** Between two samples of a span. */
export const stepOf = (spanMs: number): number => Math.max(MINUTE_MS, spanMs / 60);
/** Samples so near to each other show a level together. */
const nearOf = (spanMs: number): number => Math.max(NEIGHBOUR_MS, 2 * stepOf(spanMs));

/** Lowest and highest level of the span that ends now, and since when there are samples; `undefined`: there are none. */
export function extremesOf(
  samples: Entries,
  { now, spanMs }: { readonly now: Moment; readonly spanMs: number },
): { readonly since: Moment; readonly low: number; readonly high: number } | undefined {
  const from = now - spanMs;
  const nearMs = nearOf(spanMs);
  let found: { since: Moment; low: number; high: number } | undefined;
  for (let i = 0; i < samples.length; i += 1) {
    const sample = spotAt(samples, i);
    if (sample.at < from) continue;
    found ??= { since: sample.at, low: Infinity, high: -Infinity };
    // After a gap it is the next one that shows whether it was true.
    const isFirst = i === 0 || sample.at - samples.at(i - 1) > nearMs;
    const beside = spotAt(samples, isFirst && i + 1 < samples.length ? i + 1 : i - 1);
    const levels = levelsOf(sample, beside, nearMs);
    found.low = Math.min(found.low, levels?.low ?? sample.value);
    found.high = Math.max(found.high, levels?.high ?? sample.value);
  }
  return found;
}

/** What the newest value shows together with the sample before it. */
export function levelsNow(samples: Entries, value: number, spanMs: number): Levels {
  const newest = spotAt(samples, samples.length - 1);
  const isSampled = newest.value === value;
  const before = spotAt(samples, samples.length - (isSampled ? 2 : 1));
  const at = isSampled ? newest.at : newest.at + 1;
  return levelsOf({ at, value }, before, nearOf(spanMs)) ?? { low: value, high: value };
}

// Before the first there is nothing.
function spotAt(samples: Entries, i: number): Spot {
  if (i < 0) return { at: -Infinity, value: Number.NaN };
  return { at: samples.at(i), value: samples.first(i) };
}

/** An hour: ms out of range, ms known. The time since the last look goes to the hour that it ended in. */
export function addHours(
  hours: Entries,
  look: { readonly now: Moment; readonly lastAt: Moment; readonly isOut: boolean },
  spanMs: number,
): Entries {
  const { now, lastAt, isOut } = look;
  const elapsed = now - lastAt;
  if (elapsed <= 0 || elapsed > GAP_MS) return hours;
  const hour = Math.floor(now / HOUR_MS) * HOUR_MS;
  const outMs = isOut ? elapsed : 0;
  const after = addTo(hours, hour, { first: outMs, second: elapsed, spanMs: spanMs - HOUR_MS });
  after.sum += outMs;
  return after;
}

/** How long it was out of range, and how long anything was known, ms. */
export function hoursOf(
  hours: Entries,
  from: Moment,
): { readonly outMs: number; readonly knownMs: number } {
  let [outMs, knownMs] = [0, 0];
  for (let i = 0; i < hours.length; i += 1) {
    if (hours.at(i) < from) continue;
    outMs += hours.first(i);
    knownMs += hours.second(i);
  }
  return { outMs, knownMs };
}

/** A quarter of an hour: sum and count of the minute's values. */
export function addToMean(
  quarters: Entries,
  { now, value }: { readonly now: Moment; readonly value: number },
  spanMs: number,
): Entries {
  const start = Math.floor(now / MEAN_BUCKET_MS) * MEAN_BUCKET_MS;
  const sums = { first: value, second: 1, spanMs: spanMs - MEAN_BUCKET_MS };
  const after = addTo(quarters, start, sums);
  widen(after, value);
  return after;
}

/** The mean of the quarters from `from` on, each with the same weight, and how many there are. */
export function meanOf(
  quarters: Entries,
  from: Moment,
): { readonly mean: number; readonly quarters: number } | undefined {
  let [sum, count] = [0, 0];
  for (let i = 0; i < quarters.length; i += 1) {
    if (quarters.at(i) < from) continue;
    sum += quarters.first(i) / quarters.second(i);
    count += 1;
  }
  return count === 0 ? undefined : { mean: sum / count, quarters: count };
}

function addTo(
  entries: Entries,
  at: Moment,
  {
    spanMs,
    ...figures
  }: { readonly first: number; readonly second: number; readonly spanMs: number },
): Entries {
  if (entries.newestAt === at) return entries.withMore(figures);
  return entries.with(at, figures, at - spanMs);
}

function widen(entries: Entries, value: number): void {
  if (value < entries.low) entries.low = value;
  if (value > entries.high) entries.high = value;
}
