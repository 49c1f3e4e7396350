/** Alarms: their list, their history, and what people may do to them. */

import { Type } from 'typebox';
import { alarmState, type Alarm } from '../../../domain/alarm.ts';
import type { AlarmWhy } from '../../../domain/alarm-why.ts';
import type { AlarmDetail, AlarmView } from '../../../domain/api.ts';
import type { Command } from '../../../domain/commands.ts';
import { say } from '../../../domain/sentences.ts';
import { whyAlarm } from '../../why/gather.ts';
import { deliveryView } from '../deliveries.ts';
import { idOfResult, invalid, notFound } from '../errors.ts';
import { pageByTime } from '../paging.ts';
import type { Call, HttpContext, Router } from '../router.ts';
import { AnyId, inRepository, MomentBody, paging, period, strict, Text } from '../schemas.ts';
import { assertInSight, inSight, narrowScope } from '../scope.ts';
import { optionalMoment, parseMoment } from '../times.ts';

const AlarmsQuery = Type.Object(
  {
    state: Type.Optional(Type.Enum(['open', 'closed'])),
    room: Type.Optional(AnyId),
    ...inRepository,
    ...period,
    ...paging,
  },
  strict,
);

export function addAlarmRoutes(router: Router, context: HttpContext): void {
  addReads(router, context);
  addCommands(router, context);
}

function addReads(router: Router, { services }: HttpContext): void {
  const { queries, now } = services;
  router.add('GET /api/alarms', {
    summary: 'Alarms, newest first',
    query: AlarmsQuery,
    handle: ({ principal, query }) => {
      const { state, room } = query;
      if (room !== undefined) assertInSight(principal, room, 'room');
      const repositories = narrowScope(principal, query.repository);
      const until = optionalMoment(query.to, 'to');
      const range = { ...query, from: optionalMoment(query.from, 'from'), until };
      const place = { at: (alarm: Alarm) => alarm.raisedAt, id: (alarm: Alarm) => alarm.id };
      const page = pageByTime(range, place, (rows) =>
        queries.alarms({
          ...rows,
          repositories,
          ...(state === undefined ? {} : { open: state === 'open' }),
          ...(room === undefined ? {} : { room }),
        }),
      );
      return { ...page, items: page.items.map((alarm) => alarmView(alarm, now())) };
    },
  });
  router.add('GET /api/alarms/:id', {
    summary: 'One alarm with its history, and who was told',
    handle: ({ principal, params }): AlarmDetail => {
      const alarm = inSight(principal, queries.alarm(params['id'] ?? ''), 'alarm');
      return {
        alarm: alarmView(alarm, now()),
        transitions: queries.alarmTransitions(alarm.id),
        deliveries: queries.outboxOf({ alarm: alarm.id }).map(deliveryView),
      };
    },
  });
  router.add('GET /api/alarms/:id/why', {
    summary:
      'Why it is there: readings around it, clause and limit then in force, how sure, what to do, who knows, and how those like it ended',
    handle: ({ principal, params }): Promise<AlarmWhy> =>
      whyAlarm(services, inSight(principal, queries.alarm(params['id'] ?? ''), 'alarm')),
  });
}

function addCommands(router: Router, { services }: HttpContext): void {
  const act = commandOn(services);
  router.add('POST /api/alarms/:id/acknowledgement', {
    summary: 'A named person has seen it',
    body: Type.Object({ comment: Type.Optional(Text) }, strict),
    handle: (call) => act(call, (base) => ({ kind: 'acknowledge-alarm', ...base, ...call.body })),
  });
  router.add('POST /api/alarms/:id/comments', {
    summary: 'A comment on it',
    body: Type.Object({ text: Text }, strict),
    handle: (call) => act(call, (base) => ({ kind: 'comment-alarm', ...base, ...call.body })),
  });
  router.add('POST /api/alarms/:id/shelving', {
    summary: 'Quiet it until a time, with a reason',
    body: Type.Object({ until: MomentBody, reason: Text }, strict),
    handle: (call) => {
      const until = parseMoment(call.body.until, 'until');
      if (until <= services.now()) throw invalid(say('shelving-past'));
      const { reason } = call.body;
      return act(call, (base) => ({ kind: 'shelve-alarm', ...base, until, reason }));
    },
  });
  router.add('DELETE /api/alarms/:id/shelving', {
    summary: 'End the quiet',
    handle: (call) => act(call, (base) => ({ kind: 'unshelve-alarm', ...base })),
  });
  router.add('POST /api/alarms/:id/reset', {
    summary: 'Reset a latched alarm',
    body: Type.Object({}, strict),
    handle: (call) => act(call, (base) => ({ kind: 'reset-alarm', ...base })),
  });
}

type Base = { readonly alarm: string; readonly by: string };

/** Sends the command through the queue; answers with the alarm as it is after the commit. */
function commandOn({ queries, writer, now }: HttpContext['services']) {
  return async (
    { principal, params }: Pick<Call<unknown, unknown>, 'principal' | 'params'>,
    make: (base: Base) => Command,
  ): Promise<AlarmView> => {
    const { id } = inSight(principal, queries.alarm(params['id'] ?? ''), 'alarm');
    const result = await writer.command(make({ alarm: id, by: principal.name }));
    const alarm = queries.alarm(idOfResult(result));
    if (!alarm) throw notFound('alarm');
    return alarmView(alarm, now());
  };
}

function alarmView(alarm: Alarm, now: number): AlarmView {
  return { ...alarm, state: alarmState(alarm, now) };
}
