/** What a sensor measures of its surroundings, metric by metric. */

import type { MetricName } from '../domain/metrics.ts';
import type { Moment } from '../domain/time.ts';
import type { SensorEntry } from './archive.ts';
import { dewPointC } from './model/air.ts';
import { clamp, smoothNoise } from './model/outdoor.ts';
import {
  batteryPercent,
  drawErrors,
  HUMIDITY_SENSOR,
  lag,
  measure,
  roundTo,
  TEMPERATURE_SENSOR,
  type SensorErrors,
} from './model/sensor.ts';
import { createRandom, type Random } from './random.ts';

/** The truth around a sensor. */
export interface Surroundings {
  readonly temperatureC: number;
  readonly humidity: number;
  readonly people: number;
  readonly isOutdoor: boolean;
  readonly hourOfDay: number;
}

export type Values = Partial<Record<MetricName, number | null>>;

/** One simulated sensor: its errors, and what its elements have followed so far. */
export interface Probe {
  readonly entry: SensorEntry;
  readonly random: Random;
  readonly temperatureErrors: SensorErrors;
  readonly humidityErrors: SensorErrors;
  readonly fullPercent: number;
  readonly startedAt: Moment;
  elementC: number;
  elementHumidity: number;
}

export interface ProbeOptions {
  readonly seed: number;
  readonly startedAt: Moment;
  readonly batteryPercent: number | undefined;
  readonly around: Surroundings;
}

/** A sensor with errors of its own, drawn from the seed and its id. */
export function createProbe(entry: SensorEntry, options: ProbeOptions): Probe {
  const random = createRandom(options.seed, `sensor/${entry.id}`);
  const { startedAt, around } = options;
  return {
    entry,
    random,
    temperatureErrors: drawErrors(TEMPERATURE_SENSOR, random, startedAt),
    humidityErrors: drawErrors(HUMIDITY_SENSOR, random, startedAt),
    fullPercent: options.batteryPercent ?? random.integer(56, 99),
    startedAt,
    elementC: around.temperatureC,
    elementHumidity: around.humidity,
  };
}

/** Lets the elements follow the air for a while. */
export function followAir(probe: Probe, around: Surroundings, elapsedMs: number): void {
  probe.elementC = lag(probe.elementC, {
    air: around.temperatureC,
    kind: TEMPERATURE_SENSOR,
    elapsedMs,
  });
  probe.elementHumidity = lag(probe.elementHumidity, {
    air: around.humidity,
    kind: HUMIDITY_SENSOR,
    elapsedMs,
  });
}

/** One report: every metric that the sensor declares. */
export function measureAll(probe: Probe, around: Surroundings, at: Moment): Values {
  const { random } = probe;
  const temperature = measure(probe.elementC, {
    kind: TEMPERATURE_SENSOR,
    errors: probe.temperatureErrors,
    at,
    random,
  });
  const wet = measure(probe.elementHumidity, {
    kind: HUMIDITY_SENSOR,
    errors: probe.humidityErrors,
    at,
    random,
  });
  const measured: Measured = {
    temperature,
    humidity: clamp(wet, 0, 100),
    battery: batteryPercent(probe.fullPercent, at - probe.startedAt),
  };
  const values: Values = {};
  for (const metric of probe.entry.metrics) {
    values[metric] = valueOf(metric, { probe, around, at, measured });
  }
  return values;
}

interface Measured {
  readonly temperature: number;
  readonly humidity: number;
  readonly battery: number;
}

interface Context {
  readonly probe: Probe;
  readonly around: Surroundings;
  readonly at: Moment;
  readonly measured: Measured;
}

function valueOf(metric: MetricName, context: Context): number {
  const { measured, around, probe } = context;
  switch (metric) {
    case 'temperature':
      return measured.temperature;
    case 'humidity':
      return measured.humidity;
    case 'dew_point':
      return roundTo(dewPointC(measured.temperature, measured.humidity), 0.1);
    case 'battery':
      return measured.battery;
    case 'battery_voltage':
      return roundTo(2.4 + 0.006 * measured.battery, 0.01);
    case 'battery_low':
      return measured.battery < 15 ? 1 : 0;
    case 'motion':
      return around.people > 0 ? 1 : 0;
    case 'online':
      return 1;
    case 'illuminance':
      return roundTo(light(around) * probe.random.between(0.95, 1.05), 1);
    case 'co2':
      return roundTo(wandering(context, 430, 12) + 90 * around.people, 1);
    case 'link_quality':
      return probe.random.integer(140, 220);
    default:
      return restingValue(metric, context);
  }
}

/** Metrics that wander around a usual value; binary ones rest at 0, the normal side. */
const usual: Readonly<
  Partial<Record<MetricName, readonly [mean: number, swing: number, step: number]>>
> = {
  smoke_obscuration: [0.08, 0.05, 0.01],
  pressure: [922, 6, 0.1],
  pressure_difference: [8, 1.2, 0.1],
  pm25: [18, 9, 1],
  pm10: [34, 15, 1],
  so2: [7, 3, 1],
  no2: [14, 6, 1],
  o3: [11, 5, 1],
  formaldehyde: [28, 9, 1],
  tvoc: [120, 50, 1],
  uv: [12, 4, 1],
  rssi: [-74, 6, 1],
  snr: [9, 2, 0.1],
};

function restingValue(metric: MetricName, context: Context): number {
  const row = usual[metric];
  if (!row) return 0;
  const [mean, swing, step] = row;
  return roundTo(wandering(context, mean, swing), step);
}

function wandering({ probe, at }: Context, mean: number, swing: number): number {
  return mean + swing * smoothNoise(`${probe.entry.id}/${mean}`, at / 5_400_000);
}

function light(around: Surroundings): number {
  if (!around.isOutdoor) return around.people > 0 ? 180 : 0;
  const sun = Math.sin(((around.hourOfDay - 6) / 12) * Math.PI);
  return Math.max(0, 60_000 * sun);
}
