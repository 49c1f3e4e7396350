/** What a sensor is known to say now: the one place where rules by the minute look at readings. */

import type { MetricName } from '../../domain/metrics.ts';
import type { Moment } from '../../domain/time.ts';
import type { Draft } from '../draft.ts';
import { LATE_MS } from '../engine-settings.ts';
import { seriesOf } from '../state/series-of.ts';
import type { SensorUnit } from '../state/units.ts';

export interface Latest {
  readonly value: number;
  readonly at: Moment;
  readonly simulated: boolean;
}

/** `undefined`: nobody knows, as it is silent, out of use, has sent nothing usable, or nothing that is of now. */
export function latestOf(
  view: Pick<Draft, 'peek'>,
  unit: SensorUnit,
  { metric, now }: { readonly metric: MetricName; readonly now: Moment },
): Latest | undefined {
  const index = seriesOf(unit, metric)?.index;
  const state = view.peek(unit);
  const own = index === undefined ? undefined : state.series[index];
  if (!own || Number.isNaN(own.value) || state.silent || state.outOfUse) return undefined;
  const { value, at, receivedAt, simulated } = own;
  const isFresh = now - receivedAt <= unit.silenceMs && now - at <= unit.silenceMs + LATE_MS;
  return isFresh ? { value, at, simulated } : undefined;
}
