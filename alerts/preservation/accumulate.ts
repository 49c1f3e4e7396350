/**
 * What the climate of one pair of sensors adds up to, from its readings alone: at most one sample a minute goes into the
 * hour under way, and a later hour's first sample closes it. Time is the sensors' own, so readings played again after a
 * restart give the same, and hours without readings are unknown: they add nothing.
 */

import { readingsMinOf, spanHoursOf } from '../../domain/evidence.ts';
import {
  addHourToRecord,
  EMPTY_RECORD,
  type ClimateRecord,
} from '../../domain/preservation/climate-record.ts';
import { HOUR_MS, hourOf, type Moment } from '../../domain/time.ts';

interface Sum {
  readonly sum: number;
  readonly count: number;
}

/** The UTC hour under way. */
export interface HourSums {
  readonly at: Moment;
  readonly temperature: Sum;
  readonly humidity: Sum;
}

/** JSON. */
export interface Accumulation {
  /** Start of the first hour; unset: nothing came yet. */
  readonly since?: Moment;
  readonly hour?: HourSums;
  /** All hours before that. */
  readonly record: ClimateRecord;
}

export const EMPTY_ACCUMULATION: Accumulation = { record: EMPTY_RECORD };

export type Quantity = 'temperature' | 'humidity';

export interface Sample {
  readonly quantity: Quantity;
  /** °C or %RH. */
  readonly value: number;
  readonly at: Moment;
}

/** How often the two sensors report, seconds. */
export type Intervals = Readonly<Record<Quantity, number>>;

/** The accumulation with one more sample; one of an hour that is closed changes nothing. */
export function accumulate(
  before: Accumulation,
  sample: Sample,
  intervals: Intervals,
): Accumulation {
  const at = hourOf(sample.at);
  const { hour, since = at } = before;
  if (hour && at < hour.at) return before;
  const record =
    hour && at > hour.at ? closeHour(before.record, hour, { until: at, intervals }) : before.record;
  const open = hour?.at === at ? hour : { at, temperature: NONE, humidity: NONE };
  const { sum, count } = open[sample.quantity];
  const added = { sum: sum + sample.value, count: count + 1 };
  const isHumidity = sample.quantity === 'humidity';
  const temperature = isHumidity ? open.temperature : added;
  const humidity = isHumidity ? added : open.humidity;
  return { since, hour: { at, temperature, humidity }, record };
}

/**
 * After a clock that was ahead: its hours stand, and counting goes on at `at`; what lies between is neither counted as
 * unknown nor twice.
 */
export function goOnFrom(before: Accumulation, at: Moment): Accumulation {
  const { since = at, record } = before;
  const smoother = { ...record.smoother, at: hourOf(at) - HOUR_MS };
  return { since: Math.min(since, hourOf(at)), record: { ...record, smoother } };
}

const NONE: Sum = { sum: 0, count: 0 };

// A sensor that reports more seldom than once an hour speaks for the hours up to its next report.
function closeHour(
  record: ClimateRecord,
  hour: HourSums,
  { until, intervals }: { readonly until: Moment; readonly intervals: Intervals },
): ClimateRecord {
  const temperatureC = meanOf(hour.temperature, intervals.temperature);
  const humidityPercent = meanOf(hour.humidity, intervals.humidity);
  const spans = {
    temperature: spanHoursOf(intervals.temperature),
    humidity: spanHoursOf(intervals.humidity),
  };
  let next = record;
  for (let i = 0; i < Math.max(1, Math.min(spans.temperature, spans.humidity)); i += 1) {
    const at = hour.at + i * HOUR_MS;
    if (at >= until) break;
    next = addHourToRecord(next, { at, temperatureC, humidityPercent });
  }
  return next;
}

/** `undefined`: too few samples to speak for the hour. */
function meanOf({ sum, count }: Sum, intervalSeconds: number): number | undefined {
  return count >= readingsMinOf(Math.max(60, intervalSeconds)) ? sum / count : undefined;
}
