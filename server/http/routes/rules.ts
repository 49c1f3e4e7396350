/** The rules with their sentences, and a value that is tried by hand. */

import { Type, type Static } from 'typebox';
import { METRIC_NAMES, METRICS, type MetricName } from '../../../domain/metrics.ts';
import type { RuleTrial } from '../../../domain/rule-trial.ts';
import { say, type Said } from '../../../domain/sentences.ts';
import { qualityThresholds } from '../../../gateway/intake/thresholds.ts';
import { createGate } from '../../accounts/gate.ts';
import { sensorsOfTrial } from '../../rule-trial.ts';
import { HttpError, invalid } from '../errors.ts';
import type { HttpContext, Router } from '../router.ts';
import { AnyId, strict } from '../schemas.ts';
import { inSight } from '../scope.ts';

const MINUTES_MAX = 24 * 60;
const WAITING_MAX = 4;

const Trial = Type.Object(
  {
    room: AnyId,
    metric: Type.Enum([...METRIC_NAMES]),
    value: Type.Number(),
    minutes: Type.Integer({ minimum: 1, maximum: MINUTES_MAX }),
    /** What held for a day before it; without it no rule that looks at a day has one to look at. */
    before: Type.Optional(Type.Number()),
    /** One sensor alone; unset: all of the room that measure it. */
    sensor: Type.Optional(AnyId),
  },
  strict,
);

export function addRuleRoutes(router: Router, { services }: HttpContext): void {
  const gate = createGate(1, WAITING_MAX);
  router.add('GET /api/rules', {
    summary: 'When something is abnormal, in a sentence each, and which clause says so',
    handle: () => services.rules,
  });
  router.add('POST /api/rules/try', {
    summary:
      'What the rules would do, if a room had this value for so long; nothing is stored or told',
    body: Trial,
    handle: async ({ principal, body }): Promise<RuleTrial> => {
      const registry = services.registry();
      const room = inSight(principal, registry.rooms.get(body.room), 'room');
      const sensor =
        body.sensor === undefined
          ? undefined
          : inSight(principal, registry.sensors.get(body.sensor), 'sensor');
      const problem = valueProblem(body);
      if (problem !== undefined) throw invalid(problem);
      const { minutes, value, before } = body;
      const asked = {
        room,
        metric: body.metric as MetricName,
        value,
        minutes,
        ...(before === undefined ? {} : { before }),
        ...(sensor ? { sensor } : {}),
      };
      if (sensorsOfTrial(registry, asked).length === 0)
        throw invalid(say('trial-no-sensor', { metric: body.metric }));
      const done = await gate.run(() => services.tryRules(asked));
      if (!done) throw new HttpError(503, 'busy', { message: 'Others are trying values.' });
      return done.value;
    },
  });
}

/** Why a value can't be one of the metric; `undefined`: it can. */
function valueProblem({ metric, value, before }: Static<typeof Trial>): Said | undefined {
  const { kind } = METRICS.get(metric) ?? {};
  const span = qualityThresholds().metrics.get(metric)?.sensor;
  const { min = -Infinity, max = Infinity } = span ?? {};
  const figures = Object.entries({ value, ...(before === undefined ? {} : { before }) });
  for (const [field, figure] of figures) {
    if (figure < min || figure > max)
      return say('trial-between', { field, min: String(min), max: String(max) });
    if (kind === 'binary' && figure !== 0 && figure !== 1) return say('trial-state', { field });
  }
  return undefined;
}
