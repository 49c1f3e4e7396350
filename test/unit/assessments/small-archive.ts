/** A small archive for tests of assessments: services over plain values, on a clock that is handed in. */

import type { AccessEvent } from '../../../domain/access.ts';
import type { Alarm } from '../../../domain/alarm.ts';
import type { SensorView } from '../../../domain/api.ts';
import type { AssessmentDraft } from '../../../domain/assessment.ts';
import type { Incident } from '../../../domain/incident.ts';
import type { Limit, LimitChange } from '../../../domain/limits.ts';
import type { BucketRow, ReadingQuery } from '../../../domain/ports.ts';
import { EMPTY_REGISTRY, idOf, type Door, type Registry } from '../../../domain/registry.ts';
import type { Room, Sensor } from '../../../domain/registry.ts';
import type { StandardsChoice } from '../../../domain/standards.ts';
import type { FactRow } from '../../../domain/tick.ts';
import { HOUR_MS, type Moment } from '../../../domain/time.ts';
import type { EvidenceServices } from '../../../server/assessments/gather-question.ts';
import type { Services, StateQueries, Writer } from '../../../server/services.ts';

export const REPOSITORY = 'sx';
const paper = {
  standard: 'JGJ 25-2010',
  clause: '5.2.1',
  verification: 'copies',
} as const;

/** Limits of a paper stack room, in force since long ago. */
export const PAPER_LIMITS: readonly Limit[] = [
  limit({ metric: 'temperature', kind: 'range', min: 14, max: 24 }),
  limit({ metric: 'humidity', kind: 'range', min: 45, max: 60 }),
  limit({ metric: 'temperature', kind: 'swing', swing: { fromSetPoint: 2, peakToPeak: 4 } }),
];

export function limit(
  l: Pick<Limit, 'metric' | 'kind'> & Partial<Pick<Limit, 'min' | 'max' | 'swing' | 'validFrom'>>,
): Limit {
  return { citation: paper, origin: 'pack', validFrom: 0, recordedAt: 0, ...l };
}

export interface Archive {
  readonly now: Moment;
  readonly rooms?: readonly Partial<Room>[];
  readonly sensors?: readonly (Partial<Sensor> & Pick<Sensor, 'id' | 'metrics'>)[];
  readonly doors?: readonly Partial<Door>[];
  /** The buckets of a series; unset: every hour full, at 20 °C, 50 %RH or 0. */
  readonly hour?: (q: ReadingQuery, hour: Moment) => BucketRow | undefined;
  readonly views?: Readonly<Record<string, Partial<SensorView>>>;
  readonly alarms?: readonly Alarm[];
  readonly incidents?: readonly Incident[];
  readonly accessEvents?: readonly AccessEvent[];
  readonly drafts?: readonly AssessmentDraft[];
  readonly limits?: (q: { readonly at: Moment; readonly knownAt: Moment }) => readonly Limit[];
  readonly limitChanges?: readonly LimitChange[];
  readonly standardsChoices?: readonly StandardsChoice[];
}

/** A whole hour of readings, one a minute, all of one value. */
export function fullHour(hour: Moment, value: number, spread = 0): BucketRow {
  return [hour, value, value - spread, value + spread, 60, 60];
}

export function usualValue(q: ReadingQuery): number {
  return q.metric === 'temperature' ? 20 : q.metric === 'humidity' ? 50 : 0;
}

/** What gathering and making need, with everything that was committed. */
export interface SmallArchive extends EvidenceServices, Pick<Services, 'newId' | 'writer'> {
  readonly commits: Parameters<Writer['commit']>[0][];
}

export function smallArchive(archive: Archive): SmallArchive {
  const registry = registryOf(archive);
  const commits: Parameters<Writer['commit']>[0][] = [];
  let ids = 0;
  return {
    now: () => archive.now,
    registry: () => registry,
    limitsInForce: ({ at, knownAt }) => archive.limits?.({ at, knownAt }) ?? PAPER_LIMITS,
    readings: { query: (q) => Promise.resolve(seriesOf(archive, q)) },
    live: {
      ...noLive,
      sensors: () => [...registry.sensors.values()].map((s) => viewOf(archive, s)),
    },
    queries: { ...noQueries, ...queriesOf(archive) },
    newId: () => `id-${(ids += 1)}`,
    writer: {
      commit: (change) => {
        commits.push(change);
        return Promise.resolve();
      },
      command: () => Promise.reject(new Error('not asked here')),
      reconfigure: () => Promise.resolve(),
    },
    commits,
  };
}

