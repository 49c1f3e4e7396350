import { describe, expect, it } from 'vitest';
import { csvText } from '../../../dashboard/src/logic/csv.ts';
import { kpiText, kpiWord, targetParts } from '../../../dashboard/src/logic/kpis.ts';
import type { KpiFigure } from '../../../domain/alarm-kpis.ts';

const words = { exactly: String, percent: (share: number) => `${(share * 100).toFixed(1)}%` };

describe('figures of alarms on screen', () => {
  it.each([
    ['floodShare', 0.0123, '1.2%'],
    ['perHour', 0.12345, '0.123'],
    ['perDay', 123.456, '123.5'],
    ['perDay', 0, '0'],
    ['perDay', undefined, '—'],
  ] as const)('%s of %s is %s', (kpi, value, text) => {
    expect(kpiText(kpi, value, words)).toBe(text);
  });

  it('say too little data before they judge, and nothing to count before too little data', () => {
    const figure = (change: Partial<KpiFigure>): KpiFigure => ({
      kpi: 'perDay',
      value: 2,
      judgement: 'cannot-tell',
      soFar: 'met',
      ...change,
    });
    expect(kpiWord(figure({}), false)).toBe('tooLittle');
    const { value: _, ...nothing } = figure({ soFar: 'cannot-tell' });
    expect(kpiWord(nothing, false)).toBe('cannot-tell');
    expect(kpiWord(figure({ judgement: 'missed', soFar: 'missed' }), true)).toBe('missed');
  });

  it('say whether a target includes its own figure', () => {
    const citation = { standard: 's', verification: 'copy' } as const;
    expect(
      targetParts('perHour', { unit: '1/h', met: 6, manageable: 12, citation }, words),
    ).toEqual({ how: 'atMost', value: '6', manageable: '12' });
    expect(targetParts('busyShare', { unit: '', met: 0.01, below: true, citation }, words)).toEqual(
      { how: 'below', value: '1.0%', manageable: undefined },
    );
  });
});

describe('a table as a file', () => {
  it('has its mark, its line ends, and quotes where they are needed', () => {
    expect(
      csvText([
        ['规则', 1.5, undefined, Number.NaN],
        ['a,b', 'say "x"', 'two\nlines'],
      ]),
    ).toBe('\uFEFF规则,1.5,,\r\n"a,b","say ""x""","two\nlines"\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@x', '\tx'])('keeps %j from being computed', (cell) => {
    expect(csvText([[cell]])).toContain(`'${cell}`);
  });
});
