/** Feeds pairs of temperature and humidity with readings, and says what the rules of preservation make of them. */

import { CLOCK_AHEAD_MS_MAX } from '../../domain/bounds.ts';
import type { Air } from '../../domain/preservation/moist-air.ts';
import { condensationOf } from '../../domain/preservation/surface.ts';
import type { Reading } from '../../domain/reading.ts';
import { MINUTE_MS, type Moment } from '../../domain/time.ts';
import type { Draft } from '../draft.ts';
import { LATE_MS } from '../engine-settings.ts';
import { begin, end, rise } from '../handle/findings.ts';
import {
  advance,
  dueOf,
  edgeBetween,
  elapse,
  isActive,
  type Edge,
  type Tracker,
} from '../judge/delay.ts';
import type { PreservationRule } from '../rules/rule-types.ts';
import type { ClimateUnit, CompiledPreservation, Feed, SeriesUnit } from '../state/units.ts';
import { accumulate, goOnFrom, type Quantity } from './accumulate.ts';
import { airFigure, judgeFigure, recordFigure } from './judge.ts';
import { figureInWords, isAirFigure } from './rule.ts';
import type { ClimateState } from './state.ts';

/** The newest reading of a series that pairs are fed by. One comparison, but for the first of each minute. */
export function feedClimates(draft: Draft, series: SeriesUnit, reading: Reading): void {
  for (const unit of series.climates) {
    const { humidityFrom, temperatureFrom } = draft.peek(unit);
    const from = series.metric === 'humidity' ? humidityFrom : temperatureFrom;
    // A next minute in the future is a clock that was put back since.
    if (reading.at < from && from <= reading.receivedAt + CLOCK_AHEAD_MS_MAX) continue;
    const quantity = series.metric === 'humidity' ? 'humidity' : 'temperature';
    feed(draft, unit, { reading, quantity });
  }
}

function feed(
  draft: Draft,
  unit: ClimateUnit,
  { reading, quantity }: { readonly reading: Reading; readonly quantity: Quantity },
): void {
  const { at, value, receivedAt, flags } = reading;
  const state = draft.state(unit);
  const before = state.accumulation;
  const isAhead = (before.hour?.at ?? 0) > receivedAt + CLOCK_AHEAD_MS_MAX;
  const base = isAhead ? goOnFrom(before, at) : before;
  state.accumulation = accumulate(base, { quantity, value, at }, unit.intervals);
  const next = (Math.floor(at / MINUTE_MS) + 1) * MINUTE_MS;
  if (quantity === 'humidity') state.humidityFrom = next;
  else state.temperatureFrom = next;
  state.takenAt = receivedAt;
  const { record } = state.accumulation;
  const isClosed = record !== base.record;
  if (record !== before.record) state.recordChanged = true;
  // Late data adds up, and says nothing of the air now. The humidity is the pair's own: with it the air is judged once a
  // minute, not at each half of a message.
  const isOfAir =
    quantity === 'humidity' && receivedAt - at <= LATE_MS && !flags?.includes('historical');
  if (!isClosed && !isOfAir) return;
  const spot: Spot = { draft, unit, state, at, now: receivedAt };
  if (isClosed) {
    judgeAll(spot, false, ({ figure }) =>
      isAirFigure(figure) ? undefined : recordFigure(figure, record, base.record),
    );
  }
  if (isOfAir) {
    const air = airNow(draft, unit, receivedAt);
    const condensation = () => condensationNow(spot, air);
    judgeAll(spot, true, ({ figure }) =>
      isAirFigure(figure) ? airFigure(figure, air, condensation) : undefined,
    );
  }
}

interface Spot {
  readonly draft: Draft;
  readonly unit: ClimateUnit;
  readonly state: ClimateState;
  readonly at: Moment;
  readonly now: Moment;
}

/** Judges the rules of the air, or those of the record. */
function judgeAll(
  spot: Spot,
  ofAir: boolean,
  valueOf: (rule: PreservationRule) => number | undefined,
): void {
  const { unit, state, at, now } = spot;
  for (let i = 0; i < unit.rules.length; i += 1) {
    const compiled = unit.rules[i];
    if (compiled?.ofAir !== ofAir) continue;
    const value = valueOf(compiled.rule);
    const before = state.trackers[i];
    const elapsed = elapseOne(spot, compiled, before);
    const said = judgeFigure(compiled.rule, value, isActive(elapsed));
    if (!before && said !== 'met') continue;
    // A surface that is no longer told of ends what was judged by it: nothing is limited any more.
    const isGone = value === undefined && isActive(elapsed) && hasNoSurface(spot, compiled);
    const after = advance(
      elapsed,
      { verdict: isGone ? 'not-met' : said, at, now },
      compiled.delays,
    );
    if (after !== before) state.trackers = state.trackers.with(i, after);
    report(spot, { compiled, value, edge: edgeBetween(before, elapsed), tracker: elapsed });
    report(spot, { compiled, value, edge: edgeBetween(elapsed, after), tracker: after });
  }
}

