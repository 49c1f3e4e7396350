/** An access event: one thing that happened at a door. */

import type { Moment } from './time.ts';

export const ACCESS_EVENTS = [
  'granted',
  'denied',
  'forced_open',
  'held_open',
  'door_opened',
  'door_closed',
  'exit_request',
  'duress',
  'tamper',
] as const;
export type AccessEventKind = (typeof ACCESS_EVENTS)[number];

export interface AccessEvent {
  /** Unique: `<repository>.<door>.<sequence or time>[.n]`; a redelivery has the same id. */
  readonly id: string;
  readonly repository: string;
  readonly room: string;
  readonly door: string;
  readonly event: AccessEventKind;
  readonly at: Moment;
  readonly receivedAt: Moment;
  readonly sequence?: number;
  readonly credential?: string;
  readonly person?: string;
  readonly direction?: 'in' | 'out';
  readonly reason?: string;
  readonly simulated?: boolean;
  /** The device's clock was unusable and was replaced by the time of receipt. */
  readonly clockWrong?: boolean;
}
