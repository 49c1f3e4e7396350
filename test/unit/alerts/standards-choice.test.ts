import { describe, expect, it } from 'vitest';
import {
  choiceProblem,
  DEFAULT_STANDARDS,
  type StandardsChoice,
} from '../../../domain/standards.ts';
import { catalogueOf, limitOf, limitsInForce } from '../../../alerts/index.ts';
import { limitsChangeAfter } from '../../../alerts/standards/limits-in-force.ts';
import { bookOf, change, knowledge, TODAY } from './limits.ts';

const { standards } = knowledge;
const ROOM = { room: 'sx.r1' };

const choice = (
  names: readonly string[],
  facts: Partial<StandardsChoice> = {},
): StandardsChoice => ({
  id: 's',
  repository: 'sx',
  room: 'r1',
  standards: names,
  reason: '试行',
  by: 'manager',
  validFrom: TODAY,
  recordedAt: TODAY,
  origin: 'screen',
  ...facts,
});
const spanOf = (
  book: ReturnType<typeof bookOf>,
  metric: 'temperature' | 'humidity',
  { at = TODAY, knownAt = at }: { readonly at?: number; readonly knownAt?: number } = {},
) => {
  const limit = limitOf(limitsInForce(book, { ...ROOM, at, knownAt }), metric, 'range');
  return limit && [limit.min, limit.max, limit.pack ?? limit.origin];
};

describe('what a room keeps to', () => {
  it.for([
    [
      'nobody chose: the default',
      [],
      [14, 24, 'jgj-25-2010-dat-87-2021'],
      [45, 60, 'jgj-25-2010-dat-87-2021'],
    ],
    ['another pack', ['bs-4971-2017'], [13, 23, 'bs-4971-2017'], [35, 60, 'bs-4971-2017']],
    [
      'of each metric the first that has it',
      ['iasa-tc05:low', 'ashrae-2019:a1'],
      [10, 25, 'ashrae-2019:a1'],
      [25, 35, 'iasa-tc05:low'],
    ],
    [
      'a pack without limits, then one with',
      ['en-16893-2018', 'bizot-2023'],
      [16, 25, 'bizot-2023'],
      [40, 60, 'bizot-2023'],
    ],
    [
      'a pack that is not there any more is passed over',
      ['gone-1999', 'bizot-2023'],
      [16, 25, 'bizot-2023'],
      [40, 60, 'bizot-2023'],
    ],
  ] as const)('%s', ([_what, names, temperature, humidity]) => {
    const book = bookOf(names.length === 0 ? [] : [choice(names)]);
    expect(spanOf(book, 'temperature')).toEqual(temperature);
    expect(spanOf(book, 'humidity')).toEqual(humidity);
  });

  it('leaves the own limit above every pack', () => {
    const book = bookOf([choice(['bs-4971-2017'])], [change({})]);
    expect(spanOf(book, 'humidity')).toEqual([undefined, 55, 'own']);
    expect(spanOf(book, 'temperature')).toEqual([13, 23, 'bs-4971-2017']);
  });

  it('reads ± as a span of twice as much, and from the set-point only where the standard says so', () => {
    const swing = (name: string, metric: 'temperature' | 'humidity') =>
      limitOf(
        limitsInForce(bookOf([choice([name])]), { ...ROOM, at: TODAY, knownAt: TODAY }),
        metric,
        'swing',
      )?.swing;
    expect(swing('jgj-25-2010-dat-87-2021', 'temperature')).toEqual({
      fromSetPoint: 2,
      peakToPeak: 4,
    });
    expect(swing('ashrae-2019:a1', 'temperature')).toEqual({ peakToPeak: 4 });
    expect(swing('ashrae-2019:a2', 'humidity')).toEqual({ peakToPeak: 20 });
    expect(swing('bizot-2023', 'humidity')).toEqual({ peakToPeak: 20 });
    expect(swing('bizot-2023', 'temperature')).toBeUndefined();
    expect(swing('iso-11799-2003:staffed', 'temperature')).toBeUndefined();
  });

  it.for([
    ['before it is valid', [choice(['bizot-2023'])], TODAY - 1, TODAY + 9, 45],
    ['from the moment it is valid', [choice(['bizot-2023'])], TODAY, TODAY, 40],
    [
      'before it was recorded',
      [choice(['bizot-2023'], { validFrom: TODAY - 9 })],
      TODAY,
      TODAY - 1,
      45,
    ],
    [
      'as known later, about earlier',
      [choice(['bizot-2023'], { validFrom: TODAY - 9 })],
      TODAY - 5,
      TODAY,
      40,
    ],
    [
      'the latest valid one, whatever the order',
      [choice(['bizot-2023']), choice(['bs-4971-2017'], { validFrom: 1 })],
      TODAY,
      TODAY,
      40,
    ],
    [
      'of equal ones the latest recorded',
      [choice(['bs-4971-2017'], { recordedAt: TODAY + 2 }), choice(['bizot-2023'])],
      TODAY + 3,
      TODAY + 3,
      35,
    ],
    ['of another room', [choice(['bizot-2023'], { room: 'r2' })], TODAY, TODAY, 45],
    [
      'and back to the default',
      [
        choice(['bizot-2023']),
        choice(DEFAULT_STANDARDS, { validFrom: TODAY + 1, recordedAt: TODAY + 1 }),
      ],
      TODAY + 2,
      TODAY + 2,
      45,
    ],
  ] as const)('%s', ([_what, choices, at, knownAt, min]) => {
    expect(spanOf(bookOf(choices), 'humidity', { at, knownAt })?.[0]).toBe(min);
  });

  it('says when its answer may change by itself', () => {
    const book = bookOf(
      [choice(['bizot-2023'], { validFrom: TODAY + 5, recordedAt: TODAY })],
      [change({ validFrom: TODAY + 7 })],
    );
    expect(limitsChangeAfter(book, 'sx.r1', TODAY)).toBe(TODAY + 5);
    expect(limitsChangeAfter(book, 'sx.r1', TODAY + 5)).toBe(TODAY + 7);
    expect(limitsChangeAfter(book, 'sx.r1', TODAY + 7)).toBe(Infinity);
  });
});

