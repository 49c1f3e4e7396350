/** What is shelved, how long still, and how long anything may be. */

import { Type } from 'typebox';
import { shiftEndAfter } from '../../../alerts/index.ts';
import { alarmState } from '../../../domain/alarm.ts';
import type { ShelvingView } from '../../../domain/api.ts';
import { SHELVING_CITATION, SHELVING_LIMITS } from '../../../domain/shelving.ts';
import type { HttpContext, Router } from '../router.ts';
import { inRepository, strict } from '../schemas.ts';
import { repositoryMeant } from '../scope.ts';

export function addShelvingRoute(router: Router, { services }: HttpContext): void {
  router.add('GET /api/shelving', {
    summary: 'Shelved alarms with the time that is left, the limits, and when the shift ends',
    query: Type.Object(inRepository, strict),
    handle: ({ principal, query }): ShelvingView => {
      const repository = repositoryMeant(services.registry(), principal, query.repository);
      const now = services.now();
      const zone = services.registry().repositories.get(repository)?.timezone ?? 'UTC';
      const shelved = services.live.snapshot([repository]).alarms.flatMap((alarm) => {
        const until = alarm.shelved?.until ?? 0;
        if (until <= now) return [];
        return [{ ...alarm, state: alarmState(alarm, now), remainingMs: until - now }];
      });
      return {
        repository,
        limits: SHELVING_LIMITS,
        citation: SHELVING_CITATION,
        shiftEndsAt: shiftEndAfter(now, zone),
        items: shelved.sort((a, b) => a.remainingMs - b.remainingMs),
      };
    },
  });
}
