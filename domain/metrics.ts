/** The metrics that readings may carry: unit, kind and the span a healthy sensor can report. */

export type MetricKind = 'number' | 'binary';

export interface MetricDefinition {
  readonly name: MetricName;
  /** Unit as stored and shown; empty for a binary metric. */
  readonly unit: string;
  /** A binary metric is 0 or 1; 1 is the abnormal or open side. */
  readonly kind: MetricKind;
  /** What a sensor of this metric can physically report; outside it the quality is `fail`. Our own proposal. */
  readonly plausible: { readonly min: number; readonly max: number };
  /** Nothing meant for climate data may delay, filter or drop a safety metric. */
  readonly safety: boolean;
  /** Steps above this between neighbours look like a spike (quality `suspect`); unset: not tested. Our own proposal. */
  readonly spikeAbove?: number;
}

type NumberRow = readonly [
  name: string,
  unit: string,
  min: number,
  max: number,
  spikeAbove?: number,
];

// Order is that of the metric table of the contracts.
const numberRows = [
  ['temperature', '°C', -60, 85, 8],
  ['dew_point', '°C', -80, 60, 8],
  ['surface_temperature', '°C', -60, 85, 8],
  ['humidity', '%RH', 0, 100, 20],
  ['smoke_obscuration', '%/m', 0, 100],
  ['pressure', 'hPa', 500, 1100, 20],
  ['pressure_difference', 'Pa', -500, 500],
  ['co2', 'ppm', 0, 40000],
  ['pm25', 'µg/m³', 0, 5000],
  ['pm10', 'µg/m³', 0, 5000],
  ['so2', 'µg/m³', 0, 50000],
  ['no2', 'µg/m³', 0, 50000],
  ['o3', 'µg/m³', 0, 50000],
  ['formaldehyde', 'µg/m³', 0, 50000],
  ['tvoc', 'µg/m³', 0, 100000],
  ['illuminance', 'lx', 0, 200000],
  ['uv', 'µW/lm', 0, 100000],
  ['battery', '%', 0, 100],
  ['battery_voltage', 'V', 0, 60],
  ['rssi', 'dBm', -200, 50],
  ['snr', 'dB', -100, 100],
  ['link_quality', '', 0, 255],
] as const satisfies readonly NumberRow[];

const binaryNames = [
  'smoke',
  'heat',
  'smoke_test',
  'fault',
  'disabled',
  'muted',
  'water_leak',
  'door_open',
  'motion',
  'glass_break',
  'tamper',
  'battery_low',
  'mains_lost',
  'online',
] as const;

export type NumberMetric = (typeof numberRows)[number][0];
export type BinaryMetric = (typeof binaryNames)[number];
export type MetricName = NumberMetric | BinaryMetric;

/** `smoke`, `heat`, `water_leak`, `tamper`: see the words of the architecture. */
const SAFETY_METRICS: readonly BinaryMetric[] = ['smoke', 'heat', 'water_leak', 'tamper'];

const safety = new Set<string>(SAFETY_METRICS);

function numberDefinition(row: NumberRow): MetricDefinition {
  const [name, unit, min, max, spikeAbove] = row;
  const base = { name: name as MetricName, unit, kind: 'number' as const, safety: false };
  const withRange = { ...base, plausible: { min, max } };
  return spikeAbove === undefined ? withRange : { ...withRange, spikeAbove };
}

function binaryDefinition(name: BinaryMetric): MetricDefinition {
  return {
    name,
    unit: '',
    kind: 'binary',
    plausible: { min: 0, max: 1 },
    safety: safety.has(name),
  };
}

/** Every metric by name. */
export const METRICS: ReadonlyMap<string, MetricDefinition> = new Map(
  [...numberRows.map(numberDefinition), ...binaryNames.map(binaryDefinition)].map((d) => [
    d.name,
    d,
  ]),
);

/** All metric names, in the order of the contracts. */
export const METRIC_NAMES: readonly MetricName[] = [...METRICS.keys()] as MetricName[];

/** Whether `name` is a metric that Lantai knows. */
export function isMetric(name: string): name is MetricName {
  return METRICS.has(name);
}

/** Whether nothing meant for climate data may touch this metric. */
export function isSafetyMetric(name: string): boolean {
  return safety.has(name);
}
