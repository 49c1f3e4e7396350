/** What the API and the live feed send: types that the server fills and the dashboard reads. Ids are qualified. */

import type { Sentence } from './sentences.ts';
import type { AccessEvent } from './access.ts';
import type { Principal, Role } from './account.ts';
import type { Alarm, AlarmState, AlarmTransition, Priority } from './alarm.ts';
import type { Incident } from './incident.ts';
import type { Citation, Limit } from './limits.ts';
import type { MetricName } from './metrics.ts';
import type { OutOfService } from './out-of-service.ts';
import type { OutboxMessage } from './outbox.ts';
import type { PairLive } from './preservation/views.ts';
import type { QualityFlag } from './reading.ts';
import type { Holding, RoomClass } from './registry.ts';
import type { ShelvingLimit } from './shelving.ts';
import type { LocalizedText } from './text.ts';
import type { Moment } from './time.ts';
import type { SensorTrust } from './trust.ts';

/** A room's or a repository's worst: of its open alarms' priorities, then no data, then normal. */
export type Condition = 'critical' | 'high' | 'medium' | 'low' | 'unknown' | 'normal';

/** The newest value of one metric by one sensor. */
export interface LatestReading {
  /** Qualified. */
  readonly sensor: string;
  readonly room: string;
  readonly metric: MetricName;
  readonly value: number;
  readonly quality: number;
  /** Tests of quality that it did not pass; absent: none. */
  readonly failed?: readonly QualityFlag[];
  readonly at: Moment;
  readonly receivedAt: Moment;
  /** Older than three of these is stale: shown struck through, never as fine. */
  readonly intervalMs: number;
  readonly simulated: boolean;
}

export interface DoorView {
  readonly id: string;
  readonly room: string;
  readonly name: string;
  /** From its last door event; `unknown` when there was none. */
  readonly state: 'open' | 'closed' | 'forced' | 'held' | 'unknown';
  readonly lastEvent?: AccessEvent;
}

export interface SensorView {
  readonly id: string;
  readonly room: string;
  readonly name: string;
  readonly device?: string;
  readonly metrics: readonly MetricName[];
  readonly intervalMs: number;
  readonly lastSeenAt?: Moment;
  readonly online?: boolean;
  readonly battery?: number;
  readonly quality?: number;
  readonly silent: boolean;
  /** How far it is to be trusted, and what speaks against it. */
  readonly trust: SensorTrust;
  readonly latest: readonly LatestReading[];
}

export interface RoomView {
  readonly id: string;
  readonly repository: string;
  readonly name: string;
  readonly class: RoomClass;
  readonly className: LocalizedText;
  readonly floor?: number;
  readonly areaM2?: number;
  readonly condition: Condition;
  readonly latest: readonly LatestReading[];
  readonly limits: readonly Limit[];
  readonly openAlarms: readonly Alarm[];
  readonly doors: readonly DoorView[];
  readonly holdings: readonly Holding[];
  /** How many sensors there are for each thing that is watched; 0 is "not watched", never "normal". */
  readonly watched: { readonly climate: number; readonly fire: number; readonly water: number };
  /** How many sensors, doors or rules on them are out of service: never shown as fine. Unset: none. */
  readonly outOfService?: number;
}

/** Answer of `GET /api/rooms/:id`. */
export interface RoomDetail extends RoomView {
  readonly preservation: readonly PairLive[];
}

export interface RepositoryView {
  readonly id: string;
  readonly name: string;
  readonly timezone: string;
  readonly simulated: boolean;
}

/** One part of the system, for `/api/ready` and the status in the corner. */
export interface PartState {
  readonly part: 'broker' | 'state' | 'readings' | 'spool' | 'outbox' | 'rules' | 'clock';
  readonly ok: boolean;
  /** For machines and logs, in English. */
  readonly detail: string;
  /** The same for people. */
  readonly text: LocalizedText;
}

/** First message of the live feed. */
export interface LiveSnapshot {
  readonly serverTime: Moment;
  readonly repositories: readonly RepositoryView[];
  readonly rooms: readonly RoomView[];
  readonly alarms: readonly Alarm[];
  readonly incidents: readonly Incident[];
  /** What stands out of service; unset: nothing. */
  readonly outOfService?: readonly OutOfService[];
  readonly parts: readonly PartState[];
  /** Whether the demonstration may be played (sample repository, simulators on). */
  readonly demonstration: boolean;
}

/** Server to client. `readings` may be dropped for a slow client; alarms and incidents never. */
export interface LiveEvents {
  snapshot: (snapshot: LiveSnapshot) => void;
  readings: (changed: readonly LatestReading[]) => void;
  access: (event: AccessEvent) => void;
  alarm: (alarm: Alarm) => void;
  incident: (incident: Incident) => void;
  parts: (parts: readonly PartState[]) => void;
}

export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly requestId: string;
    /** The message, so that a screen can say it in its own language. */
    readonly say?: Sentence;
    /** Mistakes in a text that was sent, by line and column. */
    readonly problems?: readonly {
      readonly line: number;
      readonly column: number;
      readonly message: string;
    }[];
  };
}

/** Answer of `GET` and `POST /api/session`. */
export type SessionView = Pick<
  Principal,
  'name' | 'displayName' | 'roles' | 'repositories' | 'mustChangePassword'
>;

export interface AccountView {
  readonly name: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly repositories: readonly string[];
  readonly mustChangePassword: boolean;
  readonly disabledAt?: Moment;
  readonly expiresAt?: Moment;
  readonly createdAt: Moment;
}

/** Answer of `GET /api/readings`: see `ReadingRow` and `BucketRow` of the ports. */
export interface SeriesView {
  readonly sensor: string;
  readonly metric: MetricName;
  readonly unit: string;
  readonly kind: 'readings' | 'buckets';
  readonly columns: readonly string[];
  readonly rows: readonly (readonly number[])[];
  readonly truncated: boolean;
}

/** A page of a long list; `next` is the cursor of the following page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** Answer of `GET /api/traces`: half-hour means, one item for each room and metric that is measured. */
export interface TracesView {
  readonly repository: string;
  readonly from: Moment;
  readonly until: Moment;
  readonly stepMs: number;
  readonly items: readonly {
    readonly room: string;
    readonly sensor: string;
    readonly metric: MetricName;
    /** `[at, mean]`; a half hour without good values has no point. */
    readonly points: readonly (readonly [at: Moment, mean: number])[];
  }[];
}

/** An alarm as lists and answers carry it: with the state that is derived from its facts. */
export type AlarmView = Alarm & { readonly state: AlarmState };

/** Answer of `GET /api/shelving`: what ends soonest first. */
export interface ShelvingView {
  readonly repository: string;
  readonly limits: Readonly<Record<Priority, ShelvingLimit>>;
  readonly citation: Citation;
  /** Unset: no shift ends soon. */
  readonly shiftEndsAt?: Moment;
  readonly items: readonly (AlarmView & { readonly remainingMs: number })[];
}

/** Who was told, when, and whether it arrived. Addresses are shortened: a webhook's may hold a secret. */
export type DeliveryView = Omit<OutboxMessage, 'payload'>;

/** Answer of `GET /api/alarms/:id`. */
export interface AlarmDetail {
  readonly alarm: AlarmView;
  readonly transitions: readonly AlarmTransition[];
  readonly deliveries: readonly DeliveryView[];
}

/** Answer of `GET /api/incidents/:id`. */
export interface IncidentDetail {
  readonly incident: Incident;
  readonly deliveries: readonly DeliveryView[];
}
