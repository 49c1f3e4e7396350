/** The first message of the live feed, cut down to what the table lets the client see. */

import { mayEnter, type Principal } from '../../domain/account.ts';
import type { LiveSnapshot } from '../../domain/api.ts';
import { scopeOf } from '../http/scope.ts';
import { holds, LIVE_PERMISSIONS } from '../http/permissions.ts';
import type { Services } from '../services.ts';

/** Whoever may not see rooms, alarms or incidents gets none of them. */
export function snapshotFor(principal: Principal, services: Pick<Services, 'live'>): LiveSnapshot {
  const snapshot = services.live.snapshot(scopeOf(principal));
  const allow = <T>(topic: keyof typeof LIVE_PERMISSIONS, things: readonly T[]): readonly T[] =>
    holds(principal, LIVE_PERMISSIONS[topic]) ? things : [];
  return {
    ...snapshot,
    repositories: snapshot.repositories.filter((one) => mayEnter(principal, one.id)),
    rooms: allow('readings', snapshot.rooms),
    alarms: allow('alarm', snapshot.alarms),
    incidents: allow('incident', snapshot.incidents),
    outOfService: allow('alarm', snapshot.outOfService ?? []),
    parts: allow('parts', snapshot.parts),
  };
}
