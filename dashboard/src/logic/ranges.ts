/** The chart's time ranges and the step that keeps a series near 500 points at most. */

import type { SeriesView } from '../../../domain/api.ts';
import type { Moment } from '../../../domain/time.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Steps of an hour and more come from the hourly roll-ups. */
export const CHART_RANGES = {
  '24h': { spanMs: 24 * HOUR, stepMs: 5 * MINUTE },
  '7d': { spanMs: 7 * 24 * HOUR, stepMs: HOUR },
  '30d': { spanMs: 30 * 24 * HOUR, stepMs: 2 * HOUR },
  '1y': { spanMs: 365 * 24 * HOUR, stepMs: 24 * HOUR },
} as const;
export type ChartRange = keyof typeof CHART_RANGES;

/** `[at, mean, min, max]`; a mean that is not a number is a gap. */
export type ChartPoint = readonly [at: Moment, mean: number, min: number, max: number];

/** A series with its gaps made visible: a missing bucket breaks the line, it is not bridged. */
export function withGaps(
  series: Pick<SeriesView, 'kind' | 'rows'>,
  stepMs: number,
): readonly ChartPoint[] {
  const points: ChartPoint[] = [];
  for (const row of series.rows) {
    const [at, value] = row;
    if (at === undefined || value === undefined) continue;
    const last = points[points.length - 1];
    if (last && at - last[0] > 2.5 * stepMs) points.push([last[0] + stepMs, NaN, NaN, NaN]);
    const [min, max] = series.kind === 'buckets' ? [row[2], row[3]] : [value, value];
    points.push([at, value, min ?? value, max ?? value]);
  }
  return points;
}

const TICK_STEPS = [1 / 6, 1 / 2, 1, 3, 6, 12, 24, 48, 96, 168, 336, 732].map(
  (hours) => hours * HOUR,
);

/** Round moments between two bounds, at most `countMax`, on the clock of a zone `offsetMs` ahead of UTC. */
export function ticksBetween(q: {
  readonly from: Moment;
  readonly until: Moment;
  readonly countMax: number;
  readonly offsetMs: number;
}): readonly Moment[] {
  const span = q.until - q.from;
  const step = TICK_STEPS.find((s) => span / s <= q.countMax) ?? span / q.countMax;
  const first = Math.ceil((q.from + q.offsetMs) / step) * step - q.offsetMs;
  const ticks: Moment[] = [];
  for (let at = first; at <= q.until && ticks.length <= q.countMax; at += step) ticks.push(at);
  return ticks;
}
