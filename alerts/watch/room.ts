/** What the rules of a room judge by: its sensors and doors, who is inside, what the clock on the wall says. */

import type { MetricName } from '../../domain/metrics.ts';
import { MINUTE_MS, SECOND_MS, type Moment } from '../../domain/time.ts';
import { lookAtCalendar } from '../calendar/opening.ts';
import type { Draft } from '../draft.ts';
import { withUnit } from '../handle/findings.ts';
import {
  isPeopleRule,
  type DoorClimateRule,
  type ExpressionRule,
  type PeopleRule,
  type RoomRule,
} from '../rules/watch-rules.ts';
import { limitsOf } from '../state/room-limits.ts';
import { seriesOf } from '../state/series-of.ts';
import type { SensorUnit, WatchUnit } from '../state/units.ts';
import { openFor, setDoor, type OpenDoors } from './doors.ts';
import { Entries } from './entries.ts';
import { compileExpression, type ExpressionValue } from './expression.ts';
import { judgeCondition, type RoomLook } from './judge-condition.ts';
import { judgePeople, type Standing } from './judge-people.ts';
import { judgeTrend } from './judge-trend.ts';
import type { Judgement } from './judgement.ts';
import { latestOf } from './latest.ts';
import { countOf, forget, type Inside } from './people.ts';
import { addSample } from './windows.ts';

interface Asked<R> {
  readonly rule: R;
  readonly now: Moment;
}

/** One rule on a room, now. */
export function judgeRoom(draft: Draft, unit: WatchUnit, asked: Asked<RoomRule>): Judgement {
  const { rule, now } = asked;
  if (isPeopleRule(rule)) return judgeInside(draft, unit, { rule, now });
  if (rule.kind === 'door-climate') return judgeDoorClimate(draft, unit, { rule, now });
  if (rule.kind === 'expression') return judgeExpression(draft, unit, { rule, now });
  const { verdict, evidence } = judgeCondition(rule.condition, roomLook(draft, unit, now));
  return { verdict, ...(evidence.length > 0 ? { evidence } : {}) };
}

/** What a minute's look adds: contacts that say a door is open, and samples of the climate where a rule wants its pace. */
export function sampleRoom(draft: Draft, unit: WatchUnit, now: Moment): void {
  const state = draft.state(unit);
  state.people = forget(state.people, now);
  state.doors = withContacts(draft, unit, { doors: state.doors, now });
  for (const { rule } of unit.rules) {
    if (rule.kind !== 'door-climate') continue;
    for (const { sensor, metric } of climateOf(unit)) {
      const seen = latestOf(draft, sensor, { metric, now });
      if (!seen) continue;
      const key = trendKey(rule, sensor, metric);
      const before = state.trends[key] ?? Entries.none;
      const after = addSample(before, seen, rule.overMinutes * MINUTE_MS);
      if (after !== before) state.trends = { ...state.trends, [key]: after };
    }
  }
}

/** What the clock on the wall says at the repository. */
export function localLook({ world }: Pick<Draft, 'world'>, { home }: WatchUnit, now: Moment) {
  const { settings, calendar } = world;
  const { repository } = home;
  return lookAtCalendar({ repository, hours: settings.openingHours, calendar }, now);
}

/** What conditions ask of a room. */
export function roomLook(
  view: Pick<Draft, 'peek' | 'world'>,
  unit: WatchUnit,
  now: Moment,
): RoomLook {
  const limits = unit.room && limitsOf(unit.room, now);
  return {
    saying: (metric) =>
      unit.sensors
        .filter((sensor) => seriesOf(sensor, metric) !== undefined)
        .map((sensor) => ({
          sensor: sensor.sensor.id,
          value: latestOf(view, sensor, { metric, now })?.value,
        })),
    limitOf: (metric, side) => {
      const range = limits?.get(metric)?.range;
      return side === 'above' ? range?.max : range?.min;
    },
    doorOpen: openFor(view.peek(unit).doors, now, 0).verdict,
    // Few conditions ask for it, and each look at the calendar costs.
    get calendar() {
      return localLook(view, unit, now);
    },
  };
}

function judgeExpression(
  draft: Draft,
  unit: WatchUnit,
  { rule, now }: Asked<ExpressionRule>,
): Judgement {
  const compiled = compileExpression(rule.expression);
  // It was checked when it was loaded.
  if (!compiled.ok) return { verdict: 'cannot-tell' };
  return { verdict: compiled.judge(valuesOf(draft, unit, now)) };
}

