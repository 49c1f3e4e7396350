/** Gathers what an assessment is computed from. Series are read one by one and reduced at once: memory stays flat. */

import type { SensorView } from '../../domain/api.ts';
import { indexHours, showsHour } from '../../domain/evidence.ts';
import { METRICS, type MetricName } from '../../domain/metrics.ts';
import { activeOf, idOf, type Room } from '../../domain/registry.ts';
import type { Sensor } from '../../domain/registry.ts';
import { HOUR_MS } from '../../domain/time.ts';
import type { ClimateEvidence, LimitSegment } from './climate.ts';
import type { Evidence, InstrumentEvidence, WatchEvidence } from './evidence.ts';
import type { WatcherEvidence, WatcherState } from './evidence.ts';
import { gatherDoors, gatherResponse } from './gather-events.ts';
import type { GatherQuestion } from './gather-question.ts';
import type { WatchBounds } from './knowledge.ts';
import {
  hoursOf,
  judgeRoom,
  limitSegments,
  sensorsOf,
  wholeHours,
  type RoomContext,
} from './room-climate.ts';

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

interface Context extends RoomContext {
  /** The sensors as they are now, by qualified id. */
  readonly views: ReadonlyMap<string, SensorView>;
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
