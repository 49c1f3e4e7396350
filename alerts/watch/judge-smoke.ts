/**
 * Smoke in %/m above a slow baseline, so that dust is not taken for a fire. The baseline begins at clean air, moves by a
 * bounded step a day, never beyond a bound, and stands still while there is smoke: no fire, however slow, hides in it. Pure.
 */

import { DAY_MS } from '../../domain/time.ts';
import type { SmokeLevelRule } from '../rules/watch-rules.ts';
import type { Measured } from './judge-series.ts';

/** The mean of a week, as analogue panels take it (EBL128, FT128). */
const WEEK_MS = 7 * DAY_MS;

/** The baseline after `elapsedMs` at this value, %/m. */
export function driftTo(
  rule: Pick<SmokeLevelRule, 'above' | 'driftPerDay' | 'driftMax'>,
  baseline: number,
  seen: { readonly value: number; readonly elapsedMs: number },
): number {
  const { value, elapsedMs } = seen;
  // What is half-way to the level may be the beginning of a fire.
  if (value - baseline >= rule.above / 2) return baseline;
  const most = (rule.driftPerDay * elapsedMs) / DAY_MS;
  const wanted = ((value - baseline) * elapsedMs) / WEEK_MS;
  const step = Math.max(-most, Math.min(most, wanted));
  return Math.max(0, Math.min(rule.driftMax, baseline + step));
}

/** `value` is what was measured, `limit` the level that holds with this baseline. `atOnce`: so much that no delay is due. */
export function judgeSmoke(
  rule: SmokeLevelRule,
  look: {
    readonly value: number | undefined;
    readonly baseline: number;
    readonly active: boolean;
  },
): Measured & { readonly atOnce: boolean } {
  const { value, baseline, active } = look;
  if (value === undefined) return { verdict: 'cannot-tell', atOnce: false };
  const above = value - baseline;
  const level = active ? rule.above - rule.deadBand : rule.above;
  const verdict = above >= level ? 'met' : 'not-met';
  const atOnce = rule.atOnceAbove !== undefined && above >= rule.atOnceAbove;
  return { verdict, value, limit: Number((baseline + rule.above).toFixed(3)), atOnce };
}
