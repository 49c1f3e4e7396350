/** What every reading store refuses for ever, whatever it is made of: checked before anything is sent. */

import type { AccessEvent } from '../../domain/access.ts';
import type { Reading } from '../../domain/reading.ts';

/** The last moment a 64-bit count of nanoseconds can hold, in ms. */
const AT_MS_MAX = 9_223_372_036_000;

/** Why no store will ever take this reading; `undefined`: it may be stored. */
export function whyUnstorable(reading: Reading): string | undefined {
  for (const field of ['repository', 'room', 'sensor', 'metric'] as const) {
    if (typeof reading[field] !== 'string') return `${field} is not text`;
  }
  if (!reading.repository || !reading.sensor || !reading.metric) {
    return 'repository, sensor or metric is empty';
  }
  if (!Number.isFinite(reading.value)) return 'value is not a finite number';
  if (reading.raw !== undefined && !Number.isFinite(reading.raw)) {
    return 'raw is not a finite number';
  }
  if (!Number.isInteger(reading.quality)) return 'quality is not an integer';
  if (!isStorableMoment(reading.at)) return 'time is not a whole millisecond a store can hold';
  if (!Number.isSafeInteger(reading.receivedAt))
    return 'time of receipt is not a whole millisecond';
  return undefined;
}

/** Why no store will ever take this access event; `undefined`: it may be stored. */
export function whyUnstorableEvent(event: AccessEvent): string | undefined {
  for (const field of ['id', 'repository', 'room', 'door', 'event'] as const) {
    if (typeof event[field] !== 'string' || event[field] === '') return `${field} is not text`;
  }
  if (!isStorableMoment(event.at)) return 'time is not a whole millisecond a store can hold';
  return undefined;
}

/** Whether a count of nanoseconds can hold this count of milliseconds. */
export function isStorableMoment(at: number): boolean {
  return Number.isSafeInteger(at) && at >= 0 && at <= AT_MS_MAX;
}

/** Another value came first; said of a reading whose key exists with a different value. */
export const DIFFERENT_VALUE = 'another value is stored for this sensor, metric and time';
