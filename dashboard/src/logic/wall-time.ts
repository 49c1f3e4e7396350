/** Moments as a field for date and time holds them: the wall clock of the repository. */

import { zoneOffsetMs } from '../charts/zone.ts';
import type { Moment } from '../../../domain/time.ts';

/** `2026-03-01T08:30`, as `datetime-local` fields hold it. */
export function wallTime(at: Moment, zone: string): string {
  return new Date(at + zoneOffsetMs(zone, at)).toISOString().slice(0, 16);
}

/** The day in the zone, as `date` fields hold it. */
export function wallDay(at: Moment, zone: string): string {
  return wallTime(at, zone).slice(0, 10);
}

/** The last second of a day in the zone; `undefined` for what is no day. */
export function endOfWallDay(day: string, zone: string): Moment | undefined {
  return momentOfWall(`${day}T23:59:59`, zone);
}

/** The moment when the zone's clocks show this; `undefined` for what is no date and time. */
export function momentOfWall(text: string, zone: string): Moment | undefined {
  const local = Date.parse(`${text}Z`);
  if (Number.isNaN(local)) return undefined;
  // Twice: the offset at the guess may be that of the other side of a clock change.
  const guess = local - zoneOffsetMs(zone, local);
  return local - zoneOffsetMs(zone, guess);
}
