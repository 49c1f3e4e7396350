/** What the gateway makes of one message: values for the tick. */

import type { AccessEvent } from './access.ts';
import type { QuarantineEntry } from './quarantine.ts';
import type { Reading } from './reading.ts';
import type { Moment } from './time.ts';

/** A message as it came. */
export interface RawMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** A replay of a retained message: a last-known value, never a reading. */
  readonly retain: boolean;
  readonly receivedAt: Moment;
  /** It came before and could not be read then: when that was. Stands for a time that it does not name itself. */
  readonly firstReceivedAt?: Moment;
  /** MQTT packet id and the connection it came on, to recognise a redelivery after a reconnect. */
  readonly packetId?: number;
  readonly connection?: number;
}

/** A device said that it is there or gone (status topic, last will). */
export interface StatusChange {
  readonly repository: string;
  /** Local id of a sensor, door or device. */
  readonly id: string;
  readonly online: boolean;
  readonly at: Moment;
}

/** Something about a message that people should know, though it was taken. */
export interface IntakeIssue {
  readonly kind:
    | 'clock-wrong' // device time in the future or long past; replaced, raises a clock alarm
    | 'clock-right' // device time is usable again
    | 'value-conflict' // a different value for a key we have; the first one stays
    | 'undeclared-metric' // offered for adoption
    | 'not-a-number' // a field that is no reading
    | 'missing' // the source says that it does not know
    | 'sentinel' // a value that stands for an error of the sensor
    | 'source-fault' // the source marks the value as bad
    | 'stale' // the source says that its value is too old
    | 'sequence-gap'; // numbers are missing: evidence of messages that were lost
  readonly repository: string;
  /** Local id of the sensor or door. */
  readonly id: string;
  readonly metric?: string;
  readonly at: Moment;
  /** For a clock: how far the device's clock is ahead of ours, ms. */
  readonly skewMs?: number;
  readonly detail?: string;
}

/**
 * A message without a usable device time: what its redelivery is recognised by. Spooled beside the readings, so
 * that a redelivery is known after a crash, too.
 */
export interface Delivery {
  /** Qualified id of the sensor or door. */
  readonly source: string;
  /** Of the payload. */
  readonly hash: number;
  readonly receivedAt: Moment;
  readonly sequence?: number;
  readonly packetId?: number;
  readonly connection?: number;
}

export interface Decoded {
  readonly readings: readonly Reading[];
  readonly accessEvents: readonly AccessEvent[];
  readonly statuses: readonly StatusChange[];
  readonly issues: readonly IntakeIssue[];
  readonly quarantine: readonly QuarantineEntry[];
  /** Nulls and duplicates are no readings; they are counted. */
  readonly nulls: number;
  readonly duplicates: number;
  /** Absent when every part of the message had a usable time. */
  readonly deliveries?: readonly Delivery[];
}
