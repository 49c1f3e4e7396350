/** What belongs to devices beside the structure: calibrations, profiles of the house's own, and devices nobody knows yet. */

import type { MetricName } from './metrics.ts';
import type { Sentence } from './sentences.ts';
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

/** What a source says of one of its devices beside what the device itself says. */
export interface DeviceCard {
  readonly model?: string;
  readonly manufacturer?: string;
  /** In the words of whoever set it up there. */
  readonly description?: string;
  /** Stays with the thing when it gets another name: an address burnt in. */
  readonly hardware?: string;
  /** Somebody switched it off in its source: nothing comes from it. */
  readonly disabled?: true;
  /** The source has not learned yet what it is. */
  readonly unfinished?: true;
}

/** A device in the list that its source keeps of all its devices. */
export interface ListedDevice extends DeviceCard {
  readonly device: string;
  /** What it can say, as metrics of ours. */
  readonly metrics: readonly string[];
}

/** A source's list, as it came last. */
export interface DeviceList {
  /** Where it came from: every profile in use that reads this topic has this list. */
  readonly topic: string;
  /** When it came. */
  readonly at: Moment;
  readonly devices: readonly (ListedDevice & { readonly since: Moment })[];
  /** Names that are in the list no longer, with the hardware that had them. */
  readonly former: readonly { readonly device: string; readonly hardware: string }[];
}

/** What the list says of a device that something is bound to. `renamed`: its hardware has another name now. */
export interface Listing extends DeviceCard {
  readonly state: 'listed' | 'renamed' | 'gone';
  readonly renamedTo?: string;
}

/** A device, or a topic, that no sensor or door is bound to. */
export interface UnknownDevice extends DeviceCard {
  /** `<profile in use>|<device>`, or `|<topic>` where no profile knows the topic. */
  readonly id: string;
  /** Unset: no profile knows the topic. */
  readonly profile?: string;
  readonly device: string;
  /** What the source itself says of it. */
  readonly name?: string;
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
  /** The same for a screen. */
  readonly refusedSay?: Sentence;
}

/** What is written down of an unknown device; `device` unset: people do not want to see it. */
export interface KeptUnknown {
  readonly id: string;
  readonly at: Moment;
  readonly device?: UnknownDevice;
}

export const UNKNOWN_DEVICES_MAX = 500;
export const CAPTURED_MESSAGES_MAX = 5;
export const CAPTURED_BYTES_MAX = 2_048;
