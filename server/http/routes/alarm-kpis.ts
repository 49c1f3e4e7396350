/** Figures of alarm management: how many alarms people get, and which of them teach people not to look. */

import { Type } from 'typebox';
import { say } from '../../../domain/sentences.ts';
import { DAY_MS } from '../../../domain/time.ts';
import type { LocalizedText } from '../../../domain/text.ts';
import { createGate } from '../../accounts/gate.ts';
import { alarmKpis } from '../../alarm-kpis/view.ts';
import { HttpError, invalid, notFound } from '../errors.ts';
import type { HttpContext, Router } from '../router.ts';
import { AnyId, inRepository, period, strict } from '../schemas.ts';
import { inSight, repositoryMeant } from '../scope.ts';
import { optionalMoment } from '../times.ts';

/** The standards want thirty days. */
const PERIOD_DAYS = 30;
const KPI_DAYS_MAX = 400;
const WAITING_MAX = 8;

export function addAlarmKpiRoutes(router: Router, { services }: HttpContext): void {
  const { queries, registry, now } = services;
  const gate = createGate(1, WAITING_MAX);
  router.add('GET /api/alarm-kpis', {
    summary:
      'Alarm performance by ISA-18.2 and EEMUA 191: rates, floods, nuisance alarms, priorities, each with its target; by rule and by duty shift',
    query: Type.Object({ ...period, ...inRepository, room: Type.Optional(AnyId) }, strict),
    handle: async ({ principal, query }) => {
      const { room } = query;
      const placed =
        room === undefined ? undefined : inSight(principal, registry().rooms.get(room), 'room');
      if (placed && query.repository !== undefined && query.repository !== placed.repository)
        throw invalid(say('room-elsewhere'));
      const named = placed?.repository ?? query.repository;
      const id = repositoryMeant(registry(), principal, named);
      const repository = registry().repositories.get(id);
      if (!repository) throw notFound('repository');
      const done = await gate.run(() =>
        alarmKpis({
          queries,
          repository,
          period: periodOf(query, now()),
          ruleNames: namesOf(services.rules),
          ...(room === undefined ? {} : { room }),
        }),
      );
      if (!done) throw new HttpError(503, 'busy', { message: 'Figures are being counted.' });
      return done.value;
    },
  });
}

function periodOf(query: { readonly from?: string; readonly to?: string }, now: number) {
  const until = Math.min(optionalMoment(query.to, 'to') ?? now, now);
  const from = optionalMoment(query.from, 'from') ?? until - PERIOD_DAYS * DAY_MS;
  if (from >= until) throw invalid(say('period-reversed'));
  if (until - from > KPI_DAYS_MAX * DAY_MS)
    throw invalid(say('period-too-long', { most: String(KPI_DAYS_MAX) }));
  return { from, until };
}

/** Whatever has an id and a name; the rules come as JSON for people to read. */
function namesOf(rules: unknown): ReadonlyMap<string, LocalizedText> {
  const book = rules as {
    readonly rules?: readonly { readonly id: string; readonly name: LocalizedText }[];
  };
  return new Map((book.rules ?? []).map((rule) => [rule.id, rule.name]));
}
