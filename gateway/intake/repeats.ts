/** Repeats of messages without a usable device time: by sequence, else by packet id and payload after a reconnect. */

import type { Delivery, RawMessage } from '../../domain/intake.ts';
import type { Moment } from '../../domain/time.ts';
import { REDELIVERY_AFTER_RECONNECT_MS_MAX, SEQUENCE_REPEAT_MS_MAX } from './bounds.ts';
import type { Draft } from './draft.ts';
import { rememberDelivery, rememberSequence, type SourceState } from './state.ts';

/** A sequence number, or `undefined`; anything but a whole number from 0 is none. */
export function sequenceOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Keeps track of the connection that messages of this source come on. */
export function noteConnection(source: SourceState, raw: RawMessage): void {
  if (raw.connection === undefined || raw.connection === source.connection) return;
  source.connection = raw.connection;
  source.connectedAt = raw.receivedAt;
}

/**
 * Whether this sequence came before with the same payload, within the time a redelivery takes. The same number with
 * another payload, or much later, is a device that started anew: never swallowed.
 */
export function isRepeatedSequence(
  source: SourceState,
  sequence: number,
  seen: { readonly hash: number; readonly receivedAt: Moment },
): boolean {
  const known = source.sequences.get(sequence);
  return (
    known !== undefined &&
    known.hash === seen.hash &&
    Math.abs(seen.receivedAt - known.receivedAt) <= SEQUENCE_REPEAT_MS_MAX
  );
}

/** Whether this packet came before on an earlier connection, and this one is young enough for redeliveries. */
export function isRedelivered(source: SourceState, raw: RawMessage, hash: number): boolean {
  const { packetId, connection } = raw;
  if (packetId === undefined || connection === undefined) return false;
  if (Math.abs(raw.receivedAt - source.connectedAt) > REDELIVERY_AFTER_RECONNECT_MS_MAX)
    return false;
  const known = source.deliveries.get(packetId);
  if (!known || known.hash !== hash || known.connection === connection) return false;
  rememberDelivery(source, packetId, { hash, connection });
  source.changed = true;
  return true;
}

/** Remembers a message without a usable time, here and (through the draft) in the spool. */
export function noteDelivery(draft: Draft, source: SourceState, delivery: Delivery): void {
  takeDelivery(source, delivery);
  if (draft.deliveries) draft.deliveries.push(delivery);
  else draft.deliveries = [delivery];
}

/** The memory of one delivery, now or from the spool. */
export function takeDelivery(source: SourceState, delivery: Delivery): void {
  const { hash, receivedAt, sequence, packetId, connection } = delivery;
  source.changed = true;
  if (sequence !== undefined) rememberSequence(source, sequence, { hash, receivedAt });
  else if (packetId !== undefined && connection !== undefined) {
    rememberDelivery(source, packetId, { hash, connection });
  }
}

/** Undoes `takeDelivery`: the message was not committed and will come again. */
export function forgetDelivery(source: SourceState, delivery: Delivery): void {
  source.changed = true;
  if (delivery.sequence !== undefined) {
    if (source.sequences.get(delivery.sequence)?.hash === delivery.hash)
      source.sequences.delete(delivery.sequence);
    return;
  }
  const { packetId, hash } = delivery;
  if (packetId !== undefined && source.deliveries.get(packetId)?.hash === hash) {
    source.deliveries.delete(packetId);
  }
}
