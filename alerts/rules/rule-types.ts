/** The schema of rules: when something is abnormal, how grave it is, what people are told, and which clause says so. */

import { Type, type Static, type TSchema } from 'typebox';
import { ACCESS_EVENTS } from '../../domain/access.ts';
import { PERSON_ROLES } from '../../domain/registry.ts';
import { RULE_FIGURES } from '../preservation/rule.ts';
import {
  Metric,
  PriorityWord,
  Rises,
  Seconds,
  TextSchema,
  common,
  delays,
  strict,
} from './rule-parts.ts';
import { WATCH_SCHEMAS, type WatchRule } from './watch-rules.ts';
import { floodFields, serviceReviewFields } from './life-rules.ts';
import type { SuppressionRule } from './suppression-types.ts';

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
    /**
     * Inside the limit by less than `inside` (metric's unit; at most a quarter of the room's span) the alarm is raised
     * with this priority and title; at the limit the same alarm grows to the rule's own. It is over when the value is out
     * of this margin, too.
     */
    preWarning: Type.Optional(
      Type.Object(
        { inside: Type.Number({ exclusiveMinimum: 0 }), priority: PriorityWord, title: TextSchema },
        strict,
      ),
    ),
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
  {
    ...common,
    kind: Type.Literal('bad-data'),
    quality: Type.Union([Type.Literal('fail'), Type.Literal('suspect')]),
    /** So many readings of this quality within `withinSeconds`; 1 is each. */
    count: Type.Integer({ minimum: 1, maximum: 100 }),
    withinSeconds: Seconds,
    offDelaySeconds: Seconds,
  },
  strict,
);
/** Which sensors are not to be trusted: far from the others of their room, or long without a calibration. */
export const TrustRule = Type.Object(
  {
    ...common,
    kind: Type.Literal('trust'),
    /** By metric, in its unit. */
    bounds: Type.Record(
      Type.String(),
      Type.Object(
        {
          /** Farther from the middle of the others for `differSeconds`. */
          differMax: Type.Number({ exclusiveMinimum: 0 }),
          /** The middle of the hourly differences of `driftHours`: doubtful, and not to be trusted. */
          driftDoubtful: Type.Number({ exclusiveMinimum: 0 }),
          driftMax: Type.Number({ exclusiveMinimum: 0 }),
        },
        strict,
      ),
    ),
    differSeconds: Seconds,
    driftHours: Type.Integer({ minimum: 3, maximum: 720 }),
    /** A calibration that has been due for longer makes it untrusted; less, doubtful. */
    overdueDaysMax: Type.Integer({ minimum: 0 }),
  },
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
/** What the climate means for the holdings, by a pair of temperature and humidity sensors; not outdoors. */
export const PreservationRule = Type.Object(
  {
    ...common,
    ...delays,
    kind: Type.Literal('preservation'),
    figure: Type.Enum([...RULE_FIGURES]),
    side: Type.Union([Type.Literal('above'), Type.Literal('below')]),
    /** In the figure's unit; inclusive: at the limit it is met. */
    limit: Type.Number(),
    /** How far back inside the limit the figure must be before it counts as returned. */
    deadBand: Type.Number({ minimum: 0 }),
    rises: Type.Optional(Rises),
  },
  strict,
);

export type BandRule = Static<typeof BandRule>;
export type SwingRule = Static<typeof SwingRule>;
export type SignalRule = Static<typeof SignalRule>;
export type DetectorRule = Static<typeof DetectorRule>;
export type DetectorTestRule = Static<typeof DetectorTestRule>;
export type ConfirmedFireRule = Static<typeof ConfirmedFireRule>;
export type SilenceRule = Static<typeof SilenceRule>;
export type OfflineRule = Static<typeof OfflineRule>;
export type BadDataRule = Static<typeof BadDataRule>;
export type TrustRule = Static<typeof TrustRule>;
export type ClockRule = Static<typeof ClockRule>;
export type DoorRule = Static<typeof DoorRule>;
export type SystemRule = Static<typeof SystemRule>;
export type ServiceReviewRule = Static<typeof ServiceReviewRule>;
export type FloodRule = Static<typeof FloodRule>;
export type PreservationRule = Static<typeof PreservationRule>;
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
  | TrustRule
  | ClockRule
  | DoorRule
  | SystemRule
  | ServiceReviewRule
  | FloodRule
  | WatchRule
  | PreservationRule;
/** Rules that judge each reading of one metric of one sensor. */
export type SeriesRule = BandRule | SwingRule | SignalRule | DetectorRule | DetectorTestRule;

const SERIES_KINDS: ReadonlySet<string> = new Set<SeriesRule['kind']>([
  'band',
  'swing',
  'signal',
  'detector',
  'detector-test',
]);

/** Whether the rule judges each reading. */
export function isSeriesRule(rule: Rule): rule is SeriesRule {
  return SERIES_KINDS.has(rule.kind);
}

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
  trust: TrustRule,
  clock: ClockRule,
  door: DoorRule,
  system: SystemRule,
  ...WATCH_SCHEMAS,
  'service-review': ServiceReviewRule,
  flood: FloodRule,
  preservation: PreservationRule,
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

/** How alarms of sensors name tests of quality, and what makes a sensor untrustworthy. */
export const WordsSchema = Type.Object(
  {
    /** By flag of a reading, gravest first. */
    tests: Type.Record(Type.String(), Type.Object({ name: TextSchema, means: TextSchema }, strict)),
    trust: Type.Record(Type.String(), TextSchema),
  },
  strict,
);
export type QualityWords = Static<typeof WordsSchema>;

export const RuleFile = Type.Object(
  { version: Type.Integer({ minimum: 1 }), rules: Type.Array(Type.Unknown()) },
  strict,
);
/** A pack of rules, as loaded. */
export interface RuleBook {
  readonly version: number;
  readonly rules: readonly Rule[];
  readonly telling: TellingRungs;
  readonly words: QualityWords;
  /** What is quiet while what else holds; unset: nothing. */
  readonly suppressions?: readonly SuppressionRule[];
}
