/** What names a series, and an hour of it. */

import type { MetricName } from './metrics.ts';
import type { Moment } from './time.ts';

/** One series: one metric of one sensor of one repository. */
export interface SeriesKey {
  readonly repository: string;
  readonly sensor: string;
  readonly metric: MetricName;
}

/** An hour of a series; `hour` is its first moment (UTC). */
export interface SeriesHour extends SeriesKey {
  readonly hour: Moment;
}
