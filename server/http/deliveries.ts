/** Messages of the outbox as people may see them: to whom, when, and whether it arrived. */

import type { DeliveryView } from '../../domain/api.ts';
import type { OutboxMessage } from '../../domain/outbox.ts';

/** Without the payload, and without what an address may hold as a secret. */
export function deliveryView(message: OutboxMessage): DeliveryView {
  const { lastError } = message;
  const shown: OutboxMessage & { payload?: string } = {
    ...message,
    target: shorten(message.target),
    ...(lastError === undefined
      ? {}
      : { lastError: lastError.replaceAll(/https?:\/\/[^\s"']+/g, shorten) }),
  };
  delete shown.payload;
  return shown;
}

// Path and query of a webhook are often its password.
function shorten(target: string): string {
  if (!/^https?:/.test(target)) return target;
  if (!URL.canParse(target)) return 'https://…';
  const { protocol, host } = new URL(target);
  return `${protocol}//${host}/…`;
}
