/** Finds what a server refuses in a batch whose rest it takes. */

import { WriteRefused } from './influx-http.ts';

export interface Refused<T> {
  readonly item: T;
  readonly why: string;
}

/** Requests that a search may take; then what is left is refused together. */
const REQUESTS_MAX = 200;

/**
 * Sends all items; where the server refuses some, halves the batch until they are found. Sending an item
 * again is harmless: the same point. Anything but a refusal is thrown on.
 */
export async function writeApart<T>(
  items: readonly T[],
  send: (some: readonly T[]) => Promise<void>,
): Promise<readonly Refused<T>[]> {
  const refused: Refused<T>[] = [];
  const waiting: (readonly T[])[] = items.length > 0 ? [items] : [];
  let requests = 0;
  for (let some = waiting.pop(); some; some = waiting.pop()) {
    requests += 1;
    try {
      await send(some);
    } catch (error) {
      if (!(error instanceof WriteRefused)) throw error;
      const hopeless = some.length === 1 || error.dropped === some.length;
      if (hopeless || requests > REQUESTS_MAX) {
        for (const item of some) refused.push({ item, why: error.message });
        continue;
      }
      const middle = Math.ceil(some.length / 2);
      waiting.push(some.slice(middle), some.slice(0, middle));
    }
  }
  return refused;
}
