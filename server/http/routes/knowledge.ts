/** Plans with their citations; limits, and a repository's own changes of them. */

import { Type } from 'typebox';
import { qualify } from '../../../domain/ids.ts';
import type { LimitChange, LimitChangeView } from '../../../domain/limits.ts';
import type { MetricName } from '../../../domain/metrics.ts';
import { mayEnter } from '../../../domain/account.ts';
import { limitFigures, proposalProblem } from '../../backtests/proposal-schema.ts';
import { invalid } from '../errors.ts';
import { pageOfAll } from '../paging.ts';
import type { HttpContext, Router } from '../router.ts';
import { AnyId, MomentBody, MomentText, paging, strict, Text } from '../schemas.ts';
import { assertInSight, inSight } from '../scope.ts';
import { optionalMoment, parseMoment } from '../times.ts';

const NewLimit = Type.Object(
  {
    room: AnyId,
    ...limitFigures,
    reason: Text,
    /** Who approved it, when that is not whoever records it. */
    approvedBy: Type.Optional(Text),
    validFrom: Type.Optional(MomentBody),
  },
  strict,
);

export function addKnowledgeRoutes(router: Router, context: HttpContext): void {
  const { services } = context;
  router.add('GET /api/plans', {
    summary: 'Emergency plans with their steps',
    handle: () => ({ items: services.plans }),
  });
  addLimitReads(router, context);
  addLimitChange(router, context);
}

function addLimitReads(router: Router, { services }: HttpContext): void {
  router.add('GET /api/limits', {
    summary: 'Limits of a room in force at a time, as they were known at a time',
    query: Type.Object(
      { room: AnyId, at: Type.Optional(MomentText), knownAt: Type.Optional(MomentText) },
      strict,
    ),
    handle: ({ principal, query }) => {
      inSight(principal, services.registry().rooms.get(query.room), 'room');
      const { room } = query;
      const at = optionalMoment(query.at, 'at') ?? services.now();
      const knownAt = optionalMoment(query.knownAt, 'knownAt') ?? services.now();
      return { room, at, knownAt, items: services.limitsInForce({ room, at, knownAt }) };
    },
  });
  router.add('GET /api/limits/changes', {
    summary:
      'A repository’s own changes, with what held before, who, why, valid from and recorded at',
    query: Type.Object({ room: Type.Optional(AnyId), ...paging }, strict),
    handle: ({ principal, query }) => {
      if (query.room !== undefined) assertInSight(principal, query.room, 'room');
      const all = services.queries
        .limitChanges()
        .filter((change) => mayEnter(principal, change.repository))
        .filter((one) => query.room === undefined || `${one.repository}.${one.room}` === query.room)
        .toSorted((a, b) => b.recordedAt - a.recordedAt);
      const page = pageOfAll(all, query);
      return { ...page, items: page.items.map((change) => withBefore(services, change)) };
    },
  });
}

/** What the limit was then, by what was known before the change. */
function withBefore({ limitsInForce }: HttpContext['services'], change: LimitChange) {
  const { repository, room, validFrom: at, recordedAt, metric, kind } = change;
  const question = { room: qualify(repository, room), at, knownAt: recordedAt - 1 };
  const before = limitsInForce(question).find((l) => l.metric === metric && l.kind === kind);
  return (before ? { ...change, before } : change) satisfies LimitChangeView;
}

function addLimitChange(router: Router, { services }: HttpContext): void {
  const { registry, now, newId, writer } = services;
  router.add('POST /api/limits', {
    summary: 'Change a limit of a room, with a reason',
    status: 201,
    body: NewLimit,
    handle: async ({ principal, body }): Promise<LimitChange> => {
      const room = inSight(principal, registry().rooms.get(body.room), 'room');
      const problem = proposalProblem(body);
      if (problem !== undefined) throw invalid(problem);
      const recordedAt = now();
      const { metric, validFrom, ...rest } = body;
      const change: LimitChange = {
        ...rest,
        metric: metric as MetricName,
        id: newId(),
        repository: room.repository,
        room: room.id,
        by: principal.name,
        validFrom: validFrom === undefined ? recordedAt : parseMoment(validFrom, 'validFrom'),
        recordedAt,
      };
      await writer.commit({
        puts: [{ table: 'limit_change', mode: 'insert', row: change }],
        journal: [
          {
            repository: room.repository,
            at: recordedAt,
            by: principal.name,
            action: 'limit.changed',
            subject: body.room,
            detail: { ...change },
          },
        ],
      });
      await writer.reconfigure();
      return change;
    },
  });
}
