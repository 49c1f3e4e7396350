/** Moments and spans as people and programs write them in a query. */

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Moment } from '../../domain/time.ts';
import { say } from '../../domain/sentences.ts';
import { invalid } from './errors.ts';

const EPOCH_MS_MAX = 8.64e15;
const RFC3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)$/;

/** RFC 3339 with its zone, a date alone (UTC), or epoch milliseconds. */
export function parseMoment(text: string | number, field: string): Moment {
  if (typeof text === 'number' || /^\d+$/.test(text)) {
    const ms = Number(text);
    if (Number.isSafeInteger(ms) && ms >= 0 && ms <= EPOCH_MS_MAX) return ms;
  } else if (RFC3339.test(text) || /^\d{4}-\d\d-\d\d$/.test(text)) {
    const ms = Date.parse(text);
    if (Number.isFinite(ms)) return ms;
  }
  throw invalid(say('moment-unreadable', { field }));
}

/** The same, where it may be absent. */
export function optionalMoment(
  text: string | number | undefined,
  field: string,
): Moment | undefined {
  return text === undefined ? undefined : parseMoment(text, field);
}

const UNIT_MS: Readonly<Record<string, number>> = {
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
};

/** A step: `3600` (seconds), `1h`, `30m`, `PT1H`, `P1D`. At least a second, at most 366 days. */
export function parseStepMs(text: string): number {
  const plain = /^(\d+)(s|m|h|d)?$/i.exec(text);
  const iso = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i.exec(text);
  let ms = Number.NaN;
  if (plain) ms = Number(plain[1]) * (UNIT_MS[(plain[2] ?? 's').toLowerCase()] ?? Number.NaN);
  else if (iso) {
    const [, days = 0, hours = 0, minutes = 0, seconds = 0] = iso;
    ms =
      Number(days) * DAY_MS +
      Number(hours) * HOUR_MS +
      Number(minutes) * MINUTE_MS +
      Number(seconds) * SECOND_MS;
  }
  if (ms >= SECOND_MS && ms <= 366 * DAY_MS) return ms;
  throw invalid('"step" is a span such as 3600 (seconds), 1h or PT1H, of at least one second.');
}
