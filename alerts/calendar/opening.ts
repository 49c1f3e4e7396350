/** Whether a repository is open at a moment: its hours, the day of the week, holidays and weekend days worked instead. */

import type { Repository } from '../../domain/registry.ts';
import type { Moment } from '../../domain/time.ts';
import type { OpeningHours } from '../engine-settings.ts';
import { localClock } from '../local-time.ts';
import { EMPTY_CALENDAR, isDayOff, keptAs, type WorkCalendar } from './calendar.ts';

export interface OpeningQuestion {
  readonly repository: Pick<Repository, 'timezone' | 'openingHours' | 'holidays'>;
  /** Where the repository names none. */
  readonly hours: readonly OpeningHours[];
  readonly calendar: WorkCalendar;
}

export interface LocalLook {
  /** The repository is open. */
  readonly open: boolean;
  /** A holiday, or a weekend day that is not worked. */
  readonly dayOff: boolean;
  /** Minutes since local midnight. */
  readonly minuteOfDay: number;
  /** 1 Monday … 7 Sunday. */
  readonly day: number;
  /** `2026-02-17`. */
  readonly date: string;
}

/** What the clock on the wall and the calendar beside it say. */
export function lookAtCalendar(of: OpeningQuestion, at: Moment): LocalLook {
  const { timezone, openingHours: hours = of.hours, holidays } = of.repository;
  const calendar = holidays === 'none' ? EMPTY_CALENDAR : of.calendar;
  const local = localClock(at, timezone);
  const { time, date, day } = local;
  const kept = keptAs(calendar, local);
  const open =
    kept !== undefined &&
    hours.some((span) => span.days.includes(kept) && span.from <= time && time < span.until);
  const minuteOfDay = Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
  return { open, dayOff: isDayOff(calendar, local), minuteOfDay, day, date };
}
