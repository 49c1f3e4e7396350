/**
 * Looks at what rules by the minute judge: each minute at its own second, when a delay runs out, and when somebody
 * passes a door. The judgements are pure, in the files beside this one; here they become alarms.
 */

import type { AccessEvent } from '../../domain/access.ts';
import { MINUTE_MS, type Moment } from '../../domain/time.ts';
import type { Draft } from '../draft.ts';
import { detectorBegan, detectorEnded } from '../handle/fire.ts';
import { begin, end, openOf, tellAlarm } from '../handle/findings.ts';
import { advance, dueOf, edgeBetween, elapse, isActive, type Tracker } from '../judge/delay.ts';
import { isFireLevel, isSensorRule } from '../rules/watch-rules.ts';
import type { SensorState } from '../state/states.ts';
import type { CompiledWatch, SensorUnit, WatchUnit } from '../state/units.ts';
import { watchKey } from './compile-watches.ts';
import type { Judgement } from './judgement.ts';
import { judgeRoom, sampleRoom } from './room.ts';
import { doorSaid } from './doors.ts';
import { isCalm, QUIET_MS } from './calm.ts';
import { isRuleQuiet, isWatchQuiet } from './quiet.ts';
import { pass } from './people.ts';
import { GAP_MS } from './windows.ts';
import { judgeSensor, sampleSensor, type SensorWatch } from './sensor.ts';
import type { WatchState } from './watch-state.ts';

/** Somebody passed a door, or tried to; or a door was opened or closed. */
export function onPass(draft: Draft, event: AccessEvent): void {
  const home = draft.world.homes.get(event.repository);
  const room = home?.doors.get(event.door)?.room;
  const unit = room && home.watches.get(watchKey('room', room.key));
  if (!unit) return;
  lookOne(draft, unit, event.receivedAt);
  const before = draft.peek(unit);
  const { door, event: happened, receivedAt: at } = event;
  const doors = doorSaid(before.doors, { door, event: happened, at });
  const people = unit.asksPeople ? pass(before.people, event, whoOf(unit, event)) : before.people;
  if (doors === before.doors && people === before.people) return;
  const state = draft.state(unit);
  state.doors = doors;
  state.people = people;
  judgeAll(draft, unit, at);
}

function whoOf({ home }: WatchUnit, { person, credential }: AccessEvent): string | undefined {
  const said = person ?? credential;
  if (said === undefined) return undefined;
  return home.known.get(said)?.id ?? `card:${said}`;
}

/** Time passes for a watch: looks that are due, and delays that run out between them. */
export function elapseWatch(draft: Draft, unit: WatchUnit, now: Moment): void {
  lookUntil(draft, unit, now);
  for (const [index, compiled] of unit.rules.entries()) {
    const state = draft.peek(unit);
    const before = state.trackers[compiled.rule.id];
    if (!before || state.unknown.includes(compiled.rule.id)) continue;
    if (dueOf(before, compiled.delays) > now) continue;
    // What was judged last still stands; it is judged again for the words only.
    const judged = judgeOne(draft, unit, { compiled, index, now });
    move(draft, unit, { compiled, judged, after: elapse(before, now, compiled.delays) });
  }
}

/**
 * A reading comes: what was to be looked at before it is looked at first. So a look sees what was known at its own
 * second, however late the clock ticks, and a replay sees the same.
 */
export function lookBefore(
  draft: Draft,
  sensor: SensorUnit,
  { state, at }: { readonly state: SensorState; readonly at: Moment },
): void {
  // Nearly every reading: a watch is looked at once a minute, and never earlier than it was to be.
  if (at <= state.lookAt) return;
  let next = Infinity;
  for (const watch of sensor.watches) {
    lookOne(draft, watch, at);
    next = Math.min(next, minuteDue(watch, draft.peek(watch)));
  }
  state.lookAt = next;
}

/** A reading came, of a metric that rules of this watch judge with each reading. */
export function judgeReading(draft: Draft, unit: WatchUnit, now: Moment): void {
  for (const [index, compiled] of unit.rules.entries()) {
    if (compiled.rule.kind !== 'smoke-level') continue;
    settleRule(draft, unit, {
      compiled,
      judged: judgeOne(draft, unit, { compiled, index, now }),
      now,
    });
  }
}

/** The looks of a watch that were due before `at`. */
export function lookOne(draft: Draft, unit: WatchUnit, at: Moment): void {
  if (minuteDue(unit, draft.peek(unit)) < at) lookUntil(draft, unit, at - 1);
}

// Looks that were missed for long say nothing: there is no evidence of that time.
function lookUntil(draft: Draft, unit: WatchUnit, until: Moment): void {
  const due = minuteDue(unit, draft.peek(unit));
  if (due > until) return;
  const last = Math.floor((until - unit.phaseMs) / MINUTE_MS) * MINUTE_MS + unit.phaseMs;
  const quietUntil = unit.quietIn === unit.state ? unit.quietUntil : 0;
  // What comes after these looks may say something.
  unit.quietIn = undefined;
  for (let next = Math.max(due, last - GAP_MS); next <= last; next += MINUTE_MS) {
    look(draft, unit, next);
    if (next > quietUntil && !isCalm(unit, draft.peek(unit), next)) judgeAll(draft, unit, next);
  }
}

function look(draft: Draft, unit: WatchUnit, now: Moment): void {
  const state = draft.state(unit);
  const { lookedAt: lastAt } = state;
  state.lookedAt = now;
  if (!isOfSensor(unit)) {
    sampleRoom(draft, unit, now);
    return;
  }
  sampleSensor(draft, unit, { now, lastAt });
}

