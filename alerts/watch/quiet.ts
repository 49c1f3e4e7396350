/**
 * Where a watch is quiet: nothing runs, and what its rules look at is so far from what they ask for that no look of the
 * next minutes can say anything. Such a look only samples: nobody judges, and a clock that skips it changes nothing, as
 * the next reading makes up for it (`lookBefore`).
 *
 * Invariant: while nothing is received, no rule that is quiet at a moment is "met" up to `QUIET_MS` after it. What is not
 * quiet may be met, or not: then it is judged.
 */

import { HOUR_MS, SECOND_MS, type Moment } from '../../domain/time.ts';
import { unreachable } from '../../domain/unreachable.ts';
import type { Draft } from '../draft.ts';
import type { Condition, SensorCondition } from '../rules/conditions.ts';
import {
  isSensorRule,
  type PeopleRule,
  type RoomRule,
  type SensorRule,
} from '../rules/watch-rules.ts';
import type { CompiledWatch, WatchUnit } from '../state/units.ts';
import { judgeCondition } from './judge-condition.ts';
import { latestIn, latestOf } from './latest.ts';
import type { People } from './people.ts';
import { roomLook } from './room.ts';
import { keptFor } from './sensor.ts';
import type { WatchState } from './watch-state.ts';
import { calmOf, isCalm, QUIET_MS, rateLimit, staysCalm } from './calm.ts';
import { tighten, type Entries, type Reach } from './entries.ts';
import { GAP_MS } from './windows.ts';

type View = Pick<Draft, 'peek' | 'world'>;

interface Asked {
  readonly compiled: CompiledWatch;
  /** Its place among the unit's rules. */
  readonly index: number;
  readonly state: WatchState;
  readonly now: Moment;
}

/** Whether none of its rules can say anything soon. */
export function isWatchQuiet(view: View, unit: WatchUnit, now: Moment): boolean {
  const state = view.peek(unit);
  if (!state.nothingRuns) return false;
  if (isCalm(unit, state, now) && seesCalm(view, unit, now)) return true;
  for (let index = 0; index < unit.rules.length; index += 1) {
    const compiled = unit.rules[index];
    if (compiled && !isRuleQuiet(view, unit, { compiled, index, state, now })) return false;
  }
  if (unit.sensor) unit.calm = calmOf(unit, state);
  return true;
}

function seesCalm(view: View, { sensor, calm }: WatchUnit, now: Moment): boolean {
  if (!sensor || !calm) return false;
  const state = view.peek(sensor);
  for (let series = 0; series < sensor.series.length; series += 1) {
    const seen = latestIn(sensor, state, { series, now });
    if (seen && !staysCalm(calm, series, seen.value)) return false;
  }
  return true;
}

/** Whether one of its rules can say nothing soon, and has said nothing that still stands. */
export function isRuleQuiet(view: View, unit: WatchUnit, asked: Asked): boolean {
  const { rule } = asked.compiled;
  const { state } = asked;
  if (!state.nothingRuns) {
    if (state.trackers[rule.id] !== undefined || state.unknown.includes(rule.id)) return false;
  }
  return isSensorRule(rule)
    ? isSeriesQuiet(view, unit, { ...asked, rule })
    : isRoomQuiet(view, unit, { ...asked, rule });
}

function isSeriesQuiet(
  view: View,
  unit: WatchUnit,
  { rule, index, state, now }: Asked & { readonly rule: SensorRule },
): boolean {
  if (!unit.sensor || !areLimitsKnown(unit, now)) return false;
  const kept = keptFor(unit, state, index);
  switch (rule.kind) {
    case 'rate': {
      const limit = rateLimit(rule, limitsIn(unit, rule));
      const value = latestOf(view, unit.sensor, { metric: rule.metric, now })?.value;
      if (limit === undefined || value === undefined) return true;
      return isFarIn(rule, kept, ({ low, high }) => value - low <= limit && high - value <= limit);
    }
    case 'hours-out': {
      // Each of the looks may add what was since the one before.
      const mostMs = GAP_MS + QUIET_MS;
      return isFarIn(rule, kept, ({ sum }) => sum + mostMs < rule.hours * HOUR_MS);
    }
    case 'mean': {
      const limit = rule.limit ?? limitsIn(unit, rule)?.mean?.max;
      if (limit === undefined) return true;
      const seen = latestOf(view, unit.sensor, { metric: rule.metric, now });
      if (seen && seen.value > limit) return false;
      return isFarIn(rule, kept, ({ high }) => high <= limit);
    }
    case 'smoke-level': {
      const seen = latestOf(view, unit.sensor, { metric: rule.metric, now });
      const baseline = Math.min(state.baselines[index] ?? 0, rule.driftMax);
      return !seen || seen.value - baseline < rule.above;
    }
    default:
      return unreachable(rule);
  }
}

const limitsIn = ({ room }: WatchUnit, { metric }: SensorRule) => room?.limits.get(metric);

// Nobody asks for the limits of a moment that is yet to come: those of now would be lost.
function areLimitsKnown({ room }: WatchUnit, now: Moment): boolean {
  return !room || now + QUIET_MS < room.limitsUntil;
}

/** Asked of a reach that may be too wide first, as it costs nothing, then of what is kept. */
function isFarIn(rule: SensorRule, kept: Entries, isFar: (reach: Reach) => boolean): boolean {
  return isFar(kept) || isFar(tighten(kept, rule.kind === 'mean' ? 'mean' : 'figure'));
}

function isRoomQuiet(
  view: View,
  unit: WatchUnit,
  { rule, state, now }: Asked & { readonly rule: RoomRule },
): boolean {
  switch (rule.kind) {
    case 'door-climate':
      return areDoorsClosed(view, unit, { state, now });
    case 'combined':
      return areLimitsKnown(unit, now) && lacksEvidence(view, unit, { ...rule, now });
    case 'expression':
      return false;
    default:
      return isNobodyConcerned(rule, state.people, now);
  }
}

function areDoorsClosed(
  view: View,
  unit: WatchUnit,
  { state, now }: Pick<Asked, 'state' | 'now'>,
): boolean {
  for (const door in state.doors) if ((state.doors[door] ?? 0) > 0) return false;
  return unit.sensors.every(
    (sensor) => latestOf(view, sensor, { metric: 'door_open', now })?.value !== 1,
  );
}

/** A sensor must say something that none says: what becomes unknown meanwhile does not say it either. */
function lacksEvidence(
  view: View,
  unit: WatchUnit,
  { condition, now }: { readonly condition: Condition; readonly now: Moment },
): boolean {
  const leaves = ('all' in condition ? condition.all : [condition]).filter(isOfSensors);
  if (leaves.length === 0) return false;
  const look = roomLook(view, unit, now);
  return leaves.some((leaf) => judgeCondition(leaf, look).verdict !== 'met');
}

function isOfSensors(condition: Condition): condition is SensorCondition {
  return 'metric' in condition;
}

function isNobodyConcerned(rule: PeopleRule, people: People, now: Moment): boolean {
  const { inside, misuse, passed } = people;
  if (rule.kind === 'passback') return !misuse || now >= misuse.at + rule.holdSeconds * SECOND_MS;
  if (inside.length > 0) return false;
  if (rule.kind === 'still-inside' || !passed || passed.accompanied) return true;
  return now >= passed.at + rule.holdSeconds * SECOND_MS;
}