/** What an expression may name; what is not known is not there. A list is there only if all of its sensors are known. */
function valuesOf(draft: Draft, unit: WatchUnit, now: Moment): Record<string, ExpressionValue> {
  const look = roomLook(draft, unit, now);
  const { open, dayOff, minuteOfDay, day } = look.calendar;
  const values: Record<string, ExpressionValue> = {
    open,
    day_off: dayOff,
    minute_of_day: BigInt(minuteOfDay),
    weekday: BigInt(day),
  };
  const { people } = draft.peek(unit);
  if (people.directedSince !== undefined) values['people_inside'] = BigInt(countOf(people));
  if (look.doorOpen !== 'cannot-tell') values['any_door_open'] = look.doorOpen === 'met';
  for (const metric of new Set(unit.sensors.flatMap((sensor) => sensor.sensor.metrics))) {
    const said = look.saying(metric).map((one) => one.value);
    const known = said.filter((value) => value !== undefined);
    if (known.length === said.length) values[metric] = known;
    const [min, max] = [look.limitOf(metric, 'below'), look.limitOf(metric, 'above')];
    if (min !== undefined) values[`${metric}_min`] = min;
    if (max !== undefined) values[`${metric}_max`] = max;
  }
  const { temperature, humidity } = unit.room?.room.setPoint ?? {};
  if (temperature !== undefined) values['temperature_set_point'] = temperature;
  if (humidity !== undefined) values['humidity_set_point'] = humidity;
  return values;
}

/** Less than this within the minutes of the rule is no movement. Our own proposal. */
const LEAST_CHANGE = { temperature: 0.3, humidity: 1 } as const;
type ClimateMetric = keyof typeof LEAST_CHANGE;
const CLIMATE = Object.keys(LEAST_CHANGE) as readonly ClimateMetric[];

function* climateOf(unit: WatchUnit): Iterable<{ sensor: SensorUnit; metric: ClimateMetric }> {
  for (const sensor of unit.sensors) {
    for (const metric of CLIMATE)
      if (seriesOf(sensor, metric) !== undefined) yield { sensor, metric };
  }
}

const trendKey = (rule: DoorClimateRule, sensor: SensorUnit, metric: MetricName): string =>
  `${rule.id}/${sensor.sensor.id}/${metric}`;

function judgeDoorClimate(
  draft: Draft,
  unit: WatchUnit,
  { rule, now }: Asked<DoorClimateRule>,
): Judgement {
  const state = draft.peek(unit);
  const open = openFor(state.doors, now, rule.openSeconds * SECOND_MS);
  if (open.verdict !== 'met') return { verdict: open.verdict };
  const limits = unit.room && limitsOf(unit.room, now);
  let isUnknown = false;
  for (const { sensor, metric } of climateOf(unit)) {
    const range = limits?.get(metric)?.range;
    const value = latestOf(draft, sensor, { metric, now })?.value;
    const { verdict, limit } = judgeTrend({
      samples: state.trends[trendKey(rule, sensor, metric)] ?? Entries.none,
      value,
      now,
      min: range?.min,
      max: range?.max,
      overMinutes: rule.overMinutes,
      aheadMinutes: rule.aheadMinutes,
      leastChange: LEAST_CHANGE[metric],
    });
    isUnknown ||= verdict === 'cannot-tell' && range !== undefined;
    if (verdict !== 'met' || value === undefined || limit === undefined) continue;
    const doors = open.doors.join('、');
    return {
      verdict,
      metric,
      value,
      limit,
      evidence: [...open.doors, sensor.sensor.id],
      ...(range ? { citation: range.citation } : {}),
      words: { value: withUnit(metric, value), limit: withUnit(metric, limit), doors },
    };
  }
  return { verdict: isUnknown ? 'cannot-tell' : 'not-met' };
}

function withContacts(
  draft: Draft,
  unit: WatchUnit,
  { doors, now }: { readonly doors: OpenDoors; readonly now: Moment },
): OpenDoors {
  return unit.sensors.reduce((known, sensor) => {
    const seen = latestOf(draft, sensor, { metric: 'door_open', now });
    if (!seen) return known;
    return setDoor(known, { door: sensor.sensor.id, isOpen: seen.value === 1, at: seen.at });
  }, doors);
}

function judgeInside(draft: Draft, unit: WatchUnit, { rule, now }: Asked<PeopleRule>): Judgement {
  const people = forget(draft.peek(unit).people, now);
  const { open } = localLook(draft, unit, now);
  const judged = judgePeople(rule, { people, now, open, standingOf: (who) => standing(unit, who) });
  const { verdict, who } = judged;
  return {
    verdict,
    ...(who.length > 0 ? { value: who.length } : {}),
    evidence: [...new Set(who.map((one) => one.door))].sort(),
    words: { people: namesOf(unit, who), count: String(who.length) },
  };
}

function standing({ home }: WatchUnit, who: string): Standing {
  const person = home.known.get(who);
  if (!person) return 'unknown';
  return person.role === 'contractor' ? 'contractor' : 'staff';
}

/** At most so many names in a title. */
const NAMES_MAX = 5;

// A card without a person is named by its number.
function namesOf({ home }: WatchUnit, who: readonly Inside[]) {
  const names = who
    .slice(-NAMES_MAX)
    .map((one) => home.known.get(one.who)?.name ?? one.who.replace(/^card:/, ''));
  const more = who.length > NAMES_MAX;
  return {
    zh: names.join('、') + (more ? '等' : ''),
    en: names.join(', ') + (more ? ' and others' : ''),
  };
}
