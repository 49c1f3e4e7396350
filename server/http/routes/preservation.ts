/** What a room's climate means for its holdings: over a period, with another set-point, with outdoor air let in. */

import { Type } from 'typebox';
import type { Principal } from '../../../domain/account.ts';
import type { Room } from '../../../domain/registry.ts';
import { DAY_MS } from '../../../domain/time.ts';
import { preservationPeriod } from '../../preservation/period.ts';
import { roomVentilation, roomWhatIf } from '../../preservation/questions.ts';
import { say } from '../../../domain/sentences.ts';
import { invalid } from '../errors.ts';
import type { HttpContext, Router } from '../router.ts';
import { AnyId, period, strict } from '../schemas.ts';
import { inSight } from '../scope.ts';
import { optionalMoment } from '../times.ts';

/** Five years and a leap day: some 44,000 hours are read and reduced in the worker. */
const PERIOD_DAYS_MAX = 1_827;
const PERIOD_DAYS = 30;

export function addPreservationRoutes(router: Router, { services }: HttpContext): void {
  const roomMeant = (principal: Principal, id: string): Room => {
    const room = services.registry().rooms.get(id);
    return inSight(principal, room?.retiredAt === undefined ? room : undefined, 'room');
  };
  router.add('GET /api/preservation', {
    summary:
      'TWPI, EMC, mould, lifetime and time in range of a room over a period, with how much of it is known',
    query: Type.Object({ room: AnyId, ...period }, strict),
    handle: ({ principal, query }) => {
      const room = roomMeant(principal, query.room);
      const until = optionalMoment(query.to, 'to') ?? services.now();
      const from = optionalMoment(query.from, 'from') ?? until - PERIOD_DAYS * DAY_MS;
      if (from >= until) throw invalid(say('period-reversed'));
      if (until - from > PERIOD_DAYS_MAX * DAY_MS) {
        throw invalid(say('period-too-long', { most: PERIOD_DAYS_MAX }));
      }
      return preservationPeriod(services, room, { from, until });
    },
  });
  router.add('GET /api/preservation/what-if', {
    summary: 'What another set-point would give; without "humidity" the air keeps its water',
    query: Type.Object(
      {
        room: AnyId,
        temperature: Type.Number({ minimum: -40, maximum: 50 }),
        humidity: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
      },
      strict,
    ),
    handle: ({ principal, query }) => {
      const room = roomMeant(principal, query.room);
      const { temperature: temperatureC, humidity } = query;
      return roomWhatIf(services, room, {
        temperatureC,
        ...(humidity === undefined ? {} : { humidityPercent: humidity }),
      });
    },
  });
  router.add('GET /api/preservation/ventilation', {
    summary: 'Whether letting outdoor air in would help now, why, and when it would have lately',
    query: Type.Object(
      { room: AnyId, days: Type.Optional(Type.Integer({ minimum: 1, maximum: 31 })) },
      strict,
    ),
    handle: ({ principal, query }) =>
      roomVentilation(services, roomMeant(principal, query.room), query.days ?? 3),
  });
}
