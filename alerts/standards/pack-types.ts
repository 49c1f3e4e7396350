/** The schema of a standards pack: what a standard asks for, who says so, how far that was verified, and what is not known. */

import { Type, type Static, type TProperties } from 'typebox';
import { PROVENANCES, VERIFICATIONS } from '../../domain/limits.ts';
import { METRIC_NAMES } from '../../domain/metrics.ts';
import { ROOM_CLASSES } from '../../domain/registry.ts';
import { TextSchema } from '../rules/rule-parts.ts';

const strict = { additionalProperties: false };
const Id = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,40}$' });
const Metric = Type.Enum([...METRIC_NAMES]);
const Unit = Type.String({ minLength: 1 });
const Positive = Type.Number({ exclusiveMinimum: 0 });
const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
const Provenances = Object.keys(PROVENANCES) as (keyof typeof PROVENANCES)[];

/** Written once, named by entries. `verification` is said beside the tag, so that a reader of the file sees it; they must agree. */
const PackCitation = Type.Object(
  {
    standard: Type.String({ minLength: 1 }),
    edition: Type.Optional(Type.String({ minLength: 1 })),
    clause: Type.Optional(Type.String({ minLength: 1 })),
    provenance: Type.Enum(Provenances),
    verification: Type.Enum([...VERIFICATIONS]),
    source: Type.Optional(Type.String({ minLength: 1 })),
    note: Type.Optional(TextSchema),
    /** RFC 3339 date from which it is in force, where the reference states it; unset: always. */
    inForceFrom: Type.Optional(Day),
  },
  strict,
);

/** What every entry has: whom it concerns, who says so, what is contested. */
const common = {
  /** Unset: made from kind, classes and metric. */
  id: Type.Optional(Id),
  /** Classes of rooms, `stores` for all repository rooms; or the pack's own classes. Unset: all. */
  for: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1, uniqueItems: true })),
  cite: Type.String({ minLength: 1 }),
  note: Type.Optional(TextSchema),
};
const entries = <P extends TProperties>(fields: P) =>
  Type.Optional(Type.Array(Type.Object({ ...common, ...fields }, strict), { minItems: 1 }));
const number = { metric: Metric, unit: Unit };
const bounds = { min: Type.Optional(Type.Number()), max: Type.Optional(Type.Number()) };

/** One pack file. */
export const StandardsPackSchema = Type.Object(
  {
    id: Id,
    version: Type.Integer({ minimum: 1 }),
    name: TextSchema,
    about: Type.Optional(TextSchema),
    /** Its own classes; a room names one of them. Unset: it holds by class of room. */
    classes: Type.Optional(
      Type.Array(Type.Object({ id: Id, name: TextSchema }, strict), { minItems: 1 }),
    ),
    citations: Type.Record(Type.String(), PackCitation),
    ranges: entries({
      ...number,
      ...bounds,
      /** Why it is shown beside the limit that holds, and never judged by. */
      comparison: Type.Optional(TextSchema),
    }),
    swings: entries({
      ...number,
      plusMinus: Positive,
      hours: Type.Optional(Positive),
      around: Type.Optional(Type.Enum(['set-point', 'running-mean'])),
      meanDays: Type.Optional(Positive),
    }),
    offsets: entries({ ...number, up: Type.Optional(Positive), down: Type.Optional(Positive) }),
    rates: entries({ ...number, perHour: Positive }),
    spells: entries({ ...number, above: Type.Number(), days: Type.Optional(Positive) }),
    air: entries({
      substance: TextSchema,
      metric: Type.Optional(Metric),
      unit: Unit,
      max: Positive,
      strict: Type.Optional(Positive),
      average: Type.Optional(Type.String({ minLength: 1 })),
    }),
    duties: entries({
      what: TextSchema,
      times: Type.Optional(
        Type.Object(
          { count: Type.Integer({ minimum: 1 }), per: Type.Enum(['day', 'quarter', 'year']) },
          strict,
        ),
      ),
    }),
    linkages: entries({ what: TextSchema, seconds: Type.Optional(Positive) }),
    facts: entries({ what: TextSchema, ...bounds, unit: Type.Optional(Unit) }),
    notKnown: Type.Optional(
      Type.Array(
        Type.Object({ for: Type.Optional(Type.Array(Type.String())), text: TextSchema }, strict),
      ),
    ),
  },
  strict,
);
export type StandardsPackFile = Static<typeof StandardsPackSchema>;
export type PackCitation = Static<typeof PackCitation>;

/** The classes of rooms: their names, and which of them keep records. */
export const RoomClassesSchema = Type.Object(
  {
    classes: Type.Array(
      Type.Object(
        { class: Type.Enum([...ROOM_CLASSES]), name: TextSchema, store: Type.Boolean() },
        strict,
      ),
    ),
  },
  strict,
);
