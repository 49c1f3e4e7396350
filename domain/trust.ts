/** How far a sensor is to be trusted, and why not: for the list of sensors and for alarms. */

import type { MetricName } from './metrics.ts';
import type { Moment } from './time.ts';

export const TRUST_REASONS = [
  'bad-data', // its readings fail tests
  'suspect-data', // they are suspect again and again
  'neighbours', // it has been far from the others of its room for hours
  'drift', // it has been off them for days
  'calibration-overdue', // its calibration is due
] as const;

export interface TrustReason {
  readonly kind: (typeof TRUST_REASONS)[number];
  readonly metric?: MetricName;
  /** Difference from the middle of the others, in the metric's unit. */
  readonly value?: number;
  /** The difference that is allowed. */
  readonly limit?: number;
  /** Since when; for a calibration, when it was due. */
  readonly since?: Moment;
}

export interface SensorTrust {
  /** `untrusted`: somebody has to look at it; `doubtful`: look twice; `trusted`: nothing speaks against it. */
  readonly level: 'trusted' | 'doubtful' | 'untrusted';
  readonly reasons: readonly TrustReason[];
}
