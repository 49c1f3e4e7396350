/** The schema of conditions that are put together: leaves about sensors, doors and the calendar, joined by and, or, not, k of n. */

import { Type, type Static, type TSchema } from 'typebox';
import { Metric, strict } from './rule-parts.ts';

const TimeOfDay = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$|^24:00$' });
const Bound = Type.Union([Type.Number(), Type.Literal('limit')]);
const Several = Type.Integer({ minimum: 1, maximum: 100 });

/** What sensors of the room say of a metric; `limit` is the room's own. */
const SensorLeaf = Type.Object(
  {
    metric: Metric,
    above: Type.Optional(Bound),
    below: Type.Optional(Bound),
    /** Of a binary metric. */
    is: Type.Optional(Type.Union([Type.Literal(0), Type.Literal(1)])),
    /** How many of the room's sensors must say so; unset: any. */
    sensors: Type.Optional(Type.Union([Type.Literal('any'), Type.Literal('all'), Several])),
  },
  strict,
);
/** Any door of the room stands open. */
const DoorLeaf = Type.Object({ door: Type.Literal('open') }, strict);
const CalendarLeaf = Type.Object(
  { calendar: Type.Enum(['open', 'closed', 'workday', 'day-off']) },
  strict,
);
/** Local time; `until` is exclusive, and may be the next day's. */
const TimeLeaf = Type.Object({ from: TimeOfDay, until: TimeOfDay }, strict);

export type Leaf =
  | Static<typeof SensorLeaf>
  | Static<typeof DoorLeaf>
  | Static<typeof CalendarLeaf>
  | Static<typeof TimeLeaf>;
export type SensorCondition = Static<typeof SensorLeaf>;
export type Condition =
  | Leaf
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly atLeast: number; readonly of: readonly Condition[] };

const LEAVES = [SensorLeaf, DoorLeaf, CalendarLeaf, TimeLeaf] as const;
/** Conditions stand in each other so deep at most. */
export const DEPTH_MAX = 4;

function conditionsOf(depth: number): TSchema {
  if (depth <= 1) return Type.Union([...LEAVES]);
  const inner = conditionsOf(depth - 1);
  const list = Type.Array(inner, { minItems: 1, maxItems: 20 });
  return Type.Union([
    ...LEAVES,
    Type.Object({ all: list }, strict),
    Type.Object({ any: list }, strict),
    Type.Object({ not: inner }, strict),
    Type.Object({ atLeast: Several, of: list }, strict),
  ]);
}

export const ConditionSchema = Type.Unsafe<Condition>(conditionsOf(DEPTH_MAX));

/** All leaves about sensors. */
export function sensorLeaves(condition: Condition): readonly SensorCondition[] {
  if ('metric' in condition) return [condition];
  if ('not' in condition) return sensorLeaves(condition.not);
  return partsOf(condition).flatMap(sensorLeaves);
}

/** The conditions that a joint one is made of; none for a leaf. */
export function partsOf(condition: Condition): readonly Condition[] {
  if ('all' in condition) return condition.all;
  if ('any' in condition) return condition.any;
  if ('of' in condition) return condition.of;
  if ('not' in condition) return [condition.not];
  return [];
}

/** What no schema says: a leaf without a bound, more than there are; `undefined`: nothing is wrong. */
export function conditionProblem(condition: Condition): string | undefined {
  if ('metric' in condition) {
    const { above, below, is, metric } = condition;
    const bounds = [above, below, is].filter((bound) => bound !== undefined);
    return bounds.length === 1 ? undefined : `${metric} needs one of above, below, is`;
  }
  if ('of' in condition && condition.atLeast > condition.of.length) {
    return `at least ${condition.atLeast} of ${condition.of.length} is never met`;
  }
  return partsOf(condition)
    .map(conditionProblem)
    .find((problem) => problem !== undefined);
}
