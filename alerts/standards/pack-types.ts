/** The schema of a standards pack: what each class of room may be, who says so, and what others say. */

import { Type, type Static } from 'typebox';
import { METRIC_NAMES } from '../../domain/metrics.ts';
import { ROOM_CLASSES } from '../../domain/registry.ts';
import { CitationSchema, TextSchema } from '../rules/rule-types.ts';

const strict = { additionalProperties: false };
const bounds = {
  metric: Type.Enum([...METRIC_NAMES]),
  unit: Type.String(),
  min: Type.Optional(Type.Number()),
  max: Type.Optional(Type.Number()),
};

const RangeRow = Type.Object(
  {
    ...bounds,
    citation: CitationSchema,
    /** RFC 3339 date the standard came into force, where the reference states it; unset: always. */
    inForceFrom: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })),
  },
  strict,
);
const Alternative = Type.Object(
  { ...bounds, citation: CitationSchema, why: Type.Optional(TextSchema) },
  strict,
);
const ClassRow = Type.Object(
  {
    class: Type.Enum([...ROOM_CLASSES]),
    rule: Type.String({ minLength: 1 }),
    name: TextSchema,
    /** A repository room (库房): the daily swing and the common limits hold here. */
    store: Type.Boolean(),
    limits: Type.Array(RangeRow),
    alternatives: Type.Array(Alternative),
    note: Type.Optional(TextSchema),
  },
  strict,
);
const SwingRow = Type.Object(
  {
    metric: Type.Enum([...METRIC_NAMES]),
    unit: Type.String(),
    fromSetPoint: Type.Number({ exclusiveMinimum: 0 }),
    peakToPeak: Type.Number({ exclusiveMinimum: 0 }),
    citation: CitationSchema,
    inForceFrom: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })),
  },
  strict,
);

/** One pack file. */
export const StandardsPackSchema = Type.Object(
  {
    id: Type.String({ minLength: 1 }),
    version: Type.Integer({ minimum: 1 }),
    name: TextSchema,
    classes: Type.Array(ClassRow),
    /** Hold in every repository room. */
    stores: Type.Object({ swing: Type.Array(SwingRow), limits: Type.Array(RangeRow) }, strict),
  },
  strict,
);
export type StandardsPack = Static<typeof StandardsPackSchema>;
export type StandardsClass = Static<typeof ClassRow>;
export type RangeRow = Static<typeof RangeRow>;
export type SwingRow = Static<typeof SwingRow>;
