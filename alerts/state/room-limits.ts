/** The limits of a room, worked out when they may have changed. */

import type { Moment } from '../../domain/time.ts';
import { limitOf, limitsChangeAfter, limitsInForce } from '../standards/limits-in-force.ts';
import type { RoomUnit } from './units.ts';

/** What is in force in a room now, by metric. */
export function limitsOf(room: RoomUnit, now: Moment): RoomUnit['limits'] {
  if (now < room.limitsUntil) return room.limits;
  const inForce = limitsInForce(room.book, { room: room.key, at: now, knownAt: now });
  const byMetric = Map.groupBy(inForce, (limit) => limit.metric);
  room.limits = new Map(
    [...byMetric].map(([metric, limits]) => [
      metric,
      {
        range: limitOf(limits, metric, 'range'),
        swing: limitOf(limits, metric, 'swing'),
        rate: limitOf(limits, metric, 'rate'),
        mean: limitOf(limits, metric, 'mean'),
      },
    ]),
  );
  room.limitsUntil = limitsChangeAfter(room.book, room.key, now);
  return room.limits;
}
