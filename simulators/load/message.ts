/** What a load message says: a pure function of sensor and sequence, so that a checker can know it. */

import type { Moment } from '../../domain/time.ts';

/** Two metrics that wander a little. */
export function payloadOf(of: {
  readonly sensor: number;
  readonly sequence: number;
  readonly time: Moment;
  readonly simulated: boolean;
}): string {
  const { temperature, humidity } = loadValues(of.sensor, of.sequence);
  // A real repository refuses marked data, so the mark follows the repository.
  const mark = of.simulated ? ',"simulated":true' : '';
  return `{"time":${of.time},"sequence":${of.sequence}${mark},"temperature":${temperature},"humidity":${humidity}}`;
}

/** The values of the message with this sequence. */
export function loadValues(
  sensor: number,
  sequence: number,
): { readonly temperature: number; readonly humidity: number } {
  const step = (sensor * 7 + sequence) % 40;
  const wave = step < 20 ? step : 40 - step;
  return { temperature: Number((19 + wave / 10).toFixed(1)), humidity: 50 + wave / 5 };
}
