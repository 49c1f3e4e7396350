/** Which hours of which series were written since their roll-up was last asked for. */

import type { ColumnBatch } from '../../domain/ports.ts';
import type { SeriesHour, SeriesKey } from '../../domain/series.ts';
import type { Reading } from '../../domain/reading.ts';
import { HOUR_MS, hourOf, type Moment } from '../../domain/time.ts';
import { SeriesHours } from '../stores/series-map.ts';

export interface TouchedHours {
  /** The hours of these readings that were not reported yet. */
  report(readings: Iterable<Reading>): readonly SeriesHour[];
  /** The same for rows as they lie in the spool. */
  reportColumns(batch: ColumnBatch): readonly SeriesHour[];
  /** A roll-up of these begins: what is written from now on is news again. */
  forget(hours: readonly SeriesHour[]): void;
}

/** Reported hours that are remembered; above it the memory starts anew, and hours are reported again. */
const HOURS_MAX = 200_000;

export function createTouchedHours(): TouchedHours {
  const reported = new SeriesHours(HOURS_MAX);
  /** By number of the series: the hour it was last reported for, which is the hour of nearly every reading. */
  let lately: number[] = [];
  const report = (key: SeriesKey, at: Moment, news: SeriesHour[]): void => {
    if (reported.has(key, at)) return;
    reported.add(key, at);
    const { repository, sensor, metric } = key;
    news.push({ repository, sensor, metric, hour: hourOf(at) });
  };
  return {
    report: (readings) => {
      const news: SeriesHour[] = [];
      for (const reading of readings) report(reading, reading.at, news);
      return news;
    },
    reportColumns: ({ rows, seriesOf }) => {
      const news: SeriesHour[] = [];
      for (const { series, at } of rows) {
        for (let i = 0; i < series.length; i += 1) {
          const number = series[i] ?? 0;
          const moment = at[i] ?? 0;
          const hour = Math.floor(moment / HOUR_MS);
          if (lately[number] === hour) continue;
          const key = seriesOf(number);
          if (key) report(key, moment, news);
          lately[number] = hour;
        }
      }
      return news;
    },
    forget: (hours) => {
      lately = [];
      for (const hour of hours) reported.delete(hour, hour.hour);
    },
  };
}
