/** Which hours of which series were written since their roll-up was last asked for. */

import type { SeriesHour } from '../../domain/series.ts';
import type { Reading } from '../../domain/reading.ts';
import { hourOf } from '../../domain/time.ts';
import { SeriesHours } from '../stores/series-map.ts';

export interface TouchedHours {
  /** The hours of these readings that were not reported yet. */
  report(readings: Iterable<Reading>): readonly SeriesHour[];
  /** A roll-up of these begins: what is written from now on is news again. */
  forget(hours: readonly SeriesHour[]): void;
}

/** Reported hours that are remembered; above it the memory starts anew, and hours are reported again. */
const HOURS_MAX = 200_000;

export function createTouchedHours(): TouchedHours {
  const reported = new SeriesHours(HOURS_MAX);
  return {
    report: (readings) => {
      const news: SeriesHour[] = [];
      for (const reading of readings) {
        if (reported.has(reading, reading.at)) continue;
        reported.add(reading, reading.at);
        const { repository, sensor, metric, at } = reading;
        news.push({ repository, sensor, metric, hour: hourOf(at) });
      }
      return news;
    },
    forget: (hours) => {
      for (const hour of hours) reported.delete(hour, hour.hour);
    },
  };
}
