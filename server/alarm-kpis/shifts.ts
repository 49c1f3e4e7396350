/** Duty shifts: their hours, and the spans of time that they cover in a period. */

import type { ShiftHours } from '../../domain/alarm-kpis.ts';
import type { Repository } from '../../domain/registry.ts';
import { DAY_MS, type Moment } from '../../domain/time.ts';
import { addDays, localDate, localMoment, type LocalDate } from '../jobs/timezone.ts';

const WEEK_MS = 7 * DAY_MS;

/** What counts where the repository's file names no shifts; 本馆自定. */
export const DEFAULT_SHIFTS: readonly ShiftHours[] = [
  { name: { zh: '白班', en: 'Day shift' }, from: '08:00', until: '20:00' },
  { name: { zh: '夜班', en: 'Night shift' }, from: '20:00', until: '08:00' },
];

/** The repository's shifts; `undefined`: its file names none. */
export function shiftsOf(repository: Repository): readonly ShiftHours[] | undefined {
  return repository.shifts?.map(({ name, ...hours }) => ({
    ...hours,
    name: { zh: name, en: name },
  }));
}

/**
 * The spans of a shift that touch the period, oldest first, not cut to it. A clock that is put forward or back makes the
 * shift of that night shorter or longer, as it does for whoever works it.
 */
export function spansOf(
  shift: ShiftHours,
  q: { readonly from: Moment; readonly until: Moment; readonly timezone: string },
): readonly { readonly from: Moment; readonly until: Moment }[] {
  const spans: { from: Moment; until: Moment }[] = [];
  const isOverMidnight = shift.until <= shift.from;
  // The night before may reach into the period.
  let date = addDays(localDate(q.from, q.timezone), -1);
  for (;;) {
    const from = localMoment(date, timeOf(shift.from), q.timezone);
    if (from >= q.until) return spans;
    const last = isOverMidnight ? addDays(date, 1) : date;
    const until = localMoment(last, timeOf(shift.until), q.timezone);
    if (until > q.from && until > from && isOn(shift, date)) spans.push({ from, until });
    date = addDays(date, 1);
  }
}

/** When the shift that is on duty ends, or the one that changes next; `undefined`: no shift ends within a week. */
export function shiftEndAfter(at: Moment, repository: Repository): Moment | undefined {
  const shifts = shiftsOf(repository) ?? DEFAULT_SHIFTS;
  const period = { from: at, until: at + WEEK_MS, timezone: repository.timezone };
  const ends = shifts.flatMap((shift) => spansOf(shift, period).map(({ until }) => until));
  const next = Math.min(...ends.filter((end) => end > at));
  return Number.isFinite(next) ? next : undefined;
}

function isOn({ days }: ShiftHours, date: LocalDate): boolean {
  // Sunday is 0 there and 7 here.
  const day = new Date(Date.UTC(date.year, date.month - 1, date.day)).getUTCDay() || 7;
  return days === undefined || days.includes(day);
}

function timeOf(text: string): { readonly hour: number; readonly minute: number } {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  return { hour, minute };
}
