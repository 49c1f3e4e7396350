import { describe, expect, it } from 'vitest';
import { PERIOD_COLUMNS, type PeriodAnswer } from '../../../domain/preservation/period.ts';
import type { PairLive } from '../../../domain/preservation/views.ts';
import {
  CURVES,
  curveOf,
  missingWord,
  moistureWord,
  mouldIndexWord,
} from '../../../dashboard/src/logic/preservation.ts';
import { rateMechanicalDamage } from '../../../domain/preservation/moisture-content.ts';

describe('words of preservation', () => {
  it.for([
    [4.9, 'dry'],
    [5, 'ok'],
    [12.5, 'ok'],
    [12.6, 'moist'],
  ] as const)('EMC %f %% is %s, as the rating has it', ([percent, word]) => {
    expect(moistureWord(percent)).toBe(word);
    const rated = rateMechanicalDamage({ minPercent: percent, maxPercent: percent });
    expect(rated === 'ok').toBe(word === 'ok');
  });

  it.for([
    [0, 'none'],
    [0.99, 'none'],
    [1, 'microscopic'],
    [3, 'visible'],
  ] as const)('mould index %f is %s', ([index, word]) => {
    expect(mouldIndexWord(index)).toBe(word);
  });

  it('say why a figure is missing, of the air or of the formula', () => {
    const pair: PairLive = {
      sensors: { temperature: 'sx.a', humidity: 'sx.a' },
      simulated: false,
      figures: {},
      condensation: { source: 'none', why: 'no-surface', surfaces: [] },
    };
    expect(missingWord({ ...pair, why: 'stale' })).toBe('preservation.unknown.stale');
    expect(missingWord(pair)).toBe('preservation.unknown.none');
  });
});

describe('curves of a period', () => {
  it('are all columns but the time, and break where nothing is known', () => {
    expect([...CURVES].sort()).toEqual(PERIOD_COLUMNS.filter((name) => name !== 'at').sort());
    const point = (at: number, pi: number | null) =>
      PERIOD_COLUMNS.map((name) => (name === 'at' ? at : name === 'pi' ? pi : 1));
    const answer: PeriodAnswer = {
      summary: {} as PeriodAnswer['summary'],
      minutes: { known: 1, all: 2 },
      columns: PERIOD_COLUMNS,
      points: [point(0, 44), point(10, null)],
    };
    expect(curveOf(answer, 'pi')).toEqual([
      [0, 44, 44, 44],
      [10, NaN, NaN, NaN],
    ]);
  });
});
