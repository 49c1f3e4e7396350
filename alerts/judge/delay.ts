/**
 * Delays around a verdict: on-delay, off-delay, and rising when it lasts. Timers run by time of receipt, so late
 * data can't make a delay elapse; they are facts compared with `now`, so a restart changes nothing.
 *
 *   (none) ──met──► pending ──on-delay──► active ──not met──► ending ──off-delay──► (none)
 *                      └──not met──► (none)   └◄────met─────────┘
 */

import type { Verdict } from '../../domain/alarm.ts';
import type { Moment } from '../../domain/time.ts';

export interface Tracker {
  readonly phase: 'pending' | 'active' | 'ending';
  /** Device time at which the condition began. */
  readonly since: Moment;
  /** Time of receipt at which this phase began. */
  readonly from: Moment;
  /** Time of receipt at which it became active. */
  readonly activeFrom?: Moment;
  readonly risen?: true;
}

export interface Delays {
  readonly onMs: number;
  readonly offMs: number;
  /** Unset: never. */
  readonly riseMs?: number;
}

export type Edge = 'begins' | 'ends' | 'rises';

/** What a new value makes of it. */
export function advance(
  tracker: Tracker | undefined,
  seen: { readonly verdict: Verdict; readonly at: Moment; readonly now: Moment },
  delays: Delays,
): Tracker | undefined {
  const { verdict, at, now } = seen;
  if (verdict === 'cannot-tell') return tracker;
  if (verdict === 'met') {
    if (!tracker) {
      return delays.onMs === 0
        ? { phase: 'active', since: at, from: now, activeFrom: now }
        : { phase: 'pending', since: at, from: now };
    }
    return tracker.phase === 'ending'
      ? { ...tracker, phase: 'active', from: tracker.activeFrom ?? now }
      : tracker;
  }
  if (!tracker || tracker.phase === 'pending') return undefined;
  if (tracker.phase === 'ending') return tracker;
  return delays.offMs === 0 ? undefined : { ...tracker, phase: 'ending', from: now };
}

/** What passing time makes of it. */
export function elapse(
  tracker: Tracker | undefined,
  now: Moment,
  delays: Delays,
): Tracker | undefined {
  if (!tracker || dueOf(tracker, delays) > now) return tracker;
  switch (tracker.phase) {
    case 'pending':
      return { ...tracker, phase: 'active', from: now, activeFrom: tracker.from + delays.onMs };
    case 'ending':
      return undefined;
    case 'active':
      return { ...tracker, risen: true };
  }
}

/** When time alone changes it; `Infinity`: never. */
export function dueOf(tracker: Tracker | undefined, delays: Delays): Moment {
  switch (tracker?.phase) {
    case 'pending':
      return tracker.from + delays.onMs;
    case 'ending':
      return tracker.from + delays.offMs;
    case 'active':
      return tracker.risen || delays.riseMs === undefined
        ? Infinity
        : (tracker.activeFrom ?? tracker.from) + delays.riseMs;
    case undefined:
      return Infinity;
  }
}

/** What changed for people between two states. */
export function edgeBetween(
  before: Tracker | undefined,
  after: Tracker | undefined,
): Edge | undefined {
  if (before === after) return undefined;
  if (isActive(before) !== isActive(after)) return isActive(after) ? 'begins' : 'ends';
  return after?.risen && !before?.risen ? 'rises' : undefined;
}

/** Whether the condition counts as holding. */
export function isActive(tracker: Tracker | undefined): boolean {
  return tracker !== undefined && tracker.phase !== 'pending';
}
