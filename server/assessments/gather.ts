/** Gathers what an assessment is computed from. Series are read one by one and reduced at once: memory stays flat. */

import type { SensorView } from '../../domain/api.ts';
import { METRICS, type MetricName } from '../../domain/metrics.ts';
import { DEFAULT_INTERVAL_SECONDS, activeOf, idOf, type Room } from '../../domain/registry.ts';
import type { Sensor } from '../../domain/registry.ts';
import type { BucketRow } from '../../domain/ports.ts';
import { HOUR_MS, MINUTE_MS, hourOf, type Moment } from '../../domain/time.ts';
import { localDays } from '../jobs/timezone.ts';
import { indexHours, judgeClimate, showsHour, type ClimateEvidence } from './climate.ts';
import type { LimitSegment, SensorHours } from './climate.ts';
import type { Evidence, InstrumentEvidence, WatchEvidence } from './evidence.ts';
import type { WatcherEvidence, WatcherState } from './evidence.ts';
import { gatherDoors, gatherResponse } from './gather-events.ts';
import type { GatherQuestion } from './gather-question.ts';
import type { WatchBounds } from './knowledge.ts';

/**
 * Rejects when the reading store does not answer: an assessment that blames the sensors for that would stand
 * for ever.
 */
export async function gatherEvidence(q: GatherQuestion): Promise<Evidence> {
  const { services, repository, knowledge } = q;
  const registry = services.registry();
  const described = registry.repositories.get(repository);
  if (described === undefined) throw new Error(`there is no repository "${repository}"`);
  const hours = wholeHours(q);
  const views = new Map(services.live.sensors([repository]).map((view) => [view.id, view]));
  const context: Context = { ...q, hours, timezone: described.timezone, views };
  const rooms = activeOf(registry.rooms, repository);
  const isStack = (room: Room): boolean => knowledge.thresholds.stackClasses.includes(room.class);
  const stackRooms = rooms.filter(isStack);
  const { fireDetectors, waterSensors } = knowledge.thresholds;
  return {
    simulated: described.simulated === true,
    rooms: rooms.map((r) => ({ id: r.id, name: r.name, class: r.class, stack: isStack(r) })),
    climate: await gatherClimate(context, rooms),
    fire: await gatherWatch(context, stackRooms, {
      metrics: ['smoke', 'heat'],
      bounds: fireDetectors,
    }),
    water: await gatherWatch(context, stackRooms, {
      metrics: ['water_leak'],
      bounds: waterSensors,
    }),
    instruments: rooms
      .filter((room) => isStack(room) || room.class === 'outdoor')
      .map((room) => instrumentsOf(context, room)),
    ...(await gatherDoors(q)),
    ...gatherResponse(q),
  };
}

interface Context extends GatherQuestion {
  readonly hours: { readonly from: Moment; readonly until: Moment };
  readonly timezone: string;
  /** The sensors as they are now, by qualified id. */
  readonly views: ReadonlyMap<string, SensorView>;
}

/** Hours that lie in the period as a whole and have had time to be rolled up. */
function wholeHours(q: GatherQuestion): { readonly from: Moment; readonly until: Moment } {
  const lagMs = q.knowledge.thresholds.evidence.rollUpLagMinutes * MINUTE_MS;
  const until = hourOf(Math.min(q.until, q.services.now() - lagMs));
  return { from: hourOf(q.from + HOUR_MS - 1), until };
}

async function gatherClimate(c: Context, rooms: readonly Room[]): Promise<ClimateEvidence[]> {
  const climate: ClimateEvidence[] = [];
  for (const room of rooms.filter((r) => r.class !== 'outdoor')) {
    const segments = limitSegments(c, room);
    for (const metric of judgedMetrics(c, room, segments)) {
      climate.push(await judgeRoom(c, { room, metric, segments }));
    }
  }
  return climate;
}

/** What every room that keeps records, and a server room, is judged by even when nothing measures it. */
const ALWAYS_JUDGED: readonly MetricName[] = ['temperature', 'humidity'];

