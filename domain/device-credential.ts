/** What a device shows to be let in, and what it may publish and read. */

import type { Moment } from './time.ts';

export const CREDENTIAL_PURPOSES = ['mqtt', 'http'] as const;
/** Where it opens the door: at the embedded broker, or at the HTTP intake. */
export type CredentialPurpose = (typeof CREDENTIAL_PURPOSES)[number];

export interface DeviceCredential {
  readonly id: string;
  readonly repository: string;
  /** For people: `网关 3 楼`. */
  readonly name: string;
  /** Unique among those in use; the common name of a certificate is compared with it. */
  readonly username: string;
  /** scrypt, as with accounts. Never leaves the server. */
  readonly secretHash: string;
  /** MQTT topic patterns that it may publish: `lantai/sx/th-301-1/#`, `zigbee2mqtt/#`. */
  readonly topics: readonly string[];
  /** MQTT topic patterns that it may read; none for most devices, `lantai/sx/alarm/#` for a siren. */
  readonly mayRead: readonly string[];
  readonly purpose: CredentialPurpose;
  /** Sustained; unset: `DEVICE_MESSAGES_PER_SECOND`. */
  readonly messagesPerSecond?: number;
  readonly createdBy: string;
  readonly createdAt: Moment;
  /** When its secret was last made anew. */
  readonly renewedAt?: Moment;
  /** To within a few minutes. */
  readonly lastConnectedAt?: Moment;
  /** It opens nothing any more; kept so that people see what it was. */
  readonly disabledAt?: Moment;
}

/** As the API shows it. */
export type DeviceCredentialView = Omit<DeviceCredential, 'secretHash'>;

/** Why a client was not let in, or something it did was not taken. */
export type ClientRefusal =
  | 'anonymous'
  | 'unknown-username'
  | 'wrong-password'
  | 'disabled'
  | 'too-many-connections'
  | 'client-id-taken'
  | 'busy'
  | 'no-certificate'
  | 'protocol'
  | 'packet-too-large'
  | 'topic-not-allowed'
  | 'topic-too-long'
  | 'topic-too-deep'
  | 'reading-not-allowed'
  | 'reads-too-slowly'
  | 'not-understood';

/** A client of the embedded broker, as remembered since the start. */
export interface ClientSight {
  readonly id: string;
  readonly clientId: string;
  readonly username?: string;
  readonly address: string;
  /** Id of the device credential that let it in. */
  readonly credential?: string;
  readonly firstSeenAt: Moment;
  readonly lastSeenAt: Moment;
  readonly connected: boolean;
  readonly messages: number;
  /** Connections, publications and subscriptions that were refused, and messages that were put into quarantine. */
  readonly refused: number;
  readonly lastRefusal?: {
    readonly at: Moment;
    readonly why: ClientRefusal;
    /** The topic, or what the network said. */
    readonly detail?: string;
  };
  /** It sends more than it may: its socket is read slowly. */
  readonly slowed: boolean;
}
