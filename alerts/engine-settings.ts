/** What a repository may set about the engine; every default is 本馆自定 unless a clause is named. */

import { HOUR_MS, MINUTE_MS } from '../domain/time.ts';
import { SHELVE_MS_MAX } from './alarm-machine.ts';

export interface OpeningHours {
  /** 1 Monday … 7 Sunday. */
  readonly days: readonly number[];
  /** `HH:MM`, local time of the repository; from inclusive, until exclusive. */
  readonly from: string;
  readonly until: string;
}

export interface EngineSettings {
  /** How “±2 ℃ / ±5 %” is read (JGJ 25-2010 5.2.3, DA/T 87-2021 5.1.2): contested, so both by default. */
  readonly swingReading: 'both' | 'set-point' | 'peak-to-peak';
  /**
   * The second detector confirms a fire within so long after the first one's signal ended; a signal that still
   * holds has no age. GB 50116-2013 4.1.6 names no time.
   */
  readonly fireWindowMs: number;
  readonly openingHours: readonly OpeningHours[];
  readonly shelveMsMax: number;
  /** So many rooms out of their climate limits at once open the climate plan for the whole repository. */
  readonly climateRooms: number;
}

export const DEFAULT_SETTINGS: EngineSettings = {
  swingReading: 'both',
  fireWindowMs: 30 * MINUTE_MS,
  openingHours: [{ days: [1, 2, 3, 4, 5], from: '08:00', until: '18:00' }],
  shelveMsMax: Math.min(SHELVE_MS_MAX, 8 * HOUR_MS),
  climateRooms: 2,
};

/** Older than this on arrival is late: it raises no edge for what is over. Device clocks may be off by as much. */
export const LATE_MS = 2 * MINUTE_MS;
/** The engine was off for longer: sensors get a full interval again before they count as silent. */
export const DOWNTIME_MS = 10_000;
