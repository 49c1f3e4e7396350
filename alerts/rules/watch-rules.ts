/**
 * The schemas of rules that are judged by the minute, or when somebody passes a door: they look at a window of one
 * series, at several sensors of a room, or at who is inside. No reading waits for them.
 */

import { Type, type Static } from 'typebox';
import { ROOM_CLASSES } from '../../domain/registry.ts';
import { ConditionSchema } from './conditions.ts';
import { Metric, Seconds, TextSchema, common, delays, strict } from './rule-parts.ts';

const shared = { ...common, ...delays };

/** A value that changes too fast: more than `limit` within `overMinutes`. */
export const RateRule = Type.Object(
  {
    ...shared,
    kind: Type.Literal('rate'),
    metric: Metric,
    direction: Type.Enum(['rising', 'falling', 'either']),
    overMinutes: Type.Integer({ minimum: 2, maximum: 1440 }),
    /** Metric's unit, over that span; unset: the room's limit for an hour, for as long as the span is. */
    limit: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    /** So much less than the limit it must be before it counts as over. */
    deadBand: Type.Number({ minimum: 0 }),
  },
  strict,
);
/** Hours out of the room's range, added up over the last day or week. Without data nothing is added. */
export const HoursOutRule = Type.Object(
  {
    ...shared,
    kind: Type.Literal('hours-out'),
    metric: Metric,
    within: Type.Enum(['day', 'week']),
    hours: Type.Number({ exclusiveMinimum: 0, maximum: 168 }),
  },
  strict,
);
/** The mean over hours: what limits of air quality are meant for. */
export const MeanRule = Type.Object(
  {
    ...shared,
    kind: Type.Literal('mean'),
    metric: Metric,
    /** Metric's unit, with `hours`; unset: the room's limit, over its own averaging time. */
    limit: Type.Optional(Type.Number()),
    hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 24 })),
    deadBand: Type.Number({ minimum: 0 }),
  },
  strict,
);

/** Somebody came in who was in, or went out who was not: a card was passed back, or somebody followed another. */
export const PassbackRule = Type.Object(
  { ...shared, kind: Type.Literal('passback'), holdSeconds: Seconds },
  strict,
);
/** Somebody is alone in a room that asks for two (`twoPersons` of the room). */
export const TwoPersonsRule = Type.Object(
  { ...shared, kind: Type.Literal('two-persons'), holdSeconds: Seconds },
  strict,
);
/** A contractor is in a room without any of the staff. */
export const EscortRule = Type.Object(
  { ...shared, kind: Type.Literal('escort'), holdSeconds: Seconds },
  strict,
);
/** Somebody is inside although the repository is closed. */
export const StillInsideRule = Type.Object(
  { ...shared, kind: Type.Literal('still-inside') },
  strict,
);

export type PassbackRule = Static<typeof PassbackRule>;
export type TwoPersonsRule = Static<typeof TwoPersonsRule>;
export type EscortRule = Static<typeof EscortRule>;
export type StillInsideRule = Static<typeof StillInsideRule>;

/** A door stands open, and the room is out of its range, or will be soon at the pace of the last minutes. */
export const DoorClimateRule = Type.Object(
  {
    ...shared,
    kind: Type.Literal('door-climate'),
    openSeconds: Seconds,
    /** The pace is that of so many minutes … */
    overMinutes: Type.Integer({ minimum: 2, maximum: 60 }),
    /** … and the limit would be reached within so many. */
    aheadMinutes: Type.Integer({ minimum: 0, maximum: 1440 }),
  },
  strict,
);
/** Several conditions over the sensors, doors and the calendar of a room. */
export const CombinedRule = Type.Object(
  {
    ...shared,
    kind: Type.Literal('combined'),
    condition: ConditionSchema,
    /** Rooms of these classes; unset: all that have what the condition asks for. */
    rooms: Type.Optional(Type.Array(Type.Enum([...ROOM_CLASSES]), { minItems: 1 })),
  },
  strict,
);

/** What no other kind can say: an expression in CEL over a room. */
export const ExpressionRule = Type.Object(
  {
    ...shared,
    kind: Type.Literal('expression'),
    expression: Type.String({ minLength: 1, maxLength: 2000 }),
    /** The sentence for people; the expression is not for them. */
    sentence: TextSchema,
    rooms: Type.Optional(Type.Array(Type.Enum([...ROOM_CLASSES]), { minItems: 1 })),
  },
  strict,
);
export type ExpressionRule = Static<typeof ExpressionRule>;

/** Smoke above a slow baseline; judged with each reading. All figures in %/m. */
export const SmokeLevelRule = Type.Object(
  {
    ...shared,
    kind: Type.Literal('smoke-level'),
    metric: Type.Literal('smoke_obscuration'),
    /** `fire` counts as a detector's alarm: two of a room are a confirmed fire. */
    level: Type.Enum(['pre-alarm', 'fire']),
    above: Type.Number({ exclusiveMinimum: 0 }),
    deadBand: Type.Number({ minimum: 0 }),
    /** So much above the baseline waits for no delay. */
    atOnceAbove: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    driftPerDay: Type.Number({ minimum: 0, maximum: 1 }),
    driftMax: Type.Number({ minimum: 0, maximum: 5 }),
  },
  strict,
);

export type SmokeLevelRule = Static<typeof SmokeLevelRule>;
export type DoorClimateRule = Static<typeof DoorClimateRule>;
export type CombinedRule = Static<typeof CombinedRule>;
export type RateRule = Static<typeof RateRule>;
export type HoursOutRule = Static<typeof HoursOutRule>;
export type MeanRule = Static<typeof MeanRule>;

/** Rules about the last hours of one series. */
export type SensorRule = RateRule | HoursOutRule | MeanRule | SmokeLevelRule;
/** Those that keep a window of it. */
export type WindowRule = Exclude<SensorRule, SmokeLevelRule>;
/** Rules about who is inside. */
export type PeopleRule = PassbackRule | TwoPersonsRule | EscortRule | StillInsideRule;
/** Rules that judge a room. */
export type RoomRule = PeopleRule | DoorClimateRule | CombinedRule | ExpressionRule;
export type WatchRule = SensorRule | RoomRule;

export const WATCH_SCHEMAS = {
  rate: RateRule,
  'hours-out': HoursOutRule,
  mean: MeanRule,
  'smoke-level': SmokeLevelRule,
  'door-climate': DoorClimateRule,
  combined: CombinedRule,
  expression: ExpressionRule,
  passback: PassbackRule,
  'two-persons': TwoPersonsRule,
  escort: EscortRule,
  'still-inside': StillInsideRule,
} as const;

/** Whether the rule judges one series. */
export function isSensorRule(rule: WatchRule): rule is SensorRule {
  return 'metric' in rule;
}

/** Whether the rule's alarm counts as a detector's. */
export function isFireLevel(rule: { readonly kind: string }): boolean {
  return rule.kind === 'smoke-level' && 'level' in rule && rule.level === 'fire';
}

/** Whether the rule asks who is inside. */
export function isPeopleRule(rule: WatchRule): rule is PeopleRule {
  return PEOPLE_KINDS.has(rule.kind);
}
const PEOPLE_KINDS: ReadonlySet<string> = new Set<PeopleRule['kind']>([
  'passback',
  'two-persons',
  'escort',
  'still-inside',
]);

/** Whether the rule judges by the minute or by who passes, not by each reading. */
export function isWatchRule(rule: { readonly kind: string }): rule is WatchRule {
  return Object.hasOwn(WATCH_SCHEMAS, rule.kind);
}
