/** Alarms: their list, their history, and what people may do to them. */

import { Type } from 'typebox';
import { mayEnter, type Role } from '../../../domain/account.ts';
import { PERMISSIONS } from '../permissions.ts';
import { alarmState, type Alarm } from '../../../domain/alarm.ts';
import type { AlarmWhy } from '../../../domain/alarm-why.ts';
import type { AlarmDetail, AlarmView } from '../../../domain/api.ts';
import type { Command } from '../../../domain/commands.ts';
import { shiftEndAfter } from '../../alarm-kpis/shifts.ts';
import type { Moment } from '../../../domain/time.ts';
import { say } from '../../../domain/sentences.ts';
import { whyAlarm } from '../../why/gather.ts';
import { deliveryView } from '../deliveries.ts';
import { idOfResult, invalid, notFound } from '../errors.ts';
import { pageByTime } from '../paging.ts';
import type { Call, HttpContext, Router } from '../router.ts';
import {
  AccountName,
  AnyId,
  inRepository,
  MomentBody,
  paging,
  period,
  strict,
  Text,
} from '../schemas.ts';
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
    summary: 'Quiet it until a time, with a reason; the duty officer where its rule lets them',
    body: Type.Object(
      {
        until: Type.Optional(MomentBody),
        /** Instead of `until`: up to the next change of shift. */
        untilShiftEnds: Type.Optional(Type.Literal(true)),
        reason: Text,
      },
      strict,
    ),
    handle: (call) => {
      const { repository } = alarmInSight(services, call);
      const until = shelvedUntil(services, call.body, repository);
      if (until <= services.now()) throw invalid(say('shelving-past'));
      const { reason } = call.body;
      const isManager = call.principal.roles.includes('manager');
      const as = isManager ? {} : { asDuty: true as const };
      return act(call, (base) => ({ kind: 'shelve-alarm', ...base, ...as, until, reason }));
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
  router.add('POST /api/alarms/:id/assignment', {
    summary: 'Who takes it; without "to" nobody any more',
    body: Type.Object({ to: Type.Optional(AccountName) }, strict),
    handle: (call) => {
      const { to } = call.body;
      const { repository } = alarmInSight(services, call);
      if (to !== undefined) assertMayTake(services, to, repository);
      return act(call, (base) => ({ kind: 'assign-alarm', ...base, ...call.body }));
    },
  });
  router.add('POST /api/alarms/:id/closing', {
    summary: 'Close what nothing judges any more: its rule or subject is retired',
    body: Type.Object({ reason: Text }, strict),
    handle: (call) => act(call, (base) => ({ kind: 'close-alarm', ...base, ...call.body })),
  });
}

function shelvedUntil(
  { now, registry }: HttpContext['services'],
  body: { readonly until?: string | number; readonly untilShiftEnds?: true },
  repository: string,
): Moment {
  if ((body.until === undefined) === (body.untilShiftEnds === undefined)) {
    throw invalid('Give either "until" or "untilShiftEnds".');
  }
  if (body.until !== undefined) return parseMoment(body.until, 'until');
  const head = registry().repositories.get(repository);
  const end = head && shiftEndAfter(now(), head);
  if (end === undefined) throw invalid(say('shelving-no-shift'));
  return end;
}

type Asked = Pick<Call<unknown, unknown>, 'principal' | 'params'>;

function alarmInSight({ queries }: HttpContext['services'], { principal, params }: Asked): Alarm {
  return inSight(principal, queries.alarm(params['id'] ?? ''), 'alarm');
}

/** 422 unless the account is there, in use, and works in that repository. */
function assertMayTake({ queries }: HttpContext['services'], name: string, repository: string) {
  const account = queries.account(name);
  const works = account?.roles.some((role) => WORKERS.has(role)) && mayEnter(account, repository);
  if (!account || account.disabledAt !== undefined || !works) {
    throw invalid(say('assignee-unknown', { name }));
  }
}

const WORKERS: ReadonlySet<Role> = new Set(PERMISSIONS['POST /api/alarms/:id/assignment']);

type Base = { readonly alarm: string; readonly by: string };

/** Sends the command through the queue; answers with the alarm as it is after the commit. */
function commandOn(services: HttpContext['services']) {
  const { queries, writer, now } = services;
  return async (call: Asked, make: (base: Base) => Command): Promise<AlarmView> => {
    const { id } = alarmInSight(services, call);
    const result = await writer.command(make({ alarm: id, by: call.principal.name }));
    const alarm = queries.alarm(idOfResult(result));
    if (!alarm) throw notFound('alarm');
    return alarmView(alarm, now());
  };
}

function alarmView(alarm: Alarm, now: number): AlarmView {
  return { ...alarm, state: alarmState(alarm, now) };
}
