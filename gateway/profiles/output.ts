/** What a device profile makes of one message, before it is known which sensor or door it belongs to. */

import type { Said, Sentence } from '../../domain/sentences.ts';
import type { AccessEventKind } from '../../domain/access.ts';
import type { ListedDevice } from '../../domain/devices.ts';
import type { Moment } from '../../domain/time.ts';

/** `undefined`: the message names no time. `NaN`: it names one that can't be read. */
export type DeviceTime = Moment | undefined;

/** One value. Always finite, in the metric's own unit; 0 or 1 for a binary metric, 1 the abnormal or open side. */
export interface Sample {
  /** The device's name in its source: a hardware id where there is one. Never built from display names else. */
  readonly device: string;
  /** What tells two sensors of one kind in one message apart: the matched key, a register, a probe. */
  readonly channel?: string;
  /** A metric of ours, or `x.<name>`: a value that no metric stands for; offered to people, never stored. */
  readonly metric: string;
  readonly value: number;
  readonly deviceTime: DeviceTime;
  /** The source itself says that this is back-fill: archived with its own time, raises no live alarm. */
  readonly historical?: boolean;
  /** The source's own number, rising by one with each message of this device. */
  readonly sequence?: number;
}

/** One thing that happened at a door. */
export interface DoorEvent {
  readonly device: string;
  /** Which door of a controller. */
  readonly door?: string;
  readonly event: AccessEventKind;
  readonly deviceTime: DeviceTime;
  readonly credential?: string;
  readonly person?: string;
  readonly direction?: 'in' | 'out';
  readonly reason?: string;
  readonly historical?: boolean;
  readonly sequence?: number;
}

/** A device, or a bridge with all that hangs on it, said that it is there or gone. */
export interface Availability {
  readonly device: string;
  readonly online: boolean;
  /** `bridge`: what hangs on it is unknown while it is gone. */
  readonly scope: 'device' | 'bridge';
  /** The bridge that it is or hangs on, where there may be several; unset: all devices of a profile have one. */
  readonly branch?: Branch;
  readonly deviceTime: DeviceTime;
}

/** One bridge of several: what hangs on it has its name and a slash before its own, or speaks on its topics. */
export interface Branch {
  readonly device: string;
  /** An MQTT filter. */
  readonly topics: string;
}

/** Something in a message that is no reading. `field` is a metric's name or the field's own. */
export interface SampleIssue {
  readonly device: string;
  readonly kind:
    | 'missing' // null, "nan", empty: the source says it does not know
    | 'sentinel' // a value that stands for an error, or one outside what the profile allows
    | 'not-a-number' // text, an object … where a number belongs
    | 'source-fault' // the source itself marks the value as bad
    | 'sequence-gap' // numbers are missing: evidence of lost messages
    | 'stale'; // the source says its values are too old
  readonly field: string;
  /** The value or the numbers in question, bounded. */
  readonly detail?: string;
}

/** A device that the source itself describes: proposed to people, never configured by itself. */
export interface Proposal {
  readonly device: string;
  readonly name?: string;
  readonly model?: string;
  readonly manufacturer?: string;
  readonly metrics: readonly ProposedMetric[];
  /** `undefined`: it can be bound. Else why Lantai will not read it. */
  readonly refused?: string;
  /** The same for a screen. */
  readonly refusedSay?: Sentence;
  /** The source withdrew it. */
  readonly removed?: boolean;
}

export interface ProposedMetric {
  readonly metric: string;
  /** Where its values come from, when the source says so. */
  readonly topic?: string;
  readonly path?: string;
  /** As the source gives it. */
  readonly unit?: string;
  /** The source's words for a binary metric: what is sent -> 0 or 1. */
  readonly map?: Readonly<Record<string, 0 | 1>>;
}

/** What a codec wants sent back: over the transport the message came on. */
export interface Reply {
  readonly topic?: string;
  readonly payload: Uint8Array;
}

export interface ProfileOutput {
  readonly samples: readonly Sample[];
  readonly events: readonly DoorEvent[];
  readonly availability: readonly Availability[];
  readonly issues: readonly SampleIssue[];
  readonly proposals: readonly Proposal[];
  /** All devices of the source: what is not among them is there no longer. */
  readonly deviceList?: readonly ListedDevice[];
  readonly replies?: readonly Reply[];
  /** The message itself says that it is made up. */
  readonly simulated?: boolean;
  /** Says again what other messages of the device say. */
  readonly fallback?: boolean;
  /** The whole message can't be used: a machine word, and one sentence for people. */
  readonly refusal?: Said & { readonly code: string };
}

/** What a codec gets. `variables` are those of the topic template and the profile's parameters. */
export interface CodecInput {
  readonly payload: Uint8Array;
  readonly topic: string;
  readonly receivedAt: Moment;
  readonly variables: Readonly<Record<string, string>>;
  /** Of local times without a zone: minutes east of UTC at that local time. */
  readonly offsetMinutes: (localAsUtc: Moment) => number;
}

/**
 * A format that data can't describe. Never throws and never waits; `memory` is one object for each source, kept
 * between messages (and lost with the process: what it holds must be recoverable from the source).
 */
export interface Codec<Memory> {
  readonly name: string;
  newMemory(): Memory;
  decode(input: CodecInput, memory: Memory): ProfileOutput;
}

export const NOTHING: ProfileOutput = {
  samples: [],
  events: [],
  availability: [],
  issues: [],
  proposals: [],
};

/** A message that can't be used. */
export function refused(code: string, said: Said): ProfileOutput {
  return { ...NOTHING, refusal: { code, ...said } };
}
