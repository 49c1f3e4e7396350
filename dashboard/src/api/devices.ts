/** What the API says of devices, profiles, quarantine and calibration beside the types in `domain/`. */

import type { DoorView, SensorView } from '../../../domain/api.ts';
import type { ListedDevice, Listing, UnknownDevice } from '../../../domain/devices.ts';
import type { DeviceSource } from '../../../domain/registry.ts';
import type { Said, Sentence } from '../../../domain/sentences.ts';
import type { LocalizedText } from '../../../domain/text.ts';
import type { Moment } from '../../../domain/time.ts';

/** What a sensor or a door is bound to, and whether the screen may change it. */
interface Registered {
  readonly source?: DeviceSource;
  /** `database`: adopted on screen; unset: from the repository file. */
  readonly origin?: 'database';
  /** Why its source can't be used, in a sentence. */
  readonly problem?: string;
  readonly problemSay?: Sentence;
  /** What its source's own list of devices says of it; unset: it keeps none. */
  readonly listing?: Listing;
}
export type RegisteredSensor = SensorView & Registered;
export type RegisteredDoor = DoorView & Registered;

export interface ProfileView {
  readonly id: string;
  readonly origin: 'box' | 'own';
  readonly version: number;
  readonly name: LocalizedText;
  readonly note?: LocalizedText;
  /** What people check before they trust it. */
  readonly commissioning?: LocalizedText;
  readonly timezone?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly discovers: boolean;
  readonly expectEverySeconds?: number;
}
export type ProfileWithText = ProfileView & { readonly text: string };

export interface ProfileUseView {
  /** Qualified. */
  readonly id: string;
  readonly repository: string;
  readonly profile: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly timezone?: string;
  readonly origin?: 'database';
  readonly problem?: string;
  readonly problemSay?: Sentence;
}

export type UnknownDeviceView = UnknownDevice & {
  /** Plain id of the profile that understands it; unset: none was chosen. */
  readonly profileId?: string;
  /** Profiles that understand what it sent last. */
  readonly suggestions: readonly string[];
  /** Sensors and doors (qualified ids) that are bound to the name it had before. */
  readonly wasBoundTo?: readonly string[];
};

export interface TriedSample {
  readonly device: string;
  readonly channel?: string;
  readonly metric: string;
  readonly unit?: string;
  readonly value: number;
  readonly at?: Moment;
  /** The message names a time that can't be read. */
  readonly timeProblem?: boolean;
  readonly historical?: boolean;
  readonly sequence?: number;
}

export interface TriedEvent {
  readonly device: string;
  readonly door?: string;
  readonly event: string;
  readonly at?: Moment;
  readonly credential?: string;
  readonly person?: string;
  readonly direction?: string;
  readonly reason?: string;
}

/** What a profile makes of one message; nothing of it was stored. */
export interface TryOut {
  /** Whether the profile knows the topic. */
  readonly matched: boolean;
  readonly samples: readonly TriedSample[];
  readonly events: readonly TriedEvent[];
  readonly availability: readonly {
    readonly device: string;
    readonly online: boolean;
    readonly scope: 'device' | 'bridge';
  }[];
  readonly issues: readonly {
    readonly device: string;
    readonly kind: string;
    readonly field: string;
    readonly detail?: string;
  }[];
  readonly proposals: readonly {
    readonly device: string;
    readonly name?: string;
    readonly model?: string;
    readonly metrics: readonly { readonly metric: string }[];
    readonly refused?: string;
    readonly refusedSay?: Sentence;
  }[];
  /** All devices of the source. */
  readonly deviceList?: readonly ListedDevice[];
  readonly refusal?: Said & { readonly code: string };
}

/** Body of `POST /api/profiles/try`. */
export interface TryQuestion {
  readonly profile?: string;
  readonly text?: string;
  readonly topic: string;
  readonly payloadBase64: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly timezone?: string;
}

/** How many messages of the quarantine were taken in now, still can't be read, or are kept only in part. */
export interface RetryCounts {
  readonly taken: number;
  readonly still: number;
  readonly cut: number;
}
