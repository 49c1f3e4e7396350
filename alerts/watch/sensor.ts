/** Rules by the minute about one series: what each look adds to their windows, and what they say. */

import type { Moment } from '../../domain/time.ts';
import { unreachable } from '../../domain/unreachable.ts';
import type { Limit } from '../../domain/limits.ts';
import type { Draft } from '../draft.ts';
import { withUnit } from '../handle/findings.ts';
import type { SensorRule } from '../rules/watch-rules.ts';
import { limitsOf } from '../state/room-limits.ts';
import type { MetricLimits, SensorUnit, WatchUnit } from '../state/units.ts';
import type { Judgement } from './judgement.ts';
import { judgeHoursOut, judgeMean, judgeRate, type Measured } from './judge-series.ts';
import { driftTo, judgeSmoke } from './judge-smoke.ts';
import { latestIn, latestOf } from './latest.ts';
import { staysCalm } from './calm.ts';
import { Entries } from './entries.ts';
import type { WatchState } from './watch-state.ts';
import { GAP_MS, addHours, addSample, addToMean, recentFrom } from './windows.ts';

export interface SensorWatch extends WatchUnit {
  readonly sensor: SensorUnit;
}

/** A look of the minute adds what the sensor says to what is kept for its rules. `lastAt`: the look before. */
export function sampleSensor(
  draft: Draft,
  unit: SensorWatch,
  { now, lastAt }: { readonly now: Moment; readonly lastAt: Moment },
): void {
  const { sensor, windows: plans, calm } = unit;
  const state = draft.state(unit);
  const told = draft.peek(sensor);
  const windows = state.windows.slice();
  for (let i = 0; i < plans.length; i += 1) {
    const plan = plans[i];
    const seen = plan && latestIn(sensor, told, { series: plan.series, now });
    if (!seen) continue;
    if (calm && !staysCalm(calm, plan.series, seen.value)) unit.calm = undefined;
    const before = windows[i] ?? Entries.none;
    let after = before;
    if (plan.kind === 'rate') after = addSample(before, seen, plan.spanMs);
    else if (plan.kind === 'mean') {
      after = addToMean(before, { now, value: seen.value }, plan.spanMs);
    } else {
      const range = limitsAt(unit, plan, now)?.range;
      if (!range) continue;
      const isOut = isOutOf(range, seen.value);
      after = addHours(before, { now, lastAt, isOut }, plan.spanMs);
    }
    windows[i] = after;
    if (recentFrom(after) !== recentFrom(before)) state.windowsChanged = true;
  }
  state.windows = windows;
  if (unit.hasBaselines) state.baselines = driftBaselines(draft, unit, { now, lastAt });
}

function driftBaselines(
  draft: Draft,
  unit: SensorWatch,
  { now, lastAt }: { readonly now: Moment; readonly lastAt: Moment },
): readonly number[] {
  const { baselines } = draft.peek(unit);
  const elapsedMs = Math.min(now - lastAt, GAP_MS);
  return unit.rules.map(({ rule }, i) => {
    const before = baselines[i] ?? 0;
    if (rule.kind !== 'smoke-level') return before;
    const seen = latestOf(draft, unit.sensor, { metric: rule.metric, now });
    return seen ? driftTo(rule, before, { value: seen.value, elapsedMs }) : before;
  });
}

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
  const kept = keptFor(unit, state, index);
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

/** What is kept for a rule. */
export function keptFor({ rules }: WatchUnit, { windows }: WatchState, index: number): Entries {
  return windows[rules[index]?.window ?? -1] ?? Entries.none;
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
  { metric }: Pick<SensorRule, 'metric'>,
  now: Moment,
): MetricLimits | undefined {
  return unit.room && limitsOf(unit.room, now).get(metric);
}

function isOutOf({ min = -Infinity, max = Infinity }: Limit, value: number): boolean {
  return value < min || value > max;
}
