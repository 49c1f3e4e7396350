/** What a room's climate meant for its holdings over any period: each pair of sensors, and time in range beside it. */

import { climatePairs, type ClimatePair } from '../../domain/preservation/pairs.ts';
import type { PreservationPeriod, TimeInRangeView } from '../../domain/preservation/views.ts';
import { DEFAULT_INTERVAL_SECONDS, idOf, type Room, type Sensor } from '../../domain/registry.ts';
import { DAY_MS, HOUR_MS, type Moment } from '../../domain/time.ts';
import { shippedKnowledge } from '../assessments/make.ts';
import {
  judgeRoom,
  limitSegments,
  sensorsOf,
  wholeHours,
  type RoomContext,
} from '../assessments/room-climate.ts';
import type { Services } from '../services.ts';

const METRICS = ['temperature', 'humidity'] as const;

/** Rejects with `StoreUnavailable` while the reading store is away. */
export async function preservationPeriod(
  services: Services,
  room: Room,
  { from, until }: { readonly from: Moment; readonly until: Moment },
): Promise<PreservationPeriod> {
  const context = contextOf(services, room, { from, until });
  const { hours } = context;
  const stepMs = stepOf(hours.until - hours.from);
  const answer = { room: idOf(room), ...hours, stepMs };
  if (hours.until <= hours.from) return { ...answer, pairs: [], timeInRange: [] };
  const pairs: PreservationPeriod['pairs'][number][] = [];
  for (const pair of climatePairs(sensorsOf(context, room, METRICS))) {
    const found = await services.readings.climatePeriod({ ...seriesOf(pair), ...hours, stepMs });
    const sensors = { temperature: idOf(pair.temperature), humidity: idOf(pair.humidity) };
    pairs.push({ ...found, sensors });
  }
  return { ...answer, pairs, timeInRange: await timeInRange(context, room) };
}

/** What the functions of the assessments ask from, for one room. */
export function contextOf(
  services: Services,
  room: Room,
  { from, until }: { readonly from: Moment; readonly until: Moment },
): RoomContext {
  const { repository } = room;
  const timezone = services.registry().repositories.get(repository)?.timezone ?? 'UTC';
  const question = { services, repository, from, until, knowledge: shippedKnowledge() };
  return { ...question, hours: wholeHours(question), timezone };
}

async function timeInRange(context: RoomContext, room: Room): Promise<TimeInRangeView[]> {
  const segments = limitSegments(context, room);
  const found: TimeInRangeView[] = [];
  for (const metric of METRICS) {
    const { hours, sensors, limits, min, max } = await judgeRoom(context, {
      room,
      metric,
      segments,
    });
    if (sensors.length === 0) continue;
    found.push({
      metric,
      sensors,
      hours,
      limits: limits.filter((limit) => limit.kind === 'range'),
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
    });
  }
  return found;
}

function seriesOf(pair: ClimatePair) {
  const of = <M extends (typeof METRICS)[number]>(sensor: Sensor, metric: M) => ({
    repository: sensor.repository,
    sensor: sensor.id,
    metric,
    intervalSeconds: sensor.intervalSeconds ?? DEFAULT_INTERVAL_SECONDS,
  });
  return {
    temperature: of(pair.temperature, 'temperature'),
    humidity: of(pair.humidity, 'humidity'),
  };
}

/** At most some 400 points. */
function stepOf(spanMs: number): number {
  if (spanMs <= 14 * DAY_MS) return HOUR_MS;
  return spanMs <= 400 * DAY_MS ? DAY_MS : 7 * DAY_MS;
}
