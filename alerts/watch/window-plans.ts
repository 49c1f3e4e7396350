/** What is kept of a sensor's series for its rules by the minute: rules that ask for the same share one window. */

import { HOUR_MS, MINUTE_MS, type Moment } from '../../domain/time.ts';
import { unreachable } from '../../domain/unreachable.ts';
import type { SensorRule, WindowRule } from '../rules/watch-rules.ts';
import { seriesOf } from '../state/series-of.ts';
import type { SensorUnit, WindowPlan } from '../state/units.ts';
import type { Entries } from './entries.ts';
import { MEAN_BUCKET_MS, stepOf } from './windows.ts';

/** No averaging time is longer. */
const MEAN_HOURS_MAX = 24;

/** The windows of these rules about the sensor's series, each once. */
export function planWindows(
  rules: readonly SensorRule[],
  sensor: Pick<SensorUnit, 'series'>,
): readonly WindowPlan[] {
  const byKey = Map.groupBy(rules.filter(keepsWindow), windowKey);
  return [...byKey].flatMap(([key, sharing]) => {
    const [first] = sharing;
    const series = first && seriesOf(sensor, first.metric)?.index;
    if (!first || series === undefined) return [];
    const { kind, metric } = first;
    const spanMs = Math.max(...sharing.map(spanOf));
    return [{ key, kind, metric, series, spanMs, rules: sharing.map(({ id }) => id) }];
  });
}

export function keepsWindow(rule: SensorRule): rule is WindowRule {
  return rule.kind !== 'smoke-level';
}

/** How far back the rule looks. */
export function spanOf(rule: WindowRule): number {
  switch (rule.kind) {
    case 'rate':
      return rule.overMinutes * MINUTE_MS;
    case 'hours-out':
      return (rule.within === 'day' ? 24 : 168) * HOUR_MS;
    case 'mean':
      return MEAN_HOURS_MAX * HOUR_MS;
    default:
      return unreachable(rule);
  }
}

/** Samples are the same where their steps are; hours and quarters always are. */
function windowKey(rule: WindowRule): string {
  const { kind, metric } = rule;
  return kind === 'rate' ? `${kind}/${metric}/${stepOf(spanOf(rule))}` : `${kind}/${metric}`;
}

/** Samples have one figure, hours and quarters two. */
export const sizeOf = ({ kind }: Pick<WindowPlan, 'kind'>): 2 | 3 => (kind === 'rate' ? 2 : 3);

/**
 * What is kept after the clock jumped. Hours and quarters stay on the clock's grid, so that a jump of minutes may move a
 * little from one to the next.
 */
export function shiftKept({ kind }: WindowPlan, kept: Entries, deltaMs: Moment): Entries {
  if (kind === 'hours-out') return kept.shifted(onGrid(deltaMs, HOUR_MS));
  if (kind === 'mean') return kept.shifted(onGrid(deltaMs, MEAN_BUCKET_MS));
  // Samples are at the times of devices, whose clocks did not jump.
  return kept;
}

const onGrid = (deltaMs: number, stepMs: number): number => Math.round(deltaMs / stepMs) * stepMs;
