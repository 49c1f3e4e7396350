/**
 * The three ways in which an alarm is quiet: shelved by a person for a while (G), suppressed by design (H), out of
 * service (I). They lie over the other facts, which go on changing underneath, and over each other; the end of the
 * last one announces what still holds, never straight to acknowledged.
 */

import type { Alarm, ServiceMark, Suppression } from '../../domain/alarm.ts';
import { say } from '../../domain/sentences.ts';
import { HOUR_MS, type Moment } from '../../domain/time.ts';
import type { Change, Refusal } from './change.ts';

/** The longest shelving of all; 本馆自定. */
export const SHELVE_MS_MAX = 8 * HOUR_MS;

export interface ShelveEvent {
  readonly kind: 'shelve';
  readonly by: string;
  readonly until: Moment;
  readonly reason: string;
  /** What the rule says; a safety alarm is refused in any case. */
  readonly shelvable: boolean;
  /** The manager alone may, and it is not the manager who asks. */
  readonly isManagers?: boolean;
  readonly shelveMsMax?: number;
  /** A graver alarm wants a fuller reason; unset: any. */
  readonly reasonCharactersMin?: number;
}
export interface SuppressEvent {
  readonly kind: 'suppress';
  readonly because: Omit<Suppression, 'at' | 'until'>;
}
export interface UnsuppressEvent {
  readonly kind: 'unsuppress';
  /** When the quiet ends; until then it stays. */
  readonly at: Moment;
}
export interface TakeOutEvent {
  readonly kind: 'take-out-of-service';
  readonly mark: ServiceMark;
}
export interface ReturnEvent {
  readonly kind: 'return-to-service';
  readonly by: string;
}

export function whyNotShelve(alarm: Alarm, event: ShelveEvent, now: Moment): Refusal | undefined {
  if (alarm.safety || !event.shelvable) {
    return { code: 'not-allowed', ...say('shelving-safety') };
  }
  if (event.isManagers) return { code: 'not-allowed', ...say('shelving-managers') };
  if (alarm.outOfService) return { code: 'not-allowed', ...say('alarm-out-of-service') };
  if (event.reason.trim() === '') return { code: 'invalid', ...say('shelving-reason') };
  const { reasonCharactersMin: atLeast = 0 } = event;
  if ([...event.reason.trim()].length < atLeast) {
    return { code: 'invalid', ...say('shelving-reason-short', { characters: atLeast }) };
  }
  if (event.until <= now) return { code: 'invalid', ...say('shelving-over') };
  const longest = event.shelveMsMax ?? SHELVE_MS_MAX;
  if (event.until > now + longest) {
    return { code: 'invalid', ...say('shelving-too-long', { hours: longest / HOUR_MS }) };
  }
  return undefined;
}

export function onShelve(change: Change, event: ShelveEvent): Change {
  const { by, until, reason } = event;
  return change
    .set({ shelved: { by, at: change.now, until, reason } })
    .transition('shelved', { by, note: reason })
    .journal('alarm.shelved', by, { until, reason });
}

export function onUnshelve(change: Change, by: string): Change {
  const next = change.unset('shelved').transition('unshelved', { by });
  if (by !== 'system') next.journal('alarm.unshelved', by);
  return announceWhatHolds(next);
}

/** A safety alarm is never suppressed: nothing else may stand before it. */
export function whyNotSuppress(alarm: Alarm): Refusal | undefined {
  return alarm.safety ? { code: 'not-allowed', ...say('suppression-safety') } : undefined;
}

export function onSuppress(change: Change, { because }: SuppressEvent): Change {
  const { suppressed } = change.alarm;
  if (!suppressed) {
    return change
      .set({ suppressed: { ...because, at: change.now } })
      .transition('suppressed', { note: because.cause });
  }
  const same = suppressed.cause === because.cause && suppressed.until === undefined;
  return same ? change : change.set({ suppressed: { ...because, at: suppressed.at } });
}

export function onUnsuppress(change: Change, { at }: UnsuppressEvent): Change {
  const { suppressed } = change.alarm;
  if (!suppressed) return change;
  if (at > change.now) {
    return suppressed.until === undefined
      ? change.set({ suppressed: { ...suppressed, until: at } })
      : change;
  }
  return announceWhatHolds(change.unset('suppressed').transition('unsuppressed'));
}

export function onTakeOut(change: Change, { mark }: TakeOutEvent): Change {
  const { by, reason, tag } = mark;
  return change
    .set({ outOfService: mark })
    .transition('taken-out-of-service', { by, note: `${tag}: ${reason}` });
}

export function onReturn(change: Change, { by }: ReturnEvent): Change {
  return announceWhatHolds(change.unset('outOfService').transition('returned-to-service', { by }));
}

/** Time passed: what had an end may have reached it. */
export function onTime(change: Change): Change {
  const { shelved } = change.alarm;
  const next = shelved && shelved.until <= change.now ? onUnshelve(change, 'system') : change;
  const { suppressed } = next.alarm;
  if (suppressed?.until === undefined || suppressed.until > change.now) return next;
  return onUnsuppress(next, { kind: 'unsuppress', at: suppressed.until });
}

/** Whether time alone ends one of its quiets by `now`. */
export function isQuietOver({ shelved, suppressed }: Alarm, now: Moment): boolean {
  return (
    (shelved !== undefined && shelved.until <= now) ||
    (suppressed?.until !== undefined && suppressed.until <= now)
  );
}

// Nobody was told while it was quiet. What latched in the quiet is news, too, though its condition is over.
function announceWhatHolds(change: Change): Change {
  const { verdict, latching, reset, telling } = change.alarm;
  const isNews = verdict !== 'not-met' || (latching && !reset && telling === undefined);
  return isNews ? change.unset('acknowledged').announce() : change;
}
