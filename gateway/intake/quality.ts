/** Quality of a value: range and spike for climate metrics. Safety and binary metrics pass: nothing may hold them back. */

import { QUALITY, type Quality } from '../../domain/reading.ts';
import type { Moment } from '../../domain/time.ts';
import { SPIKE_WITHIN_MS_MAX } from './bounds.ts';
import type { MetricState } from './state.ts';

/**
 * Judges `value` and remembers what the next judgement needs. `historical` values are tested for range only: their
 * neighbours may be anywhere.
 */
export function judgeQuality(
  metric: MetricState,
  value: number,
  when: { readonly at: Moment; readonly historical: boolean },
): Quality {
  const { definition } = metric;
  if (definition.kind === 'binary' || definition.safety) return QUALITY.good;
  if (value < definition.plausible.min || value > definition.plausible.max) return QUALITY.fail;
  if (when.historical) return QUALITY.good;
  if (isSpike(metric, value, when.at)) {
    metric.spike = value;
    return QUALITY.suspect;
  }
  metric.good = value;
  metric.goodAt = when.at;
  metric.spike = NaN;
  return QUALITY.good;
}

function isSpike(metric: MetricState, value: number, at: Moment): boolean {
  const { spikeAbove } = metric.definition;
  if (spikeAbove === undefined || Number.isNaN(metric.good)) return false;
  if (at - metric.goodAt > SPIKE_WITHIN_MS_MAX) return false;
  if (Math.abs(value - metric.good) <= spikeAbove) return false;
  // A second value near the first one: the room really changed (a door to the frost, a heater).
  return !(Math.abs(value - metric.spike) <= spikeAbove);
}
