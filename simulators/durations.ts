/** Spans of time as people write them. */

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../domain/time.ts';
import { UsageError } from './repository-file.ts';

const units: Readonly<Record<string, number>> = {
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
};

/** `90s`, `30m`, `24h` or `7d` in ms; throws UsageError naming the option otherwise. */
export function parseSpanMs(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text);
  const unit = units[match?.[2] ?? ''];
  if (!match || unit === undefined) {
    throw new UsageError(`${option} wants a time such as 90s, 30m, 24h or 7d, not "${text}".`);
  }
  return Number(match[1]) * unit;
}

/** A number within bounds; throws UsageError naming the option otherwise. */
export function parseNumber(
  text: string,
  { option, min, max }: { readonly option: string; readonly min: number; readonly max: number },
): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < min || value > max) {
    throw new UsageError(`${option} wants a number from ${min} to ${max}, not "${text}".`);
  }
  return value;
}

/** A whole number within bounds; throws UsageError naming the option otherwise. */
export function parseWhole(
  text: string,
  bounds: { readonly option: string; readonly min: number; readonly max: number },
): number {
  const value = parseNumber(text, bounds);
  if (!Number.isInteger(value)) {
    throw new UsageError(`${bounds.option} wants a whole number, not "${text}".`);
  }
  return value;
}

/** A broker's address; throws UsageError when it is not one. */
export function parseBroker(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBroker = url !== undefined && ['mqtt:', 'mqtts:', 'tcp:'].includes(url.protocol);
  if (!isBroker || url.hostname === '') {
    throw new UsageError(`--broker wants an address such as mqtt://127.0.0.1:1883, not "${text}".`);
  }
  return text;
}
