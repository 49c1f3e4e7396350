/** Local days and local times of a repository's time zone, from the runtime's own zone data. */

import { DAY_MS, HOUR_MS, MINUTE_MS, type Moment } from '../../domain/time.ts';

export interface LocalDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether the runtime knows this zone. */
export function isTimezone(timezone: string): boolean {
  try {
    formatOf(timezone);
    return true;
  } catch {
    return false;
  }
}

/** The calendar day that `at` falls on there. */
export function localDate(at: Moment, timezone: string): LocalDate {
  const shifted = new Date(at + offsetMs(at, timezone));
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
  };
}

/** The day `days` after (or before) a local day; calendar arithmetic, no clock changes in it. */
export function addDays(date: LocalDate, days: number): LocalDate {
  return localDate(Date.UTC(date.year, date.month - 1, date.day) + days * DAY_MS, 'UTC');
}

/**
 * The moment at which clocks there show `hour:minute` on that day. A time that occurs twice (clocks going
 * back) is its first occurrence; one that does not occur (clocks going forward) is the moment of the change.
 */
export function localMoment(
  date: LocalDate,
  time: { readonly hour: number; readonly minute: number },
  timezone: string,
): Moment {
  const wall = Date.UTC(date.year, date.month - 1, date.day) + wallMs(time);
  // Offsets on both sides of any change near it; the larger one gives the earlier moment.
  const offsets = [offsetMs(wall - DAY_MS, timezone), offsetMs(wall + DAY_MS, timezone)];
  const candidates = offsets.map((offset) => wall - offset).sort((a, b) => a - b);
  const exact = candidates.find((at) => at + offsetMs(at, timezone) === wall);
  if (exact !== undefined) return exact;
  return changeBetween(candidates[0] ?? wall, candidates.at(-1) ?? wall, timezone);
}

/** The whole local days that lie in the period, each as its own moments: 23, 24 or 25 hours long. */
export function localDays(q: {
  readonly from: Moment;
  readonly until: Moment;
  readonly timezone: string;
}): readonly { readonly from: Moment; readonly until: Moment }[] {
  const midnight = { hour: 0, minute: 0 };
  const days: { from: Moment; until: Moment }[] = [];
  let date = localDate(q.from, q.timezone);
  let from = localMoment(date, midnight, q.timezone);
  while (from < q.until) {
    date = addDays(date, 1);
    const until = localMoment(date, midnight, q.timezone);
    if (from >= q.from && until <= q.until) days.push({ from, until });
    from = until;
  }
  return days;
}

function wallMs(time: { readonly hour: number; readonly minute: number }): number {
  return time.hour * HOUR_MS + time.minute * MINUTE_MS;
}

/** The first moment in the span whose offset is that of its end: when the clocks were changed. */
function changeBetween(from: Moment, until: Moment, timezone: string): Moment {
  const after = offsetMs(until, timezone);
  let low = from;
  let high = until;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(middle, timezone) === after) high = middle;
    else low = middle;
  }
  return high;
}

/** How far clocks there are ahead of UTC at `at`, ms. */
function offsetMs(at: Moment, timezone: string): number {
  const parts = formatOf(timezone).formatToParts(at);
  const of = (type: string): number => Number(parts.find((p) => p.type === type)?.value);
  const wall = Date.UTC(
    of('year'),
    of('month') - 1,
    of('day'),
    of('hour'),
    of('minute'),
    of('second'),
  );
  return wall - Math.floor(at / 1000) * 1000;
}

function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formats.set(timezone, made);
  return made;
}
