/** The climate of one room over a period, judged by whatever limits were in force: for assessments, and whenever asked. */

import type { SensorHours } from '../../domain/evidence.ts';
import type { MetricName } from '../../domain/metrics.ts';
import type { BucketRow } from '../../domain/ports.ts';
import {
  DEFAULT_INTERVAL_SECONDS,
  activeOf,
  idOf,
  type Room,
  type Sensor,
} from '../../domain/registry.ts';
import { HOUR_MS, MINUTE_MS, hourOf, type Moment } from '../../domain/time.ts';
import { localDays } from '../jobs/timezone.ts';
import { judgeClimate, type ClimateEvidence, type LimitSegment } from './climate.ts';
import type { GatherQuestion } from './gather-question.ts';

export interface RoomContext extends GatherQuestion {
  readonly hours: { readonly from: Moment; readonly until: Moment };
  readonly timezone: string;
}

/** Hours that lie in the period as a whole and have had time to be rolled up. */
export function wholeHours(q: GatherQuestion): { readonly from: Moment; readonly until: Moment } {
  const lagMs = q.knowledge.thresholds.evidence.rollUpLagMinutes * MINUTE_MS;
  const until = hourOf(Math.min(q.until, q.services.now() - lagMs));
  return { from: hourOf(q.from + HOUR_MS - 1), until };
}

/** One metric of one room. */
export async function judgeRoom(
  c: RoomContext,
  what: {
    readonly room: Room;
    readonly metric: MetricName;
    readonly segments: readonly LimitSegment[];
  },
): Promise<ClimateEvidence> {
  const { room, metric, segments } = what;
  const sensors: SensorHours[] = [];
  for (const sensor of sensorsOf(c, room, [metric])) {
    sensors.push(await hoursOf(c, sensor, metric));
  }
  const setPoint =
    metric === 'temperature' || metric === 'humidity' ? room.setPoint?.[metric] : undefined;
  return judgeClimate({
    room: room.id,
    metric,
    from: c.hours.from,
    until: c.hours.until,
    sensors,
    segments,
    ...(setPoint === undefined ? {} : { setPoint }),
    days: localDays({ from: c.from, until: c.hours.until, timezone: c.timezone }),
    evidence: c.knowledge.thresholds.evidence,
  });
}

/** The hourly buckets of one sensor. */
export async function hoursOf(
  c: RoomContext,
  sensor: Sensor,
  metric: MetricName,
): Promise<SensorHours> {
  const { from, until } = c.hours;
  const intervalSeconds = sensor.intervalSeconds ?? DEFAULT_INTERVAL_SECONDS;
  if (until <= from) return { sensor: sensor.id, intervalSeconds, rows: [] };
  const series = await c.services.readings.query({
    repository: c.repository,
    sensor: sensor.id,
    metric,
    from,
    until,
    stepMs: HOUR_MS,
    rowsMax: (until - from) / HOUR_MS + 1,
  });
  const rows = series.kind === 'buckets' ? (series.rows as readonly BucketRow[]) : [];
  return { sensor: sensor.id, intervalSeconds, rows };
}

/** The limits of a room over the period, cut where one of them began to be valid. */
export function limitSegments(c: RoomContext, room: Room): readonly LimitSegment[] {
  const knownAt = c.services.now();
  const at = (moment: Moment): LimitSegment => ({
    from: moment,
    limits: c.services.limitsInForce({ room: idOf(room), at: moment, knownAt }),
  });
  const ends = [at(c.hours.from), at(Math.max(c.hours.from, c.hours.until - 1))];
  const { queries } = c.services;
  const changes = [...queries.limitChanges(), ...queries.standardsChoices()]
    .filter((change) => change.repository === c.repository)
    .map((change) => change.validFrom);
  const starts = [...ends.flatMap((e) => e.limits.map((l) => l.validFrom)), ...changes];
  const inside = new Set(starts.filter((s) => s > c.hours.from && s < c.hours.until));
  const [first] = ends;
  const later = [...inside].toSorted((a, b) => a - b).map(at);
  return first === undefined ? later : [first, ...later];
}

/** The room's sensors in use that measure one of these. */
export function sensorsOf(
  c: RoomContext,
  room: Room,
  metrics: readonly MetricName[],
): readonly Sensor[] {
  return activeOf(c.services.registry().sensors, c.repository).filter(
    (s) => s.room === room.id && s.metrics.some((m) => metrics.includes(m)),
  );
}
