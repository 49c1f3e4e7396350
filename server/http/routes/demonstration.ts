/** Scenarios of the demonstration: only where simulators run, which is never with real sensors. */

import { Type } from 'typebox';
import type { Principal } from '../../../domain/account.ts';
import { say } from '../../../domain/sentences.ts';
import type { Demonstration } from '../../services.ts';
import { invalid, notFound } from '../errors.ts';
import type { HttpContext, Router } from '../router.ts';
import { AnyId, strict } from '../schemas.ts';
import { inSight } from '../scope.ts';

export function addDemonstrationRoutes(router: Router, { services }: HttpContext): void {
  router.add('GET /api/demonstration', {
    summary: 'Scenarios that can be played',
    handle: () => ({ scenarios: demonstrationOf(services.demonstration).scenarios }),
  });
  router.add('POST /api/demonstration', {
    summary: 'Play a scenario, in a room where one is named',
    body: Type.Object({ scenario: AnyId, room: Type.Optional(AnyId) }, strict),
    handle: async ({ principal, body }) => {
      const demonstration = demonstrationOf(services.demonstration);
      const { scenario, room } = body;
      if (!demonstration.scenarios.some((one) => one.id === scenario)) {
        throw invalid(say('no-scenario'));
      }
      if (room !== undefined) inSight(principal, services.registry().rooms.get(room), 'room');
      demonstration.play(scenario, room);
      await write(principal, 'demonstration.played', { ...body });
      return { playing: scenario, ...(room === undefined ? {} : { room }) };
    },
  });
  router.add('DELETE /api/demonstration', {
    summary: 'Back to a quiet day',
    status: 204,
    handle: async ({ principal }) => {
      demonstrationOf(services.demonstration).stop();
      await write(principal, 'demonstration.stopped', {});
    },
  });

  async function write(by: Principal, action: string, detail: Record<string, unknown>) {
    const line = { repository: 'system', at: services.now(), by: by.name, action, detail };
    await services.writer.commit({ journal: [line] });
  }
}

function demonstrationOf(demonstration: Demonstration | undefined): Demonstration {
  if (!demonstration) throw notFound('demonstration: the simulators are off');
  return demonstration;
}
