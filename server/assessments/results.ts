/** How results combine, and what a share of the period says. */

import { type IndicatorResult } from '../../domain/assessment.ts';
import type { Citation } from '../../domain/limits.ts';
import type { Counts } from './climate.ts';
import type { ShareBounds } from './knowledge.ts';

/** Worst first. Not knowing is worse than nothing found: what cannot be shown may not be called fine. */
const severity: readonly IndicatorResult[] = ['high-danger', 'danger', 'cannot-show', 'none-found'];

/**
 * The worst of `results`: a proven hazard first, then what cannot be shown; `none-found` only when every one
 * of them is. Nothing to judge by cannot be shown.
 */
export function worstResult(results: readonly IndicatorResult[]): IndicatorResult {
  return severity.find((result) => results.includes(result)) ?? 'cannot-show';
}

export interface Shares {
  readonly inRange: number;
  readonly outOfRange: number;
  readonly cannotShow: number;
}

/** Shares of the whole; without anything to count, all of it cannot be shown. */
export function sharesOf(counts: Counts): Shares {
  const total = counts.inRange + counts.outOfRange + counts.cannotShow;
  if (total === 0) return { inRange: 0, outOfRange: 0, cannotShow: 1 };
  return {
    inRange: counts.inRange / total,
    outOfRange: counts.outOfRange / total,
    cannotShow: counts.cannotShow / total,
  };
}

/**
 * What the shares prove. `none-found` only when the bound would hold even if all that cannot be shown had been
 * out of range.
 */
export function judgeShares(shares: Shares, bounds: ShareBounds): IndicatorResult {
  const { outOfRange, cannotShow } = shares;
  if (bounds.highDangerAbove !== undefined && outOfRange > bounds.highDangerAbove) {
    return 'high-danger';
  }
  if (outOfRange > bounds.dangerAbove) return 'danger';
  return outOfRange + cannotShow > bounds.dangerAbove ? 'cannot-show' : 'none-found';
}

/** A bound of ours as it stands in a figure, marked 本馆自定. */
export function ownBound(metric: string, max: number, citation: Citation) {
  return { metric, max, citation };
}

/** `12.5 %`, for the reasons. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A number for the reasons, without digits that nobody measured. */
export function plain(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** A figure's value, without digits that only the computer made. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
