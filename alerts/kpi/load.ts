/**
 * How many alarms people get: rates, peaks and floods (ANSI/ISA-18.2-2016, 16.4, by a document that quotes it). Intervals are
 * fixed, counted from the start of each span. Averages and peaks both come from the records: one in ten minutes is not
 * six in an hour.
 */

import type { EemuaLevel, Rate } from '../../domain/alarm-kpis.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Moment } from '../../domain/time.ts';
import type { AlarmRecord, Period } from './records.ts';
import { raisedIn } from './records.ts';
import { eemuaLevel } from './targets.ts';

export const INTERVAL_MS = 10 * MINUTE_MS;
/** A flood begins above this in 10 minutes, and ends below that. */
export const FLOOD_ABOVE = 10;
export const FLOOD_ENDS_BELOW = 5;

export interface LoadQuestion {
  /** The whole period as one span, or the spans of one duty shift; they do not overlap. */
  readonly spans: readonly Period[];
  /** Consoles that share these alarms; every figure is per console. Unset: 1. */
  readonly operators?: number;
}

export interface Flood extends Period {
  /** Per console. */
  readonly alarms: number;
  /** The worst 10 minutes of it. */
  readonly peak: number;
  /** The span ended before it did. */
  readonly open: boolean;
}

export interface Load {
  readonly alarms: number;
  readonly hours: number;
  readonly perTenMinutes: Rate;
  readonly perHour: Rate;
  readonly perDay: Rate;
  /** Share of 10-minute intervals with more than 10 alarms. */
  readonly busyShare?: number;
  readonly floods: readonly Flood[];
  /** Share of the time in a flood. */
  readonly floodShare?: number;
  readonly level?: EemuaLevel;
}

/** The load of the spans. */
export function loadOf(records: readonly AlarmRecord[], question: LoadQuestion): Load {
  const { spans, operators = 1 } = question;
  const raised = raisedIn(records, spans);
  const ms = spans.reduce((sum, s) => sum + Math.max(0, s.until - s.from), 0);
  const times = raised.map((r) => r.raisedAt);
  // Multiplied before it is divided: six in an hour must be 6, not a rounding above its target.
  const rate = (stepMs: number): Rate => ({
    ...(ms === 0 ? {} : { average: (times.length * stepMs) / (ms * operators) }),
    peak: Math.max(0, ...spans.map((s) => peakOf(countsOf(times, s, stepMs)) / operators)),
  });
  const intervals = spans.flatMap((s) => [...loadsOf(times, s, operators)]);
  const busy = intervals.filter((load) => load > FLOOD_ABOVE).length;
  const floods = spans.flatMap((s) => floodsOf(times, s, operators));
  const floodMs = floods.reduce((sum, f) => sum + f.until - f.from, 0);
  const perTenMinutes = rate(INTERVAL_MS);
  return {
    alarms: raised.length,
    hours: ms / HOUR_MS,
    perTenMinutes,
    perHour: rate(HOUR_MS),
    perDay: rate(DAY_MS),
    floods,
    ...(ms === 0 ? {} : { busyShare: busy / intervals.length, floodShare: floodMs / ms }),
    ...(perTenMinutes.average === undefined ? {} : { level: eemuaLevel(perTenMinutes.average) }),
  };
}

/** Alarms of each fixed interval of the span; the last may be shorter. */
export function countsOf(
  times: readonly Moment[],
  span: Period,
  stepMs: number,
): readonly number[] {
  const counts = Array<number>(Math.max(0, Math.ceil((span.until - span.from) / stepMs))).fill(0);
  for (const at of times) {
    if (at < span.from || at >= span.until) continue;
    const i = Math.floor((at - span.from) / stepMs);
    counts[i] = (counts[i] ?? 0) + 1;
  }
  return counts;
}

function loadsOf(times: readonly Moment[], span: Period, operators: number): readonly number[] {
  return countsOf(times, span, INTERVAL_MS).map((count) => count / operators);
}

function peakOf(counts: readonly number[]): number {
  return counts.reduce((most, count) => Math.max(most, count), 0);
}

// From the first interval above ten to the start of the first one below five; what lies between belongs to it.
function floodsOf(times: readonly Moment[], span: Period, operators: number): readonly Flood[] {
  const floods: Flood[] = [];
  let flood: Flood | undefined;
  for (const [i, load] of loadsOf(times, span, operators).entries()) {
    const from = span.from + i * INTERVAL_MS;
    const until = Math.min(from + INTERVAL_MS, span.until);
    if (flood && load < FLOOD_ENDS_BELOW) {
      floods.push({ ...flood, open: false });
      flood = undefined;
    } else if (flood) {
      const peak = Math.max(flood.peak, load);
      flood = { ...flood, until, alarms: flood.alarms + load, peak };
    } else if (load > FLOOD_ABOVE) {
      flood = { from, until, alarms: load, peak: load, open: true };
    }
  }
  return flood ? [...floods, flood] : floods;
}
