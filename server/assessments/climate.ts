/** What the hourly buckets of one metric in one room can prove: hours and days in range, out of range, or not shown. */

import {
  indexHours,
  showsHour,
  type IndexedSensor,
  type SensorHours,
} from '../../domain/evidence.ts';
import type { Limit } from '../../domain/limits.ts';
import type { MetricName } from '../../domain/metrics.ts';
import type { BucketRow } from '../../domain/ports.ts';
import { HOUR_MS, hourOf, type Moment } from '../../domain/time.ts';
import type { Thresholds } from './knowledge.ts';

export interface Counts {
  readonly inRange: number;
  readonly outOfRange: number;
  readonly cannotShow: number;
}

/** The limits of one room that were in force from `from` on. */
export interface LimitSegment {
  readonly from: Moment;
  readonly limits: readonly Limit[];
}

export interface Swing {
  readonly days: Counts;
  readonly bound: number;
  /** The greatest that was seen, in the metric's unit. */
  readonly worst?: number;
}

/** What is known of one metric in one room. */
export interface ClimateEvidence {
  readonly room: string;
  readonly metric: MetricName;
  readonly sensors: readonly string[];
  readonly hours: Counts;
  readonly min?: number;
  readonly max?: number;
  /** The longest that one of the sensors has shown nothing before the end of the period; unset without sensors. */
  readonly tailGapHours?: number;
  readonly limits: readonly Limit[];
  readonly fromSetPoint?: Swing;
  readonly peakToPeak?: Swing;
}

export interface ClimateQuestion {
  readonly room: string;
  readonly metric: MetricName;
  /** Whole hours. */
  readonly from: Moment;
  readonly until: Moment;
  readonly sensors: readonly SensorHours[];
  /** In order; the first begins at or before `from`. */
  readonly segments: readonly LimitSegment[];
  readonly setPoint?: number;
  readonly days: readonly { readonly from: Moment; readonly until: Moment }[];
  readonly evidence: Thresholds['evidence'];
}

type Shown = 'in' | 'out' | 'cannot-show';

/**
 * An hour is in range when every sensor of the room shows it, out of range when one sensor shows that, and
 * not shown otherwise: a dead sensor's hours are never counted as fine.
 */
export function judgeClimate(q: ClimateQuestion): ClimateEvidence {
  const sensors = q.sensors.map((s) => indexHours(s, q.evidence));
  const hours = { inRange: 0, outOfRange: 0, cannotShow: 0 };
  for (let hour = q.from; hour < q.until; hour += HOUR_MS) {
    const limit = limitOf(q, hour, 'range');
    count(hours, together(sensors.map((s) => (limit ? judgeHour(s, hour, limit) : 'cannot-show'))));
  }
  const extremes = extremesOf(q);
  const gaps = sensors.map((s) => tailGapHours(s, q));
  return {
    room: q.room,
    metric: q.metric,
    sensors: q.sensors.map((s) => s.sensor),
    hours,
    ...extremes,
    ...(gaps.length === 0 ? {} : { tailGapHours: Math.max(...gaps) }),
    limits: limitsOf(q),
    ...judgeSwings(q, sensors),
  };
}

function judgeHour(sensor: IndexedSensor, hour: Moment, limit: Limit): Shown {
  const row = sensor.rowAt(hour);
  if (row === undefined) return 'cannot-show';
  const [, mean, min, max] = row;
  if (!within(mean, limit)) return 'out';
  if (!within(min, limit) || !within(max, limit)) {
    // One doubtful reading proves no excursion, and leaves the hour unproven.
    return allGood(row) ? 'out' : 'cannot-show';
  }
  return showsHour(sensor, hour) ? 'in' : 'cannot-show';
}

function judgeSwings(
  q: ClimateQuestion,
  sensors: readonly IndexedSensor[],
): Pick<ClimateEvidence, 'fromSetPoint' | 'peakToPeak'> {
  const setPoint = q.setPoint;
  const peak = swing(q, sensors, {
    bound: (limit) => limit.swing?.peakToPeak,
    size: (rows) => Math.max(...rows.map((r) => r[3])) - Math.min(...rows.map((r) => r[2])),
  });
  if (setPoint === undefined) return { ...(peak && { peakToPeak: peak }) };
  const deviation = swing(q, sensors, {
    bound: (limit) => limit.swing?.fromSetPoint,
    size: (rows) =>
      Math.max(...rows.map((r) => Math.max(Math.abs(r[3] - setPoint), Math.abs(r[2] - setPoint)))),
  });
  return { ...(peak && { peakToPeak: peak }), ...(deviation && { fromSetPoint: deviation }) };
}

