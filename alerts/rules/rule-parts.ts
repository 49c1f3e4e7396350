/** What the schemas of all rules have in common: words, citation, priority, plan, delays. */

import { Type } from 'typebox';
import { PRIORITIES } from '../../domain/alarm.ts';
import { VERIFICATIONS } from '../../domain/limits.ts';
import { METRIC_NAMES } from '../../domain/metrics.ts';

export const strict = { additionalProperties: false };
export const Seconds = Type.Integer({ minimum: 0, maximum: 40 * 86_400 });
export const Metric = Type.Enum([...METRIC_NAMES]);
export const PriorityWord = Type.Enum([...PRIORITIES]);

/** Chinese first, English complete. */
export const TextSchema = Type.Object(
  { zh: Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) },
  strict,
);

/** Where a number or a duty comes from. */
export const CitationSchema = Type.Object(
  {
    standard: Type.String({ minLength: 1 }),
    edition: Type.Optional(Type.String({ minLength: 1 })),
    clause: Type.Optional(Type.String({ minLength: 1 })),
    verification: Type.Enum([...VERIFICATIONS]),
    source: Type.Optional(Type.String({ minLength: 1 })),
    note: Type.Optional(TextSchema),
  },
  strict,
);

/** The priority rises when the condition lasts. */
export const Rises = Type.Object({ afterSeconds: Seconds, to: PriorityWord }, strict);

export const common = {
  id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,40}$' }),
  name: TextSchema,
  priority: PriorityWord,
  latching: Type.Boolean(),
  safety: Type.Boolean(),
  shelvable: Type.Boolean(),
  /** The duty officer may shelve it, not the manager alone. */
  dutyMayShelve: Type.Optional(Type.Boolean()),
  /** No sound, no siren, no publication. */
  silent: Type.Optional(Type.Boolean()),
  /** The plan it belongs to. `never`: it only joins an incident that is open. */
  plan: Type.Optional(
    Type.Object(
      {
        id: Type.String({ minLength: 1 }),
        opens: Type.Union([
          Type.Literal('always'),
          Type.Literal('when-high'),
          Type.Literal('never'),
        ]),
      },
      strict,
    ),
  ),
  title: TextSchema,
  advice: TextSchema,
  citation: CitationSchema,
};
export const delays = { onDelaySeconds: Seconds, offDelaySeconds: Seconds };
