/**
 * Looks at what rules by the minute judge: each minute at its own second, when a delay runs out, and when somebody
 * passes a door. The judgements are pure, in the files beside this one; here they become alarms.
 */

import type { AccessEvent } from '../../domain/access.ts';
import { MINUTE_MS, type Moment } from '../../domain/time.ts';
import type { Draft } from '../draft.ts';
import { begin, end, openOf, tellAlarm } from '../handle/findings.ts';
import { advance, dueOf, edgeBetween, elapse, isActive } from '../judge/delay.ts';
import { isSensorRule } from '../rules/watch-rules.ts';
import type { CompiledWatch, WatchUnit } from '../state/units.ts';
import { watchKey } from './compile-watches.ts';
import type { Judgement } from './judgement.ts';
import { judgeRoom } from './room.ts';
import { forget, pass } from './people.ts';
import { GAP_MS } from './windows.ts';
import { judgeSensor, sample, type SensorWatch } from './sensor.ts';
import type { WatchState } from './watch-state.ts';

/** Somebody passed a door, or tried to. */
export function onPass(draft: Draft, event: AccessEvent): void {
  const home = draft.world.homes.get(event.repository);
  const room = home?.doors.get(event.door)?.room;
  const unit = room && home.watches.get(watchKey('room', room.key));
  if (!unit?.asksPeople) return;
  lookBefore(draft, unit, event.receivedAt);
  const said = event.person ?? event.credential;
  const known = said === undefined ? undefined : home?.known.get(said);
  const who = known?.id ?? (said === undefined ? undefined : `card:${said}`);
  const before = draft.peek(unit).people;
  const people = pass(before, event, who);
  if (people === before) return;
  draft.state(unit).people = people;
  judgeAll(draft, unit, event.receivedAt);
}

/** Time passes for a watch. */
export function elapseWatch(draft: Draft, unit: WatchUnit, now: Moment): void {
  if (watchDue(unit, draft.peek(unit)) > now) return;
  lookUntil(draft, unit, now);
  judgeAll(draft, unit, now);
}

/**
 * A reading comes: what was to be looked at before it is looked at first. So a look sees what was known at its own
 * second, however late the clock ticks, and a replay sees the same.
 */
export function lookBefore(draft: Draft, unit: WatchUnit, at: Moment): void {
  if (minuteDue(unit, draft.peek(unit)) >= at) return;
  const last = lookUntil(draft, unit, at - 1);
  judgeAll(draft, unit, last);
}

// Looks that were missed for long say nothing: there is no evidence of that time.
function lookUntil(draft: Draft, unit: WatchUnit, until: Moment): Moment {
  const last = Math.floor((until - unit.phaseMs) / MINUTE_MS) * MINUTE_MS + unit.phaseMs;
  let next = Math.max(minuteDue(unit, draft.peek(unit)), last - GAP_MS);
  for (; next <= last; next += MINUTE_MS) look(draft, unit, next);
  return last;
}

function look(draft: Draft, unit: WatchUnit, now: Moment): void {
  const state = draft.state(unit);
  const { lookedAt: lastAt } = state;
  state.lookedAt = now;
  if (!isOfSensor(unit)) {
    state.people = forget(state.people, now);
    return;
  }
  for (const { rule } of unit.rules) {
    if (!isSensorRule(rule)) continue;
    const kept = sample(draft, unit, { rule, now, lastAt });
    if (kept.length > 0) state.kept = { ...state.kept, [rule.id]: kept };
  }
}

function isOfSensor(unit: WatchUnit): unit is SensorWatch {
  return unit.sensor !== undefined;
}

/** When it is to be looked at next. */
export function watchDue(unit: WatchUnit, state: WatchState): Moment {
  let due = minuteDue(unit, state);
  for (const { rule, delays } of unit.rules) {
    due = Math.min(due, dueOf(state.trackers[rule.id], delays));
  }
  return due;
}

function minuteDue(unit: WatchUnit, { lookedAt }: WatchState): Moment {
  const minute = Math.floor((lookedAt - unit.phaseMs) / MINUTE_MS) + 1;
  return minute * MINUTE_MS + unit.phaseMs;
}

function judgeAll(draft: Draft, unit: WatchUnit, now: Moment): void {
  for (const compiled of unit.rules) {
    settleRule(draft, unit, { compiled, judged: judgeOne(draft, unit, { compiled, now }), now });
  }
}

function judgeOne(
  draft: Draft,
  unit: WatchUnit,
  { compiled: { rule }, now }: Pick<Judged, 'compiled' | 'now'>,
): Judgement {
  const active = isActive(draft.peek(unit).trackers[rule.id]);
  if (!isSensorRule(rule)) return judgeRoom(draft, unit, { rule, now });
  if (!isOfSensor(unit)) throw new Error(`${rule.id} judges a series, and ${unit.key} has none`);
  return judgeSensor(draft, unit, { rule, now, active });
}

interface Judged {
  readonly compiled: CompiledWatch;
  readonly judged: Judgement;
  readonly now: Moment;
}

// Not knowing moves no delay: it neither raises nor ends anything.
function settleRule(draft: Draft, unit: WatchUnit, { compiled, judged, now }: Judged): void {
  const { rule, delays } = compiled;
  const { verdict } = judged;
  const before = draft.peek(unit).trackers[rule.id];
  if (verdict === 'cannot-tell') {
    if (before) tellVerdict(draft, unit, { compiled, judged, now });
    return;
  }
  const elapsed = elapse(before, now, delays);
  const after = advance(elapsed, { verdict, at: now, now }, delays);
  if (after !== before) remember(draft, unit, { id: rule.id, tracker: after });
  const place = { home: unit.home, subject: unit.subject };
  for (const edge of [edgeBetween(before, elapsed), edgeBetween(elapsed, after)]) {
    if (edge === 'begins') {
      const { verdict: _, until: __, words = {}, ...told } = judged;
      begin(draft, {
        rule,
        ...place,
        room: unit.room,
        since: after?.since ?? now,
        ...told,
        words: { subject: unit.name, ...words },
      });
    } else if (edge === 'ends') end(draft, rule, place);
  }
  if (after?.phase === 'active') tellVerdict(draft, unit, { compiled, judged, now });
}

// An alarm says when nobody knows any more, and when it is known again.
function tellVerdict(draft: Draft, unit: WatchUnit, { compiled, judged }: Judged): void {
  if (draft.muted) return;
  const alarm = openOf(draft, compiled.rule, { home: unit.home, subject: unit.subject });
  if (!alarm || alarm.verdict === 'not-met' || alarm.verdict === judged.verdict) return;
  tellAlarm(draft, alarm, { kind: 'condition', verdict: judged.verdict });
}

function remember(
  draft: Draft,
  unit: WatchUnit,
  { id, tracker }: { readonly id: string; readonly tracker: ReturnType<typeof advance> },
): void {
  const state = draft.state(unit);
  const { [id]: _, ...others } = state.trackers;
  state.trackers = tracker ? { ...others, [id]: tracker } : others;
}
