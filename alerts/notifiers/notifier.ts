/** What a channel can do: deliver one message, and say in words why not. */

import type { Channel, OutboxMessage } from '../../domain/outbox.ts';

/** `retry`: waiting may help. `why` names no secret and no address that could hold one. */
export type Delivery =
  { readonly ok: true } | { readonly ok: false; readonly retry: boolean; readonly why: string };

export interface Notifier {
  readonly channel: Channel;
  /** Delivers once; never throws for trouble of the other side. A repeat carries the same key. */
  deliver(message: OutboxMessage): Promise<Delivery>;
  /** Ends what it holds open. */
  close?(): void;
}
