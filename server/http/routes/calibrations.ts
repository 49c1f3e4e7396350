/** Calibrations of sensors: entered once, never changed, followed by the next one. */

import { Type } from 'typebox';
import { mayEnter } from '../../../domain/account.ts';
import type { Calibration } from '../../../domain/devices.ts';
import { qualify } from '../../../domain/ids.ts';
import { METRIC_NAMES } from '../../../domain/metrics.ts';
import { idOf } from '../../../domain/registry.ts';
import { say } from '../../../domain/sentences.ts';
import { invalid } from '../errors.ts';
import { pageOfAll } from '../paging.ts';
import type { HttpContext, Router } from '../router.ts';
import { AnyId, paging, strict } from '../schemas.ts';
import { inSight } from '../scope.ts';
import { optionalMoment } from '../times.ts';

export function addCalibrationRoutes(router: Router, context: HttpContext): void {
  addRead(router, context);
  addEntry(router, context);
}

function addRead(router: Router, { services }: HttpContext): void {
  const { registry } = services;
  router.add('GET /api/calibrations', {
    summary: 'Calibrations, newest first',
    query: Type.Object({ sensor: Type.Optional(AnyId), ...paging }, strict),
    handle: ({ principal, query }) => {
      const all = [...registry().calibrations.values()]
        .flat()
        .filter((one) => mayEnter(principal, one.repository))
        .filter(
          (one) =>
            query.sensor === undefined || qualify(one.repository, one.sensor) === query.sensor,
        );
      return pageOfAll(
        all.toSorted((a, b) => b.validFrom - a.validFrom),
        query,
      );
    },
  });
}

function addEntry(router: Router, { services }: HttpContext): void {
  const { registry, writer } = services;
  router.add('POST /api/calibrations', {
    summary:
      'Enter a calibration: from then on readings are corrected, and what the sensor said is kept beside',
    status: 201,
    body: Type.Object(
      {
        sensor: AnyId,
        metric: Type.Enum([...METRIC_NAMES]),
        offset: Type.Number({ minimum: -1_000, maximum: 1_000 }),
        validFrom: Type.String({ maxLength: 40 }),
        certificate: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
        dueAt: Type.Optional(Type.String({ maxLength: 40 })),
      },
      strict,
    ),
    handle: async ({ principal, body }) => {
      const sensor = inSight(principal, registry().sensors.get(body.sensor), 'sensor');
      if (!sensor.metrics.includes(body.metric)) {
        throw invalid(say('sensor-lacks-metric', { sensor: sensor.id, metric: body.metric }));
      }
      const validFrom = optionalMoment(body.validFrom, 'validFrom') ?? services.now();
      const dueAt = optionalMoment(body.dueAt, 'dueAt');
      const row = rowOf(body, sensor, {
        id: services.newId(),
        validFrom,
        dueAt,
        by: principal.name,
        recordedAt: services.now(),
      });
      const { metric, offset, repository } = row;
      await writer.commit({
        puts: [{ table: 'calibration', mode: 'insert', row }],
        journal: [
          {
            repository,
            at: row.recordedAt,
            by: row.by,
            action: 'calibration.entered',
            subject: idOf(sensor),
            detail: {
              metric,
              offset,
              validFrom,
              ...(row.certificate ? { certificate: row.certificate } : {}),
            },
          },
        ],
      });
      await writer.reconfigure();
      return row;
    },
  });
}

interface Body {
  readonly metric: Calibration['metric'];
  readonly offset: number;
  readonly certificate?: string;
}

function rowOf(
  body: Body,
  sensor: { readonly repository: string; readonly id: string },
  q: {
    readonly id: string;
    readonly validFrom: number;
    readonly dueAt: number | undefined;
    readonly by: string;
    readonly recordedAt: number;
  },
): Calibration {
  const { metric, offset, certificate } = body;
  const { dueAt, ...rest } = q;
  return {
    ...rest,
    repository: sensor.repository,
    sensor: sensor.id,
    metric,
    offset,
    ...(certificate === undefined ? {} : { certificate }),
    ...(dueAt === undefined ? {} : { dueAt }),
  };
}
