/** Back-tests: asked for, looked at while they run, cancelled. Nothing is changed by them. */

import type { LimitProposal } from '../../../alerts/backtest/proposals.ts';
import type { BacktestView } from '../../../domain/backtest.ts';
import type { Principal } from '../../../domain/account.ts';
import { Type } from 'typebox';
import { say } from '../../../domain/sentences.ts';
import { DAY_MS } from '../../../domain/time.ts';
import { LimitProposals, proposalProblem } from '../../backtests/proposal-schema.ts';
import type { BacktestQuestion } from '../../backtests/backtest-types.ts';
import { invalid, notFound, refused } from '../errors.ts';
import type { HttpContext, Router } from '../router.ts';
import { AnyId, MomentBody, strict } from '../schemas.ts';
import { assertInSight, inSight } from '../scope.ts';
import { parseMoment } from '../times.ts';

/** A year and a month over it: more is asked of a machine that has alarms to raise. Our own proposal. */
const DAYS_MAX = 400;

const NewBacktest = Type.Object(
  {
    room: AnyId,
    from: MomentBody,
    to: MomentBody,
    /** Tried against those in force today; unset: only what is in force. */
    limits: Type.Optional(LimitProposals),
    /** Only these rules; unset: all. */
    rules: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { minItems: 1, maxItems: 100 }),
    ),
  },
  strict,
);

export function addBacktestRoutes(router: Router, { services }: HttpContext): void {
  const { registry, backtests, now } = services;
  const seen = (principal: Principal, id: string | undefined): BacktestView => {
    const view = backtests.get(id ?? '');
    if (!view) throw notFound('back-test');
    assertInSight(principal, view.room, 'back-test');
    return view;
  };
  router.add('POST /api/backtests', {
    summary: 'Try limits and rules on a room’s past',
    status: 201,
    body: NewBacktest,
    handle: ({ principal, body }): BacktestView => {
      inSight(principal, registry().rooms.get(body.room), 'room');
      const question: BacktestQuestion = {
        room: body.room,
        ...spanOf(body, now()),
        now: now(),
        ...(body.limits ? { limits: body.limits as readonly LimitProposal[] } : {}),
        ...(body.rules ? { only: body.rules } : {}),
      };
      const problem = body.limits?.map(proposalProblem).find((one) => one !== undefined);
      if (problem !== undefined) throw invalid(problem);
      const view = backtests.start({ by: principal.name, question });
      if (!view) throw refused(429, 'busy', say('backtests-busy'));
      return view;
    },
  });
  router.add('GET /api/backtests/:id', {
    summary: 'How far it is, and its result',
    handle: ({ principal, params }) => seen(principal, params['id']),
  });
  router.add('DELETE /api/backtests/:id', {
    summary: 'Cancel it, or forget its result',
    status: 204,
    handle: ({ principal, params }) => {
      backtests.cancel(seen(principal, params['id']).id);
    },
  });
}

function spanOf(
  body: { readonly from: string | number; readonly to: string | number },
  now: number,
): Pick<BacktestQuestion, 'from' | 'until'> {
  const from = parseMoment(body.from, 'from');
  // What is still to come was received by nobody.
  const until = Math.min(parseMoment(body.to, 'to'), now);
  if (until <= from) throw invalid(say('period-reversed'));
  if (until - from > DAYS_MAX * DAY_MS) {
    throw invalid(say('backtest-too-long', { most: DAYS_MAX }));
  }
  return { from, until };
}
