/** Which hours of which series are already marked in InfluxDB as changed since their roll-up. */

import type { SeriesHour, SeriesKey } from '../../domain/series.ts';
import type { Reading } from '../../domain/reading.ts';
import { hourOf, type Moment } from '../../domain/time.ts';
import { seriesName } from './influx-first-wins.ts';
import { SeriesHours } from './series-map.ts';

export interface DirtyMarks {
  /** The hours of these readings that are not marked yet, each once. */
  missing(readings: readonly Reading[]): readonly SeriesHour[];
  has(key: SeriesKey, at: Moment): boolean;
  /** Changes when any mark was taken away: what `has` said before holds no more. */
  readonly age: () => number;
  set(hours: readonly SeriesHour[]): void;
  clear(hours: readonly SeriesHour[]): void;
}

/** Marks that are remembered; above it the memory starts anew and marks are written again, which is harmless. */
const MARKS_MAX = 200_000;

export function createDirtyMarks(): DirtyMarks {
  const marked = new SeriesHours(MARKS_MAX);
  let age = 0;
  return {
    has: (key, at) => marked.has(key, at),
    age: () => age,
    missing: (readings) => {
      const found = new Map<string, SeriesHour>();
      for (const reading of readings) {
        if (marked.has(reading, reading.at)) continue;
        const { repository, sensor, metric } = reading;
        const hour = hourOf(reading.at);
        found.set(`${seriesName(reading)}\u0000${hour}`, { repository, sensor, metric, hour });
      }
      return [...found.values()];
    },
    set: (hours) => {
      for (const mark of hours) marked.add(mark, mark.hour);
    },
    clear: (hours) => {
      age += 1;
      for (const mark of hours) marked.delete(mark, mark.hour);
    },
  };
}
