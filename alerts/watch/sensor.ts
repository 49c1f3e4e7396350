/** Rules by the minute about one series: what each look adds to their windows, and what they say. */

import { HOUR_MS, MINUTE_MS, type Moment } from '../../domain/time.ts';
import { unreachable } from '../../domain/unreachable.ts';
import type { Limit } from '../../domain/limits.ts';
import type { Draft } from '../draft.ts';
import { withUnit } from '../handle/findings.ts';
import type { SensorRule, WatchRule } from '../rules/watch-rules.ts';
import { limitsOf } from '../state/room-limits.ts';
import type { CompiledWatch, MetricLimits, SensorUnit, WatchUnit } from '../state/units.ts';
import type { Judgement } from './judgement.ts';
import { judgeHoursOut, judgeMean, judgeRate, spanOf, type Measured } from './judge-series.ts';
import { driftTo, judgeSmoke } from './judge-smoke.ts';
import { latestOf, type Latest } from './latest.ts';
import { partsOf, widen } from './quiet.ts';
import {
  GAP_MS,
  MEAN_BUCKET_MS,
  addHours,
  addSample,
  addToMean,
  addToParts,
  shiftWindow,
  wholeOf,
  type Parts,
} from './windows.ts';

export interface SensorWatch extends WatchUnit {
  readonly sensor: SensorUnit;
}

interface Asked {
  readonly rule: SensorRule;
  readonly now: Moment;
}

/** What the rule remembers after this look; the same object when it says nothing new. `lastAt`: the look before. */
export function sample(
  draft: Draft,
  unit: SensorWatch,
  {
    compiled,
    rule,
    now,
    lastAt,
  }: Asked & {
    readonly compiled: CompiledWatch;
    readonly lastAt: Moment;
  },
): Parts {
  const parts = partsOf(draft.peek(unit), rule.id);
  const seen = latestOf(draft, unit.sensor, { metric: rule.metric, now });
  if (!seen) return parts;
  const { value } = seen;
  const range = rule.kind === 'hours-out' ? limitsAt(unit, rule, now)?.range : undefined;
  const isOut = range !== undefined && isOutOf(range, value);
  const after = sampled(parts, seen, { rule, now, lastAt, isKnown: range !== undefined, isOut });
  if (after !== parts) {
    widen(compiled, parts, { after, value, elapsedMs: isOut ? now - lastAt : 0 });
  }
  return after;
}

function sampled(
  parts: Parts,
  { value, at }: Latest,
  q: Asked & { readonly lastAt: Moment; readonly isKnown: boolean; readonly isOut: boolean },
): Parts {
  const { rule, now, lastAt } = q;
  switch (rule.kind) {
    case 'rate': {
      const spanMs = rule.overMinutes * MINUTE_MS;
      return addToParts(parts, 2, (list) => addSample(list, { at, value }, spanMs));
    }
    case 'hours-out': {
      if (!q.isKnown) return parts;
      const spanMs = spanOf(rule);
      return addToParts(parts, 3, (list) => addHours(list, q, spanMs));
    }
    case 'mean': {
      const spanMs = MEAN_HOURS_MAX * HOUR_MS;
      return addToParts(parts, 3, (list) => addToMean(list, { now, value }, spanMs));
    }
    case 'smoke-level': {
      const elapsedMs = Math.min(now - lastAt, GAP_MS);
      const baseline = driftTo(rule, parts.kept[0] ?? 0, { value, elapsedMs });
      return { kept: [baseline], recent: parts.recent };
    }
    default:
      return unreachable(rule);
  }
}

/**
 * What the rule remembers after the clock jumped. Hours and quarters stay on the clock's grid, so that a jump of minutes
 * may move a little from one to the next.
 */
export function shiftKept(rule: WatchRule, kept: readonly number[], deltaMs: number) {
  if (rule.kind === 'hours-out') return shiftWindow(kept, 3, onGrid(deltaMs, HOUR_MS));
  if (rule.kind === 'mean') return shiftWindow(kept, 3, onGrid(deltaMs, MEAN_BUCKET_MS));
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
  { rule, now, active }: Asked & { readonly active: boolean },
): Judgement {
  const limits = limitsAt(unit, rule, now);
  const seen = latestOf(draft, unit.sensor, { metric: rule.metric, now });
  const kept = wholeOf(partsOf(draft.peek(unit), rule.id));
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
      const measured = judgeSmoke(rule, { value: seen?.value, baseline: kept[0] ?? 0, active });
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
