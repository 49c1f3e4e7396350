/** A reading: what it says of its sensor, and what each rule of its series makes of it. The hot path. */

import { CLOCK_AHEAD_MS_MAX } from '../../domain/bounds.ts';
import type { MetricName } from '../../domain/metrics.ts';
import { isSure, type Reading } from '../../domain/reading.ts';
import type { Moment } from '../../domain/time.ts';
import type { Draft } from '../draft.ts';
import { LATE_MS } from '../engine-settings.ts';
import {
  advance,
  dueOf,
  edgeBetween,
  elapse,
  isActive,
  type Edge,
  type Tracker,
} from '../judge/delay.ts';
import { levelsOf } from '../judge/levels.ts';
import { isWithin, quietOf } from '../judge/quiet.ts';
import { boundOf, figureOf, judge, type Circumstances } from '../judge/verdicts.ts';
import { addToWindow, rangeOf } from '../judge/window.ts';
import { limitsOf } from '../state/room-limits.ts';
import { feedClimates } from '../preservation/handle.ts';
import { seriesOf } from '../state/series-of.ts';
import type { SensorState, SeriesState } from '../state/states.ts';
import type { CompiledRule, RoomUnit, SensorUnit, SeriesUnit } from '../state/units.ts';
import { begin, end, grow, rise, withUnit } from './findings.ts';
import { judgeReading, lookBefore } from '../watch/run.ts';
import { detectorBegan, detectorEnded } from './fire.ts';
import { knownAgain, nameOf, subjectOf } from './known.ts';
import { endUnsureData, onUnsureData } from './unsure-data.ts';

/** One series of one sensor, with this step's copies. */
export interface Spot {
  readonly unit: SensorUnit;
  readonly state: SensorState;
  readonly series: SeriesUnit;
  readonly own: SeriesState;
}

export function onReading(draft: Draft, reading: Reading): void {
  const unit = draft.world.homes.get(reading.repository)?.sensors.get(reading.sensor);
  if (!unit) return;
  const state = draft.state(unit);
  lookBefore(draft, unit, { state, at: reading.receivedAt });
  seen(draft, unit, { state, at: reading.receivedAt });
  if (reading.metric === 'online' && reading.value === 0) {
    state.offlineAt = reading.receivedAt;
    state.moved = true;
  }
  const series = seriesOf(unit, reading.metric);
  if (!series) return;
  // A safety signal is acted on whatever its quality; bad and doubtful data begin and end nothing.
  if (!isSure(reading.quality) && !(series.safety && reading.value === 1)) {
    onUnsureData(draft, unit, reading);
    return;
  }
  if (state.bad || state.doubt.holds) endUnsureData(draft, unit, reading.receivedAt);
  const own = draft.series(state, series.index);
  if (!own) return;
  if (series.windowed) addValue(state, own, reading);
  if (!isTakenQuietly(draft, { unit, series, own }, reading)) {
    take(draft, { unit, state, series, own }, reading);
  }
  if (series.eachReading) judgeReading(draft, series.eachReading, reading.receivedAt);
  // What is not the newest of its series adds nothing up.
  if (series.climates.length > 0 && own.at === reading.at) feedClimates(draft, series, reading);
}

/**
 * The way of nearly every reading: the newest of its series, in time, unmarked, where nothing runs and nothing is to
 * be said. `false`: nothing was taken.
 */
function isTakenQuietly(
  draft: Draft,
  { unit, series, own }: Pick<Spot, 'unit' | 'series' | 'own'>,
  { value, at, receivedAt, flags }: Reading,
): boolean {
  if (!own.nothingRuns || flags !== undefined || series.detectorFlag) return false;
  if (at < own.at || receivedAt - at > LATE_MS) return false;
  const limits = unit.room ? limitsOf(unit.room, draft.now) : NO_LIMITS;
  if (series.quietBy !== limits) {
    const rules = series.rules.map(({ rule }) => rule);
    series.quiet = quietOf(rules, boundsOf(unit, series.metric, limits));
    series.quietBy = limits;
  }
  if (!isWithin(series.quiet, value, rangeOf(own.window))) return false;
  takeNewest(own, value, at);
  own.receivedAt = receivedAt;
  own.simulated = false;
  return true;
}

/** The sensor gave a sign of life. */
export function seen(
  draft: Draft,
  unit: SensorUnit,
  { state, at }: { readonly state: SensorState; readonly at: Moment },
): void {
  if (at > state.seenAt) state.seenAt = at;
  state.offlineAt = 0;
  if (!state.silent) return;
  lookBefore(draft, unit, { state, at });
  state.silent = false;
  state.moved = true;
  if (unit.silence) end(draft, unit.silence, { home: unit.home, subject: subjectOf(unit) });
  knownAgain(draft, unit);
}