describe('the limits in force that day', () => {
  /** Numbers that look random and are the same in every run. */
  function numbers(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
  }
  const NAMES = [
    'bizot-2023',
    'bs-4971-2017',
    'ashrae-2019:b',
    'rules-1987',
    'jgj-25-2010-dat-87-2021',
  ];

  it('do not change by what is recorded later, whatever it says about that day', () => {
    const day = (n: number) => TODAY + n * 86_400_000;
    let changed = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const pick = numbers(seed);
      const some = (recorded: (id: number) => number) =>
        Array.from({ length: 1 + pick(4) }, (_, id) => {
          const both = { id: `${seed}-${id}`, validFrom: day(pick(40)), recordedAt: recorded(id) };
          const names = [NAMES[pick(5)], NAMES[pick(5)]].filter(
            (n, i, all) => n !== undefined && all.indexOf(n) === i,
          );
          return [choice(names as string[], both), change({ ...both, max: 50 + pick(9) })] as const;
        });
      const before = some(() => day(pick(20)));
      const later = some(() => day(21 + pick(20)));
      const bookAt = (all: typeof before) =>
        bookOf(
          all.map(([one]) => one),
          all.map(([, one]) => one),
        );
      const first = bookAt(before);
      const second = bookAt([...later, ...before]);
      for (const at of [0, 10, 20, 30, 40].map(day)) {
        const question = { ...ROOM, at, knownAt: day(20) };
        expect(limitsInForce(second, question), `seed ${seed}`).toEqual(
          limitsInForce(first, question),
        );
        const known = { ...ROOM, at, knownAt: day(50) };
        const now = JSON.stringify(limitsInForce(second, known));
        if (now !== JSON.stringify(limitsInForce(first, known))) changed += 1;
      }
    }
    // With a later knownAt what was recorded later counts; else the comparison above would prove nothing.
    expect(changed).toBeGreaterThan(200);
  });
});

describe('a choice', () => {
  const catalogue = catalogueOf(standards);
  it.each([
    [DEFAULT_STANDARDS, undefined],
    [['ashrae-2019:a1', 'iso-18934:cool'], undefined],
    [['iasa-tc05:low', 'iasa-tc05:cool'], undefined],
    [['ashrae'], 'There is no standards pack "ashrae"; there are '],
    [
      ['bizot-2023', 'ashrae-2019'],
      'The standards pack "ashrae-2019" has classes; write one of ashrae-2019:aa, ',
    ],
    [['ashrae-2019:z'], 'has no class "z"; write one of ashrae-2019:aa, '],
    [['bizot-2023:x'], 'has no classes of its own; write it without a class.'],
    [['bizot-2023', 'bizot-2023'], '"bizot-2023" is named twice.'],
  ])('%j: %s', (names, sentence) => {
    const problem = choiceProblem(names, catalogue);
    if (sentence === undefined) expect(problem).toBeUndefined();
    else {
      expect(problem?.why).toContain(sentence);
      expect(problem?.index).toBe(names.length - 1);
    }
  });
});
