/** Numbers and spans as people read them. */

const DIGITS: Readonly<Record<string, number>> = {
  temperature: 1,
  dew_point: 1,
  surface_temperature: 1,
  humidity: 1,
  battery_voltage: 2,
  pressure: 1,
  pressure_difference: 1,
  smoke_obscuration: 2,
};

/** Decimal places in which a metric is shown. */
export function digitsOf(metric: string): number {
  return DIGITS[metric] ?? 0;
}

const UNITS: Readonly<Record<string, string>> = {
  temperature: '℃',
  dew_point: '℃',
  surface_temperature: '℃',
  humidity: '%',
  smoke_obscuration: '%/m',
  pressure: 'hPa',
  pressure_difference: 'Pa',
  co2: 'ppm',
  pm25: 'µg/m³',
  pm10: 'µg/m³',
  so2: 'µg/m³',
  no2: 'µg/m³',
  o3: 'µg/m³',
  formaldehyde: 'µg/m³',
  tvoc: 'µg/m³',
  illuminance: 'lx',
  uv: 'µW/lm',
  battery: '%',
  battery_voltage: 'V',
  rssi: 'dBm',
  snr: 'dB',
};

/** The unit that stands behind a value; empty for a binary metric. */
export function unitOf(metric: string): string {
  return UNITS[metric] ?? '';
}

/** Whether a metric is a quantity with a curve, not a state of a detector or a device. */
export function isQuantity(metric: string): boolean {
  return metric in UNITS || metric === 'link_quality';
}

/** `01:07` or `1:02:33`: a running clock. Never negative. */
export function clockText(spanMs: number): string {
  const seconds = Math.max(0, Math.floor(spanMs / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** The largest unit that fits an age, with its whole number. */
export function ageParts(ageMs: number): {
  readonly unit: 'second' | 'minute' | 'hour' | 'day';
  readonly count: number;
} {
  const seconds = Math.max(0, Math.round(ageMs / 1000));
  if (seconds < 60) return { unit: 'second', count: seconds };
  if (seconds < 3600) return { unit: 'minute', count: Math.floor(seconds / 60) };
  if (seconds < 48 * 3600) return { unit: 'hour', count: Math.floor(seconds / 3600) };
  return { unit: 'day', count: Math.floor(seconds / 86400) };
}

/** A share from 0 to 1; what is not quite all is never 100 %, what is not quite nothing never 0 %. */
export function percent(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1%';
  if (share < 1 && share >= 0.9995) return '>99.9%';
  return `${(share * 100).toFixed(1)}%`;
}
