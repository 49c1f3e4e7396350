import { describe, expect, it } from 'vitest';
import type { LimitChange } from '../../../domain/limits.ts';
import { QUALITY_FLAGS } from '../../../domain/reading.ts';
import { ROOM_CLASSES, type RoomClass } from '../../../domain/registry.ts';
import { TRUST_REASONS } from '../../../domain/trust.ts';
import { limitOf, limitsInForce } from '../../../alerts/index.ts';
import { parsePlan } from '../../../alerts/knowledge/load-plans.ts';
import { parseRules } from '../../../alerts/knowledge/load-rules.ts';
import { bookOf, change, knowledge, TODAY } from './limits.ts';

const { standards, rules, plans } = knowledge;

const ask = (book: ReturnType<typeof bookOf>, at = TODAY, knownAt = at) =>
  limitsInForce(book, { room: 'sx.r1', at, knownAt });
const span = (roomClass: RoomClass, metric: 'temperature' | 'humidity', at = TODAY) => {
  const limit = limitOf(ask(bookOf([], [], roomClass), at), metric, 'range');
  return limit && [limit.min, limit.max];
};

describe('the default of the standards', () => {
  it.each([
    ['paper', [14, 24], [45, 60]],
    ['special', [14, 20], [45, 55]],
    ['av-tape', [14, 24], [40, 60]],
    ['film-copy', [14, 24], [40, 60]],
    ['film-master', [13, 15], [35, 45]],
    ['optical', [15, 20], [25, 45]],
    ['magnetic', [14, 24], [40, 60]],
    ['object', undefined, undefined],
    ['server', [18, 27], [undefined, 60]],
    ['mounting', [18, 28], [50, 70]],
    ['laboratory', [18, 28], [40, 60]],
    ['copying', [18, 28], [50, 65]],
    ['av-reading', [20, 25], [50, 60]],
    ['reading', [18, 28], [30, 65]],
    ['exhibition', [18, 28], [45, 60]],
    ['workroom', [18, 28], [40, 60]],
    ['service-hall', [18, 28], [30, 65]],
    ['receiving', [18, 28], [40, 60]],
    ['current-records', [14, 24], [45, 60]],
    ['deacidification', [18, 28], undefined],
    ['buffer', undefined, undefined],
    ['outdoor', undefined, undefined],
  ] as const)('%s: %j °C, %j %%RH', (roomClass, temperature, humidity) => {
    expect(span(roomClass, 'temperature')).toEqual(temperature);
    expect(span(roomClass, 'humidity')).toEqual(humidity);
  });

  it('has a name for every class of room', () => {
    expect([...standards.classes.keys()].sort()).toEqual([...ROOM_CLASSES].sort());
  });

  it('limits the daily swing in repository rooms only', () => {
    const swing = (roomClass: RoomClass) =>
      limitOf(ask(bookOf([], [], roomClass)), 'temperature', 'swing')?.swing;
    expect(swing('paper')).toEqual({ fromSetPoint: 2, peakToPeak: 4 });
    expect(swing('reading')).toBeUndefined();
    expect(swing('outdoor')).toBeUndefined();
  });

  it('answers with the rules of 1987 for the year 2000, and with nothing before them', () => {
    const standardAt = (year: number) =>
      limitOf(ask(bookOf([]), Date.UTC(year, 5)), 'temperature', 'range')?.citation.standard;
    expect(standardAt(2000)).toContain('暂行规定');
    expect(standardAt(2020)).toContain('JGJ 25-2010');
    expect(standardAt(1980)).toBeUndefined();
  });
});

describe('limits in force', () => {
  const max = (changes: readonly LimitChange[], at: number, knownAt: number) =>
    limitOf(ask(bookOf([], changes), at, knownAt), 'humidity', 'range')?.max;

  it.for([
    ['before it is valid', [change({})], TODAY - 1, TODAY + 9, 60],
    ['from the moment it is valid', [change({})], TODAY, TODAY, 55],
    ['before it was recorded', [change({ validFrom: TODAY - 9 })], TODAY, TODAY - 1, 60],
    ['as known later, about earlier', [change({ validFrom: TODAY - 9 })], TODAY - 5, TODAY, 55],
    ['the latest valid one', [change({ validFrom: 1, max: 50 }), change({})], TODAY, TODAY, 55],
    [
      'of equal ones the latest recorded',
      [change({ recordedAt: TODAY + 2, max: 58 }), change({})],
      TODAY + 3,
      TODAY + 3,
      58,
    ],
    [
      'withdrawn: the pack again',
      [
        change({}),
        {
          id: 'w',
          repository: 'sx',
          room: 'r1',
          metric: 'humidity',
          kind: 'range',
          reason: 'x',
          by: 'm',
          validFrom: TODAY + 1,
          recordedAt: TODAY + 1,
        } as const,
      ],
      TODAY + 2,
      TODAY + 2,
      60,
    ],
    ['of another room', [change({ room: 'r2' })], TODAY, TODAY, 60],
  ] as const)('%s', ([_, changes, at, knownAt, expected]) => {
    expect(max(changes, at, knownAt)).toBe(expected);
  });
});

describe('words for sensors', () => {
  const { words } = knowledge.rules;

  it('name every test of quality, gravest first, and every comparison', () => {
    expect(Object.keys(words.tests)).toEqual([...QUALITY_FLAGS]);
    const alarmed = TRUST_REASONS.filter((kind) => !kind.endsWith('-data'));
    expect(Object.keys(words.trust).toSorted()).toEqual(alarmed.toSorted());
  });
});

describe('rules and plans', () => {
  it('safety rules latch, cannot be shelved, and fire cites its clause', () => {
    for (const rule of rules.rules.filter((r) => r.safety)) {
      expect(rule, rule.id).toMatchObject({ latching: true, shelvable: false });
    }
    expect(rules.rules.find((r) => r.id === 'fire-confirmed')?.citation.clause).toBe('4.1.6');
  });

  it('the fire plan calls 119, releases the doors and reports, each with its clause', () => {
    const fire = plans.find((plan) => plan.id === 'fire');
    const clause = (id: string) => fire?.steps.find((step) => step.id === id)?.citation;
    expect(fire?.level).toBe(2);
    expect(clause('call-119')).toMatchObject({ standard: '消防法', verification: 'primary' });
    expect(clause('release-doors')?.clause).toBe('9.0.1(2)');
    expect(clause('report-government')?.standard).toBe('晋政发〔2007〕27号');
    expect(clause('report-archives')?.standard).toBe('档案法');
  });

  it.each([
    ['rules: [', 'f.yaml, line 1, column 9'],
    ['version: 1\nrules: [{ kind: magic }]', 'f.yaml, rule 1: kind must be one of band'],
    ['version: 1\nrules: [{ kind: band, id: x }]', 'f.yaml, rule 1'],
    ['version: 1\nrules: []\nmore: 1', 'f.yaml: must not have additional properties (more).'],
  ])('refuses %j with one sentence', (text, sentence) => {
    expect(() => parseRules(text, 'f.yaml')).toThrow(sentence);
  });

  it('refuses a plan without steps', () => {
    const plan = 'id: a\nversion: 1\nname: { zh: a, en: a }\nlevel: 9';
    expect(() => parsePlan(plan, 'p.yaml')).toThrow('p.yaml');
  });
});