function take(draft: Draft, spot: Spot, reading: Reading): void {
  const { unit, series, own } = spot;
  const { at, value, receivedAt } = reading;
  // A newest time in the future is a clock that was put back since; it must not make all that follows "old".
  const isNewest = at >= own.at || own.at > receivedAt + CLOCK_AHEAD_MS_MAX;
  const isLate = receivedAt - at > LATE_MS;
  if (isNewest) {
    takeNewest(own, value, at);
    own.receivedAt = receivedAt;
    own.simulated = reading.flags?.includes('simulated') ?? false;
    const historical = reading.flags?.includes('historical') ?? false;
    if (isLate || historical) {
      // Back-filled climate says nothing of now; a safety signal that is the newest we know does.
      if (!historical || series.safety) draft.late.set(series, unit);
      return;
    }
    judgeSpot(draft, spot, { at, now: receivedAt });
    if (series.detectorFlag) setDetectorFlag(draft, spot, series.detectorFlag);
    return;
  }
  // Clocks may be off by two minutes: a fire signal that fresh counts, though an older "no fire" looks newer.
  if (series.safety && value === 1 && !isLate && own.value !== 1) {
    own.value = value;
    own.changedAt = at;
    own.receivedAt = receivedAt;
    judgeSpot(draft, spot, { at, now: receivedAt });
  }
}

function takeNewest(own: SeriesState, value: number, at: Moment): void {
  if (value !== own.value) own.changedAt = at;
  own.value = value;
  own.at = at;
}

function addValue(state: SensorState, own: SeriesState, reading: Reading): void {
  const before = own.window;
  const levels = levelsOf(reading, own);
  if (!levels) return;
  own.window = addToWindow(before, reading.at, levels);
  if (before?.sealed !== own.window.sealed) state.windowsChanged = true;
}

/** Judges the newest values of series that had late readings, when all of them are in. */
export function judgeLate(draft: Draft): void {
  if (draft.late.size === 0) return;
  for (const [series, unit] of draft.late) {
    const state = draft.state(unit);
    const own = draft.series(state, series.index);
    if (!own || Number.isNaN(own.value)) continue;
    const spot = { unit, state, series, own };
    judgeSpot(draft, spot, { at: own.changedAt, now: own.receivedAt });
    if (series.detectorFlag) setDetectorFlag(draft, spot, series.detectorFlag);
  }
  draft.late.clear();
}

// What the detector said while it was in test or disabled counts from the moment it is back in use.
function setDetectorFlag(draft: Draft, spot: Spot, flag: 'testing' | 'disabled'): void {
  const { unit, state, own } = spot;
  const before = state.outOfUse;
  state[flag] = own.value === 1;
  if (state.outOfUse === before) return;
  for (const series of unit.series) {
    if (!series.rules.some(({ rule }) => rule.kind.startsWith('detector'))) continue;
    const other = draft.series(state, series.index);
    if (!other || Number.isNaN(other.value)) continue;
    judgeSpot(
      draft,
      { unit, state, series, own: other },
      { at: other.changedAt, now: own.receivedAt },
    );
  }
}

/** Each rule's delays elapse up to now, then take the newest value. */
export function judgeSpot(
  draft: Draft,
  spot: Spot,
  seenAs: { readonly at: Moment; readonly now: Moment },
): void {
  const { own, series } = spot;
  if (series.rules.length === 0) return;
  const about = circumstances(spot, draft.now);
  for (let i = 0; i < series.rules.length; i += 1) {
    const compiled = series.rules[i];
    if (!compiled) continue;
    const before = own.trackers[i];
    if (compiled.stage === 'at-limit' && !before && !own.trackers[i - 1]) continue;
    const elapsed = before && elapseSpot(spot, compiled, { before, now: seenAs.now });
    const verdict = judge(compiled.rule, about, isActive(elapsed));
    if (!elapsed && verdict !== 'met' && !before) continue;
    const after = advance(elapsed, { verdict, ...seenAs }, compiled.delays);
    if (after !== before) {
      own.setTracker(i, after);
      spot.state.moved = true;
    }
    report(draft, spot, { compiled, about, edge: edgeBetween(before, elapsed), tracker: elapsed });
    report(draft, spot, { compiled, about, edge: edgeBetween(elapsed, after), tracker: after });
  }
}

