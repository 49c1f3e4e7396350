/** Which hours of which series are already marked in InfluxDB as changed since their roll-up. */

import type { SeriesHour } from '../../domain/series.ts';
import type { Reading } from '../../domain/reading.ts';
import { hourOf, type Moment } from '../../domain/time.ts';
import { seriesName } from './influx-first-wins.ts';

export interface DirtyMarks {
  /** The hours of these readings that are not marked yet, each once. */
  missing(readings: readonly Reading[]): readonly SeriesHour[];
  set(hours: readonly SeriesHour[]): void;
  clear(hours: readonly SeriesHour[]): void;
}

/** Marks that are remembered; above it the memory starts anew and marks are written again, which is harmless. */
const MARKS_MAX = 200_000;

export function createDirtyMarks(): DirtyMarks {
  const marked = new Map<string, Set<Moment>>();
  let count = 0;
  return {
    missing: (readings) => {
      const found = new Map<string, SeriesHour>();
      for (const reading of readings) {
        const hour = hourOf(reading.at);
        const name = seriesName(reading);
        if (marked.get(name)?.has(hour)) continue;
        const { repository, sensor, metric } = reading;
        found.set(`${name}\u0000${hour}`, { repository, sensor, metric, hour });
      }
      return [...found.values()];
    },
    set: (hours) => {
      if (count > MARKS_MAX) {
        marked.clear();
        count = 0;
      }
      for (const h of hours) {
        const name = seriesName(h);
        const set = marked.get(name) ?? new Set<Moment>();
        set.add(h.hour);
        marked.set(name, set);
      }
      count += hours.length;
    },
    clear: (hours) => {
      for (const h of hours) if (marked.get(seriesName(h))?.delete(hourOf(h.hour))) count -= 1;
    },
  };
}
