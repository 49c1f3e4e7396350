/** When a message is tried, in which order, and when it is given up. */

import type { Channel, OutboxMessage } from '../../domain/outbox.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, type Moment } from '../../domain/time.ts';

/** Deliveries at once, by channel; one place of each is kept for safety messages. */
export const DELIVERIES_MAX: Readonly<Record<Channel, number>> = { email: 3, webhook: 6, mqtt: 16 };
/** A delivery that takes longer is taken for failed. */
export const DELIVERY_MS_MAX = 60 * SECOND_MS;
export const BACK_OFF_MS_MIN = 5 * SECOND_MS;
export const BACK_OFF_MS_MAX = 10 * MINUTE_MS;
/** Somebody may be in danger: a safety message is tried again within a minute, always. */
const SAFETY_BACK_OFF_MS_MAX = MINUTE_MS;
const GIVE_UP_AFTER_MS = 24 * HOUR_MS;
/** Waiting messages; beyond it one that is neither safety nor retained is failed at once, counted and logged. */
export const PENDING_MAX = 50_000;
/** Keys told in an emergency whose rows are not stored yet. */
export const TOLD_UNSTORED_MAX = 10_000;

/** How long to wait after the n-th failed attempt: 5 s, 10 s, 20 s …, a quarter more or less by `chance` in [0, 1). */
export function backOffMs(
  message: Pick<OutboxMessage, 'safety'>,
  q: {
    readonly attempts: number;
    readonly chance: number;
  },
): number {
  const max = message.safety ? SAFETY_BACK_OFF_MS_MAX : BACK_OFF_MS_MAX;
  const plain = Math.min(BACK_OFF_MS_MIN * 2 ** Math.min(q.attempts - 1, 20), max);
  return Math.round(Math.min(plain * (0.75 + q.chance / 2), max));
}

/**
 * A message is given up 24 h after it was made; a safety message never while what it tells still stands, and
 * a retained one never, as a beacon would show the old state for ever: it waits until a newer one takes its place.
 */
export function isHopeless(
  message: OutboxMessage,
  q: { readonly now: Moment; readonly stillStands: boolean },
): boolean {
  if (message.retain === true) return false;
  if (q.now - message.createdAt < GIVE_UP_AFTER_MS) return false;
  return !(message.safety && q.stillStands);
}

/** Whether it may be tried now. A time too far ahead came from a clock that has been set back since. */
export function isDue(message: Pick<OutboxMessage, 'nextAttemptAt'>, now: Moment): boolean {
  return message.nextAttemptAt <= now || message.nextAttemptAt > now + 2 * BACK_OFF_MS_MAX;
}

/** Safety first, then the oldest. */
export function compareMessages(a: OutboxMessage, b: OutboxMessage): number {
  if (a.safety !== b.safety) return a.safety ? -1 : 1;
  return a.createdAt - b.createdAt;
}