/** Time passes for a pair without a reading. */
export function elapseClimate(draft: Draft, unit: ClimateUnit, now: Moment): void {
  if (!draft.peek(unit).trackers.some((tracker) => tracker !== undefined)) return;
  const state = draft.state(unit);
  const spot: Spot = { draft, unit, state, at: now, now };
  for (let i = 0; i < unit.rules.length; i += 1) {
    const compiled = unit.rules[i];
    const before = state.trackers[i];
    if (!compiled || !before) continue;
    const after = elapseOne(spot, compiled, before);
    if (after === before) continue;
    state.trackers = state.trackers.with(i, after);
    const value = valueOf(spot, compiled);
    report(spot, { compiled, value, edge: edgeBetween(before, after), tracker: after });
  }
}

function valueOf(spot: Spot, { rule }: CompiledPreservation): number | undefined {
  const { draft, unit, state, now } = spot;
  const { record } = state.accumulation;
  if (!isAirFigure(rule.figure)) return recordFigure(rule.figure, record, record);
  const air = airNow(draft, unit, now);
  return airFigure(rule.figure, air, () => condensationNow(spot, air));
}

/** When time alone changes it; `Infinity`: never, or not while its sensor is silent. */
export function climateDue(draft: Pick<Draft, 'peek'>, unit: ClimateUnit): Moment {
  if (draft.peek(unit.humidity.unit).silent) return Infinity;
  const { trackers } = draft.peek(unit);
  let due = Infinity;
  for (let i = 0; i < trackers.length; i += 1) {
    const [tracker, compiled] = [trackers[i], unit.rules[i]];
    if (tracker && compiled) due = Math.min(due, dueOf(tracker, compiled.delays));
  }
  return due;
}

// Without evidence a delay neither raises nor ends anything: the sensor must not have been silent when it ran out.
function elapseOne(
  { unit, state, now }: Spot,
  { delays }: CompiledPreservation,
  before: Tracker | undefined,
): Tracker | undefined {
  const after = elapse(before, now, delays);
  if (after === before || !before) return after;
  const ranOutAt = Math.min(now, dueOf(before, delays));
  return ranOutAt - state.takenAt > unit.humidity.unit.silenceMs ? before : after;
}

/** The air as it is; unknown where a sensor has been silent. */
function airNow(draft: Draft, unit: ClimateUnit, now: Moment): Air {
  return {
    temperatureC: valueNow(draft, unit.temperature, now),
    humidityPercent: valueNow(draft, unit.humidity, now),
  };
}

function valueNow(draft: Draft, { unit, series }: Feed, now: Moment): number | undefined {
  const own = draft.peek(unit).series[series.index];
  if (!own || Number.isNaN(own.value) || now - own.receivedAt > unit.silenceMs) return undefined;
  return own.value;
}

function condensationNow({ draft, unit, now }: Spot, air: Air) {
  const surfacesC = unit.surfaces.map((surface) => valueNow(draft, surface, now));
  return condensationOf({ air, surfacesC, offsetK: unit.room.room.surfaceOffsetK });
}

function hasNoSurface({ unit }: Spot, { rule }: CompiledPreservation): boolean {
  const isTold = unit.surfaces.length > 0 || unit.room.room.surfaceOffsetK !== undefined;
  return rule.figure === 'dew_point_margin' && !isTold;
}

function report(
  { draft, unit, at }: Spot,
  outcome: {
    readonly compiled: CompiledPreservation;
    readonly value: number | undefined;
    readonly edge: Edge | undefined;
    readonly tracker: Tracker | undefined;
  },
): void {
  const { compiled, value, edge, tracker } = outcome;
  const { rule } = compiled;
  if (edge === undefined) return;
  const { sensor } = unit.humidity.unit;
  const subject = { kind: 'sensor', id: sensor.id } as const;
  const place = { home: unit.home, subject };
  if (edge === 'ends') return end(draft, rule, place);
  if (edge === 'rises') {
    if (rule.rises) rise(draft, rule, { ...place, to: rule.rises.to });
    return;
  }
  const own = draft.peek(unit.humidity.unit).series[unit.humidity.series.index];
  begin(draft, {
    rule,
    ...place,
    room: unit.room,
    since: tracker?.since ?? at,
    ...(value === undefined ? {} : { value }),
    limit: rule.limit,
    evidence: evidenceOf(unit, rule.figure === 'dew_point_margin'),
    simulated: own?.simulated ?? false,
    words: {
      subject: sensor.name ?? sensor.id,
      value: value === undefined ? '—' : figureInWords(rule.figure, value),
      limit: figureInWords(rule.figure, rule.limit),
    },
  });
}

function evidenceOf(unit: ClimateUnit, withSurfaces: boolean): readonly string[] {
  const feeds = [unit.humidity, unit.temperature, ...(withSurfaces ? unit.surfaces : [])];
  return [...new Set(feeds.map((feed) => feed.unit.sensor.id))];
}
