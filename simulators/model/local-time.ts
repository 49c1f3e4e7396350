/** Wall-clock time of the archive: people work by it, and the sun rises by it. */

import { DAY_MS, HOUR_MS, type Moment } from '../../domain/time.ts';

/** Turns moments into local ones; the offset is looked up once a UTC hour. */
export interface LocalTime {
  /** Offset of local time from UTC at this moment, ms. */
  offsetMs(at: Moment): number;
  /** Hours since local midnight, 0 to 24. */
  hourOfDay(at: Moment): number;
  /** The local day as a number of days since 1970-01-01. */
  dayNumber(at: Moment): number;
  /** The moment at which the local day of `at` began. */
  startOfDay(at: Moment): Moment;
}

/** Local time of an IANA zone; throws RangeError on an unknown zone. */
export function createLocalTime(timezone: string): LocalTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    timeZoneName: 'longOffset',
  });
  const known = new Map<number, number>();
  const offsetMs = (at: Moment): number => {
    const hour = Math.floor(at / HOUR_MS);
    const seen = known.get(hour);
    if (seen !== undefined) return seen;
    if (known.size > 2000) known.clear();
    const part = format.formatToParts(at).find((p) => p.type === 'timeZoneName')?.value ?? 'GMT';
    const offset = parseOffsetMs(part);
    known.set(hour, offset);
    return offset;
  };
  const local = (at: Moment): number => at + offsetMs(at);
  return {
    offsetMs,
    hourOfDay: (at) => (((local(at) % DAY_MS) + DAY_MS) % DAY_MS) / HOUR_MS,
    dayNumber: (at) => Math.floor(local(at) / DAY_MS),
    startOfDay: (at) => Math.floor(local(at) / DAY_MS) * DAY_MS - offsetMs(at),
  };
}

function parseOffsetMs(text: string): number {
  const match = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(text);
  if (!match?.[1]) return 0;
  const ms = (Number(match[2]) * 60 + Number(match[3])) * 60_000;
  return match[1] === '-' ? -ms : ms;
}

/** Monday is 1, Sunday is 7. */
export function weekday(dayNumber: number): number {
  // 1970-01-01 was a Thursday.
  return ((((dayNumber + 3) % 7) + 7) % 7) + 1;
}
