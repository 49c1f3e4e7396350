/** The tick's batch: rows to put and to delete, as data. Nothing reads inside the transaction. */

import type { AccessEvent } from './access.ts';
import type { Account, Session, Token } from './account.ts';
import type { Alarm, AlarmTransition } from './alarm.ts';
import type { Assessment, AssessmentDraft } from './assessment.ts';
import type { DeviceCredential } from './device-credential.ts';
import type { Handover } from './handover.ts';
import type { Incident } from './incident.ts';
import type { JournalEntry } from './journal.ts';
import type { LimitChange } from './limits.ts';
import type { OutOfService } from './out-of-service.ts';
import type { OutboxMessage } from './outbox.ts';
import type { SeriesHour } from './series.ts';
import type { QuarantineEntry } from './quarantine.ts';
import type { Calibration, DeviceList, KeptUnknown, OwnProfile } from './devices.ts';
import type {
  Device,
  Door,
  Holding,
  Person,
  ProfileUse,
  Repository,
  Room,
  Sensor,
} from './registry.ts';
import type { SpoolSeriesRow } from './spool-series.ts';
import type { StandardsChoice } from './standards.ts';
import type { Moment } from './time.ts';

/** One tick's readings and access events, waiting to be stored. `sequence` rises by one, for ever. */
export interface SpoolRow {
  readonly sequence: number;
  /** See `domain/spool.ts`. */
  readonly payload: Uint8Array | string;
  readonly readings: number;
  readonly bytes: number;
}

/**
 * What a rule or the intake remembers of one subject, as of one snapshot; `coversSpool`: up to which spool row it has seen.
 * A row of a snapshot that is not whole counts for nothing.
 */
export interface RuleStateRow {
  /** `<part>/<qualified id>`: `alerts/sx.th-301-1`, `intake/sx.th-301-1`. */
  readonly id: string;
  /** JSON. */
  readonly body: string;
  readonly coversSpool: number;
}

/** What one subject remembers as of a moment; made into rows when it is written, which may be a little later. */
export interface KeptState {
  /** The same for the same subject. */
  readonly id: string;
  readonly rows: () => readonly Omit<RuleStateRow, 'coversSpool'>[];
}

/** Small facts of the system: last run of a job, counters that survive a restart. */
export interface FactRow {
  readonly id: string;
  /** JSON. */
  readonly body: string;
  readonly at: Moment;
}

/** Every table by its row. */
export interface StateTables {
  readonly spool: SpoolRow;
  readonly spool_series: SpoolSeriesRow;
  readonly rule_state: RuleStateRow;
  readonly dirty_hour: SeriesHour;
  readonly alarm: Alarm;
  readonly alarm_transition: AlarmTransition;
  readonly incident: Incident;
  readonly access_event: AccessEvent;
  readonly journal: JournalEntry;
  readonly outbox: OutboxMessage;
  readonly quarantine: QuarantineEntry;
  readonly limit_change: LimitChange;
  readonly standards_choice: StandardsChoice;
  readonly out_of_service: OutOfService;
  readonly handover: Handover;
  readonly assessment: Assessment;
  readonly assessment_draft: AssessmentDraft;
  readonly account: Account;
  readonly session: Session;
  readonly token: Token;
  readonly device_credential: DeviceCredential;
  readonly repository: Repository;
  readonly room: Room;
  readonly device: Device;
  readonly sensor: Sensor;
  readonly door: Door;
  readonly holding: Holding;
  readonly person: Person;
  readonly profile_use: ProfileUse;
  readonly calibration: Calibration;
  readonly own_profile: OwnProfile;
  readonly unknown_device: KeptUnknown;
  readonly device_list: DeviceList;
  readonly fact: FactRow;
}
export type TableName = keyof StateTables;

/** `insert` fails on a key that exists, so a transition can't be doubled; `upsert` replaces. */
export type Put = {
  readonly [T in TableName]: {
    readonly table: T;
    readonly mode: 'insert' | 'upsert';
    readonly row: StateTables[T];
  };
}[TableName];

export type Delete =
  /** Settled and covered spool rows, by sequence, inclusive. */
  | { readonly table: 'spool'; readonly upTo: number }
  /** Rows of it that are older than its newest up to `standing`, the snapshot that counts. */
  | { readonly table: 'rule_state'; readonly id: string; readonly standing: number }
  | { readonly table: Exclude<TableName, 'spool' | 'rule_state'>; readonly key: string };

export interface TickBatch {
  readonly puts: readonly Put[];
  readonly deletes: readonly Delete[];
}
