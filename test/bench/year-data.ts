/** A sensor-year at one reading a minute, written through the store's own edge, with its hourly roll-ups. */

import type { Reading } from '../../domain/reading.ts';
import type { SeriesHour } from '../../domain/series.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, hourOf } from '../../domain/time.ts';
import { createReadingStore, type StoreConfig } from '../../gateway/stores/open-store.ts';

export const YEAR_MS = 365 * DAY_MS;
export const YEAR_READINGS = YEAR_MS / MINUTE_MS;
export const YEAR_HOURS = YEAR_MS / HOUR_MS;

const BATCH = 10_000;
/** Means and swings of a mild year. */
const CLIMATE = {
  temperature: { mean: 20, season: 2, day: 0.6, cycle: 0.2 },
  humidity: { mean: 52, season: 5, day: 1.5, cycle: 0.5 },
} as const;
type ClimateMetric = keyof typeof CLIMATE;

/** Fills `[until − 365 days, until)`, both on the hour. */
export async function fillYear(q: {
  readonly config: StoreConfig;
  readonly sensor: string;
  readonly until: number;
  readonly metric?: ClimateMetric;
}): Promise<void> {
  const { sensor, metric = 'temperature' } = q;
  const store = createReadingStore(q.config);
  await store.open();
  try {
    const until = hourOf(q.until);
    let accepted = 0;
    for (let from = until - YEAR_MS; from < until; from += BATCH * MINUTE_MS) {
      const batch: Reading[] = [];
      const end = Math.min(until, from + BATCH * MINUTE_MS);
      for (let at = from; at < end; at += MINUTE_MS) batch.push(readingAt({ sensor, metric }, at));
      accepted += (await store.write(batch)).accepted;
    }
    if (accepted !== YEAR_READINGS) throw new Error(`the store took ${accepted} of a year`);
    const hours: SeriesHour[] = [];
    for (let hour = until - YEAR_MS; hour < until; hour += HOUR_MS) {
      hours.push({ repository: 'load', metric, sensor, hour });
    }
    await store.rollUp(hours);
  } finally {
    await store.close();
  }
}

/** A mild year: a wave of the seasons, one of the day, one of the air conditioning. */
function readingAt(
  of: { readonly sensor: string; readonly metric: ClimateMetric },
  at: number,
): Reading {
  const { mean, season, day, cycle } = CLIMATE[of.metric];
  const wave = (periodMs: number, height: number): number =>
    height * Math.sin((2 * Math.PI * (at % periodMs)) / periodMs);
  const value = mean + wave(YEAR_MS, season) + wave(DAY_MS, day) + wave(17 * MINUTE_MS, cycle);
  return {
    repository: 'load',
    ...of,
    room: 'lr001',
    value: Number(value.toFixed(2)),
    quality: 1,
    at,
    receivedAt: at + 200,
  };
}
