/** The metrics that readings may carry: unit and kind. What is plausible of them: `gateway/intake/thresholds.yaml`. */

export type MetricKind = 'number' | 'binary';

export interface MetricDefinition {
  readonly name: MetricName;
  /** Unit as stored and shown; empty for a binary metric. */
  readonly unit: string;
  /** A binary metric is 0 or 1; 1 is the abnormal or open side. */
  readonly kind: MetricKind;
  /** Nothing meant for climate data may delay, filter or drop a safety metric. */
  readonly safety: boolean;
}

type NumberRow = readonly [name: string, unit: string];

// Order is that of the metric table of the contracts.
const numberRows = [
  ['temperature', '°C'],
  ['dew_point', '°C'],
  ['surface_temperature', '°C'],
  ['humidity', '%RH'],
  ['smoke_obscuration', '%/m'],
  ['pressure', 'hPa'],
  ['pressure_difference', 'Pa'],
  ['co2', 'ppm'],
  ['pm25', 'µg/m³'],
  ['pm10', 'µg/m³'],
  ['so2', 'µg/m³'],
  ['no2', 'µg/m³'],
  ['o3', 'µg/m³'],
  ['formaldehyde', 'µg/m³'],
  ['tvoc', 'µg/m³'],
  ['illuminance', 'lx'],
  ['uv', 'µW/lm'],
  ['battery', '%'],
  ['battery_voltage', 'V'],
  ['rssi', 'dBm'],
  ['snr', 'dB'],
  ['link_quality', ''],
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
/** Rules tell a fire by the smoke density, though no value of it is a signal by itself. */
const urgent = new Set<string>([...SAFETY_METRICS, 'smoke_obscuration' satisfies NumberMetric]);

function numberDefinition([name, unit]: NumberRow): MetricDefinition {
  return { name: name as MetricName, unit, kind: 'number', safety: false };
}

function binaryDefinition(name: BinaryMetric): MetricDefinition {
  return { name, unit: '', kind: 'binary', safety: safety.has(name) };
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

/**
 * Whether a message that carries it may tell of fire, water or intrusion: it is committed at once, never thinned, and
 * comes in the session that climate data can't fill.
 */
export function isUrgentMetric(name: string): boolean {
  return urgent.has(name);
}
