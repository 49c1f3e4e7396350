/** One attempt, with an end: whatever a notifier does, an answer comes. */

import type { Delivery, Notifier } from '../../alerts/notifiers/notifier.ts';
import type { Channel, OutboxMessage } from '../../domain/outbox.ts';
import { DELIVERY_MS_MAX } from './policy.ts';
import type { SetTimer } from './recorder.ts';

const notSetUp: Readonly<Record<Channel, string>> = {
  email: 'e-mail is not set up: set LANTAI_SMTP_URL and LANTAI_SMTP_FROM',
  webhook: 'webhooks are not set up',
  mqtt: 'no broker is set up',
};

/** Delivers once; a notifier that throws or does not answer counts as a failure that may pass. Never rejects. */
export async function deliverOnce(
  message: OutboxMessage,
  notifier: Notifier | undefined,
  setTimer: SetTimer,
): Promise<Delivery> {
  if (notifier === undefined) return { ok: false, retry: false, why: notSetUp[message.channel] };
  let cancel: (() => void) | undefined;
  const tooLate = new Promise<Delivery>((resolve) => {
    const why = `no answer within ${DELIVERY_MS_MAX / 1000} s`;
    cancel = setTimer(() => resolve({ ok: false, retry: true, why }), DELIVERY_MS_MAX);
  });
  try {
    return await Promise.race([notifier.deliver(message), tooLate]);
  } catch (error) {
    // The sentence of an error may hold an address with a token; its name does not.
    const name = error instanceof Error ? error.name : 'unknown';
    return { ok: false, retry: true, why: `the channel failed (${name})` };
  } finally {
    cancel?.();
  }
}
