/** What belongs to devices beside the structure: calibrations, profiles of the house's own, and devices nobody knows yet. */

import type { MetricName } from './metrics.ts';
import type { Moment } from './time.ts';

/** One calibration of one metric of a sensor: what it showed against a reference. Never changed, only followed by another. */
export interface Calibration {
  readonly id: string;
  readonly repository: string;
  /** Local id. */
  readonly sensor: string;
  readonly metric: MetricName;
  /** Added to what the sensor says, in the metric's unit. */
  readonly offset: number;
  /** Readings from then on are corrected. */
  readonly validFrom: Moment;
  /** Number of the certificate or record. */
  readonly certificate?: string;
  /** When it is to be done again. */
  readonly dueAt?: Moment;
  readonly by: string;
  readonly recordedAt: Moment;
}

/** A device profile that the house wrote itself, as text: what was written is what is kept. */
export interface OwnProfile {
  readonly id: string;
  readonly text: string;
  readonly by: string;
  readonly changedAt: Moment;
}

/** One message of a device that no sensor is bound to. */
export interface CapturedMessage {
  readonly at: Moment;
  readonly topic: string;
  /** At most `CAPTURED_BYTES_MAX` of it, base64. */
  readonly payloadBase64: string;
  readonly payloadBytes: number;
}

/** A value that an unknown device said last. */
export interface CapturedValue {
  readonly metric: string;
  readonly value: number;
  readonly channel?: string;
  readonly at: Moment;
}

/** A device, or a topic, that no sensor or door is bound to. */
export interface UnknownDevice {
  /** `<profile in use>|<device>`, or `|<topic>` where no profile knows the topic. */
  readonly id: string;
  /** Unset: no profile knows the topic. */
  readonly profile?: string;
  readonly device: string;
  /** What the source itself says of it. */
  readonly name?: string;
  readonly model?: string;
  readonly firstAt: Moment;
  readonly lastAt: Moment;
  readonly messages: number;
  readonly values: readonly CapturedValue[];
  /** Door events it told of. */
  readonly events: readonly {
    readonly event: string;
    readonly door?: string;
    readonly at: Moment;
  }[];
  /** Newest first. */
  readonly captured: readonly CapturedMessage[];
  /** Metrics that the source says it has, though none came yet. */
  readonly proposed: readonly string[];
  /** Why it can't be read, in a sentence. */
  readonly refused?: string;
}

export const UNKNOWN_DEVICES_MAX = 500;
export const CAPTURED_MESSAGES_MAX = 5;
export const CAPTURED_BYTES_MAX = 2_048;