function registryOf(archive: Archive): Registry {
  const rooms = (archive.rooms ?? [{}]).map((r): Room => ({
    repository: REPOSITORY,
    id: 'r301',
    name: '301',
    class: 'paper',
    ...r,
  }));
  const sensors = (archive.sensors ?? []).map((s): Sensor => ({
    repository: REPOSITORY,
    room: 'r301',
    ...s,
  }));
  const doors = (archive.doors ?? []).map((d): Door => ({
    repository: REPOSITORY,
    id: 'd301',
    room: 'r301',
    ...d,
  }));
  const byId = <T extends { repository: string; id: string }>(things: readonly T[]) =>
    new Map(things.map((t) => [idOf(t), t]));
  return {
    ...EMPTY_REGISTRY,
    repositories: new Map([
      [REPOSITORY, { id: REPOSITORY, name: '省档案馆', timezone: 'Asia/Shanghai' }],
    ]),
    rooms: byId(rooms),
    sensors: byId(sensors),
    doors: byId(doors),
  };
}

function seriesOf(archive: Archive, q: ReadingQuery) {
  const rows: BucketRow[] = [];
  const hourOf = archive.hour ?? ((query, hour) => fullHour(hour, usualValue(query)));
  for (let hour = q.from; hour < q.until; hour += HOUR_MS) {
    const row = hourOf(q, hour);
    if (row) rows.push(row);
  }
  return { kind: 'buckets' as const, rows, truncated: false };
}

function viewOf(archive: Archive, sensor: Sensor): SensorView {
  return {
    id: idOf(sensor),
    room: `${REPOSITORY}.${sensor.room}`,
    name: sensor.id,
    metrics: sensor.metrics,
    intervalMs: 60_000,
    lastSeenAt: archive.now,
    silent: false,
    trust: { level: 'trusted', reasons: [] },
    latest: [],
    ...archive.views?.[sensor.id],
  };
}

function inRange(at: Moment, q: { readonly from?: Moment; readonly until?: Moment }): boolean {
  return (q.from === undefined || at >= q.from) && (q.until === undefined || at < q.until);
}

function queriesOf(archive: Archive): Partial<StateQueries> {
  return {
    alarms: (q) =>
      (archive.alarms ?? [])
        .filter((a) => inRange(a.raisedAt, q) && (q.open !== true || a.closedAt === undefined))
        .slice(0, q.rowsMax),
    incidents: (q) => (archive.incidents ?? []).filter((i) => inRange(i.openedAt, q)),
    accessEvents: (q) => (archive.accessEvents ?? []).filter((e) => inRange(e.at, q)),
    assessmentDrafts: () => archive.drafts ?? [],
    limitChanges: () => archive.limitChanges ?? [],
    standardsChoices: () => archive.standardsChoices ?? [],
  };
}

const noLive: Services['live'] = {
  snapshot: () => {
    throw new Error('not asked here');
  },
  rooms: () => [],
  preservation: () => [],
  room: () => undefined,
  sensors: () => [],
  parts: () => [],
};

const noQueries: StateQueries = {
  alarm: () => undefined,
  alarms: () => [],
  alarmsDuring: () => [],
  alarmsLike: () => [],
  alarmTransitions: () => [],
  transitionsOf: () => [],
  incident: () => undefined,
  incidents: () => [],
  accessEvents: () => [],
  journal: () => [],
  journalChain: () => [],
  quarantine: () => [],
  outboxOf: () => [],
  assessment: () => undefined,
  assessments: () => [],
  assessmentDrafts: () => [],
  limitChanges: () => [],
  outOfService: () => [],
  handover: () => undefined,
  handovers: () => [],
  standardsChoices: () => [],
  account: () => undefined,
  accounts: () => [],
  session: () => undefined,
  sessionsOf: () => [],
  tokens: () => [],
  tokenByHash: () => undefined,
  quarantineEntry: () => undefined,
  deviceCredentials: () => [],
  fact: () => undefined,
};

/** Queries that know facts alone, for jobs; `facts` is live. */
export function factQueries(facts: ReadonlyMap<string, FactRow>): StateQueries {
  return { ...noQueries, fact: (id) => facts.get(id) };
}