function isOfSensor(unit: WatchUnit): unit is SensorWatch {
  return unit.sensor !== undefined;
}

/** When it is to be looked at next. */
export function watchDue(unit: WatchUnit, state: WatchState): Moment {
  let due = minuteDue(unit, state);
  if (state.nothingRuns) return due;
  for (const { rule, delays } of unit.rules) {
    if (state.unknown.includes(rule.id)) continue;
    due = Math.min(due, dueOf(state.trackers[rule.id], delays));
  }
  return due;
}

/**
 * The same for a clock that ticks only where it must: looks that only sample are made up for with the next reading, or all
 * at once a little later. `due`: what `watchDue` says; nothing must be received before it.
 */
export function watchMatters(
  view: Pick<Draft, 'peek' | 'world'>,
  unit: WatchUnit,
  due: Moment,
): Moment {
  if (!isWatchQuiet(view, unit, due)) return due;
  unit.quietUntil = due + QUIET_MS;
  unit.quietIn = unit.state;
  return unit.quietUntil;
}

function minuteDue(unit: WatchUnit, { lookedAt }: WatchState): Moment {
  const minute = Math.floor((lookedAt - unit.phaseMs) / MINUTE_MS) + 1;
  return minute * MINUTE_MS + unit.phaseMs;
}

function judgeAll(draft: Draft, unit: WatchUnit, now: Moment): void {
  for (const [index, compiled] of unit.rules.entries()) {
    if (isRuleQuiet(draft, unit, { compiled, index, state: draft.peek(unit), now })) continue;
    settleRule(draft, unit, {
      compiled,
      judged: judgeOne(draft, unit, { compiled, index, now }),
      now,
    });
  }
}

function judgeOne(
  draft: Draft,
  unit: WatchUnit,
  { compiled: { rule }, index, now }: Pick<Judged, 'compiled' | 'now'> & { readonly index: number },
): Judgement {
  const active = isActive(draft.peek(unit).trackers[rule.id]);
  if (!isSensorRule(rule)) return judgeRoom(draft, unit, { rule, now });
  if (!isOfSensor(unit)) throw new Error(`${rule.id} judges a series, and ${unit.key} has none`);
  return judgeSensor(draft, unit, { rule, index, now, active });
}

interface Judged {
  readonly compiled: CompiledWatch;
  readonly judged: Judgement;
  readonly now: Moment;
}

// Not knowing moves no delay: it neither raises nor ends anything.
function settleRule(draft: Draft, unit: WatchUnit, { compiled, judged, now }: Judged): void {
  const { rule } = compiled;
  const { verdict } = judged;
  const delays = judged.atOnce ? { ...compiled.delays, onMs: 0 } : compiled.delays;
  const before = draft.peek(unit).trackers[rule.id];
  noteUnknown(draft, unit, {
    id: rule.id,
    isUnknown: before !== undefined && verdict === 'cannot-tell',
  });
  if (verdict === 'cannot-tell') {
    if (before) tellVerdict(draft, unit, { compiled, judged });
    return;
  }
  const elapsed = elapse(before, now, delays);
  move(draft, unit, { compiled, judged, after: elapsed });
  move(draft, unit, {
    compiled,
    judged,
    after: advance(elapsed, { verdict, at: now, now }, delays),
  });
  if (draft.peek(unit).trackers[rule.id]?.phase === 'active') {
    tellVerdict(draft, unit, { compiled, judged });
  }
}

/** The rule's delays stand there now: what changed for people is told. */
function move(
  draft: Draft,
  unit: WatchUnit,
  { compiled, judged, after }: Omit<Judged, 'now'> & { readonly after: Tracker | undefined },
): void {
  const { rule } = compiled;
  const before = draft.peek(unit).trackers[rule.id];
  if (after === before) return;
  remember(draft, unit, { id: rule.id, tracker: after });
  const place = { home: unit.home, subject: unit.subject };
  const edge = edgeBetween(before, after);
  if (edge === 'ends') {
    end(draft, rule, place);
    if (isFireLevel(rule)) detectorEnded(draft, unit.home, unit.room?.room.id);
  }
  if (edge !== 'begins') return;
  const { verdict: _, atOnce: __, words = {}, ...told } = judged;
  const since = after?.since ?? draft.now;
  const said = { subject: unit.name, ...words };
  begin(draft, { rule, ...place, room: unit.room, since, ...told, words: said });
  if (unit.sensor && isFireLevel(rule)) detectorBegan(draft, unit.sensor);
}

function noteUnknown(
  draft: Draft,
  unit: WatchUnit,
  { id, isUnknown }: { readonly id: string; readonly isUnknown: boolean },
): void {
  const { unknown } = draft.peek(unit);
  if (unknown.includes(id) === isUnknown) return;
  draft.state(unit).unknown = isUnknown ? [...unknown, id] : unknown.filter((one) => one !== id);
}

// An alarm says when nobody knows any more, and when it is known again.
function tellVerdict(
  draft: Draft,
  unit: WatchUnit,
  { compiled, judged }: Omit<Judged, 'now'>,
): void {
  if (draft.muted) return;
  const alarm = openOf(draft, compiled.rule, { home: unit.home, subject: unit.subject });
  if (!alarm || alarm.verdict === 'not-met' || alarm.verdict === judged.verdict) return;
  tellAlarm(draft, alarm, { kind: 'condition', verdict: judged.verdict });
}

function remember(
  draft: Draft,
  unit: WatchUnit,
  { id, tracker }: { readonly id: string; readonly tracker: Tracker | undefined },
): void {
  const state = draft.state(unit);
  const { [id]: _, ...others } = state.trackers;
  state.trackers = tracker ? { ...others, [id]: tracker } : others;
}
