/** How a Sparkplug host application says that it is there (Eclipse Sparkplug 3.0, 5.6 and 6.4.29). */

import type { Moment } from '../../../domain/time.ts';

/** All to be sent with QoS 1 and retained. */
export interface HostState {
  readonly topic: string;
  /** `false`: last will of the connection, and sent before a clean stop. */
  readonly death: string;
  /** `true`: sent after `spBv1.0/#` and our own topic are subscribed. */
  readonly birth: string;
}

/**
 * Both messages of one connection. Their timestamp is the same, the moment of the connection attempt: so an old will
 * that comes late does not undo a newer birth.
 */
export function hostState(hostId: string, connectedAt: Moment): HostState {
  const timestamp = Math.max(0, Math.floor(connectedAt));
  return {
    topic: `spBv1.0/STATE/${hostId}`,
    death: JSON.stringify({ online: false, timestamp }),
    birth: JSON.stringify({ online: true, timestamp }),
  };
}

/**
 * What a STATE message says; `undefined` when it is none. While we are connected and our own says `online: false`, the
 * birth has to be sent again at once.
 */
export function readHostState(
  payload: Uint8Array,
): { readonly online: boolean; readonly timestamp: Moment } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { online, timestamp } = value as Readonly<Record<string, unknown>>;
  if (typeof online !== 'boolean') return undefined;
  if (typeof timestamp !== 'number' || !Number.isFinite(timestamp)) return undefined;
  return { online, timestamp };
}
