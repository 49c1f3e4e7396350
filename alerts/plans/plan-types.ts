/** The schema of emergency plans: steps with waits, deadlines and roles; who is told while nobody answers. */

import { Type, type Static } from 'typebox';
import { PERSON_ROLES } from '../../domain/registry.ts';
import { CitationSchema, TextSchema } from '../rules/rule-parts.ts';

const strict = { additionalProperties: false };
const Minutes = Type.Number({ minimum: 0, maximum: 40 * 1440 });
const Role = Type.Enum([...PERSON_ROLES]);

const StepRow = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,40}$' }),
    text: TextSchema,
    detail: Type.Optional(TextSchema),
    role: Role,
    afterMinutes: Minutes,
    withinMinutes: Type.Optional(Minutes),
    automatic: Type.Optional(Type.Boolean()),
    citation: Type.Optional(CitationSchema),
  },
  strict,
);
const RungRow = Type.Object(
  {
    afterMinutes: Minutes,
    role: Role,
    who: Type.Union([Type.Literal('first'), Type.Literal('next'), Type.Literal('all')]),
  },
  strict,
);

/** One plan file. */
export const PlanFile = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,40}$' }),
    version: Type.Integer({ minimum: 1 }),
    name: TextSchema,
    level: Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3), Type.Literal(4)]),
    steps: Type.Array(StepRow, { minItems: 1 }),
    escalation: Type.Array(RungRow, { minItems: 1 }),
    citation: CitationSchema,
  },
  strict,
);
export type PlanFile = Static<typeof PlanFile>;
