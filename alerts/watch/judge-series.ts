/** What the last hours of one series say. A window that is not filled can say "too much", never "all is well". Pure. */

import type { Verdict } from '../../domain/alarm.ts';
import { HOUR_MS, type Moment } from '../../domain/time.ts';
import type { HoursOutRule, MeanRule, RateRule } from '../rules/watch-rules.ts';
import type { Entries } from './entries.ts';
import { spanOf } from './window-plans.ts';
import { MEAN_BUCKET_MS, extremesOf, hoursOf, levelsNow, meanOf } from './windows.ts';

/** A verdict with the figure that it is about and the bound that it was held against. */
export interface Measured {
  readonly verdict: Verdict;
  readonly value?: number;
  readonly limit?: number;
}

export interface SeriesLook {
  /** What the rule remembers. */
  readonly kept: Entries;
  /** The value that is known to hold now; `undefined`: nobody knows. */
  readonly value: number | undefined;
  readonly now: Moment;
  /** The bound, in the rule's own sense; `undefined`: none is in force. */
  readonly limit: number | undefined;
  /** The condition holds already. */
  readonly active: boolean;
}

const CANNOT_TELL: Measured = { verdict: 'cannot-tell' };
// As with limits of values: decimal fractions must not cross a bound by rounding alone.
const ROUNDING = 1e-9;
/** A window with so much of its span seen counts as seen. Our own proposal. */
export const SEEN_SHARE = 0.75;

/** A limit that was withdrawn ends what was judged by it. */
const withoutLimit = (active: boolean): Measured => (active ? { verdict: 'not-met' } : CANNOT_TELL);

export function judgeRate(rule: RateRule, look: SeriesLook): Measured {
  const { limit, value, now, active } = look;
  if (limit === undefined) return withoutLimit(active);
  const spanMs = spanOf(rule);
  const seen = extremesOf(look.kept, { now, spanMs });
  if (value === undefined || !seen) return CANNOT_TELL;
  const current = levelsNow(look.kept, value, spanMs);
  const risen = Math.max(0, current.high - seen.low);
  const fallen = Math.max(0, seen.high - current.low);
  const changes = { rising: risen, falling: fallen, either: Math.max(risen, fallen) };
  const change = changes[rule.direction];
  const bound = active ? limit - rule.deadBand : limit;
  const figures = { value: change, limit };
  if (change > bound + ROUNDING) return { verdict: 'met', ...figures };
  const isSeen = now - seen.since >= SEEN_SHARE * spanMs;
  return { verdict: isSeen ? 'not-met' : 'cannot-tell', ...figures };
}

/** `value` and `limit` are hours. What was not seen might have been out of range: it is never counted as in it. */
export function judgeHoursOut(
  rule: HoursOutRule,
  { kept, now }: Pick<SeriesLook, 'kept' | 'now'>,
): Measured {
  const spanMs = spanOf(rule);
  const from = Math.floor(now / HOUR_MS) * HOUR_MS - spanMs + HOUR_MS;
  const { outMs, knownMs } = hoursOf(kept, from);
  const figures = { value: outMs / HOUR_MS, limit: rule.hours };
  if (outMs >= rule.hours * HOUR_MS) return { verdict: 'met', ...figures };
  // The hour that runs is not over: what it will say is not missing yet.
  const unknownMs = Math.max(0, now - from - knownMs);
  const mayBe = outMs + unknownMs >= rule.hours * HOUR_MS;
  return { verdict: mayBe ? 'cannot-tell' : 'not-met', ...figures };
}

export function judgeMean(
  rule: MeanRule,
  look: SeriesLook & { readonly hours: number | undefined },
): Measured {
  const { limit, hours, now, active } = look;
  if (limit === undefined || hours === undefined) return withoutLimit(active);
  const start = Math.floor(now / MEAN_BUCKET_MS) * MEAN_BUCKET_MS;
  const seen = meanOf(look.kept, start - hours * HOUR_MS + MEAN_BUCKET_MS);
  const wanted = (SEEN_SHARE * hours * HOUR_MS) / MEAN_BUCKET_MS;
  if (!seen || seen.quarters < wanted) return CANNOT_TELL;
  const bound = active ? limit - rule.deadBand : limit;
  const verdict = seen.mean > bound + ROUNDING ? 'met' : 'not-met';
  return { verdict, value: seen.mean, limit };
}
