/** Schemas that rules, plans and packs have in common. */

import { Type } from '../../domain/schema.ts';
import { VERIFICATIONS } from '../../domain/limits.ts';

const strict = { additionalProperties: false };

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
