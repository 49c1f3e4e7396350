/** Where a unit holds what is remembered of it. */

import type { Held } from './units.ts';

/** A unit's place for its state, with nothing in the making. */
export function held<S>(key: string, state: S): Held<S> {
  return { key, state, draft: undefined, draftSerial: -1, scheduledAt: Infinity };
}
