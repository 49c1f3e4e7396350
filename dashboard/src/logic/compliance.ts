/** Time in range over a day, from traces; what has no evidence counts for neither side. */

import type { RoomView } from '../../../domain/api.ts';
import type { Moment } from '../../../domain/time.ts';
import type { Trace } from '../api/views.ts';
import { rangeOf, sideOf } from './rooms.ts';

export interface Shares {
  readonly inRange: number;
  readonly outOfRange: number;
  readonly cannotShow: number;
}

/**
 * Shares of the period, together 1, over all rooms that have a limit for the metric.
 * `undefined`: no room has one, or no trace came yet.
 */
export function complianceOf(q: {
  readonly rooms: readonly RoomView[];
  readonly traces: readonly Trace[];
  readonly metric: string;
  readonly hours: number;
  /** Distance of the points; unset: no trace came yet. */
  readonly stepMs: number | undefined;
}): Shares | undefined {
  const limited = q.rooms.filter((r) => rangeOf(r.limits, q.metric) && r.watched.climate > 0);
  if (limited.length === 0 || q.stepMs === undefined) return undefined;
  const expected = limited.length * Math.max(1, Math.round((q.hours * 3_600_000) / q.stepMs));
  let inside = 0;
  let outside = 0;
  for (const room of limited) {
    const limit = rangeOf(room.limits, q.metric);
    for (const [, mean] of pointsOf(q.traces, room.id, q.metric)) {
      if (sideOf(mean, limit) === 'in') inside += 1;
      else outside += 1;
    }
  }
  const whole = Math.max(expected, inside + outside);
  return {
    inRange: inside / whole,
    outOfRange: outside / whole,
    cannotShow: (whole - inside - outside) / whole,
  };
}

/** The points of one room's metric; none when there is no such trace. */
export function pointsOf(
  traces: readonly Trace[],
  room: string,
  metric: string,
): readonly (readonly [Moment, number])[] {
  return traces.find((t) => t.room === room && t.metric === metric)?.points ?? [];
}