interface SwingKind {
  readonly bound: (limit: Limit) => number | undefined;
  readonly size: (rows: readonly BucketRow[]) => number;
}

function swing(
  q: ClimateQuestion,
  sensors: readonly IndexedSensor[],
  kind: SwingKind,
): Swing | undefined {
  const days = { inRange: 0, outOfRange: 0, cannotShow: 0 };
  let newestBound: number | undefined;
  let worst: number | undefined;
  for (const day of q.days) {
    const limit = limitOf(q, day.from, 'swing');
    const bound = limit && kind.bound(limit);
    newestBound = bound ?? newestBound;
    if (bound === undefined) {
      days.cannotShow += 1;
      continue;
    }
    const judged = sensors.map((s) => judgeDay(s, day, { kind, bound, evidence: q.evidence }));
    count(days, together(judged.map((j) => j.shown)));
    for (const { size } of judged) worst = size === undefined ? worst : Math.max(worst ?? 0, size);
  }
  if (newestBound === undefined) return undefined;
  return { days, bound: newestBound, ...(worst === undefined ? {} : { worst }) };
}

function judgeDay(
  sensor: IndexedSensor,
  day: { readonly from: Moment; readonly until: Moment },
  by: {
    readonly kind: SwingKind;
    readonly bound: number;
    readonly evidence: Thresholds['evidence'];
  },
): { readonly shown: Shown; readonly size?: number } {
  const rows: BucketRow[] = [];
  let shownHours = 0;
  let hours = 0;
  for (let hour = hourOf(day.from); hour < day.until; hour += HOUR_MS) {
    hours += 1;
    const row = sensor.rows.get(hour);
    if (row) rows.push(row);
    if (showsHour(sensor, hour)) shownHours += 1;
  }
  if (rows.length === 0) return { shown: 'cannot-show' };
  const size = by.kind.size(rows);
  const good = rows.filter(allGood);
  const proven = good.length === 0 ? 0 : by.kind.size(good);
  if (exceeds(proven, by.bound)) return { shown: 'out', size };
  if (exceeds(size, by.bound)) return { shown: 'cannot-show', size };
  const enough = shownHours >= hours * by.evidence.dayCompletenessMin;
  return { shown: enough ? 'in' : 'cannot-show', size };
}

/** 22.1 − 18.1 is 4.000000000000004 to a computer and 4 to a conservator. */
function exceeds(size: number, bound: number): boolean {
  return size > bound + 1e-9;
}

function together(shown: readonly Shown[]): Shown {
  if (shown.includes('out')) return 'out';
  return shown.length > 0 && shown.every((s) => s === 'in') ? 'in' : 'cannot-show';
}

function count(counts: { -readonly [K in keyof Counts]: number }, shown: Shown): void {
  if (shown === 'in') counts.inRange += 1;
  else if (shown === 'out') counts.outOfRange += 1;
  else counts.cannotShow += 1;
}

function within(value: number, limit: Limit): boolean {
  return (
    (limit.min === undefined || value >= limit.min) &&
    (limit.max === undefined || value <= limit.max)
  );
}

function allGood(row: BucketRow): boolean {
  return row[5] >= row[4];
}

function limitOf(q: ClimateQuestion, at: Moment, kind: Limit['kind']): Limit | undefined {
  const segment = q.segments.findLast((s) => s.from <= at) ?? q.segments[0];
  return segment?.limits.find((l) => l.metric === q.metric && l.kind === kind);
}

/** Every limit of this metric that was in force at some time of the period, each once. */
function limitsOf(q: ClimateQuestion): readonly Limit[] {
  const all = q.segments.flatMap((s) => s.limits.filter((l) => l.metric === q.metric));
  const seen = new Map(all.map((limit) => [JSON.stringify(limit), limit]));
  return [...seen.values()];
}

function extremesOf(q: ClimateQuestion): { readonly min?: number; readonly max?: number } {
  const rows = q.sensors.flatMap((s) => s.rows.filter((row) => row[4] > 0));
  if (rows.length === 0) return {};
  return {
    min: rows.reduce((least, row) => Math.min(least, row[2]), Infinity),
    max: rows.reduce((most, row) => Math.max(most, row[3]), -Infinity),
  };
}

function tailGapHours(
  sensor: IndexedSensor,
  q: { readonly from: Moment; readonly until: Moment },
): number {
  for (let hour = hourOf(q.until - 1); hour >= q.from; hour -= HOUR_MS) {
    if (showsHour(sensor, hour)) return (q.until - hour) / HOUR_MS - 1;
  }
  return (q.until - q.from) / HOUR_MS;
}
