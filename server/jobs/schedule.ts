/** When a job is due: derived from its stored last run, so that down time only delays a run, never loses it. */

import { DAY_MS, HOUR_MS, MINUTE_MS, type Moment } from '../../domain/time.ts';
import { addDays, localDate, localMoment } from './timezone.ts';

export type Schedule =
  /** At this minute of each hour (of UTC: roll-ups are by UTC hour in every zone). */
  | { readonly kind: 'hourly'; readonly minute: number }
  /** At this local time of each day. */
  | { readonly kind: 'daily'; readonly hour: number; readonly minute: number };

/** A longer absence is not listed run by run: only its last year. */
const DUE_RUNS_SPAN_MS_MAX = 366 * DAY_MS;

/**
 * The moments after `lastRunAt`, up to and including `now`, at which the job should have run; oldest first.
 * A clock that stands before the last run gives none. A local time that occurs twice runs once; one that
 * does not occur runs when the clocks are changed.
 */
export function dueRuns(q: {
  readonly schedule: Schedule;
  readonly lastRunAt: Moment;
  readonly now: Moment;
  readonly timezone: string;
}): readonly Moment[] {
  const after = Math.max(q.lastRunAt, q.now - DUE_RUNS_SPAN_MS_MAX);
  const all = q.schedule.kind === 'hourly' ? hourly(q.schedule, after, q.now) : daily(q, after);
  return all.filter((at) => at > after && at <= q.now);
}

function hourly(schedule: { readonly minute: number }, after: Moment, now: Moment): Moment[] {
  const first = Math.floor(after / HOUR_MS) * HOUR_MS + schedule.minute * MINUTE_MS;
  const count = Math.max(0, Math.floor((now - first) / HOUR_MS) + 1);
  return Array.from({ length: count }, (_, i) => first + i * HOUR_MS);
}

function daily(q: Parameters<typeof dueRuns>[0], after: Moment): Moment[] {
  if (q.schedule.kind !== 'daily') return [];
  const runs: Moment[] = [];
  let date = localDate(after, q.timezone);
  for (;;) {
    const at = localMoment(date, q.schedule, q.timezone);
    if (at > q.now) return runs;
    runs.push(at);
    date = addDays(date, 1);
  }
}
