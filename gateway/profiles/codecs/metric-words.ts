/** Words and units of foreign formats -> our metrics. What is not certain stays `x.<name>`: offered, never guessed. */

import { METRICS, METRIC_NAMES, type MetricName } from '../../../domain/metrics.ts';

/** Longer names are cut: they only serve to be shown. */
const NAME_CHARS_MAX = 128;

const byWord: ReadonlyMap<string, MetricName> = new Map(
  METRIC_NAMES.map((name) => [name.replaceAll('_', ''), name]),
);

/** The metric that a word names, whatever its case and separators (`WaterLeak`, `water leak`, `CO2`). */
export function metricNamed(word: string): MetricName | undefined {
  if (word.length > NAME_CHARS_MAX) return undefined;
  return byWord.get(word.toLowerCase().replace(/[^a-z0-9]/g, ''));
}

/** The metric that a word and its unit name together: a battery in volts is `battery_voltage`. */
export function metricFor(word: string, unit: string | undefined): MetricName | undefined {
  const metric = metricNamed(word);
  const isVoltage = unit !== undefined && scaleOf('V', unit.trim().toLowerCase()) !== undefined;
  return metric === 'battery' && isVoltage ? 'battery_voltage' : metric;
}

/** The name under which a value that no metric stands for is offered to people. */
export function unknownMetric(name: string): string {
  return `x.${name.slice(0, NAME_CHARS_MAX)}`;
}

interface Scale {
  readonly factor: number;
  /** Added before the factor is applied. */
  readonly offset?: number;
}

const ONE: Scale = { factor: 1 };
const RATIO: Scale = { factor: 100 };

/** By our unit: the unit words of the sources (lower case), and what makes ours of them. */
const SCALES: Readonly<Record<string, Readonly<Record<string, Scale>>>> = {
  '°C': {
    ...same('cel', '°c', '℃', 'c', 'degc', 'celsius'),
    ...alike({ factor: 5 / 9, offset: -32 }, '°f', '℉', 'f', 'degf', 'fahrenheit'),
    ...alike({ factor: 1, offset: -273.15 }, 'k', 'kelvin'),
  },
  '%RH': { ...same('%rh', '%', 'rh', '% rh', 'percent'), '/': RATIO },
  '%': { ...same('%', '%el', 'percent'), '/': RATIO },
  '%/m': same('%/m', '%obs/m'),
  hPa: {
    ...same('hpa', 'mbar'),
    pa: { factor: 0.01 },
    kpa: { factor: 10 },
    bar: { factor: 1000 },
    mmhg: { factor: 1.33322387 },
  },
  Pa: { ...same('pa'), hpa: RATIO, kpa: { factor: 1000 } },
  ppm: { ...same('ppm'), ppb: { factor: 0.001 } },
  'µg/m³': { ...same('µg/m³', 'μg/m³', 'ug/m3', 'µg/m3', 'μg/m3'), 'mg/m³': { factor: 1000 } },
  lx: same('lx', 'lux'),
  'µW/lm': same('µw/lm', 'μw/lm', 'uw/lm'),
  V: { ...same('v'), mv: { factor: 0.001 } },
  dBm: same('dbm'),
  dB: same('db'),
  '': same('', 'lqi', 'count'),
};

/** Percent, volts, millivolts, a step of four: a battery without a unit may be any of them. */
const UNIT_NEEDED: ReadonlySet<MetricName> = new Set<MetricName>(['battery']);

/**
 * The value in the metric's own unit; 0 or 1 for a binary metric. `undefined`: the unit is not one of this metric, or
 * the value is none that a binary metric can have.
 */
export function inOwnUnit(
  metric: MetricName,
  value: number,
  unit: string | undefined,
): number | undefined {
  const definition = METRICS.get(metric);
  if (!definition || !Number.isFinite(value)) return undefined;
  if (definition.kind === 'binary') return value === 0 || value === 1 ? value : undefined;
  const word = unit?.trim().toLowerCase() ?? '';
  if (word === '') return UNIT_NEEDED.has(metric) ? undefined : value;
  const scale = scaleOf(definition.unit, word);
  if (!scale) return undefined;
  if (scale === ONE) return value;
  // Twelve digits: 64.4 °F is 18 °C, not 18.000000000000004.
  const scaled = Number(((value + (scale.offset ?? 0)) * scale.factor).toPrecision(12));
  return Number.isFinite(scaled) ? scaled : undefined;
}

/**
 * Where a named value belongs: to `metric` in its own unit, or to `x.<name>` when there is none or the unit is not the
 * metric's (the name promises what the value is not). `undefined`: neither 0 nor 1 where nothing else can be.
 */
export function placed(
  metric: MetricName | undefined,
  given: { readonly name: string; readonly value: number; readonly unit: string | undefined },
): { readonly metric: string; readonly value: number } | undefined {
  const own = metric && inOwnUnit(metric, given.value, given.unit);
  if (metric && own !== undefined) return { metric, value: own };
  if (metric && METRICS.get(metric)?.kind === 'binary') return undefined;
  return { metric: unknownMetric(given.name), value: given.value };
}

function scaleOf(ownUnit: string, word: string): Scale | undefined {
  const scales = SCALES[ownUnit];
  return scales && Object.hasOwn(scales, word) ? scales[word] : undefined;
}

function same(...words: readonly string[]): Record<string, Scale> {
  return alike(ONE, ...words);
}

function alike(scale: Scale, ...words: readonly string[]): Record<string, Scale> {
  return Object.fromEntries(words.map((word) => [word, scale]));
}
