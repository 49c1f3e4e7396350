/** Which waiting messages of one channel are tried next. */

import type { Delivery } from '../../alerts/notifiers/notifier.ts';
import type { OutboxMessage } from '../../domain/outbox.ts';
import type { Moment } from '../../domain/time.ts';
import { compareMessages, isDue } from './policy.ts';

/** A message that is waiting or under way. */
export interface Entry {
  message: OutboxMessage;
  /** Its row is in the state store, so what becomes of it is recorded. */
  stored: boolean;
  readonly arrival: number;
  /** Set while it is under way. */
  delivery?: Promise<Delivery>;
  /** A newer retained message came while it was under way. */
  superseded?: boolean;
}

/** The entries of one target, in order of arrival. */
export type Lane = readonly Entry[];

/**
 * The entries to start now, in order: safety first, then the oldest. One at a time in each lane, so that one dead
 * address holds one place; a topic's messages strictly in order of arrival. One place is kept for safety messages.
 */
export function pickNext(
  lanes: Iterable<Lane>,
  q: { readonly now: Moment; readonly deliveriesMax: number },
): readonly Entry[] {
  let free = q.deliveriesMax;
  let ordinaryFree = q.deliveriesMax - 1;
  const heads: Entry[] = [];
  for (const lane of lanes) {
    const underWay = lane.filter((entry) => entry.delivery);
    free -= underWay.length;
    ordinaryFree -= underWay.filter((entry) => !entry.message.safety).length;
    const head = underWay.length > 0 ? undefined : headOf(lane, q.now);
    if (head) heads.push(head);
  }
  if (free <= 0) return [];
  heads.sort((a, b) => compareMessages(a.message, b.message) || a.arrival - b.arrival);
  const picked: Entry[] = [];
  for (const entry of heads) {
    if (picked.length >= free) break;
    if (!entry.message.safety) {
      if (ordinaryFree <= 0) break;
      ordinaryFree -= 1;
    }
    picked.push(entry);
  }
  return picked;
}

/** A topic's oldest, if it is due; else the oldest of those that are due. */
function headOf(lane: Lane, now: Moment): Entry | undefined {
  const [first] = lane;
  if (first?.message.channel === 'mqtt') return isDue(first.message, now) ? first : undefined;
  return lane.find((entry) => isDue(entry.message, now));
}

/** Safety messages do not queue behind ordinary ones to the same person; on a topic the order counts more. */
export function laneOf(message: OutboxMessage): string {
  const { channel, target, safety } = message;
  return channel === 'mqtt' ? target : `${safety ? 'safety' : 'ordinary'} ${target}`;
}
