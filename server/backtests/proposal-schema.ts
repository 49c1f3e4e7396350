/** A proposed limit as people say it, for the API and the command line, and what can't be meant. */

import { Type, type Static } from 'typebox';
import { METRIC_NAMES, METRICS } from '../../domain/metrics.ts';
import { say, type Said } from '../../domain/sentences.ts';

const strict = { additionalProperties: false };

/** Metrics that have limits. */
export const LIMIT_METRICS = METRIC_NAMES.filter((name) => METRICS.get(name)?.kind === 'number');

/** The figures of a limit, as a change or a proposal says them. */
export const limitFigures = {
  metric: Type.Enum([...LIMIT_METRICS]),
  kind: Type.Enum(['range', 'swing']),
  min: Type.Optional(Type.Number()),
  max: Type.Optional(Type.Number()),
  swing: Type.Optional(
    Type.Object(
      {
        fromSetPoint: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
        peakToPeak: Type.Number({ exclusiveMinimum: 0 }),
      },
      strict,
    ),
  ),
};

const Proposal = Type.Object(limitFigures, strict);
export const LimitProposals = Type.Array(Proposal, { minItems: 1, maxItems: 20 });

/** Why such a limit can't be meant; `undefined`: it can. */
export function proposalProblem(limit: Static<typeof Proposal>): Said | undefined {
  if (limit.kind === 'swing') {
    if (limit.swing === undefined) return say('swing-missing');
    const both = limit.min !== undefined || limit.max !== undefined;
    return both ? say('swing-with-bounds') : undefined;
  }
  if (limit.swing !== undefined) return say('range-with-swing');
  if (limit.min === undefined && limit.max === undefined) return say('bounds-missing');
  const reversed = limit.min !== undefined && limit.max !== undefined && limit.min > limit.max;
  return reversed ? say('bounds-reversed') : undefined;
}
