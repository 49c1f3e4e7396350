/** The metrics that a person may choose from: `domain/metrics.ts` in types, as the dashboard takes no code from there. */

import type { BinaryMetric, MetricName } from '../../../domain/metrics.ts';
import { isQuantity } from './format.ts';

// A metric that is added to the domain does not compile until it stands here.
const ALL: Readonly<Record<MetricName, true>> = {
  temperature: true,
  dew_point: true,
  surface_temperature: true,
  humidity: true,
  smoke_obscuration: true,
  pressure: true,
  pressure_difference: true,
  co2: true,
  pm25: true,
  pm10: true,
  so2: true,
  no2: true,
  o3: true,
  formaldehyde: true,
  tvoc: true,
  illuminance: true,
  uv: true,
  battery: true,
  battery_voltage: true,
  rssi: true,
  snr: true,
  link_quality: true,
  smoke: true,
  heat: true,
  smoke_test: true,
  fault: true,
  disabled: true,
  muted: true,
  water_leak: true,
  door_open: true,
  motion: true,
  glass_break: true,
  tamper: true,
  battery_low: true,
  mains_lost: true,
  online: true,
};

export const METRIC_CHOICES = Object.keys(ALL) as readonly MetricName[];

/** Whether `name` is a metric of ours, not `x.<name>` of a device. */
export function isMetric(name: string): name is MetricName {
  return Object.hasOwn(ALL, name);
}

/** Whether it is a state in words: 0 or 1, 1 the abnormal or open side. */
export function isBinary(metric: string): metric is BinaryMetric {
  return isMetric(metric) && !isQuantity(metric);
}

/** What of a sensor says something of the device, not of the room; never calibrated. */
const OF_THE_DEVICE: ReadonlySet<string> = new Set([
  'battery',
  'battery_voltage',
  'rssi',
  'snr',
  'link_quality',
]);

/** Metrics that can be compared with a reference instrument. */
export function isCalibrated(metric: string): boolean {
  return isQuantity(metric) && !OF_THE_DEVICE.has(metric);
}
