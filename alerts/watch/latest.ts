/** What a sensor is known to say now: the one place where rules by the minute look at readings. */

import type { MetricName } from '../../domain/metrics.ts';
import type { Moment } from '../../domain/time.ts';
import type { Draft } from '../draft.ts';
import { LATE_MS } from '../engine-settings.ts';
import { seriesOf } from '../state/series-of.ts';
import type { SensorState } from '../state/states.ts';
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
  const series = seriesOf(unit, metric)?.index;
  return series === undefined ? undefined : latestIn(unit, view.peek(unit), { series, now });
}

/** The same of a series by its place. */
export function latestIn(
  { silenceMs }: Pick<SensorUnit, 'silenceMs'>,
  state: SensorState,
  { series, now }: { readonly series: number; readonly now: Moment },
): Latest | undefined {
  const own = state.series[series];
  if (!own || Number.isNaN(own.value) || state.silent || state.outOfUse) return undefined;
  const { value, at, receivedAt, simulated } = own;
  const isFresh = now - receivedAt <= silenceMs && now - at <= silenceMs + LATE_MS;
  return isFresh ? { value, at, simulated } : undefined;
}
