/** The schema of rules: when something is abnormal, how grave it is, what people are told, and which clause says so. */

import { Type, type Static, type TSchema } from '../../domain/schema.ts';
import { ACCESS_EVENTS } from '../../domain/access.ts';
import { PRIORITIES } from '../../domain/alarm.ts';
import { METRIC_NAMES } from '../../domain/metrics.ts';
import { PERSON_ROLES } from '../../domain/registry.ts';
import { CitationSchema, TextSchema } from './common-schemas.ts';
import { floodFields, serviceReviewFields } from './life-rules.ts';
import type { SuppressionRule } from './suppression-types.ts';

export { CitationSchema, TextSchema } from './common-schemas.ts';

const strict = { additionalProperties: false };
const Seconds = Type.Integer({ minimum: 0, maximum: 40 * 86_400 });
const Metric = Type.Enum([...METRIC_NAMES]);
const PriorityWord = Type.Enum([...PRIORITIES]);

/** The priority rises when the condition lasts. */
const Rises = Type.Object({ afterSeconds: Seconds, to: PriorityWord }, strict);

const common = {
  id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,40}$' }),
  name: TextSchema,
  priority: PriorityWord,
  latching: Type.Boolean(),
  safety: Type.Boolean(),
  shelvable: Type.Boolean(),
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
const delays = { onDelaySeconds: Seconds, offDelaySeconds: Seconds };

export const BandRule = Type.Object(
  {
    ...common,
    ...delays,
    kind: Type.Literal('band'),
    metric: Metric,
    side: Type.Union([Type.Literal('above'), Type.Literal('below')]),
    /** Unset: the room's limit in force. */
    limit: Type.Optional(Type.Number()),
    /** How far back inside the limit a value must be before it counts as returned; metric's unit. */
    deadBand: Type.Number({ minimum: 0 }),
    rises: Type.Optional(Rises),
  },
  strict,
);
export const SwingRule = Type.Object(
  {
    ...common,
    ...delays,
    kind: Type.Literal('swing'),
    metric: Metric,
    reading: Type.Union([Type.Literal('set-point'), Type.Literal('peak-to-peak')]),
    deadBand: Type.Number({ minimum: 0 }),
  },
  strict,
);
export const SignalRule = Type.Object(
  {
    ...common,
    ...delays,
    kind: Type.Literal('signal'),
    metric: Metric,
    rises: Type.Optional(Rises),
  },
  strict,
);
export const DetectorRule = Type.Object(
  { ...common, kind: Type.Literal('detector'), metric: Metric },
  strict,
);
export const DetectorTestRule = Type.Object(
  { ...common, kind: Type.Literal('detector-test'), metric: Metric },
  strict,
);
export const ConfirmedFireRule = Type.Object(
  { ...common, kind: Type.Literal('confirmed-fire'), detectors: Type.Integer({ minimum: 2 }) },
  strict,
);
export const SilenceRule = Type.Object(
  {
    ...common,
    kind: Type.Literal('silence'),
    intervals: Type.Integer({ minimum: 1 }),
    minimumSeconds: Seconds,
    /** A device that says it is offline gets so long to come back. */
    offlineDelaySeconds: Seconds,
  },
  strict,
);
export const OfflineRule = Type.Object(
  { ...common, kind: Type.Literal('offline'), delaySeconds: Seconds },
  strict,
);
export const BadDataRule = Type.Object(
  { ...common, kind: Type.Literal('bad-data'), offDelaySeconds: Seconds },
  strict,
);
export const ClockRule = Type.Object({ ...common, kind: Type.Literal('clock') }, strict);
export const DoorRule = Type.Object(
  {
    ...common,
    kind: Type.Literal('door'),
    events: Type.Array(Type.Enum([...ACCESS_EVENTS]), { minItems: 1 }),
    /** Events that end it; with none, it ends `holdSeconds` after the last event. */
    clears: Type.Array(Type.Enum([...ACCESS_EVENTS])),
    holdSeconds: Seconds,
    /** How many events within `withinSeconds`; 1 is each. */
    count: Type.Integer({ minimum: 1, maximum: 100 }),
    withinSeconds: Seconds,
    outsideOpeningHours: Type.Optional(Type.Boolean()),
    rises: Type.Optional(Rises),
  },
  strict,
);
export const SystemRule = Type.Object(
  {
    ...common,
    kind: Type.Literal('system'),
    fault: Type.Enum([
      'clock-jump',
      'spool-thinning',
      'store-unreachable',
      'cannot-store',
      'broker-unreachable',
    ]),
  },
  strict,
);

