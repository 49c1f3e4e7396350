/** The tests of quality by name, what they leave of a value's quality, and what they are told to test by. */

import { QUALITY, type Quality } from '../reading.ts';
import type { GrossRangeSettings } from './gross-range.ts';

/** The tests that did not pass, as bits. */
export const TEST = {
  /** Beyond what the sensor can report: failed. */
  sensorSpan: 1,
  /** Beyond what is to be expected: suspect. */
  expectedSpan: 2,
  spike: 4,
  rate: 8,
  flatLine: 16,
  /** Against another value of the same moment: failed. */
  contradiction: 32,
  /** Against another value, where either may be right: suspect. */
  doubt: 64,
  /** It follows a gap: a mark, and the value none the worse. */
  gap: 128,
} as const;

const FAILS = TEST.sensorSpan | TEST.contradiction;
const SUSPECTS = TEST.expectedSpan | TEST.spike | TEST.rate | TEST.flatLine | TEST.doubt;

/** The quality that these tests leave. */
export function qualityOf(tests: number): Quality {
  if ((tests & FAILS) !== 0) return QUALITY.fail;
  return (tests & SUSPECTS) !== 0 ? QUALITY.suspect : QUALITY.good;
}

/** What one metric is judged by; a binary or safety metric has none. In the metric's unit. */
export interface Thresholds extends GrossRangeSettings {
  /** A step above this is a spike until it is confirmed; unset: not tested, nor is the rate. */
  readonly spikeAbove?: number;
  /** A faster change is suspect until it is confirmed, where the step is above `rateFrom` at all. */
  readonly ratePerSecond?: number;
  readonly rateFrom?: number;
  /** Spreads below this are no movement for a day; unset: not tested. */
  readonly flatBelow?: number;
}

/** What all metrics are judged by. */
export interface CommonThresholds {
  /** A last good value older than this, or than so many intervals of the sensor, says nothing of a step. */
  readonly stepWithinMs: number;
  readonly stepWithinIntervals: number;
  readonly gapSeconds: number;
  readonly gapIntervals: number;
  readonly frozenMs: number;
  readonly frozenValuesMin: number;
  /** Rounding on the wire, K. */
  readonly dewPointSlackK: number;
  /** A battery that says it is low is not above this, %. */
  readonly lowBatteryMax: number;
}

export interface QualityThresholds {
  readonly common: CommonThresholds;
  /** By metric; what is not here is not tested. */
  readonly metrics: ReadonlyMap<string, Thresholds>;
}
