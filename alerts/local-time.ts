/** Local time of a repository, from a moment and a zone; daylight saving is Intl's business. */

import type { Moment } from '../domain/time.ts';

const clocks = new Map<string, Intl.DateTimeFormat>();
const stamps = new Map<string, Intl.DateTimeFormat>();
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Day of the week, 1 Monday … 7 Sunday, `HH:MM`, and the date, `2026-02-17`. */
export function localClock(
  at: Moment,
  timezone: string,
): { readonly day: number; readonly time: string; readonly date: string } {
  const format = kept(clocks, timezone, {
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = new Map(format.formatToParts(at).map((part) => [part.type, part.value]));
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return {
    day: WEEKDAYS.indexOf(of('weekday')) + 1,
    time: `${of('hour')}:${of('minute')}`,
    date: `${of('year')}-${of('month')}-${of('day')}`,
  };
}

/** `2026-11-22 03:00`, for messages. */
export function localStamp(at: Moment, timezone: string): string {
  const format = kept(stamps, timezone, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = new Map(format.formatToParts(at).map((part) => [part.type, part.value]));
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return `${of('year')}-${of('month')}-${of('day')} ${of('hour')}:${of('minute')}`;
}

// A formatter takes 20 µs to make and is asked for on each access event.
function kept(
  formats: Map<string, Intl.DateTimeFormat>,
  timeZone: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', { ...options, timeZone });
  formats.set(timeZone, made);
  return made;
}