/**
 * What has a range and is measured; in rooms that keep records temperature and humidity in any case, so that a
 * class without limits and a room without sensors are seen to be unproven.
 */
function judgedMetrics(
  c: Context,
  room: Room,
  segments: readonly LimitSegment[],
): readonly MetricName[] {
  const { stackClasses, alwaysJudgedClasses } = c.knowledge.thresholds;
  const ranged = segments.flatMap((s) =>
    s.limits.filter((l) => l.kind === 'range').map((l) => l.metric),
  );
  const isNumber = (metric: MetricName): boolean => METRICS.get(metric)?.kind === 'number';
  const metrics = new Set(ranged.filter(isNumber));
  const isStack = stackClasses.includes(room.class);
  if (isStack) for (const metric of ALWAYS_JUDGED) metrics.add(metric);
  const always = isStack || alwaysJudgedClasses.includes(room.class);
  return [...metrics].filter(
    (metric) =>
      (always && ALWAYS_JUDGED.includes(metric)) || sensorsOf(c, room, [metric]).length > 0,
  );
}

async function judgeRoom(
  c: Context,
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

async function hoursOf(c: Context, sensor: Sensor, metric: MetricName): Promise<SensorHours> {
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
function limitSegments(c: Context, room: Room): readonly LimitSegment[] {
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

async function gatherWatch(
  c: Context,
  rooms: readonly Room[],
  what: { readonly metrics: readonly MetricName[]; readonly bounds: WatchBounds },
): Promise<WatchEvidence[]> {
  const all: WatchEvidence[] = [];
  for (const room of rooms) {
    const sensors = sensorsOf(c, room, what.metrics);
    all.push({
      room: room.id,
      watchers: sensors.map((s) => watcherOf(c, s)),
      hours: await watchedHours(c, sensors, what),
    });
  }
  return all;
}

async function watchedHours(
  c: Context,
  sensors: readonly Sensor[],
  what: { readonly metrics: readonly MetricName[]; readonly bounds: WatchBounds },
): Promise<WatchEvidence['hours']> {
  const indexed = [];
  for (const sensor of sensors) {
    // A detector of smoke and heat speaks for both: one of its metrics shows that it is there.
    const metric = what.metrics.find((m) => sensor.metrics.includes(m));
    if (metric === undefined) continue;
    indexed.push(indexHours(await hoursOf(c, sensor, metric), c.knowledge.thresholds.evidence));
  }
  let shown = 0;
  let notShown = 0;
  for (let hour = c.hours.from; hour < c.hours.until; hour += HOUR_MS) {
    const reporting = indexed.filter((s) => showsHour(s, hour)).length;
    if (reporting >= what.bounds.required) shown += 1;
    else notShown += 1;
  }
  return { shown, notShown };
}

function instrumentsOf(c: Context, room: Room): InstrumentEvidence {
  const of = (metric: MetricName): readonly WatcherEvidence[] =>
    sensorsOf(c, room, [metric]).map((s) => watcherOf(c, s));
  return {
    room: room.id,
    outdoor: room.class === 'outdoor',
    temperature: of('temperature'),
    humidity: of('humidity'),
  };
}

function sensorsOf(c: Context, room: Room, metrics: readonly MetricName[]): readonly Sensor[] {
  return activeOf(c.services.registry().sensors, c.repository).filter(
    (s) => s.room === room.id && s.metrics.some((m) => metrics.includes(m)),
  );
}

function watcherOf(c: Context, sensor: Sensor): WatcherEvidence {
  return { sensor: sensor.id, state: stateOf(c, sensor) };
}

function stateOf(c: Context, sensor: Sensor): WatcherState {
  const view = c.views.get(idOf(sensor));
  const reports = (metric: MetricName): boolean =>
    view?.latest.some((r) => r.metric === metric && r.value === 1) ?? false;
  if (reports('fault')) return 'faulty';
  if (reports('disabled')) return 'disabled';
  if (view === undefined || view.lastSeenAt === undefined) return 'silent';
  return view.silent || view.online === false ? 'silent' : 'working';
}
