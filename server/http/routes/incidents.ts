/** Incidents: opened, acknowledged, worked step by step, closed with a report. */

import { Type } from 'typebox';
import type { IncidentDetail } from '../../../domain/api.ts';
import type { Command } from '../../../domain/commands.ts';
import { qualify } from '../../../domain/ids.ts';
import { LEVELS, type Incident } from '../../../domain/incident.ts';
import { say } from '../../../domain/sentences.ts';
import { deliveryView } from '../deliveries.ts';
import { idOfResult, invalid, notFound } from '../errors.ts';
import { pageByTime } from '../paging.ts';
import type { Call, HttpContext, Router } from '../router.ts';
import { AnyId, inRepository, paging, period, strict, Text } from '../schemas.ts';
import { inSight, narrowScope, repositoryMeant } from '../scope.ts';
import { optionalMoment } from '../times.ts';

const IncidentsQuery = Type.Object(
  {
    state: Type.Optional(Type.Enum(['open', 'closed'])),
    ...inRepository,
    ...period,
    ...paging,
  },
  strict,
);

export function addIncidentRoutes(router: Router, context: HttpContext): void {
  addReads(router, context);
  addOpening(router, context);
  addCommands(router, context);
}

function addReads(router: Router, { services }: HttpContext): void {
  const { queries } = services;
  router.add('GET /api/incidents', {
    summary: 'Incidents, newest first',
    query: IncidentsQuery,
    handle: ({ principal, query }) => {
      const repositories = narrowScope(principal, query.repository);
      const until = optionalMoment(query.to, 'to');
      const range = { ...query, from: optionalMoment(query.from, 'from'), until };
      const place = { at: (one: Incident) => one.openedAt, id: (one: Incident) => one.id };
      const state = query.state === undefined ? {} : { open: query.state === 'open' };
      return pageByTime(range, place, (rows) =>
        queries.incidents({ ...rows, ...state, repositories }),
      );
    },
  });
  router.add('GET /api/incidents/:id', {
    summary: 'One incident with its plan and steps, and who was told',
    handle: ({ principal, params }): IncidentDetail => {
      const incident = inSight(principal, queries.incident(params['id'] ?? ''), 'incident');
      const deliveries = queries.outboxOf({ incident: incident.id }).map(deliveryView);
      return { incident, deliveries };
    },
  });
}

function addOpening(router: Router, { services }: HttpContext): void {
  const { queries, writer, registry, plans } = services;
  router.add('POST /api/incidents', {
    summary: 'Open an incident by hand; it runs by the plan that is named',
    status: 201,
    body: Type.Object(
      { ...inRepository, room: Type.Optional(AnyId), plan: AnyId, reason: Text },
      strict,
    ),
    handle: async ({ principal, body }) => {
      const room = body.room === undefined ? undefined : registry().rooms.get(body.room);
      if (body.room !== undefined) inSight(principal, room, 'room');
      const named = body.repository ?? room?.repository;
      const repository = repositoryMeant(registry(), principal, named);
      if (room && room.repository !== repository) {
        throw invalid(say('room-elsewhere'));
      }
      if (!plans.some((plan) => plan.id === body.plan)) throw invalid(say('no-plan'));
      const result = await writer.command({
        kind: 'open-incident',
        repository,
        ...(room ? { room: qualify(repository, room.id) } : {}),
        plan: body.plan,
        by: principal.name,
        reason: body.reason,
      });
      return found(queries.incident(idOfResult(result)));
    },
  });
}

function addCommands(router: Router, { services }: HttpContext): void {
  const act = commandOn(services);
  router.add('POST /api/incidents/:id/acknowledgement', {
    summary: 'A named person has taken it; the escalation stops',
    body: Type.Object({ comment: Type.Optional(Text) }, strict),
    handle: (call) =>
      act(call, (base) => ({ kind: 'acknowledge-incident', ...base, ...call.body })),
  });
  router.add('POST /api/incidents/:id/steps/:step', {
    summary: 'The outcome of a step',
    body: Type.Object(
      {
        outcome: Type.Enum(['done', 'not-applicable', 'failed']),
        note: Type.Optional(Text),
      },
      strict,
    ),
    handle: (call) => {
      const step = call.params['step'] ?? '';
      return act(call, (base) => ({ kind: 'record-step', ...base, step, ...call.body }));
    },
  });
  router.add('POST /api/incidents/:id/level', {
    summary: 'Raise or lower the level, with a reason',
    body: Type.Object({ level: Type.Enum([...LEVELS]), reason: Text }, strict),
    handle: (call) => act(call, (base) => ({ kind: 'set-level', ...base, ...call.body })),
  });
  router.add('POST /api/incidents/:id/closing', {
    summary: 'Close it with a report',
    body: Type.Object({ report: Type.String({ minLength: 1, maxLength: 20_000 }) }, strict),
    handle: (call) => act(call, (base) => ({ kind: 'close-incident', ...base, ...call.body })),
  });
}

type Base = { readonly incident: string; readonly by: string };

function commandOn({ queries, writer }: HttpContext['services']) {
  return async (
    { principal, params }: Pick<Call<unknown, unknown>, 'principal' | 'params'>,
    make: (base: Base) => Command,
  ): Promise<Incident> => {
    const { id } = inSight(principal, queries.incident(params['id'] ?? ''), 'incident');
    const result = await writer.command(make({ incident: id, by: principal.name }));
    return found(queries.incident(idOfResult(result)));
  };
}

function found(incident: Incident | undefined): Incident {
  if (!incident) throw notFound('incident');
  return incident;
}
