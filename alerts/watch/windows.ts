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
  const from = firstFrom(samples, 2, seen.at - spanMs - step);
  if (from === 0) return [...samples, seen.at, seen.value];
  // Nearly always one goes as one comes: the copy is made once, at its full length.
  const after = samples.slice(from - 2);
  const end = after.length - 2;
  for (let i = 0; i < end; i += 1) after[i] = after[i + 2] ?? 0;
  after[end] = seen.at;
  after[end + 1] = seen.value;
  return after;
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
  const after = withEntry(hours, hour, hour - spanMs + HOUR_MS);
  addAtEnd(after, isOut ? elapsed : 0, elapsed);
  return after;
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
  const after = withEntry(quarters, start, start - spanMs + MEAN_BUCKET_MS);
  addAtEnd(after, seen.value, 1);
  return after;
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

/** A window in two lists: each look copies the newest entries only, and now and then the others. */
export interface Parts {
  readonly kept: readonly number[];
  readonly recent: readonly number[];
}

const RECENT_SAMPLES_MAX = 8;

/** `add` adds to either list of entries of `size`; the same object when it says nothing new. */
export function addToParts(
  parts: Parts,
  size: 2 | 3,
  add: (list: readonly number[]) => readonly number[],
): Parts {
  const { kept, recent } = parts;
  const recentMax = size === 2 ? 2 * RECENT_SAMPLES_MAX : 3;
  if (recent.length > 0) {
    const after = add(recent);
    if (after === recent) return parts;
    if (after.length <= recentMax) return { kept, recent: after };
  }
  const whole = wholeOf(parts);
  const after = add(whole);
  if (after === whole) return parts;
  return { kept: after.slice(0, -size), recent: after.slice(-size) };
}

/** Both lists as one; entries that are too old for the window may be among them. */
export function wholeOf({ kept, recent }: Parts): readonly number[] {
  return recent.length === 0 ? kept : [...kept, ...recent];
}

/** The same lists after the clock jumped: every moment moves along. */
export function shiftWindow(window: readonly number[], size: 2 | 3, deltaMs: number): number[] {
  return window.map((value, i) => (i % size === 0 ? value + deltaMs : value));
}

/** A copy of entries of three from `from` on, the last of which is that of `start`. */
function withEntry(list: readonly number[], start: Moment, from: Moment): number[] {
  const copy = list.slice(firstFrom(list, 3, from));
  if (copy[copy.length - 3] !== start) copy.push(start, 0, 0);
  return copy;
}

function addAtEnd(list: number[], first: number, second: number): void {
  const end = list.length;
  list[end - 2] = (list[end - 2] ?? 0) + first;
  list[end - 1] = (list[end - 1] ?? 0) + second;
}

function firstFrom(list: readonly number[], size: number, from: Moment): number {
  let i = 0;
  while (i < list.length && (list[i] ?? 0) < from) i += size;
  return i;
}
