/**
 * Where the watch of a sensor stays quiet for long: bounds of what it may see, by series, and a time. While nothing runs
 * and each look sees values within them, none of its rules can be "met", so nobody has to ask them.
 *
 * Invariant: all that was seen since the bounds were found lay within them. The first value that does not ends them
 * (`sampleSensor`), as does a clock that jumps; other limits and the time end them by themselves.
 */

import { HOUR_MS, MINUTE_MS, type Moment } from '../../domain/time.ts';
import { isSensorRule, type SensorRule } from '../rules/watch-rules.ts';
import type { Calm, MetricLimits, WatchUnit } from '../state/units.ts';
import { Entries, tighten } from './entries.ts';
import type { WatchState } from './watch-state.ts';
import { GAP_MS } from './windows.ts';

/** Looks are told to be quiet so far ahead; those that are made up for later than after `GAP_MS` would be lost. */
export const QUIET_MS = 2 * MINUTE_MS;

/** The watch is calm now and for `QUIET_MS`, as long as what it sees stays within the bounds. */
export function isCalm({ calm, room }: WatchUnit, state: WatchState, now: Moment): boolean {
  if (!calm || !state.nothingRuns || calm.limits !== room?.limits) return false;
  return now + QUIET_MS < calm.until;
}

/** Whether a value of this series stays within the bounds. */
export function staysCalm({ low, high }: Calm, series: number, value: number): boolean {
  return value >= (low[series] ?? 0) && value <= (high[series] ?? 0);
}

/** The bounds of a sensor's watch that is quiet now; `undefined`: some rule is too near to what it asks for. */
export function calmOf(unit: WatchUnit, state: WatchState): Calm | undefined {
  if (unit.hasBaselines || !state.nothingRuns) return undefined;
  const { sensor, room, windows, rules } = unit;
  if (!sensor) return undefined;
  const low = sensor.series.map(() => -Infinity);
  const high = sensor.series.map(() => Infinity);
  let until = room?.limitsUntil ?? Infinity;
  for (const { rule, window } of rules) {
    if (!isSensorRule(rule)) return undefined;
    const kept = state.windows[window] ?? Entries.none;
    const found = boundsOf(rule, kept, room?.limits.get(rule.metric));
    if (!found) return undefined;
    const series = windows[window]?.series ?? 0;
    low[series] = Math.max(low[series] ?? 0, found.low);
    high[series] = Math.min(high[series] ?? 0, found.high);
    until = Math.min(until, state.lookedAt + found.restMs);
  }
  return { limits: room?.limits, until, low, high };
}

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly restMs: number;
}

const UNBOUND: Bounds = { low: -Infinity, high: Infinity, restMs: Infinity };

function boundsOf(
  rule: SensorRule,
  kept: Entries,
  limits: MetricLimits | undefined,
): Bounds | undefined {
  switch (rule.kind) {
    case 'rate': {
      const limit = rateLimit(rule, limits);
      if (limit === undefined) return UNBOUND;
      if (kept.length === 0) return undefined;
      const { low, high } = tighten(kept);
      // However values move within them, they never move by more than the limit.
      const slack = (limit - (high - low)) / 2;
      return slack >= 0 ? { ...UNBOUND, low: low - slack, high: high + slack } : undefined;
    }
    case 'hours-out': {
      // As if it were out of range from now on.
      const restMs = rule.hours * HOUR_MS - tighten(kept).sum - GAP_MS;
      return restMs > 0 ? { ...UNBOUND, restMs } : undefined;
    }
    case 'mean': {
      const limit = rule.limit ?? limits?.mean?.max;
      if (limit === undefined) return UNBOUND;
      return tighten(kept, 'mean').high <= limit ? { ...UNBOUND, high: limit } : undefined;
    }
    case 'smoke-level':
      return undefined;
  }
}

/** What a rule about a change is held against; `undefined`: nothing is in force. */
export function rateLimit(
  { limit, overMinutes }: { readonly limit?: number; readonly overMinutes: number },
  limits: MetricLimits | undefined,
): number | undefined {
  const perHour = limits?.rate?.max;
  return limit ?? (perHour === undefined ? undefined : (perHour * overMinutes) / 60);
}
