/** Readings that failed, or are doubtful: they say something of the sensor, and nothing of the room. */

import { QUALITY, type Reading } from '../../domain/reading.ts';
import { SECOND_MS, type Moment } from '../../domain/time.ts';
import type { Draft } from '../draft.ts';
import type { BadDataRule } from '../rules/rule-types.ts';
import type { SensorState } from '../state/states.ts';
import type { SensorUnit } from '../state/units.ts';
import { METRIC_WORDS } from '../rules/words.ts';
import { testWords } from '../tell/quality-words.ts';
import { begin, end, withUnit } from './findings.ts';
import { knownAgain, nameOf, notKnown, subjectOf } from './known.ts';

/** One failed reading is enough; of doubtful ones it takes several, as a step that turns out to be real is one of them. */
export function onUnsureData(draft: Draft, unit: SensorUnit, reading: Reading): void {
  const state = draft.state(unit);
  if (reading.quality === QUALITY.suspect) {
    const rule = unit.suspectData;
    const began = rule !== undefined && doubted(state, rule, reading.receivedAt);
    if (began) beginUnsure(draft, { unit, rule }, reading);
    return;
  }
  const began = !state.bad;
  state.badAt = reading.receivedAt;
  state.bad = true;
  if (began && unit.badData) beginUnsure(draft, { unit, rule: unit.badData }, reading);
}

/** Only good data shows that bad data is over; passing time does not. */
export function endUnsureData(draft: Draft, unit: SensorUnit, now: Moment): void {
  const state = draft.state(unit);
  const { badData, suspectData } = unit;
  const wasUnsure = state.bad || state.doubt.holds;
  if (state.bad && now - state.badAt >= quietMs(badData)) {
    state.bad = false;
    if (badData) end(draft, badData, { home: unit.home, subject: subjectOf(unit) });
  }
  if (state.doubt.holds && now - state.doubt.at >= quietMs(suspectData)) {
    state.doubt = { ...state.doubt, holds: false, count: 0 };
    if (suspectData) end(draft, suspectData, { home: unit.home, subject: subjectOf(unit) });
  }
  if (wasUnsure && !state.bad && !state.doubt.holds) knownAgain(draft, unit);
}

function quietMs(rule: BadDataRule | undefined): number {
  return (rule?.offDelaySeconds ?? 0) * SECOND_MS;
}

/** Counts a doubtful reading; whether it is the one that makes the sensor doubtful. */
function doubted(state: SensorState, rule: BadDataRule, now: Moment): boolean {
  const { doubt } = state;
  const withinMs = rule.withinSeconds * SECOND_MS;
  const isOneMore = doubt.count > 0 && Math.abs(now - doubt.from) <= withinMs;
  const count = isOneMore ? doubt.count + 1 : 1;
  const from = isOneMore ? doubt.from : now;
  const holds = doubt.holds || count >= rule.count;
  state.doubt = { from, count, at: now, holds };
  return holds && !doubt.holds;
}

function beginUnsure(
  draft: Draft,
  { unit, rule }: { readonly unit: SensorUnit; readonly rule: BadDataRule },
  reading: Reading,
): void {
  const { metric, value, at, flags = [] } = reading;
  begin(draft, {
    rule,
    home: unit.home,
    room: unit.room,
    subject: subjectOf(unit),
    metric,
    since: at,
    value,
    simulated: flags.includes('simulated'),
    words: {
      subject: nameOf(unit),
      metric: METRIC_WORDS[metric],
      value: withUnit(metric, value),
      ...testWords(draft.world.rules.words, flags),
    },
  });
  notKnown(draft, unit);
}