/** Time passes for a series without a reading. */
export function elapseSeries(draft: Draft, spot: Spot, now: Moment): void {
  const { own, series } = spot;
  for (let i = 0; i < series.rules.length; i += 1) {
    const compiled = series.rules[i];
    const before = own.trackers[i];
    if (!compiled || !before) continue;
    const after = elapseSpot(spot, compiled, { before, now });
    if (after === before) continue;
    own.setTracker(i, after);
    spot.state.moved = true;
    const about = circumstances(spot, now);
    report(draft, spot, { compiled, about, edge: edgeBetween(before, after), tracker: after });
  }
}

// Without evidence a delay neither raises nor ends anything: the sensor must not have been silent when it ran out.
function elapseSpot(
  { own, unit }: Spot,
  { delays, needsFresh }: CompiledRule,
  { before, now }: { readonly before: Tracker; readonly now: Moment },
): Tracker | undefined {
  const after = elapse(before, now, delays);
  if (after === before || !needsFresh) return after;
  const ranOutAt =
    before.phase === 'active'
      ? now
      : before.from + (before.phase === 'pending' ? delays.onMs : delays.offMs);
  return ranOutAt - own.receivedAt > unit.silenceMs ? before : after;
}

interface Outcome {
  readonly compiled: CompiledRule;
  readonly about: Circumstances;
  readonly edge: Edge | undefined;
  readonly tracker: Tracker | undefined;
}

function report(draft: Draft, spot: Spot, outcome: Outcome): void {
  const { compiled, edge, tracker } = outcome;
  const { rule } = compiled;
  if (edge === undefined) return;
  const { unit } = spot;
  const place = { home: unit.home, subject: subjectOf(unit) };
  if (compiled.stage === 'at-limit' && edge !== 'rises') {
    // What is back within its limit is still near it: the pre-warning decides when it is over.
    if (edge === 'begins') grow(draft, findingOf(spot, outcome, tracker?.since ?? spot.own.at));
  } else if (edge === 'ends') {
    end(draft, rule, place);
    if (rule.kind === 'detector') detectorEnded(draft, unit.home, unit.room?.room.id);
  } else if (edge === 'rises') {
    if ('rises' in rule && rule.rises) rise(draft, rule, { ...place, to: rule.rises.to });
  } else {
    const grown =
      compiled.stage === 'pre-warning' ? grownStage(spot, outcome, draft.now) : undefined;
    const found = { ...outcome, compiled: grown ?? compiled };
    begin(draft, findingOf(spot, found, tracker?.since ?? spot.own.at));
    if (rule.kind === 'detector') detectorBegan(draft, unit);
  }
}

// What is beyond its limit as long as it is near it never was a pre-warning for people.
function grownStage(
  { series, own }: Spot,
  { compiled, about }: Outcome,
  now: Moment,
): CompiledRule | undefined {
  const i = series.rules.indexOf(compiled) + 1;
  const atLimit = series.rules[i];
  if (!atLimit) return undefined;
  const { rule, delays } = atLimit;
  const tracker = own.trackers[i];
  if (tracker) return isActive(tracker) || dueOf(tracker, delays) <= now ? atLimit : undefined;
  return delays.onMs === 0 && judge(rule, about, false) === 'met' ? atLimit : undefined;
}

function findingOf(spot: Spot, { compiled, about }: Outcome, since: Moment) {
  const { rule } = compiled;
  const { unit, series, own } = spot;
  const limit = boundOf(rule, about);
  const value = figureOf(rule, about);
  const inForce = rule.kind === 'swing' ? unit.room?.limits.get(series.metric)?.swing : about.range;
  const cited = rule.kind === 'swing' || (rule.kind === 'band' && rule.limit === undefined);
  return {
    rule,
    home: unit.home,
    room: unit.room,
    subject: subjectOf(unit),
    metric: series.metric,
    since,
    value,
    ...(limit === undefined ? {} : { limit }),
    ...(cited && inForce ? { citation: inForce.citation } : {}),
    simulated: own.simulated,
    words: {
      subject: nameOf(unit),
      value: withUnit(series.metric, value),
      limit: limit === undefined ? '' : withUnit(series.metric, limit),
    },
  };
}

function circumstances({ unit, series, state, own }: Spot, now: Moment): Circumstances {
  const limits = unit.room ? limitsOf(unit.room, now) : NO_LIMITS;
  const bounds = boundsOf(unit, series.metric, limits);
  return { ...bounds, value: own.value, window: own.window, outOfUse: state.outOfUse };
}

const NO_LIMITS: RoomUnit['limits'] = new Map();

function boundsOf(unit: SensorUnit, metric: MetricName, limits: RoomUnit['limits']) {
  const inForce = limits.get(metric);
  const setPoint = unit.room?.room.setPoint;
  return {
    range: inForce?.range,
    swing: inForce?.swing?.swing,
    setPoint: metric === 'temperature' || metric === 'humidity' ? setPoint?.[metric] : undefined,
  };
}
