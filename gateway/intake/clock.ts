/** Device clocks: reading a time, and judging whether it can be used. */

import { CLOCK_AHEAD_MS_MAX, CLOCK_BEHIND_MS_MAX } from '../../domain/bounds.ts';
import type { Moment } from '../../domain/time.ts';

/** `absent`: the message has no time. All but `absent` and `right` are wrong: replaced by the time of receipt. */
export type ClockState = 'absent' | 'right' | 'ahead' | 'behind' | 'unreadable';

const rfc3339 =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** No sensor of ours was built before; clocks that lost their battery start at 1970 or 1980. */
const EARLIEST: Moment = Date.UTC(2000, 0, 1);

/** RFC 3339 with a zone, or epoch milliseconds; `undefined`: there is none, NaN: it is no time. */
export function readTime(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? Math.floor(value) : NaN;
  if (typeof value !== 'string' || value.length > 64 || !rfc3339.test(value)) return NaN;
  if (!dayExists(value)) return NaN;
  const plain = value.charCodeAt(10) === 84 ? value : `${value.slice(0, 10)}T${value.slice(11)}`;
  return Date.parse(plain.toUpperCase());
}

/** Date.parse takes 30 February for 2 March. */
function dayExists(text: string): boolean {
  const day = Number(text.slice(8, 10));
  if (day <= 28) return true;
  const last = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0));
  return day <= last.getUTCDate();
}

/** Judges what `readTime` gave. */
export function judgeClock(deviceTime: number | undefined, receivedAt: Moment): ClockState {
  if (deviceTime === undefined) return 'absent';
  if (Number.isNaN(deviceTime)) return 'unreadable';
  if (deviceTime - receivedAt > CLOCK_AHEAD_MS_MAX) return 'ahead';
  if (deviceTime < EARLIEST || receivedAt - deviceTime > CLOCK_BEHIND_MS_MAX) return 'behind';
  return 'right';
}
