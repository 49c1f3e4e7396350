/** How the system is: for load balancers, for monitoring, for the corner of the screen. */

import type { FastifyInstance } from 'fastify';
import { mayEnter } from '../../../domain/account.ts';
import type { RepositoryView } from '../../../domain/api.ts';
import type { HttpContext, Router } from '../router.ts';

export function addSystemRoutes(router: Router, context: HttpContext, app: FastifyInstance): void {
  const { services, registry } = context;
  router.add('GET /api/health', {
    summary: 'Whether the server answers',
    handle: () => ({ status: 'up' }),
  });
  router.add('GET /api/ready', {
    summary: "Each part's state; 503 when one is not well",
    handle: ({ reply }) => {
      const parts = services.live.parts();
      const ready = parts.every((part) => part.ok);
      if (!ready) reply.code(503);
      return { ready, parts };
    },
  });
  router.add('GET /metrics', {
    summary: 'Figures for Prometheus',
    handle: async ({ reply }) => {
      reply.type(registry.contentType);
      const texts = [await services.metricsText(), await registry.metrics()];
      return texts
        .map((text) => text.trim())
        .filter(Boolean)
        .join('\n')
        .concat('\n');
    },
  });
  router.add('GET /api/status', {
    summary: 'The parts, the repositories in sight, and the time here',
    handle: ({ principal }) => {
      const repositories = [...services.registry().repositories.values()]
        .filter((one) => mayEnter(principal, one.id))
        .map(({ id, name, timezone, simulated = false }): RepositoryView => {
          return { id, name, timezone, simulated };
        });
      return {
        serverTime: services.now(),
        repositories,
        parts: services.live.parts(),
        demonstration: services.demonstration !== undefined,
      };
    },
  });
  router.add('GET /api/openapi.json', {
    summary: 'This description',
    handle: () => app.swagger(),
  });
}
