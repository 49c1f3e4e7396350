/** What is shelved, how long still, and how long anything may be. */

import { Type } from 'typebox';
import { alarmState } from '../../../domain/alarm.ts';
import type { ShelvingView } from '../../../domain/api.ts';
import { SHELVING_CITATION, SHELVING_LIMITS } from '../../../domain/shelving.ts';
import { shiftEndAfter } from '../../alarm-kpis/shifts.ts';
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
      const head = services.registry().repositories.get(repository);
      const shiftEndsAt = head && shiftEndAfter(now, head);
      const shelved = services.live.snapshot([repository]).alarms.flatMap((alarm) => {
        const until = alarm.shelved?.until ?? 0;
        if (until <= now) return [];
        return [{ ...alarm, state: alarmState(alarm, now), remainingMs: until - now }];
      });
      return {
        repository,
        limits: SHELVING_LIMITS,
        citation: SHELVING_CITATION,
        ...(shiftEndsAt === undefined ? {} : { shiftEndsAt }),
        items: shelved.sort((a, b) => a.remainingMs - b.remainingMs),
      };
    },
  });
}
