/** A reading for tests of stores and spools. */

import type { Reading } from '../../domain/reading.ts';

/** Temperature of one sensor in one room at `at`, received a quarter of a second later; `more` is what differs. */
export function readingAt(at: number, more: Partial<Reading> = {}): Reading {
  return {
    repository: 'sx',
    room: 'r301',
    sensor: 'th-1',
    metric: 'temperature',
    value: 21.3,
    quality: 1,
    at,
    receivedAt: at + 250,
    ...more,
  };
}
