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

/**
 * The entries to start now, in order: safety first, then the oldest. One at a time to each target, so that one dead
 * address holds one place; a topic's messages strictly in order of arrival. One place is kept for safety messages.
 */
export function pickNext(
  entries: readonly Entry[],
  q: { readonly now: Moment; readonly deliveriesMax: number },
): readonly Entry[] {
  const underWay = entries.filter((e) => e.delivery);
  const busy = new Set(underWay.map(laneOf));
  const heads = headsOf(entries);
  const waiting = entries
    .filter((e) => !e.delivery && isDue(e.message, q.now))
    .toSorted((a, b) => compareMessages(a.message, b.message) || a.arrival - b.arrival);
  let free = q.deliveriesMax - underWay.length;
  let ordinaryFree = q.deliveriesMax - 1 - underWay.filter((e) => !e.message.safety).length;
  const picked: Entry[] = [];
  for (const entry of waiting) {
    if (free <= 0) break;
    const lane = laneOf(entry);
    const head = heads.get(lane);
    if (busy.has(lane) || (head !== undefined && head !== entry)) continue;
    if (!entry.message.safety && ordinaryFree <= 0) continue;
    if (!entry.message.safety) ordinaryFree -= 1;
    free -= 1;
    busy.add(lane);
    picked.push(entry);
  }
  return picked;
}

/** For topics: the entry that arrived first. Other channels have no order to keep. */
function headsOf(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  const heads = new Map<string, Entry>();
  for (const entry of entries) {
    if (entry.message.channel !== 'mqtt') continue;
    const lane = laneOf(entry);
    const head = heads.get(lane);
    if (head === undefined || entry.arrival < head.arrival) heads.set(lane, entry);
  }
  return heads;
}

/** Safety messages do not queue behind ordinary ones to the same person; on a topic the order counts more. */
function laneOf(entry: Entry): string {
  const { channel, target, safety } = entry.message;
  return channel === 'mqtt' ? target : `${safety ? 'safety' : 'ordinary'} ${target}`;
}
