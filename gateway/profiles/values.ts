/** Values as devices write them: numbers as texts, words for states, other units. Nothing is guessed. */

import { METRICS } from '../../domain/metrics.ts';
import { SCALAR_CHARS_MAX } from './bounds.ts';

export type Taken =
  | { readonly kind: 'number'; readonly value: number }
  /** null, empty: the source does not know. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'bad' };

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
const MISSING: Taken = { kind: 'missing' };
const BAD: Taken = { kind: 'bad' };

const words: ReadonlyMap<string, number> = new Map([
  ['true', 1],
  ['false', 0],
  ['on', 1],
  ['off', 0],
  ['yes', 1],
  ['no', 0],
  ['1', 1],
  ['0', 0],
]);

/** A number: itself, or a text that is nothing but a number. */
export function numberOf(value: unknown): Taken {
  if (value === null || value === undefined || value === '') return MISSING;
  if (typeof value === 'number') return Number.isFinite(value) ? { kind: 'number', value } : BAD;
  if (typeof value !== 'string' || value.length > SCALAR_CHARS_MAX) return BAD;
  const text = value.trim();
  if (text === '') return MISSING;
  const number = NUMBER.test(text) ? Number(text) : NaN;
  return Number.isFinite(number) ? { kind: 'number', value: number } : BAD;
}

/** 0 or 1 from the table of words; anything else is bad, not 0. */
export function stateOf(value: unknown): Taken {
  if (value === null || value === undefined || value === '') return MISSING;
  if (typeof value === 'boolean') return { kind: 'number', value: value ? 1 : 0 };
  const state = words.get(textOfScalar(value)?.trim().toLowerCase() ?? '');
  return state === undefined ? BAD : { kind: 'number', value: state };
}

/** By a profile's own table; `*` is any other. */
export function mapped(value: unknown, map: Readonly<Record<string, number>>): Taken {
  if (value === null || value === undefined || value === '') return MISSING;
  const text = textOfScalar(value)?.trim();
  if (text === undefined) return BAD;
  const found = Object.hasOwn(map, text)
    ? map[text]
    : Object.hasOwn(map, '*')
      ? map['*']
      : undefined;
  return found === undefined ? BAD : { kind: 'number', value: found };
}

/** The text of a text, a number or a state; `undefined` of anything else. */
export function textOfScalar(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length <= SCALAR_CHARS_MAX ? value : undefined;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
}

type Convert = (value: number) => number;
const same: Convert = (value) => value;

/** Unit of a metric -> unit that devices write -> conversion. */
const conversions: Readonly<Record<string, Readonly<Record<string, Convert>>>> = {
  '°C': {
    c: same,
    '°c': same,
    cel: same,
    celsius: same,
    f: (f) => ((f - 32) * 5) / 9,
    '°f': (f) => ((f - 32) * 5) / 9,
    fahrenheit: (f) => ((f - 32) * 5) / 9,
    k: (k) => k - 273.15,
  },
  '%RH': { '%': same, '%rh': same, rh: same },
  '%': { '%': same, '%el': same },
  V: { v: same, mv: (mv) => mv / 1_000 },
  hPa: {
    hpa: same,
    mbar: same,
    pa: (pa) => pa / 100,
    kpa: (kpa) => kpa * 10,
    mmhg: (mm) => mm * 1.33322387415,
    inhg: (inch) => inch * 33.8638866667,
  },
  Pa: { pa: same, hpa: (hpa) => hpa * 100, kpa: (kpa) => kpa * 1_000 },
  ppm: { ppm: same, ppb: (ppb) => ppb / 1_000 },
  'µg/m³': {
    'μg/m3': same,
    'ug/m3': same,
    'mg/m³': (mg) => mg * 1_000,
    'mg/m3': (mg) => mg * 1_000,
  },
  lx: { lx: same, lux: same },
  'µW/lm': { 'μw/lm': same, 'uw/lm': same },
  '%/m': { '%/m': same },
  dBm: { dbm: same },
  dB: { db: same },
};

/** From `unit` to the metric's own; `undefined`: they have nothing to do with each other. */
export function converter(metric: string, unit: string): Convert | undefined {
  const wanted = METRICS.get(metric)?.unit;
  if (wanted === undefined || wanted === '')
    return wanted === undefined || unit === '' ? same : undefined;
  // NFKC makes one sign of ℃ what two signs say.
  const written = unit.trim().normalize('NFKC').toLowerCase();
  const table = Object.hasOwn(conversions, wanted) ? conversions[wanted] : undefined;
  if (!table) return undefined;
  // A unit may be any word that a device sends, those of the language among them.
  return [written, unit.trim().toLowerCase()]
    .filter((word) => Object.hasOwn(table, word))
    .map((word) => table[word])[0];
}

const DIGITS = 12;

/** Without the dust of binary fractions: 289 tenths are 28.9. */
export function withoutDust(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS));
}
