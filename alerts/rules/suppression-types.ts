/** Suppression by design (ISA-18.2 state H): which alarms are quiet while which other one holds, as data. */

import { Type, type Static } from 'typebox';
import { CitationSchema, TextSchema } from './rule-parts.ts';

const strict = { additionalProperties: false };
const RuleId = Type.String({ minLength: 1 });

export const SuppressionSchema = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,40}$' }),
    /** Rules whose alarms are quiet. Never a safety rule. */
    quiets: Type.Array(RuleId, { minItems: 1 }),
    /** Rules whose alarm quiets them while it holds; a latching one until it is reset. */
    while: Type.Array(RuleId, { minItems: 1 }),
    /** `device`: the cause is about the device that the sensor is on; `room`: about the room that it is in. */
    same: Type.Union([Type.Literal('device'), Type.Literal('room')]),
    /** So long after the cause is over the quiet ends; what still holds then is announced. */
    afterSeconds: Type.Integer({ minimum: 0, maximum: 86_400 }),
    why: TextSchema,
    citation: CitationSchema,
  },
  strict,
);
export const SuppressionFile = Type.Object(
  { version: Type.Integer({ minimum: 1 }), suppressions: Type.Array(SuppressionSchema) },
  strict,
);
export type SuppressionRule = Static<typeof SuppressionSchema>;

/** The same, by the rules of both sides. */
export interface SuppressionBook {
  readonly byQuiet: ReadonlyMap<string, readonly SuppressionRule[]>;
  readonly byCause: ReadonlyMap<string, readonly SuppressionRule[]>;
}

/** Finds entries by rule id. */
export function suppressionBook(rules: readonly SuppressionRule[]): SuppressionBook {
  return { byQuiet: by(rules, (one) => one.quiets), byCause: by(rules, (one) => one.while) };
}

function by(
  rules: readonly SuppressionRule[],
  keysOf: (one: SuppressionRule) => readonly string[],
): ReadonlyMap<string, readonly SuppressionRule[]> {
  const pairs = rules.flatMap((one) => keysOf(one).map((key) => ({ key, one })));
  const grouped = Map.groupBy(pairs, ({ key }) => key);
  return new Map([...grouped].map(([key, list]) => [key, list.map(({ one }) => one)]));
}
