/** Which hours of which series were written since their roll-up was last asked for. */

import type { SeriesHour } from '../../domain/series.ts';
import type { Reading } from '../../domain/reading.ts';
import { hourOf } from '../../domain/time.ts';

export interface TouchedHours {
  /** The hours of these readings that were not reported yet. */
  report(readings: Iterable<Reading>): readonly SeriesHour[];
  /** A roll-up of these begins: what is written from now on is news again. */
  forget(hours: readonly SeriesHour[]): void;
}

/** Reported hours that are remembered; above it the memory starts anew, and hours are reported again. */
const HOURS_MAX = 200_000;

export function createTouchedHours(): TouchedHours {
  const reported = new Set<string>();
  return {
    report: (readings) => {
      if (reported.size > HOURS_MAX) reported.clear();
      const news: SeriesHour[] = [];
      for (const { repository, sensor, metric, at } of readings) {
        const touched = { repository, sensor, metric, hour: hourOf(at) };
        const name = nameOf(touched);
        if (reported.has(name)) continue;
        reported.add(name);
        news.push(touched);
      }
      return news;
    },
    forget: (hours) => {
      for (const hour of hours) reported.delete(nameOf(hour));
    },
  };
}

function nameOf(h: SeriesHour): string {
  return `${h.repository}\u0000${h.sensor}\u0000${h.metric}\u0000${hourOf(h.hour)}`;
}
