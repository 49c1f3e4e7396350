/**
 * Where a watch is quiet: nothing runs, and what its rules look at is so far from what they ask for that no look of the
 * next minutes can say anything. Such a look only samples: nobody judges, and a clock that skips it changes nothing, as
 * the next reading makes up for it (`lookBefore`).
 *
 * Invariant: while nothing is received, no rule that is quiet at a moment is "met" up to `QUIET_MS` after it. What is not
 * quiet may be met, or not: then it is judged.
 */

import { HOUR_MS, MINUTE_MS, SECOND_MS, type Moment } from '../../domain/time.ts';
import { unreachable } from '../../domain/unreachable.ts';
import type { Draft } from '../draft.ts';
import type { Condition, SensorCondition } from '../rules/conditions.ts';
import {
  isSensorRule,
  type PeopleRule,
  type RoomRule,
  type SensorRule,
} from '../rules/watch-rules.ts';
import type { CompiledWatch, MetricLimits, Reach, WatchUnit } from '../state/units.ts';
import { judgeCondition } from './judge-condition.ts';
import { latestOf } from './latest.ts';
import type { People } from './people.ts';
import { roomLook } from './room.ts';
import type { WatchState } from './watch-state.ts';
import { GAP_MS, type Parts } from './windows.ts';

/** So far ahead the quiet is told; looks that are made up for later than after `GAP_MS` would be lost. */
export const QUIET_MS = 2 * MINUTE_MS;

type View = Pick<Draft, 'peek' | 'world'>;

interface Asked {
  readonly compiled: CompiledWatch;
  readonly state: WatchState;
  readonly now: Moment;
}

/** Whether none of its rules can say anything soon. */
export function isWatchQuiet(view: View, unit: WatchUnit, now: Moment): boolean {
  const state = view.peek(unit);
  for (const compiled of unit.rules) {
    if (!isRuleQuiet(view, unit, { compiled, state, now })) return false;
  }
  return true;
}

/** Whether one of its rules can say nothing soon, and has said nothing that still stands. */
export function isRuleQuiet(view: View, unit: WatchUnit, asked: Asked): boolean {
  const { rule } = asked.compiled;
  const { trackers, unknown } = asked.state;
  if (trackers[rule.id] !== undefined) return false;
  if (unknown.length > 0 && unknown.includes(rule.id)) return false;
  return isSensorRule(rule)
    ? isSeriesQuiet(view, unit, { ...asked, rule })
    : isRoomQuiet(view, unit, { ...asked, rule });
}

function isSeriesQuiet(
  view: View,
  unit: WatchUnit,
  { rule, compiled, state, now }: Asked & { readonly rule: SensorRule },
): boolean {
  if (!unit.sensor || !areLimitsKnown(unit, now)) return false;
  const seen = latestOf(view, unit.sensor, { metric: rule.metric, now });
  const parts = partsOf(state, rule.id);
  const limits = unit.room?.limits.get(rule.metric);
  switch (rule.kind) {
    case 'rate': {
      const limit = rule.limit ?? hourly(limits, rule.overMinutes);
      if (limit === undefined || !seen) return true;
      const { value } = seen;
      return isFarIn(
        compiled,
        parts,
        ({ low, high }) => value - low <= limit && high - value <= limit,
      );
    }
    case 'hours-out': {
      // Each of the looks may add what was since the one before.
      const mostMs = GAP_MS + QUIET_MS;
      return isFarIn(compiled, parts, ({ sum }) => sum + mostMs < rule.hours * HOUR_MS);
    }
    case 'mean': {
      const limit = rule.limit ?? limits?.mean?.max;
      if (limit === undefined) return true;
      if (seen && seen.value > limit) return false;
      return isFarIn(compiled, parts, ({ high }) => high <= limit);
    }
    case 'smoke-level':
      return !seen || seen.value - Math.min(parts.kept[0] ?? 0, rule.driftMax) < rule.above;
    default:
      return unreachable(rule);
  }
}

const NOTHING: readonly number[] = [];

/** What the rule remembers. */
export function partsOf({ kept, recent }: WatchState, rule: string): Parts {
  return { kept: kept[rule] ?? NOTHING, recent: recent[rule] ?? NOTHING };
}

function hourly(limits: MetricLimits | undefined, overMinutes: number): number | undefined {
  const perHour = limits?.rate?.max;
  return perHour === undefined ? undefined : (perHour * overMinutes) / 60;
}

// Nobody asks for the limits of a moment that is yet to come: those of now would be lost.
function areLimitsKnown({ room }: WatchUnit, now: Moment): boolean {
  return !room || now + QUIET_MS < room.limitsUntil;
}

/** Asked of a reach that may be too wide first, as it costs nothing, then of what is kept. */
function isFarIn(compiled: CompiledWatch, parts: Parts, isFar: (reach: Reach) => boolean): boolean {
  const { reach } = compiled;
  if (reach && isOf(reach, parts) && isFar(reach)) return true;
  const anew = reachOf(compiled, parts);
  compiled.reach = anew;
  return isFar(anew);
}

function isOf(reach: Reach, { kept, recent }: Parts): boolean {
  return reach.kept === kept && reach.recent === recent;
}

function reachOf({ rule }: CompiledWatch, parts: Parts): Reach {
  const reach: Reach = { ...parts, low: Infinity, high: -Infinity, sum: 0 };
  const size = rule.kind === 'rate' ? 2 : 3;
  for (const list of [parts.kept, parts.recent]) {
    for (let i = 0; i < list.length; i += size) {
      const figure = list[i + 1] ?? 0;
      const value = rule.kind === 'mean' ? figure / (list[i + 2] ?? 1) : figure;
      if (value < reach.low) reach.low = value;
      if (value > reach.high) reach.high = value;
      reach.sum += value;
    }
  }
  return reach;
}

/** A look added to what is kept: the reach widens, and never misses anything. `value`: what was seen, if anything. */
export function widen(
  { rule, reach }: CompiledWatch,
  before: Parts,
  q: { readonly after: Parts; readonly value: number; readonly elapsedMs: number },
): void {
  if (!reach || !isOf(reach, before)) return;
  reach.kept = q.after.kept;
  reach.recent = q.after.recent;
  if (rule.kind === 'hours-out') reach.sum += q.elapsedMs;
  if (q.value < reach.low) reach.low = q.value;
  if (q.value > reach.high) reach.high = q.value;
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
