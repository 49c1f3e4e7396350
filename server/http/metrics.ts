/** HTTP's own figures for Prometheus. Names carry their unit last. */

import type { FastifyInstance } from 'fastify';
import { Histogram, type Registry } from 'prom-client';

/** Counts and times every answer of `app`, by method, route and status. */
export function measureRequests(app: FastifyInstance, registry: Registry): void {
  const seconds = new Histogram({
    name: 'lantai_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.025, 0.1, 0.25, 1, 5],
    registers: [registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    // The route's pattern, not the address: as many series as there are routes.
    const route = request.routeOptions.url ?? 'none';
    const status = String(reply.statusCode);
    const { elapsedTime } = reply;
    seconds.observe({ method, route, status }, elapsedTime / 1000);
    request.log.debug({ method, route, status, elapsedTime }, 'answered');
  });
}
