/** Conditions that are put together, in three-valued logic: what nobody knows is never taken for normal. Pure. */

import type { Verdict } from '../../domain/alarm.ts';
import type { MetricName } from '../../domain/metrics.ts';
import { unreachable } from '../../domain/unreachable.ts';
import type { LocalLook } from '../calendar/opening.ts';
import type { Condition, SensorCondition } from '../rules/conditions.ts';

export interface RoomLook {
  /** Sensors of the room that measure it, with what each is known to say now; `undefined`: nobody knows. */
  readonly saying: (
    metric: MetricName,
  ) => readonly { readonly sensor: string; readonly value: number | undefined }[];
  /** The room's bound that is in force. */
  readonly limitOf: (metric: MetricName, side: 'above' | 'below') => number | undefined;
  readonly doorOpen: Verdict;
  readonly calendar: LocalLook;
}

export interface ConditionJudgement {
  readonly verdict: Verdict;
  /** Sensors that say what is asked. */
  readonly evidence: readonly string[];
}

export function judgeCondition(condition: Condition, look: RoomLook): ConditionJudgement {
  if ('metric' in condition) return judgeSensors(condition, look);
  if ('door' in condition) return leaf(look.doorOpen);
  if ('calendar' in condition) return leaf(holds(isDay(condition.calendar, look.calendar)));
  if ('from' in condition) return leaf(holds(isTime(condition, look.calendar.minuteOfDay)));
  if ('not' in condition) return leaf(opposite(judgeCondition(condition.not, look).verdict));
  if ('all' in condition) return join(condition.all, condition.all.length, look);
  if ('any' in condition) return join(condition.any, 1, look);
  return join(condition.of, condition.atLeast, look);
}

/** At least so many of the verdicts are "met". */
export function atLeast(count: number, verdicts: readonly Verdict[]): Verdict {
  const met = verdicts.filter((one) => one === 'met').length;
  if (met >= count) return 'met';
  const unknown = verdicts.filter((one) => one === 'cannot-tell').length;
  return met + unknown >= count ? 'cannot-tell' : 'not-met';
}

export function opposite(verdict: Verdict): Verdict {
  if (verdict === 'cannot-tell') return verdict;
  return verdict === 'met' ? 'not-met' : 'met';
}

function join(parts: readonly Condition[], count: number, look: RoomLook): ConditionJudgement {
  const judged = parts.map((part) => judgeCondition(part, look));
  const verdict = atLeast(
    count,
    judged.map((one) => one.verdict),
  );
  const evidence = judged.flatMap((one) => (one.verdict === 'met' ? one.evidence : []));
  return { verdict, evidence: [...new Set(evidence)] };
}

// Where nothing measures it, nobody knows.
function judgeSensors(condition: SensorCondition, look: RoomLook): ConditionJudgement {
  const said = look.saying(condition.metric);
  if (said.length === 0) return leaf('cannot-tell');
  const judged = said.map(({ sensor, value }) => ({
    sensor,
    verdict: judgeValue(condition, value, look),
  }));
  const { sensors = 'any' } = condition;
  const count = sensors === 'any' ? 1 : sensors === 'all' ? said.length : sensors;
  const verdict = atLeast(
    count,
    judged.map((one) => one.verdict),
  );
  return {
    verdict,
    evidence: judged.filter((one) => one.verdict === 'met').map((one) => one.sensor),
  };
}

function judgeValue(
  { metric, above, below, is }: SensorCondition,
  value: number | undefined,
  look: RoomLook,
): Verdict {
  if (value === undefined) return 'cannot-tell';
  if (is !== undefined) return holds(value === is);
  const side = above === undefined ? 'below' : 'above';
  const said = above ?? below;
  const bound = said === 'limit' ? look.limitOf(metric, side) : said;
  if (bound === undefined) return 'cannot-tell';
  return holds(side === 'above' ? value > bound : value < bound);
}

function isDay(
  asked: 'open' | 'closed' | 'workday' | 'day-off',
  { open, dayOff }: LocalLook,
): boolean {
  switch (asked) {
    case 'open':
      return open;
    case 'closed':
      return !open;
    case 'workday':
      return !dayOff;
    case 'day-off':
      return dayOff;
    default:
      return unreachable(asked);
  }
}

function isTime(span: { readonly from: string; readonly until: string }, minute: number): boolean {
  const [from, until] = [minuteOf(span.from), minuteOf(span.until)];
  return from <= until ? minute >= from && minute < until : minute >= from || minute < until;
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const holds = (is: boolean): Verdict => (is ? 'met' : 'not-met');
const leaf = (verdict: Verdict): ConditionJudgement => ({ verdict, evidence: [] });
