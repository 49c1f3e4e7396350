/** Series of readings, and the small traces of the overview. */

import { Type } from 'typebox';
import type { SeriesView } from '../../../domain/api.ts';
import { isMetric, METRICS, type MetricName } from '../../../domain/metrics.ts';
import { DAY_MS } from '../../../domain/time.ts';
import { say } from '../../../domain/sentences.ts';
import { invalid } from '../errors.ts';
import type { HttpContext, Router } from '../router.ts';
import { AnyId, inRepository, MomentText, strict } from '../schemas.ts';
import { inSight, repositoryMeant } from '../scope.ts';
import { streamSeries } from '../series-stream.ts';
import { optionalMoment, parseStepMs } from '../times.ts';
import { createTraces } from '../traces.ts';

/** A sensor-year at one reading a minute is 527,040 rows. */
const SERIES_ROWS_MAX = 600_000;

const COLUMNS: Readonly<Record<SeriesView['kind'], readonly string[]>> = {
  readings: ['at', 'value', 'quality'],
  buckets: ['at', 'mean', 'min', 'max', 'count', 'good'],
};

export function addReadingRoutes(router: Router, { services }: HttpContext): void {
  const traces = createTraces(services);
  router.add('GET /api/readings', {
    summary: 'A series; `step` (3600, 1h, PT1H) down-samples to mean, min, max and count',
    query: Type.Object(
      {
        sensor: AnyId,
        metric: Type.String({ maxLength: 60 }),
        from: Type.Optional(MomentText),
        to: Type.Optional(MomentText),
        step: Type.Optional(Type.String({ maxLength: 20 })),
      },
      strict,
    ),
    handle: async ({ principal, query, reply }) => {
      const sensor = inSight(principal, services.registry().sensors.get(query.sensor), 'sensor');
      const metric = metricNamed(query.metric);
      const until = optionalMoment(query.to, 'to') ?? services.now();
      const from = optionalMoment(query.from, 'from') ?? until - DAY_MS;
      if (from >= until) throw invalid(say('period-reversed'));
      const series = await services.readings.queryJson({
        repository: sensor.repository,
        sensor: sensor.id,
        metric,
        from,
        until,
        rowsMax: SERIES_ROWS_MAX,
        ...(query.step === undefined ? {} : { stepMs: parseStepMs(query.step) }),
      });
      const { kind, truncated } = series;
      const unit = METRICS.get(metric)?.unit ?? '';
      const head = { sensor: query.sensor, metric, unit, kind, columns: COLUMNS[kind], truncated };
      reply.type('application/json; charset=utf-8');
      return streamSeries(head, series.rows);
    },
  });
  router.add('GET /api/traces', {
    summary: 'Half-hour means of temperature and humidity for each room',
    query: Type.Object(
      { ...inRepository, hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 168 })) },
      strict,
    ),
    handle: ({ principal, query }) => {
      const repository = repositoryMeant(services.registry(), principal, query.repository);
      return traces(repository, query.hours ?? 24);
    },
  });
}

function metricNamed(name: string): MetricName {
  if (isMetric(name)) return name;
  throw invalid(`There is no metric "${name.slice(0, 60)}".`);
}
