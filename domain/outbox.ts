/** The outbox: what people and sirens are to be told. Written with the transition, delivered after it. */

import type { LocalizedText } from './text.ts';
import type { Moment } from './time.ts';

export const CHANNELS = ['email', 'webhook', 'mqtt'] as const;
/** The dashboard is told by the live feed, after each commit, and needs no outbox. */
export type Channel = (typeof CHANNELS)[number];

export interface OutboxMessage {
  /** The same on a repeat: a receiver can recognise one. */
  readonly key: string;
  readonly repository: string;
  readonly channel: Channel;
  /** E-mail address, webhook address, or MQTT topic. */
  readonly target: string;
  readonly person?: string;
  readonly alarm?: string;
  readonly incident?: string;
  readonly subject: LocalizedText;
  readonly body: LocalizedText;
  /** For `mqtt`: the JSON payload; empty string clears a retained message. */
  readonly payload?: string;
  readonly retain?: boolean;
  readonly safety: boolean;
  readonly createdAt: Moment;
  readonly attempts: number;
  readonly nextAttemptAt: Moment;
  readonly deliveredAt?: Moment;
  /** Given up: after the last attempt, or an error that cannot pass. */
  readonly failedAt?: Moment;
  readonly lastError?: string;
  /** A newer message for the same retained topic took its place. */
  readonly supersededAt?: Moment;
}
