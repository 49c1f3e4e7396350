/** The weather outside: a typical year for Taiyuan, as a function of time alone. */

import { DAY_MS, HOUR_MS, type Moment } from '../../domain/time.ts';
import { fractionOf } from '../random.ts';
import { humidityPercent, moistureGM3 } from './air.ts';
import type { LocalTime } from './local-time.ts';

export interface OutdoorAir {
  readonly temperatureC: number;
  readonly humidity: number;
  /** Water in the air, g/m³. */
  readonly moistureGM3: number;
}

const YEAR_MS = 365.2425 * DAY_MS;
const YEAR_MEAN_C = 8.75;
/** January mean -6 °C, July mean 23.5 °C. */
const YEAR_AMPLITUDE_C = 14.75;
/** The coldest day: the middle of January. */
const COLDEST_AT = Date.UTC(2020, 0, 15);
/** Mean %RH by month: a dry spring and a humid August. Our own approximation. */
const MONTH_HUMIDITY = [48, 45, 43, 41, 45, 55, 70, 74, 68, 60, 55, 50] as const;
const DAY_AMPLITUDE_C = 5.5;
const WARMEST_HOUR = 15;

/** Air outside at `at`. The same seed gives the same weather. */
export function outdoorAir(
  at: Moment,
  { seed, localTime }: { readonly seed: number; readonly localTime: LocalTime },
): OutdoorAir {
  const season = (at - COLDEST_AT) / YEAR_MS;
  const daily = Math.cos((2 * Math.PI * (localTime.hourOfDay(at) - WARMEST_HOUR)) / 24);
  const front = smoothNoise(`${seed}/front`, at / (3 * DAY_MS));
  const gust = smoothNoise(`${seed}/gust`, at / (2 * HOUR_MS));
  const dayMeanC = YEAR_MEAN_C - YEAR_AMPLITUDE_C * Math.cos(2 * Math.PI * season) + 3 * front;
  const temperatureC = dayMeanC + DAY_AMPLITUDE_C * daily + 0.4 * gust;
  const wetness = monthHumidity(season) + 10 * smoothNoise(`${seed}/wet`, at / (2 * DAY_MS));
  // Water stays much the same through a day, so relative humidity falls in the afternoon.
  const water = moistureGM3(dayMeanC, clamp(wetness, 12, 95));
  const humidity = clamp(humidityPercent(temperatureC, water), 8, 98);
  return { temperatureC, humidity, moistureGM3: moistureGM3(temperatureC, humidity) };
}

function monthHumidity(season: number): number {
  // Season 0 is the middle of January, so month means sit on whole twelfths.
  const months = (((season % 1) + 1) % 1) * 12;
  const index = Math.floor(months);
  const from = MONTH_HUMIDITY[index % 12] ?? 50;
  const to = MONTH_HUMIDITY[(index + 1) % 12] ?? 50;
  return from + (to - from) * (months - index);
}

/** Noise in [-1, 1] that moves smoothly between random values at whole positions. */
export function smoothNoise(name: string, position: number): number {
  const left = Math.floor(position);
  const t = position - left;
  const eased = t * t * (3 - 2 * t);
  const a = fractionOf(`${name}/${left}`);
  const b = fractionOf(`${name}/${left + 1}`);
  return 2 * (a + (b - a) * eased) - 1;
}

/** `value`, kept within the bounds. */
export function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
