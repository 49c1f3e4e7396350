/** A reading: one value of one metric by one sensor at one time, with a quality. */

import type { MetricName } from './metrics.ts';
import type { Moment } from './time.ts';

/** QARTOD flags (IOOS manual): 1 good, 2 not evaluated, 3 suspect, 4 fail. */
export const QUALITY = { good: 1, notEvaluated: 2, suspect: 3, fail: 4 } as const;
export type Quality = (typeof QUALITY)[keyof typeof QUALITY];

/** Marks on a reading; stored as a comma-separated string. */
export type ReadingFlag =
  | 'historical' // older than the newest we had: late data, or back-fill
  | 'simulated' // made up by the simulators
  | 'time_received' // the device's clock was absent: time of receipt
  | 'clock_wrong' // the device's time was unusable and was replaced by the time of receipt
  | QualityFlag
  | 'after_gap'; // nothing came for long before it; the value is none the worse

/** Tests of quality that a value did not pass; see `domain/quality/tests.ts`. */
export const QUALITY_FLAGS = [
  'out_of_range', // beyond what the sensor can report: failed
  'contradiction', // impossible beside another value of the same moment: failed
  'implausible', // beyond what is to be expected, though the sensor can report it
  'spike', // too large a step from the last good value, and not confirmed yet
  'rate', // too fast a change, and not confirmed yet
  'flat_line', // temperature and humidity have not moved for a day
  'doubtful', // hard to believe beside another value of the same moment
] as const;
export type QualityFlag = (typeof QUALITY_FLAGS)[number];

/** The tests among the marks of a reading; `undefined`: it passed them all. */
export function failedTests(
  flags: readonly ReadingFlag[] | undefined,
): readonly QualityFlag[] | undefined {
  const failed = flags && QUALITY_FLAGS.filter((flag) => flags.includes(flag));
  return failed && failed.length > 0 ? failed : undefined;
}

export interface Reading {
  readonly repository: string;
  /** Where the sensor was at that time; local id. */
  readonly room: string;
  /** Local id. */
  readonly sensor: string;
  readonly metric: MetricName;
  /** In the metric's unit; 0 or 1 for a binary metric. Always finite. */
  readonly value: number;
  readonly quality: Quality;
  /** Device time where it is usable, else the time of receipt. */
  readonly at: Moment;
  /** When the gateway had it. */
  readonly receivedAt: Moment;
  /** Before calibration, where that changed the value. */
  readonly raw?: number;
  readonly flags?: readonly ReadingFlag[];
}

/** Whether it may begin or end anything that is said of a room: suspect values do neither. */
export function isSure(quality: Quality): boolean {
  return quality < QUALITY.suspect;
}

/** Whether averages may use it: good, not evaluated or suspect, never failed. */
export function isUsable(quality: Quality): boolean {
  return quality !== QUALITY.fail;
}
