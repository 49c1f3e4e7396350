/** The newest value of each series. */

import type { LatestReading } from '../../../domain/api.ts';

/** Newer values take the place of older ones; late data never does. */
export function mergeLatest(
  latest: readonly LatestReading[],
  changed: readonly LatestReading[],
): readonly LatestReading[] {
  const next = new Map(latest.map((r) => [seriesOf(r), r]));
  for (const reading of changed) {
    const known = next.get(seriesOf(reading));
    if (!known || reading.at >= known.at) next.set(seriesOf(reading), reading);
  }
  return [...next.values()];
}

/** Names a series: one metric of one sensor. */
export function seriesOf(reading: Pick<LatestReading, 'sensor' | 'metric'>): string {
  return `${reading.sensor}/${reading.metric}`;
}
