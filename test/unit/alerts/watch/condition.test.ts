import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../../domain/alarm.ts';
import { parseRules } from '../../../../alerts/knowledge/load-rules.ts';
import { describeRule } from '../../../../alerts/index.ts';
import type { Condition } from '../../../../alerts/rules/conditions.ts';
import {
  atLeast,
  judgeCondition,
  opposite,
  type RoomLook,
} from '../../../../alerts/watch/judge-condition.ts';
import { doorSaid, openFor, setDoor, shiftDoors } from '../../../../alerts/watch/doors.ts';
import { Entries } from '../../../../alerts/watch/entries.ts';
import { judgeTrend } from '../../../../alerts/watch/judge-trend.ts';
import { ruleText } from '../../../support/rule-text.ts';

const WORDS: Readonly<Record<string, Verdict>> = { m: 'met', n: 'not-met', '?': 'cannot-tell' };
const verdicts = (text: string) => [...text].map((sign) => WORDS[sign] ?? 'cannot-tell');

describe('three-valued logic', () => {
  it.each([
    // and
    [2, 'mm', 'met'],
    [2, 'mn', 'not-met'],
    [2, 'm?', 'cannot-tell'],
    [2, 'n?', 'not-met'],
    [2, '??', 'cannot-tell'],
    // or
    [1, 'nn', 'not-met'],
    [1, 'm?', 'met'],
    [1, 'n?', 'cannot-tell'],
    // k of n
    [2, 'mm?', 'met'],
    [2, 'mn?', 'cannot-tell'],
    [2, 'mnn', 'not-met'],
    [2, 'n??', 'cannot-tell'],
    [2, 'nn?', 'not-met'],
    [3, 'mm?n', 'cannot-tell'],
  ] as const)('at least %d of "%s": %s', (count, signs, verdict) => {
    expect(atLeast(count, verdicts(signs))).toBe(verdict);
  });

  it('not: what is not known stays so', () => {
    expect(verdicts('mn?').map(opposite)).toEqual(['not-met', 'met', 'cannot-tell']);
  });
});

describe('a condition', () => {
  const calendar = { open: false, dayOff: true, minuteOfDay: 23 * 60, day: 6, date: '2026-07-04' };
  const look: RoomLook = {
    saying: (metric) =>
      metric === 'humidity'
        ? [
            { sensor: 'a', value: 61 },
            { sensor: 'b', value: 62 },
            { sensor: 'c', value: undefined },
          ]
        : metric === 'water_leak'
          ? [{ sensor: 'w', value: 0 }]
          : [],
    limitOf: (metric, side) => (metric === 'humidity' && side === 'above' ? 60 : undefined),
    doorOpen: 'cannot-tell',
    calendar,
  };
  const humid = (sensors?: 'any' | 'all' | number) =>
    ({ metric: 'humidity', above: 'limit', ...(sensors ? { sensors } : {}) }) as const;

  it.each<[string, Condition, Verdict]>([
    ['any sensor', humid(), 'met'],
    ['two sensors', humid(2), 'met'],
    ['three, of which one is not known', humid(3), 'cannot-tell'],
    ['all', humid('all'), 'cannot-tell'],
    ['below a limit that is not there', { metric: 'humidity', below: 'limit' }, 'cannot-tell'],
    ['below a figure', { metric: 'humidity', below: 61.5 }, 'met'],
    ['a signal that is not there', { metric: 'water_leak', is: 1 }, 'not-met'],
    ['what nothing measures', { metric: 'pm25', above: 1 }, 'cannot-tell'],
    ['not what nothing measures', { not: { metric: 'pm25', above: 1 } }, 'cannot-tell'],
    ['a door that says nothing', { door: 'open' }, 'cannot-tell'],
    ['and with it', { all: [humid(), { door: 'open' }] }, 'cannot-tell'],
    ['or with it', { any: [humid(), { door: 'open' }] }, 'met'],
    ['a day off', { calendar: 'day-off' }, 'met'],
    ['a working day', { calendar: 'workday' }, 'not-met'],
    ['closed', { calendar: 'closed' }, 'met'],
    ['open', { calendar: 'open' }, 'not-met'],
    ['a night over midnight', { from: '22:00', until: '06:00' }, 'met'],
    ['a day', { from: '06:00', until: '22:00' }, 'not-met'],
    [
      'two of three',
      { atLeast: 2, of: [humid(), { door: 'open' }, { calendar: 'closed' }] },
      'met',
    ],
  ])('%s', (_, condition, verdict) => {
    expect(judgeCondition(condition, look).verdict).toBe(verdict);
  });

  it('names the sensors that say so', () => {
    expect(judgeCondition({ all: [humid(2), { calendar: 'closed' }] }, look).evidence).toEqual([
      'a',
      'b',
    ]);
  });
});