export const ServiceReviewRule = Type.Object({ ...common, ...serviceReviewFields }, strict);
export const FloodRule = Type.Object({ ...common, ...floodFields }, strict);

export type BandRule = Static<typeof BandRule>;
export type SwingRule = Static<typeof SwingRule>;
export type SignalRule = Static<typeof SignalRule>;
export type DetectorRule = Static<typeof DetectorRule>;
export type DetectorTestRule = Static<typeof DetectorTestRule>;
export type ConfirmedFireRule = Static<typeof ConfirmedFireRule>;
export type SilenceRule = Static<typeof SilenceRule>;
export type OfflineRule = Static<typeof OfflineRule>;
export type BadDataRule = Static<typeof BadDataRule>;
export type ClockRule = Static<typeof ClockRule>;
export type DoorRule = Static<typeof DoorRule>;
export type SystemRule = Static<typeof SystemRule>;
export type ServiceReviewRule = Static<typeof ServiceReviewRule>;
export type FloodRule = Static<typeof FloodRule>;
export type Rule =
  | BandRule
  | SwingRule
  | SignalRule
  | DetectorRule
  | DetectorTestRule
  | ConfirmedFireRule
  | SilenceRule
  | OfflineRule
  | BadDataRule
  | ClockRule
  | DoorRule
  | SystemRule
  | ServiceReviewRule
  | FloodRule;
/** Rules that judge one metric of one sensor. */
export type SeriesRule = BandRule | SwingRule | SignalRule | DetectorRule | DetectorTestRule;

/** The schema of each kind, so that a mistake is reported against the kind that was meant. */
export const RULE_SCHEMAS: Readonly<Record<Rule['kind'], TSchema>> = {
  band: BandRule,
  swing: SwingRule,
  signal: SignalRule,
  detector: DetectorRule,
  'detector-test': DetectorTestRule,
  'confirmed-fire': ConfirmedFireRule,
  silence: SilenceRule,
  offline: OfflineRule,
  'bad-data': BadDataRule,
  clock: ClockRule,
  door: DoorRule,
  system: SystemRule,
  'service-review': ServiceReviewRule,
  flood: FloodRule,
};

const Rung = Type.Object(
  {
    afterSeconds: Seconds,
    role: Type.Enum([...PERSON_ROLES]),
    who: Type.Union([Type.Literal('first'), Type.Literal('next'), Type.Literal('all')]),
  },
  strict,
);
/** Who is told of an alarm that no incident covers, by its priority. */
export const TellingSchema = Type.Object(
  {
    critical: Type.Array(Rung),
    high: Type.Array(Rung),
    medium: Type.Array(Rung),
    low: Type.Array(Rung),
  },
  strict,
);
export type TellingRungs = Static<typeof TellingSchema>;

export const RuleFile = Type.Object(
  { version: Type.Integer({ minimum: 1 }), rules: Type.Array(Type.Unknown()) },
  strict,
);
/** A pack of rules, as loaded. */
export interface RuleBook {
  readonly version: number;
  readonly rules: readonly Rule[];
  readonly telling: TellingRungs;
  /** What is quiet while what else holds; unset: nothing. */
  readonly suppressions?: readonly SuppressionRule[];
}
