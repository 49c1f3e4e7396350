/**
 * What the climate of one pair of sensors meant over a period, from hourly buckets: the same sums as live, hour by hour.
 * Mould and means begin with the period; only smoothing looks back before it.
 */

import { indexHours, type IndexedSensor, type SensorHours } from '../evidence.ts';
import { HOUR_MS, type Moment } from '../time.ts';
import { addHourToRecord, EMPTY_RECORD, settledAir, type ClimateRecord } from './climate-record.ts';
import { addToMean, EMPTY_MEAN, meanOf, type HarmonicMean } from './harmonic-mean.ts';
import { lifetimeOf } from './lifetime.ts';
import { absoluteHumidityGM3, dewPointC } from './moist-air.ts';
import { moistureContentPercent } from './moisture-content.ts';
import { preservationIndexYears } from './preservation-index.ts';
import { addHour, EMPTY_SMOOTHER, HUMIDITY_HOURS, type Smoother } from './smoothing.ts';
import { summaryOf, type RecordSummary } from './summary.ts';

/** Smoothing looks back so far before the period. */
export const LOOK_BACK_MS = HUMIDITY_HOURS * HOUR_MS;

type Hours = Pick<SensorHours, 'intervalSeconds' | 'rows'>;

export interface PeriodQuestion {
  /** Whole hours. */
  readonly from: Moment;
  readonly until: Moment;
  /** Width of a point; a multiple of an hour. */
  readonly stepMs: number;
  /** Hourly buckets from `LOOK_BACK_MS` before `from` on. */
  readonly temperature: Hours;
  readonly humidity: Hours;
}

export const PERIOD_COLUMNS = [
  'at',
  'temperature',
  'humidity',
  'dewPoint',
  'absoluteHumidity',
  'pi',
  'emc',
  'lifetime',
  'mouldRisk',
  'mouldIndex',
  'coverage',
] as const;
export type PeriodColumn = (typeof PERIOD_COLUMNS)[number];
/** In the order of the columns; `null`: not known. PI and EMC are of the smoothed air at the end of the step. */
export type PeriodPoint = readonly (number | null)[];

export interface PeriodAnswer {
  readonly summary: RecordSummary;
  /** Minutes with data of both, as far as the number of readings tells; and all there were. */
  readonly minutes: { readonly known: number; readonly all: number };
  readonly columns: readonly PeriodColumn[];
  readonly points: readonly PeriodPoint[];
}

export function periodOf(q: PeriodQuestion): PeriodAnswer {
  const temperature = indexHours(q.temperature);
  const humidity = indexHours(q.humidity);
  const meansAt = (at: Moment) => ({
    at,
    temperatureC: temperature.meanAt(at),
    humidityPercent: humidity.meanAt(at),
  });
  let smoother: Smoother = EMPTY_SMOOTHER;
  for (let at = q.from - LOOK_BACK_MS; at < q.from; at += HOUR_MS) {
    smoother = addHour(smoother, meansAt(at));
  }
  let record: ClimateRecord = { ...EMPTY_RECORD, smoother };
  let minutes = 0;
  const points: PeriodPoint[] = [];
  let step = new Step(q.from);
  for (let at = q.from; at < q.until; at += HOUR_MS) {
    const hour = meansAt(at);
    record = addHourToRecord(record, hour);
    const known = Math.min(
      minutesOf(temperature, at, q.temperature),
      minutesOf(humidity, at, q.humidity),
    );
    minutes += known;
    step.add(hour, known);
    if (at + HOUR_MS < q.until && at + HOUR_MS < step.from + q.stepMs) continue;
    points.push(step.point(record));
    step = new Step(at + HOUR_MS);
  }
  return {
    summary: summaryOf(record),
    minutes: { known: Math.round(minutes), all: Math.max(0, q.until - q.from) / 60_000 },
    columns: PERIOD_COLUMNS,
    points,
  };
}

function minutesOf(sensor: IndexedSensor, at: Moment, { intervalSeconds }: Hours): number {
  const row = sensor.rowAt(at);
  if (!row) return 0;
  return sensor.spanHours > 1 ? 60 : 60 * Math.min(1, (row[4] * intervalSeconds) / 3600);
}

/** What is averaged into one point. */
class Step {
  readonly from: Moment;
  #temperature = 0;
  #humidity = 0;
  #hours = 0;
  #all = 0;
  #minutes = 0;
  #lifetime: HarmonicMean = EMPTY_MEAN;

  constructor(from: Moment) {
    this.from = from;
  }

  add(
    air: {
      readonly temperatureC: number | undefined;
      readonly humidityPercent: number | undefined;
    },
    minutes: number,
  ): void {
    this.#all += 1;
    this.#minutes += minutes;
    const { temperatureC, humidityPercent } = air;
    if (temperatureC === undefined || humidityPercent === undefined) return;
    this.#hours += 1;
    this.#temperature += temperatureC;
    this.#humidity += humidityPercent;
    this.#lifetime = addToMean(this.#lifetime, lifetimeOf(air, 'paper')?.multiplier, 3600);
  }

  point(record: ClimateRecord): PeriodPoint {
    const hours = this.#hours;
    const air = {
      temperatureC: hours === 0 ? undefined : this.#temperature / hours,
      humidityPercent: hours === 0 ? undefined : this.#humidity / hours,
    };
    // A gap in the readings is a gap in the curves; mould alone is kept, as spores are.
    const settled = hours === 0 ? air : settledAir(record.smoother);
    const values: Readonly<Record<PeriodColumn, number | undefined>> = {
      at: this.from,
      temperature: air.temperatureC,
      humidity: air.humidityPercent,
      dewPoint: dewPointC(air),
      absoluteHumidity: absoluteHumidityGM3(air),
      pi: preservationIndexYears(settled),
      emc: moistureContentPercent(settled),
      lifetime: meanOf(this.#lifetime),
      mouldRisk: record.mould.events + record.mould.total,
      mouldIndex: record.mouldIndex.index,
      coverage: this.#minutes / (60 * this.#all),
    };
    return PERIOD_COLUMNS.map((column) => values[column] ?? null);
  }
}
