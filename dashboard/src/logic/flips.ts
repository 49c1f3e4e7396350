/** What changed while somebody watched: so that a technician who opens a door sees it flip. */

import type { CapturedValue } from '../../../domain/devices.ts';
import type { Moment } from '../../../domain/time.ts';

export interface WatchedValue extends CapturedValue {
  /** What it was before it changed last, and when that was seen. */
  readonly before?: number;
  readonly changedAt?: Moment;
}

/** The values after what came now; those that did not come again stay. */
export function watchValues(
  known: readonly WatchedValue[],
  came: readonly CapturedValue[],
): readonly WatchedValue[] {
  const byKey = new Map(known.map((v) => [keyOf(v), v]));
  for (const value of came) {
    const was = byKey.get(keyOf(value));
    if (was && was.at > value.at) continue;
    const isFlip = was !== undefined && was.value !== value.value;
    const last =
      was?.changedAt === undefined ? {} : { before: was.before, changedAt: was.changedAt };
    const change = isFlip ? { before: was.value, changedAt: value.at } : last;
    byKey.set(keyOf(value), { ...value, ...(change as Partial<WatchedValue>) });
  }
  return [...byKey.values()];
}

export function keyOf(value: Pick<CapturedValue, 'metric' | 'channel'>): string {
  return `${value.metric} ${value.channel ?? ''}`;
}
