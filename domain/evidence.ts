/** When an hour of a sensor shows something: the one rule of assessments, accumulations and figures over a period. */

import type { BucketRow } from './ports.ts';
import { HOUR_MS, hourOf, type Moment } from './time.ts';

/** An hour shows something only with this share of the readings that were to be expected. 本馆自定. */
export const HOUR_SHARE_MIN = 0.75;

/** How many readings an hour needs; a sensor that reports more seldom than once an hour needs one. */
export function readingsMinOf(intervalSeconds: number, shareMin = HOUR_SHARE_MIN): number {
  return Math.max(1, Math.floor((3600 / intervalSeconds) * shareMin));
}

/** How many hours one reading speaks for: a sensor that reports every three hours is not silent in between. */
export function spanHoursOf(intervalSeconds: number): number {
  return Math.max(1, Math.ceil(intervalSeconds / 3600));
}

/** One sensor's hourly buckets of the period. */
export interface SensorHours {
  readonly sensor: string;
  readonly intervalSeconds: number;
  readonly rows: readonly BucketRow[];
}

/** Whether `sensor` shows anything of `hour`; used for detectors too, which have no range. */
export function showsHour(sensor: IndexedSensor, hour: Moment): boolean {
  const row = sensor.rowAt(hour);
  return row !== undefined && (sensor.spanHours > 1 || row[4] >= sensor.readingsMin);
}

export interface IndexedSensor {
  /** The bucket that speaks for an hour: its own, or for a sensor that reports more seldom the newest within its interval. */
  rowAt(hour: Moment): BucketRow | undefined;
  /** Of such a bucket; `undefined`: too few readings to speak for the hour. */
  meanAt(hour: Moment): number | undefined;
  readonly spanHours: number;
  readonly readingsMin: number;
  readonly rows: ReadonlyMap<Moment, BucketRow>;
}

/** Makes the hours of a sensor findable. */
export function indexHours(
  s: Pick<SensorHours, 'intervalSeconds' | 'rows'>,
  evidence: { readonly hourCompletenessMin: number } = { hourCompletenessMin: HOUR_SHARE_MIN },
): IndexedSensor {
  const rows = new Map(s.rows.filter((row) => row[4] > 0).map((row) => [hourOf(row[0]), row]));
  const spanHours = spanHoursOf(s.intervalSeconds);
  const readingsMin = readingsMinOf(s.intervalSeconds, evidence.hourCompletenessMin);
  const rowAt = (hour: Moment): BucketRow | undefined => {
    for (let back = 0; back < spanHours; back += 1) {
      const row = rows.get(hour - back * HOUR_MS);
      if (row) return row;
    }
    return undefined;
  };
  const sensor: IndexedSensor = {
    rows,
    spanHours,
    readingsMin,
    rowAt,
    meanAt: (hour) => (showsHour(sensor, hour) ? rowAt(hour)?.[1] : undefined),
  };
  return sensor;
}
