/** Whether a value runs away: beyond its limit, or at it soon at the pace of the last minutes. Pure. */

import type { Verdict } from '../../domain/alarm.ts';
import { MINUTE_MS, type Moment } from '../../domain/time.ts';
import type { Entries } from './entries.ts';

export interface TrendLook {
  /** See `addSample`. */
  readonly samples: Entries;
  readonly value: number | undefined;
  readonly now: Moment;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly overMinutes: number;
  readonly aheadMinutes: number;
  /** Less than this is no movement, in the metric's unit. */
  readonly leastChange: number;
}

/** `limit`: the bound that is or will be crossed. */
export function judgeTrend(look: TrendLook): {
  readonly verdict: Verdict;
  readonly limit?: number;
} {
  const { value, min = -Infinity, max = Infinity } = look;
  if (value === undefined || (look.min === undefined && look.max === undefined)) {
    return { verdict: 'cannot-tell' };
  }
  if (value > max) return { verdict: 'met', limit: max };
  if (value < min) return { verdict: 'met', limit: min };
  const change = changeOf(look, value);
  if (change === undefined) return { verdict: 'cannot-tell' };
  if (Math.abs(change.by) < look.leastChange) return { verdict: 'not-met' };
  const then = value + (change.by / change.minutes) * look.aheadMinutes;
  if (then > max) return { verdict: 'met', limit: max };
  return then < min ? { verdict: 'met', limit: min } : { verdict: 'not-met' };
}

// From the oldest sample of the span; a pace of less than half the span is none.
function changeOf({ samples, now, overMinutes }: TrendLook, value: number) {
  const from = now - overMinutes * MINUTE_MS;
  for (let i = 0; i < samples.length; i += 1) {
    const at = samples.at(i);
    if (at < from) continue;
    const minutes = (now - at) / MINUTE_MS;
    return minutes < overMinutes / 2 ? undefined : { by: value - samples.first(i), minutes };
  }
  return undefined;
}