describe('a file of rules', () => {
  const rule = (condition: string) =>
    ruleText({ id: 'x', kind: `kind: combined\ncondition: ${condition}` });

  it('says a condition in words', () => {
    const text =
      '{ all: [{ metric: humidity, above: limit, sensors: 2 }, { any: [{ door: open }, { from: "22:00", until: "06:00" }] }, { not: { metric: water_leak, is: 1 } }] }';
    const [parsed] = parseRules(rule(text), 'f.yaml');
    expect(parsed && describeRule(parsed)).toEqual({
      zh: '至少 2 个传感器相对湿度高于库房限值且（门开或22:00–06:00）且非（漏水信号） → 低',
      en: "Relative humidity above the room's limit at 2 sensors or more and (a door open or at 22:00–06:00) and not (Water leak signal) → Low",
    });
  });

  it.each([
    ['{ metric: humidity }', 'f.yaml, rule 1, x: humidity needs one of above, below, is'],
    ['{ metric: humidity, above: 1, below: 2 }', 'needs one of'],
    ['{ atLeast: 3, of: [{ door: open }] }', 'at least 3 of 1 is never met'],
    ['{ all: [] }', 'f.yaml, rule 1'],
    ['{ metric: humidty, above: 1 }', 'f.yaml, rule 1'],
    ['{ not: { not: { not: { not: { door: open } } } } }', 'f.yaml, rule 1'],
  ])('refuses %s', (condition, why) => {
    expect(() => parseRules(rule(condition), 'f.yaml')).toThrow(why);
  });
});

describe('doors of a room', () => {
  const said = (events: string) =>
    events
      .split(' ')
      .reduce(
        (doors, event, i) =>
          doorSaid(doors, { door: 'd', event: event as 'door_opened', at: 1000 + i }),
        {},
      );
  it.each([
    ['door_opened', 'met'],
    ['door_opened door_closed', 'not-met'],
    ['forced_open', 'met'],
    ['granted', 'cannot-tell'],
    ['door_opened held_open', 'met'],
  ] as const)('%s: %s', (events, verdict) => {
    expect(openFor(said(events), 5000, 1000).verdict).toBe(verdict);
  });

  it('are open since they were opened, by a contact, too, and move with the clock', () => {
    const doors = said('door_opened held_open');
    expect(openFor(doors, 1500, 1000).verdict).toBe('not-met');
    expect(setDoor(doors, { door: 'd', isOpen: true, at: 9 })).toBe(doors);
    expect(shiftDoors({ a: 5, b: 0 }, 10)).toEqual({ a: 15, b: 0 });
  });
});

describe('a climate that runs away', () => {
  const M = 60_000;
  const ask = (values: readonly number[], more = {}) =>
    judgeTrend({
      samples: Entries.fromList(
        values.flatMap((value, i) => [i * M, value]),
        2,
      ),
      value: values.at(-1),
      now: (values.length - 1) * M,
      min: 45,
      max: 60,
      overMinutes: 10,
      aheadMinutes: 30,
      leastChange: 1,
      ...more,
    });
  const line = (from: number, perMinute: number) =>
    Array.from({ length: 11 }, (_, i) => from + i * perMinute);

  it.each([
    ['steady', line(50, 0), 'not-met'],
    ['soon above', line(52, 0.25), 'met'],
    ['too slow to get there', line(50, 0.12), 'not-met'],
    ['moving less than counts', line(59.5, 0.05), 'not-met'],
    ['coming back from the edge', line(59, -0.2), 'not-met'],
    ['soon below', line(50, -0.2), 'met'],
    ['beyond already', line(61, 0), 'met'],
    ['seen for too short', [50, 52], 'cannot-tell'],
  ] as const)('%s', (_, values, verdict) => {
    expect(ask(values).verdict).toBe(verdict);
  });

  it('can not be told without a value or a limit', () => {
    expect(ask(line(50, 1), { value: undefined }).verdict).toBe('cannot-tell');
    expect(ask(line(50, 1), { min: undefined, max: undefined }).verdict).toBe('cannot-tell');
  });
});
