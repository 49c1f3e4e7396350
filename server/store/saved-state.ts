/** What a start needs from the state store: structure, open alarms, rule states, the spool that no snapshot covers. */

import type { Alarm } from '../../domain/alarm.ts';
import type { Calibration, DeviceList, KeptUnknown, OwnProfile } from '../../domain/devices.ts';
import { qualify } from '../../domain/ids.ts';
import type { Incident } from '../../domain/incident.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import type { LimitChange } from '../../domain/limits.ts';
import type { OutboxMessage } from '../../domain/outbox.ts';
import type { SeriesHour } from '../../domain/series.ts';
import { idOf, type Registry, type Repository } from '../../domain/registry.ts';
import type { SpoolSeriesRow } from '../../domain/spool-series.ts';
import type { FactRow, RuleStateRow, SpoolRow } from '../../domain/tick.ts';
import { THINNED_FACT, type ThinnedCount } from '../tick/thinning.ts';
import type { Reader } from './queries.ts';

/** The fact that says up to which spool row all rule states have seen; written with the last piece of a snapshot. */
export const COVERED_FACT = 'spool/covered';

// Rows of a snapshot that never became whole are newer than the fact.
const STANDING_STATES = `
  SELECT id, body, covers_spool FROM rule_state AS r WHERE covers_spool = (
    SELECT MAX(covers_spool) FROM rule_state WHERE id = r.id AND covers_spool <= ?)`;

interface Things {
  readonly repository: string;
  readonly id: string;
}

function things<T extends Things>(reader: Reader, table: string): ReadonlyMap<string, T> {
  const rows = reader.all<T>(`SELECT body FROM ${table} ORDER BY id`);
  return new Map(rows.map((row) => [idOf(row), row]));
}

/** The structure as last committed. */
export function loadRegistry(reader: Reader): Registry {
  const repositories = reader.all<Repository>('SELECT body FROM repository ORDER BY id');
  return {
    repositories: new Map(repositories.map((r) => [r.id, r])),
    rooms: things(reader, 'room'),
    devices: things(reader, 'device'),
    sensors: things(reader, 'sensor'),
    doors: things(reader, 'door'),
    holdings: things(reader, 'holding'),
    people: things(reader, 'person'),
    profileUses: things(reader, 'profile_use'),
    calibrations: calibrationsOf(reader),
    ownProfiles: new Map(
      reader.all<OwnProfile>('SELECT body FROM own_profile ORDER BY id').map((p) => [p.id, p]),
    ),
  };
}

function calibrationsOf(reader: Reader): Registry['calibrations'] {
  const bySensor = new Map<string, Calibration[]>();
  for (const one of reader.all<Calibration>('SELECT body FROM calibration')) {
    const sensor = qualify(one.repository, one.sensor);
    const list = bySensor.get(sensor);
    if (list) list.push(one);
    else bySensor.set(sensor, [one]);
  }
  for (const list of bySensor.values()) list.sort((a, b) => a.validFrom - b.validFrom);
  return bySensor;
}

export interface SavedState {
  readonly alarms: readonly Alarm[];
  readonly incidents: readonly Incident[];
  readonly ruleStates: readonly RuleStateRow[];
  /** The engine's small facts. */
  readonly alertFacts: readonly FactRow[];
  readonly outbox: readonly OutboxMessage[];
  readonly limitChanges: readonly LimitChange[];
  /** The newest entry of each chain. */
  readonly journalHeads: readonly JournalEntry[];
  /** Spool rows up to here are in the rule states. */
  readonly coveredSpool: number;
  /** The greatest spool sequence ever given. */
  readonly lastSpool: number;
  /** Every spool row that is still there, without its payload. */
  readonly spool: readonly { readonly sequence: number; readonly bytes: number }[];
  /** The series that spool rows name by number. */
  readonly spoolSeries: readonly SpoolSeriesRow[];
  /** `undefined`: nothing was ever thinned. */
  readonly thinned: ThinnedCount | undefined;
  /** Oldest first. */
  readonly quarantineIds: readonly string[];
  /** Oldest first. */
  readonly unknownDevices: readonly KeptUnknown[];
  readonly deviceLists: readonly DeviceList[];
}

/** Everything but the spool's rows, which are replayed one by one. */
export function loadSavedState(reader: Reader): SavedState {
  const covered = reader.one<{ sequence: number }>('SELECT body FROM fact WHERE id = ?', [
    COVERED_FACT,
  ]);
  const spool = reader.rows<{ sequence: number; bytes: number }>(
    'SELECT sequence, bytes FROM spool ORDER BY sequence',
  );
  const quarantine = reader.rows<{ id: string }>('SELECT id FROM quarantine ORDER BY at, rowid');
  const coveredSpool = covered?.sequence ?? 0;
  return {
    alarms: reader.all('SELECT body FROM alarm WHERE closed_at IS NULL ORDER BY raised_at'),
    incidents: reader.all('SELECT body FROM incident WHERE closed_at IS NULL ORDER BY opened_at'),
    ruleStates: reader
      .rows<{ id: string; body: string; covers_spool: number }>(STANDING_STATES, [coveredSpool])
      .map((r) => ({ id: r.id, body: r.body, coversSpool: r.covers_spool })),
    alertFacts: reader.rows("SELECT id, at, body FROM fact WHERE id LIKE 'alerts/%'"),
    outbox: reader.all('SELECT body FROM outbox WHERE pending = 1 ORDER BY created_at'),
    limitChanges: reader.all('SELECT body FROM limit_change ORDER BY id'),
    journalHeads: loadJournalHeads(reader),
    coveredSpool,
    lastSpool: Math.max(coveredSpool, spool.at(-1)?.sequence ?? 0),
    spool,
    spoolSeries: reader.rows('SELECT number, repository, room, sensor, metric FROM spool_series'),
    thinned: reader.one<ThinnedCount>('SELECT body FROM fact WHERE id = ?', [THINNED_FACT]),
    quarantineIds: quarantine.map((row) => row.id),
    unknownDevices: reader.all('SELECT body FROM unknown_device ORDER BY at'),
    deviceLists: reader.all('SELECT body FROM device_list'),
  };
}

/** The newest entry of each chain. */
export function loadJournalHeads(reader: Reader): readonly JournalEntry[] {
  return reader.all(
    `SELECT j.body FROM journal j JOIN
       (SELECT repository, MAX(sequence) AS last FROM journal GROUP BY repository) h
     ON j.repository = h.repository AND j.sequence = h.last`,
  );
}

/** Spool rows that no snapshot covers, in order. */
export function* uncoveredSpool(reader: Reader, covered: number): Iterable<SpoolRow> {
  const rowsMax = 500;
  let after = covered;
  for (;;) {
    const rows = reader.rows<SpoolRow>(
      'SELECT sequence, payload, readings, bytes FROM spool WHERE sequence > ? ORDER BY sequence LIMIT ?',
      [after, rowsMax],
    );
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < rowsMax) return;
    after = last.sequence;
  }
}

/** Hours that wait for their roll-up and ended before `endedBefore`; at most `hoursMax`. */
export function dirtyHours(
  reader: Reader,
  q: { readonly endedBefore: number; readonly hoursMax: number },
): readonly SeriesHour[] {
  return reader
    .rows<SeriesHour>(
      'SELECT repository, sensor, metric, hour FROM dirty_hour WHERE hour + 3600000 <= ? ORDER BY hour LIMIT ?',
      [q.endedBefore, q.hoursMax],
    )
    .map((r) => ({ repository: r.repository, sensor: r.sensor, metric: r.metric, hour: r.hour }));
}
