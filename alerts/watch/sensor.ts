/** Rules by the minute about one series: what each look adds to their windows, and what they say. */

import { HOUR_MS, MINUTE_MS, type Moment } from '../../domain/time.ts';
import { unreachable } from '../../domain/unreachable.ts';
import type { Limit } from '../../domain/limits.ts';
import type { Draft } from '../draft.ts';
import { withUnit } from '../handle/findings.ts';
import {
  isSensorRule,
  type SensorRule,
  type SmokeLevelRule,
  type WatchRule,
} from '../rules/watch-rules.ts';
import { limitsOf } from '../state/room-limits.ts';
import type { MetricLimits, SensorUnit, WatchUnit } from '../state/units.ts';
import type { Judgement } from './judgement.ts';
import { judgeHoursOut, judgeMean, judgeRate, spanOf, type Measured } from './judge-series.ts';
import { driftTo, judgeSmoke } from './judge-smoke.ts';
import { latestOf, type Latest } from './latest.ts';
import { Entries } from './entries.ts';
import type { WatchState } from './watch-state.ts';
import { GAP_MS, MEAN_BUCKET_MS, addHours, addSample, addToMean } from './windows.ts';

export interface SensorWatch extends WatchUnit {
  readonly sensor: SensorUnit;
}

/** A look of the minute adds what the sensor says to the windows of its rules. `lastAt`: the look before. */
export function sampleSensor(
  draft: Draft,
  unit: SensorWatch,
  { now, lastAt }: { readonly now: Moment; readonly lastAt: Moment },
): void {
  const state = draft.state(unit);
  const { rules } = unit;
  const windows: (Entries | undefined)[] = [];
  for (let i = 0; i < rules.length; i += 1) {
    const rule = rules[i]?.rule;
    const before = state.windows[i];
    windows.push(before);
    if (!rule || !isSensorRule(rule)) continue;
    const seen = latestOf(draft, unit.sensor, { metric: rule.metric, now });
    if (!seen) continue;
    if (rule.kind === 'smoke-level') {
      const elapsedMs = Math.min(now - lastAt, GAP_MS);
      const { value } = seen;
      const baseline = driftTo(rule, state.baselines[i] ?? 0, { value, elapsedMs });
      if (baseline !== state.baselines[i])
        state.baselines = baselinesWith(unit, state, { i, baseline });
    } else {
      windows[i] = sampled(unit, before ?? Entries.none, { rule, now, lastAt, seen });
    }
  }
  state.windows = windows;
}

function sampled(
  unit: SensorWatch,
  before: Entries,
  {
    rule,
    now,
    lastAt,
    seen,
  }: {
    readonly rule: Exclude<SensorRule, SmokeLevelRule>;
    readonly now: Moment;
    readonly lastAt: Moment;
    readonly seen: Latest;
  },
): Entries {
  switch (rule.kind) {
    case 'rate':
      return addSample(before, seen, rule.overMinutes * MINUTE_MS);
    case 'hours-out': {
      const range = limitsAt(unit, rule, now)?.range;
      if (!range) return before;
      return addHours(before, { now, lastAt, isOut: isOutOf(range, seen.value) }, spanOf(rule));
    }
    case 'mean':
      return addToMean(before, { now, value: seen.value }, MEAN_HOURS_MAX * HOUR_MS);
    default:
      return unreachable(rule);
  }
}

function baselinesWith(
  { rules }: SensorWatch,
  { baselines }: WatchState,
  { i, baseline }: { readonly i: number; readonly baseline: number },
): readonly number[] {
  return rules.map((_, j) => (j === i ? baseline : (baselines[j] ?? 0)));
}

/**
 * What the rule remembers after the clock jumped. Hours and quarters stay on the clock's grid, so that a jump of minutes
 * may move a little from one to the next.
 */
export function shiftKept(rule: WatchRule, kept: Entries, deltaMs: number): Entries {
  if (rule.kind === 'hours-out') return kept.shifted(onGrid(deltaMs, HOUR_MS));
  if (rule.kind === 'mean') return kept.shifted(onGrid(deltaMs, MEAN_BUCKET_MS));
  // Samples are at the times of devices, whose clocks did not jump.
  return kept;
}

const onGrid = (deltaMs: number, stepMs: number): number => Math.round(deltaMs / stepMs) * stepMs;

/** No averaging time is longer. */
const MEAN_HOURS_MAX = 24;

/** What the rule says of its sensor now. */
export function judgeSensor(
  draft: Draft,
  unit: SensorWatch,
  q: {
    readonly rule: SensorRule;
    /** Its place among the unit's rules. */
    readonly index: number;
    readonly now: Moment;
    readonly active: boolean;
  },
): Judgement {
  const { rule, index, now, active } = q;
  const limits = limitsAt(unit, rule, now);
  const seen = latestOf(draft, unit.sensor, { metric: rule.metric, now });
  const state = draft.peek(unit);
  const kept = state.windows[index] ?? Entries.none;
  const look = { kept, value: seen?.value, now, active };
  const shared = { evidence: [unit.sensor.sensor.id], simulated: seen?.simulated ?? false };
  switch (rule.kind) {
    case 'rate': {
      const perHour = limits?.rate?.max;
      const ofRoom = perHour === undefined ? undefined : (perHour * rule.overMinutes) / 60;
      const measured = judgeRate(rule, { ...look, limit: rule.limit ?? ofRoom });
      const cited = rule.limit === undefined ? limits?.rate : undefined;
      return { ...shared, ...figured(rule, measured, cited) };
    }
    case 'hours-out': {
      const { verdict, value = 0, limit = 0 } = judgeHoursOut(rule, look);
      // Hours are not in the unit of the metric: they are in the words only.
      const words = { value: `${Number(value.toFixed(1))} h`, limit: `${limit} h` };
      return { ...shared, verdict, metric: rule.metric, words, ...citing(limits?.range) };
    }
    case 'mean': {
      const limit = rule.limit ?? limits?.mean?.max;
      const hours = rule.hours ?? limits?.mean?.averageHours;
      const measured = judgeMean(rule, { ...look, limit, hours });
      const cited = rule.limit === undefined ? limits?.mean : undefined;
      const { words, ...judged } = figured(rule, measured, cited);
      return { ...shared, ...judged, words: { ...words, hours: String(hours ?? '') } };
    }
    case 'smoke-level': {
      const baseline = state.baselines[index] ?? 0;
      const measured = judgeSmoke(rule, { value: seen?.value, baseline, active });
      return { ...shared, ...figured(rule, measured, undefined), atOnce: measured.atOnce };
    }
    default:
      return unreachable(rule);
  }
}

function figured(rule: SensorRule, measured: Measured, cited: Limit | undefined): Judgement {
  const { verdict, value, limit } = measured;
  const said = (figure: number | undefined): string =>
    figure === undefined ? '' : withUnit(rule.metric, figure);
  return {
    verdict,
    metric: rule.metric,
    ...(value === undefined ? {} : { value: Number(value.toPrecision(12)) }),
    ...(limit === undefined ? {} : { limit }),
    ...citing(cited),
    words: { value: said(value), limit: said(limit) },
  };
}

const citing = (limit: Limit | undefined) => (limit ? { citation: limit.citation } : {});

function limitsAt(
  unit: SensorWatch,
  { metric }: SensorRule,
  now: Moment,
): MetricLimits | undefined {
  return unit.room && limitsOf(unit.room, now).get(metric);
}

function isOutOf({ min = -Infinity, max = Infinity }: Limit, value: number): boolean {
  return value < min || value > max;
}
