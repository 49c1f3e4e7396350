/** When the duty shift ends. */

import { SHIFT_CHANGES } from '../domain/handover.ts';
import { DAY_MS, MINUTE_MS, type Moment } from '../domain/time.ts';
import { localClock } from './local-time.ts';

/** The next change of shift after `at`, by the repository's clock, to the minute. */
export function shiftEndAfter(at: Moment, timezone: string): Moment {
  const start = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  const now = minutesOf(localClock(start, timezone).time);
  const waits = SHIFT_CHANGES.map((change) => {
    const minutes = (minutesOf(change) - now + DAY_MS / MINUTE_MS) % (DAY_MS / MINUTE_MS);
    return minutes === 0 ? DAY_MS : minutes * MINUTE_MS;
  });
  const end = start + Math.min(...waits);
  // The clock may have been put forward or back on the way.
  const off = minutesOf(localClock(end, timezone).time) - nearest(localClock(end, timezone).time);
  return end - off * MINUTE_MS;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** The change of shift that the time is nearest to, in minutes of the day. */
function nearest(time: string): number {
  const now = minutesOf(time);
  const changes = SHIFT_CHANGES.map(minutesOf);
  return changes.reduce((best, one) => (Math.abs(one - now) < Math.abs(best - now) ? one : best));
}
