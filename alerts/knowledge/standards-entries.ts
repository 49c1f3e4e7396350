/** One entry of a pack: what makes no sense in it, the limit that rules judge by, and the same in our unit. */

import type { Limit } from '../../domain/limits.ts';
import { METRICS, type MetricName } from '../../domain/metrics.ts';
import type { StandardsEntry } from '../../domain/standards.ts';
import type { PackEntry } from '../standards/library.ts';
import { KnowledgeError } from './read-yaml.ts';

/** Throws `KnowledgeError` for bounds the wrong way round, no figure at all, or a unit that is not the metric's own. */
export function checkEntry(entry: PackEntry, file: string): void {
  const refuse = (why: string): never => {
    throw new KnowledgeError(`${file}, ${entry.id}: ${why}.`);
  };
  const { kind, metric, unit, min, max, up, down } = entry;
  // A pollutant is limited in the unit of its standard; all else is in the unit that we measure in.
  if (metric !== undefined && kind !== 'air') {
    const own = METRICS.get(metric as MetricName)?.unit;
    if (unit !== own) refuse(`${metric} is in ${own ?? '?'}, not in ${unit ?? '?'}`);
  }
  if (kind === 'range' && min === undefined && max === undefined) refuse('neither min nor max');
  if (kind === 'offset' && up === undefined && down === undefined) refuse('neither up nor down');
  if (min !== undefined && max !== undefined && min > max) refuse(`min ${min} is above max ${max}`);
  if (entry.strict !== undefined && max !== undefined && entry.strict > max) {
    refuse(`strict ${entry.strict} is above max ${max}`);
  }
}

/** A pollutant's limit whose averaging time was not seen is judged over an hour. Our own proposal. */
const AVERAGE_HOURS = 1;

function averageHoursOf(average: string | undefined): number {
  if (average === undefined) return AVERAGE_HOURS;
  return average.includes('daily') ? 24 : Number(/^(\d+) h$/.exec(average)?.[1] ?? AVERAGE_HOURS);
}

/** The window that the rules for swings look at. */
const WINDOW_HOURS = 24;

/**
 * What our rules can judge by: a range that holds, a change in an hour, a pollutant's mean, and a swing within 24 h. "±" is judged as twice as much from top to
 * bottom, and as the deviation from the set-point where the standard means that.
 */
export function limitOfEntry(entry: PackEntry): Limit | undefined {
  const { kind, metric, citation, inForceFrom, plusMinus } = entry;
  if (metric === undefined || entry.comparison) return undefined;
  const shared = {
    metric: metric as MetricName,
    citation: entry.note && !citation.note ? { ...citation, note: entry.note } : citation,
    origin: 'pack' as const,
    validFrom: inForceFrom ?? 0,
    recordedAt: 0,
  };
  if (kind === 'range') {
    const { min, max } = entry;
    return {
      ...shared,
      kind,
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
    };
  }
  if (kind === 'rate' && entry.perHour !== undefined) {
    return { ...shared, kind, max: entry.perHour };
  }
  if (kind === 'air' && entry.inMetric) {
    const averageHours = averageHoursOf(entry.average);
    return { ...shared, kind: 'mean', max: entry.inMetric.max, averageHours };
  }
  if (kind !== 'swing' || plusMinus === undefined || entry.hours !== WINDOW_HOURS) return undefined;
  const swing = {
    ...(entry.around === 'set-point' ? { fromSetPoint: plusMinus } : {}),
    peakToPeak: 2 * plusMinus,
  };
  return { ...shared, kind, swing };
}

/** Exact factors only: a ppb is so many micrograms at one temperature alone. */
const FACTORS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'µg/m³': { 'mg/m³': 1000, 'µg/m³': 1 },
  ppm: { '%': 10_000, ppm: 1 },
};

/** A pollutant's limit in the unit that its metric is measured in. */
export function toMetricUnit(
  entry: Pick<StandardsEntry, 'unit' | 'max'> & { readonly metric?: string | undefined },
): Pick<StandardsEntry, 'inMetric'> {
  const own = METRICS.get((entry.metric ?? '') as MetricName)?.unit;
  const factor = own === undefined ? undefined : FACTORS[own]?.[entry.unit ?? ''];
  if (own === undefined || factor === undefined || entry.max === undefined) return {};
  // 0.0003 mg is 0.3 µg, not 0.30000000000000004.
  return { inMetric: { unit: own, max: Number((entry.max * factor).toPrecision(12)) } };
}
