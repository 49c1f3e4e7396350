/** What a minute's look adds to the windows of rules, and what is in them. Flat lists of numbers, oldest first, bounded. Pure. */

import { HOUR_MS, MINUTE_MS, type Moment } from '../../domain/time.ts';

/** Two looks further apart than this have no evidence between them. */
export const GAP_MS = 3 * MINUTE_MS;
/** The mean of a quarter of an hour is one entry. */
export const MEAN_BUCKET_MS = 15 * MINUTE_MS;

/** `at, value, …`: one sample in a minute at most, and at most 60 in the span beside the newest. */
export function addSample(
  samples: readonly number[],
  seen: { readonly at: Moment; readonly value: number },
  spanMs: number,
): readonly number[] {
  const step = Math.max(MINUTE_MS, spanMs / 60);
  const last = samples.at(-2) ?? -Infinity;
  // Clocks of devices may be off by seconds: a sample that is nearly a step later is the next one.
  if (seen.at - last < step - MINUTE_MS / 2) return samples;
  return [...dropBefore(samples, 2, seen.at - spanMs - step), seen.at, seen.value];
}

/** Least and greatest sample of the span before `now`, and since when there are any; `undefined`: none. */
export function extremesOf(
  samples: readonly number[],
  from: Moment,
): { readonly since: Moment; readonly min: number; readonly max: number } | undefined {
  let found: { since: Moment; min: number; max: number } | undefined;
  for (let i = 0; i < samples.length; i += 2) {
    const [at = 0, value = 0] = [samples[i], samples[i + 1]];
    if (at < from) continue;
    found ??= { since: at, min: value, max: value };
    found.min = Math.min(found.min, value);
    found.max = Math.max(found.max, value);
  }
  return found;
}

/** `hour, ms out of range, ms known, …`: the time since the last look goes to the hour that it ended in. */
export function addHours(
  hours: readonly number[],
  look: { readonly now: Moment; readonly lastAt: Moment; readonly isOut: boolean },
  spanMs: number,
): readonly number[] {
  const { now, lastAt, isOut } = look;
  const elapsed = now - lastAt;
  if (elapsed <= 0 || elapsed > GAP_MS) return hours;
  const hour = Math.floor(now / HOUR_MS) * HOUR_MS;
  const kept = dropBefore(hours, 3, hour - spanMs + HOUR_MS);
  const isSame = kept.at(-3) === hour;
  const [out = 0, known = 0] = isSame ? kept.slice(-2) : [];
  const before = isSame ? kept.slice(0, -3) : kept;
  return [...before, hour, out + (isOut ? elapsed : 0), known + elapsed];
}

/** How long it was out of range, and how long anything was known, ms. */
export function hoursOf(
  hours: readonly number[],
  from: Moment,
): { readonly outMs: number; readonly knownMs: number } {
  let [outMs, knownMs] = [0, 0];
  for (let i = 0; i < hours.length; i += 3) {
    if ((hours[i] ?? 0) < from) continue;
    outMs += hours[i + 1] ?? 0;
    knownMs += hours[i + 2] ?? 0;
  }
  return { outMs, knownMs };
}

/** `quarter of an hour, sum, count, …` of the minute's values. */
export function addToMean(
  quarters: readonly number[],
  seen: { readonly now: Moment; readonly value: number },
  spanMs: number,
): readonly number[] {
  const start = Math.floor(seen.now / MEAN_BUCKET_MS) * MEAN_BUCKET_MS;
  const kept = dropBefore(quarters, 3, start - spanMs + MEAN_BUCKET_MS);
  const isSame = kept.at(-3) === start;
  const [sum = 0, count = 0] = isSame ? kept.slice(-2) : [];
  const before = isSame ? kept.slice(0, -3) : kept;
  return [...before, start, sum + seen.value, count + 1];
}

/** The mean of the quarters from `from` on, each with the same weight, and how many there are. */
export function meanOf(
  quarters: readonly number[],
  from: Moment,
): { readonly mean: number; readonly quarters: number } | undefined {
  let [sum, count] = [0, 0];
  for (let i = 0; i < quarters.length; i += 3) {
    if ((quarters[i] ?? 0) < from) continue;
    sum += (quarters[i + 1] ?? 0) / (quarters[i + 2] ?? 1);
    count += 1;
  }
  return count === 0 ? undefined : { mean: sum / count, quarters: count };
}

/** The same lists after the clock jumped: every moment moves along. */
export function shiftWindow(window: readonly number[], size: 2 | 3, deltaMs: number): number[] {
  return window.map((value, i) => (i % size === 0 ? value + deltaMs : value));
}

function dropBefore(list: readonly number[], size: number, from: Moment): readonly number[] {
  let i = 0;
  while (i < list.length && (list[i] ?? 0) < from) i += size;
  return i === 0 ? list : list.slice(i);
}
