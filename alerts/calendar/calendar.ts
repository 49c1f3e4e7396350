/** Which days are worked: the holidays of China and the weekend days worked instead (调休), as data by year. Pure. */

/** `holiday`: free though it may be a weekday; `workday`: worked though it is a weekend day. */
export type SpecialDay = 'holiday' | 'workday';

export interface WorkCalendar {
  /** By local date, `2026-02-17`. */
  readonly special: ReadonlyMap<string, SpecialDay>;
  /** Years of which the holidays are known; of others only weekdays and weekends are. */
  readonly years: ReadonlySet<number>;
}

export const EMPTY_CALENDAR: WorkCalendar = { special: new Map(), years: new Set() };

/** One local day. */
export interface LocalDay {
  /** `2026-02-17`. */
  readonly date: string;
  /** 1 Monday … 7 Sunday. */
  readonly day: number;
}

/** Whether the day is a day off: a holiday, or a weekend day that is not worked instead. */
export function isDayOff(calendar: WorkCalendar, { date, day }: LocalDay): boolean {
  const special = calendar.special.get(date);
  return special === undefined ? day >= 6 : special === 'holiday';
}

/**
 * The day of the week by whose hours this day is kept: a weekend day worked instead is kept as a Monday; `undefined`:
 * it is a holiday.
 */
export function keptAs(calendar: WorkCalendar, { date, day }: LocalDay): number | undefined {
  const special = calendar.special.get(date);
  if (special === undefined) return day;
  return special === 'holiday' ? undefined : 1;
}
