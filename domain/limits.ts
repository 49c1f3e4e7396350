/** Limits: what a room may be, since when, and who says so. */

import type { MetricName } from './metrics.ts';
import type { LocalizedText } from './text.ts';
import type { Moment } from './time.ts';

/**
 * How far a source was verified. `primary`: the law's text was read; `copies`: two or more independent
 * copies agree; `copy`: one secondary copy; `memory`: not looked up successfully; `proposal`: our own, 本馆自定.
 * Shown on screen; what is `memory` or `proposal` is never shown as verified.
 */
export const VERIFICATIONS = ['primary', 'copies', 'copy', 'memory', 'proposal'] as const;
export type Verification = (typeof VERIFICATIONS)[number];

/** Where a number comes from. */
export interface Citation {
  /** For example `JGJ 25-2010`; 本馆自定 for a proposal. */
  readonly standard: string;
  readonly edition?: string;
  readonly clause?: string;
  readonly verification: Verification;
  /** Address of the copy that was seen, or what is contested. */
  readonly source?: string;
  readonly note?: LocalizedText;
  /** The tag of our reference that `verification` was made from; see `PROVENANCES`. */
  readonly provenance?: Provenance;
}

/** How our reference marks what it read, and the word that people see for it. Only what was seen may say so. */
export const PROVENANCES = {
  P: 'primary', // the text of the law, read in full
  W: 'copy', // one stored page
  W2: 'copies', // two or more independent pages
  G: 'copy', // one public file
  F: 'copy', // found at one address
  F2: 'copies', // found in two or more independent places that agree
  'M-high': 'memory',
  'M-med': 'memory',
  'M-low': 'memory',
  PROPOSAL: 'proposal',
} as const satisfies Record<string, Verification>;
export type Provenance = keyof typeof PROVENANCES;

/** A permitted range of one metric in one room. Bounds are inclusive; an absent one is not limited. */
export interface Limit {
  readonly metric: MetricName;
  readonly min?: number;
  readonly max?: number;
  /**
   * `range`: the value itself; `swing`: deviation within a day (see `swing`); `rate`: `max` is the greatest change in an
   * hour; `mean`: `max` is the greatest mean over `averageHours`.
   */
  readonly kind: 'range' | 'swing' | 'rate' | 'mean';
  readonly averageHours?: number;
  /** For `swing`: greatest deviation from the set-point, and greatest peak-to-peak in 24 h. */
  readonly swing?: { readonly fromSetPoint?: number; readonly peakToPeak: number };
  readonly citation: Citation;
  /** `pack`: shipped standards pack; `own`: the repository's own change (with a reason). */
  readonly origin: 'pack' | 'own';
  /** The pack it is from, as the room's choice names it: `ashrae-2019:a1`. */
  readonly pack?: string;
  readonly validFrom: Moment;
  readonly recordedAt: Moment;
  readonly by?: string;
  readonly approvedBy?: string;
  readonly reason?: string;
}

/** A repository's own change of a limit: both times from the first day. */
export interface LimitChange {
  readonly id: string;
  readonly repository: string;
  readonly room: string;
  readonly metric: MetricName;
  readonly kind: 'range' | 'swing';
  readonly min?: number;
  readonly max?: number;
  readonly swing?: { readonly fromSetPoint?: number; readonly peakToPeak: number };
  readonly reason: string;
  /** Who recorded it. */
  readonly by: string;
  /** Who approved it, in words; unset: whoever recorded it. */
  readonly approvedBy?: string;
  readonly validFrom: Moment;
  readonly recordedAt: Moment;
}

/** A change with what held before it. */
export interface LimitChangeView extends LimitChange {
  /** In force at its `validFrom`, as it was known just before it was recorded; unset: nothing limited the metric. */
  readonly before?: Limit;
}

/** Whether any of these says what temperature or humidity may be; without one nothing is ever out of range. */
export function limitsClimate(
  limits: readonly { readonly metric?: string; readonly kind: string }[],
): boolean {
  return limits.some(
    ({ metric, kind }) => kind === 'range' && (metric === 'temperature' || metric === 'humidity'),
  );
}
