import { describe, expect, it } from 'vitest';
import type { BucketRow } from '../../../domain/ports.ts';
import { DAY_MS, HOUR_MS } from '../../../domain/time.ts';
import { judgeClimate, type ClimateQuestion } from '../../../server/assessments/climate.ts';
import { loadAssessmentKnowledge } from '../../../server/assessments/knowledge.ts';
import { judgeShares, worstResult } from '../../../server/assessments/results.ts';
import { PAPER_LIMITS, fullHour, limit } from './small-archive.ts';

const { thresholds } = loadAssessmentKnowledge();

/** One day from the epoch, judged by the limits of a paper room. */
function day(rows: readonly BucketRow[] | undefined, more: Partial<ClimateQuestion> = {}) {
  return judgeClimate({
    room: 'r301',
    metric: 'temperature',
    from: 0,
    until: DAY_MS,
    sensors: rows === undefined ? [] : [{ sensor: 'th-1', intervalSeconds: 60, rows }],
    segments: [{ from: 0, limits: PAPER_LIMITS }],
    days: [{ from: 0, until: DAY_MS }],
    evidence: thresholds.evidence,
    ...more,
  });
}

function hours(make: (hour: number) => BucketRow | undefined): BucketRow[] {
  return Array.from({ length: 24 }, (_, i) => make(i * HOUR_MS)).filter((r) => r !== undefined);
}

const allIn = hours((h) => fullHour(h, 20));

describe('an hour', () => {
  const first = (row: BucketRow) => hours((h) => (h === 0 ? row : fullHour(h, 20)));
  it.each<[string, readonly BucketRow[] | undefined, string]>([
    ['no sensor', undefined, '0/0/24'],
    ['a sensor that said nothing', [], '0/0/24'],
    ['only failed readings', hours((h) => [h, 0, 0, 0, 0, 0]), '0/0/24'],
    ['too few readings', first([0, 20, 20, 20, 44, 44]), '23/0/1'],
    ['just enough readings', first([0, 20, 20, 20, 45, 45]), '24/0/0'],
    ['one good reading outside', first([0, 20, 20, 24.1, 60, 60]), '23/1/0'],
    ['one doubtful reading outside', first([0, 20, 20, 40, 60, 59]), '23/0/1'],
    ['doubtful and outside on the whole', first([0, 30, 20, 40, 60, 10]), '23/1/0'],
    ['few readings, but outside', first([0, 30, 30, 30, 1, 1]), '23/1/0'],
    ['exactly at the bound', first([0, 24, 24, 24, 60, 60]), '24/0/0'],
  ])('with %s counts so (in/out/cannot show)', (_, rows, expected) => {
    const { inRange, outOfRange, cannotShow } = day(rows).hours;
    expect(`${inRange}/${outOfRange}/${cannotShow}`).toBe(expected);
  });

  it('is not shown while one of two sensors is dead', () => {
    const sensors = [
      { sensor: 'th-1', intervalSeconds: 60, rows: allIn },
      { sensor: 'th-2', intervalSeconds: 60, rows: [] },
    ];
    expect(day([], { sensors })).toMatchObject({
      hours: { inRange: 0, outOfRange: 0, cannotShow: 24 },
      tailGapHours: 24,
    });
  });

  it('is judged by the limit that was in force then', () => {
    const noon = 12 * HOUR_MS;
    const strict = [limit({ metric: 'temperature', kind: 'range', min: 14, max: 18 })];
    const segments = [
      { from: 0, limits: PAPER_LIMITS },
      { from: noon, limits: strict },
    ];
    expect(day(allIn, { segments }).hours).toEqual({ inRange: 12, outOfRange: 12, cannotShow: 0 });
  });

  it('is not shown without a limit to judge it by', () => {
    expect(day(allIn, { segments: [{ from: 0, limits: [] }] }).hours.cannotShow).toBe(24);
  });

  it('is spoken for by the newest reading of a sensor that reports every two hours', () => {
    const sensors = [
      {
        sensor: 'th-1',
        intervalSeconds: 7200,
        rows: hours((h) => (h % (2 * HOUR_MS) === 0 ? [h, 20, 20, 20, 1, 1] : undefined)),
      },
    ];
    expect(day([], { sensors }).hours).toEqual({ inRange: 24, outOfRange: 0, cannotShow: 0 });
  });
});

describe('the daily swing', () => {
  // 17.9 in the night, 21.9 by day: 4.0 from peak to peak, 2.1 below the set-point.
  const swinging = hours((h) => fullHour(h, h < 12 * HOUR_MS ? 17.9 : 21.9));

  it('is read both ways: from the set-point and from peak to peak', () => {
    const judged = day(swinging, { setPoint: 20 });
    expect(judged.fromSetPoint).toMatchObject({ bound: 2, days: { outOfRange: 1 } });
    expect(judged.fromSetPoint?.worst).toBeCloseTo(2.1);
    expect(judged.peakToPeak).toMatchObject({ bound: 4, days: { inRange: 1, outOfRange: 0 } });
  });

  it('has only the range without a set-point', () => {
    const judged = day(swinging);
    expect(judged.fromSetPoint).toBeUndefined();
    expect(judged.peakToPeak).toBeDefined();
  });

  it('is not shown when hours are missing that might have exceeded it', () => {
    const gap = swinging.filter(([at]) => at < 21 * HOUR_MS);
    expect(day(gap).peakToPeak?.days).toEqual({ inRange: 0, outOfRange: 0, cannotShow: 1 });
  });

  it('is shown to be exceeded even when hours are missing', () => {
    const jump = [fullHour(0, 15), fullHour(12 * HOUR_MS, 20)];
    expect(day(jump).peakToPeak?.days).toEqual({ inRange: 0, outOfRange: 1, cannotShow: 0 });
  });

  it('does not take two sensors that differ for a swing', () => {
    const sensors = [16, 22].map((value, i) => ({
      sensor: `th-${i}`,
      intervalSeconds: 60,
      rows: hours((h) => fullHour(h, value)),
    }));
    expect(day([], { sensors }).peakToPeak?.days.inRange).toBe(1);
  });
});

describe('shares of the period', () => {
  const bounds = { dangerAbove: 0.05, highDangerAbove: 0.25 };
  it.each<[number, number, number, string]>([
    [1, 0, 0, 'none-found'],
    [0.95, 0.05, 0, 'none-found'],
    [0.94, 0.06, 0, 'danger'],
    [0.7, 0.3, 0, 'high-danger'],
    [0.94, 0, 0.06, 'cannot-show'],
    [0.94, 0.03, 0.03, 'cannot-show'],
    [0.04, 0.06, 0.9, 'danger'],
    [0, 0, 1, 'cannot-show'],
  ])('in %d, out %d, not shown %d say %s', (...[inRange, outOfRange, cannotShow, expected]) => {
    expect(judgeShares({ inRange, outOfRange, cannotShow }, bounds)).toBe(expected);
  });
});

describe('the worst result', () => {
  it.each([
    [[], 'cannot-show'],
    [['none-found'], 'none-found'],
    [['none-found', 'cannot-show'], 'cannot-show'],
    [['cannot-show', 'danger'], 'danger'],
    [['danger', 'cannot-show', 'high-danger'], 'high-danger'],
  ] as const)('of %j is %s', (results, expected) => {
    expect(worstResult(results)).toBe(expected);
  });
});
