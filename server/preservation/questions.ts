/** Another set-point, and whether to let outdoor air in: asked of a room as it is now. */

import { indexHours, type IndexedSensor } from '../../domain/evidence.ts';
import type { Limit } from '../../domain/limits.ts';
import { cautionsOf, type ClimateLimits } from '../../domain/preservation/cautions.ts';
import type { Air } from '../../domain/preservation/moist-air.ts';
import { climatePairs, type ClimatePair } from '../../domain/preservation/pairs.ts';
import { ventilationWindow } from '../../domain/preservation/ventilation-window.ts';
import type { PairLive, VentilationView, WhatIfView } from '../../domain/preservation/views.ts';
import { setPointWhatIf, type SetPoint } from '../../domain/preservation/what-if.ts';
import { activeOf, idOf, type Room } from '../../domain/registry.ts';
import { DAY_MS, HOUR_MS, type Moment } from '../../domain/time.ts';
import { hoursOf, sensorsOf, type RoomContext } from '../assessments/room-climate.ts';
import type { Services } from '../services.ts';
import { contextOf } from './period.ts';

/** What another set-point would give, from the air of the room's first pair whose air is known. */
export function roomWhatIf(services: Services, room: Room, set: SetPoint): WhatIfView {
  const pair = bestOf(services.live.preservation(idOf(room)));
  if (!pair) return { kind: 'no-pair' };
  const { sensors, air, why } = pair;
  if (!air) return { kind: 'unknown', sensors, ...(why ? { why } : {}) };
  const found = setPointWhatIf(air, set);
  if (found.kind === 'unknown') return { kind: 'unknown', sensors };
  if (found.kind === 'condenses') return { ...found, sensors, cautions: [] };
  const limits = climateLimits(services, room);
  const cautions = cautionsOf(found.then, { limits, offsetK: room.surfaceOffsetK });
  return { ...found, sensors, cautions };
}

/** Whether outdoor air would help now, and when it would have in the last days. Rejects with `StoreUnavailable`. */
export async function roomVentilation(
  services: Services,
  room: Room,
  days: number,
): Promise<VentilationView> {
  const indoor = bestOf(services.live.preservation(idOf(room)));
  if (!indoor) return { state: 'no-pair' };
  const outside = outdoorOf(services, room);
  if (!outside) return { state: 'no-outdoor', indoor };
  const limits = climateLimits(services, room);
  const outdoor = outside.pair;
  const surface = indoor.condensation;
  const now =
    indoor.air &&
    outdoor.air &&
    ventilationWindow({
      indoor: indoor.air,
      outdoor: outdoor.air,
      limits,
      ...(surface.source === 'none' ? {} : { surfaceC: surface.surfaceC }),
    });
  const past = await pastWindows(services, { room, outside: outside.room, days, limits });
  return {
    state: now ? 'known' : 'unknown',
    indoor,
    outdoor,
    ...(now ? { now } : {}),
    ...(past ? { past } : {}),
  };
}

function bestOf(pairs: readonly PairLive[]): PairLive | undefined {
  return pairs.find((pair) => pair.air) ?? pairs[0];
}

/** The first outdoor room with a pair; one whose air is known goes first. */
function outdoorOf(services: Services, { repository }: Room) {
  const found = activeOf(services.registry().rooms, repository)
    .filter((room) => room.class === 'outdoor')
    .flatMap((room) => {
      const pair = bestOf(services.live.preservation(idOf(room)));
      return pair ? [{ room, pair }] : [];
    });
  return found.find(({ pair }) => pair.air) ?? found[0];
}

function climateLimits(services: Services, room: Room): ClimateLimits {
  const now = services.now();
  const inForce = services.limitsInForce({ room: idOf(room), at: now, knownAt: now });
  const rangeOf = (metric: Limit['metric']) =>
    inForce.find((limit) => limit.metric === metric && limit.kind === 'range');
  const temperature = rangeOf('temperature');
  const humidity = rangeOf('humidity');
  return { ...(temperature ? { temperature } : {}), ...(humidity ? { humidity } : {}) };
}

interface PastQuestion {
  readonly room: Room;
  readonly outside: Room;
  readonly days: number;
  readonly limits: ClimateLimits;
}

async function pastWindows(
  services: Services,
  q: PastQuestion,
): Promise<VentilationView['past'] | undefined> {
  const until = services.now();
  const context = contextOf(services, q.room, { from: until - q.days * DAY_MS, until });
  const indoor = await airByHour(context, q.room);
  const outdoor = await airByHour(context, q.outside);
  if (!indoor || !outdoor) return undefined;
  const { hours } = context;
  const counts = { openHours: 0, closedHours: 0, unknownHours: 0 };
  const windows: { from: Moment; until: Moment }[] = [];
  for (let at = hours.from; at < hours.until; at += HOUR_MS) {
    const air = indoor(at);
    const { surfaceOffsetK: offset } = q.room;
    const cold =
      offset === undefined || air.temperatureC === undefined
        ? {}
        : { surfaceC: air.temperatureC + offset };
    const found = ventilationWindow({
      indoor: air,
      outdoor: outdoor(at),
      limits: q.limits,
      ...cold,
    });
    if (!found) counts.unknownHours += 1;
    else if (!found.open) counts.closedHours += 1;
    else {
      counts.openHours += 1;
      const last = windows.at(-1);
      if (last?.until === at) last.until = at + HOUR_MS;
      else windows.push({ from: at, until: at + HOUR_MS });
    }
  }
  return { ...hours, ...counts, windows };
}

/** The mean air of each hour, by the room's first pair. */
async function airByHour(
  context: RoomContext,
  room: Room,
): Promise<((hour: Moment) => Air) | undefined> {
  const [pair] = climatePairs(sensorsOf(context, room, ['temperature', 'humidity']));
  if (!pair) return undefined;
  const temperature = await indexed(context, pair, 'temperature');
  const humidity = await indexed(context, pair, 'humidity');
  return (hour) => ({
    temperatureC: temperature.meanAt(hour),
    humidityPercent: humidity.meanAt(hour),
  });
}

async function indexed(
  context: RoomContext,
  pair: ClimatePair,
  metric: 'temperature' | 'humidity',
): Promise<IndexedSensor> {
  return indexHours(await hoursOf(context, pair[metric], metric));
}
