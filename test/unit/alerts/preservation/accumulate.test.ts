import { describe, expect, it } from 'vitest';
import {
  accumulate,
  EMPTY_ACCUMULATION,
  goOnFrom,
  type Accumulation,
  type Intervals,
} from '../../../../alerts/preservation/accumulate.ts';
import { airFigure, judgeFigure, recordFigure } from '../../../../alerts/preservation/judge.ts';
import { figureInWords } from '../../../../alerts/preservation/rule.ts';
import { HOUR_SHARE_MIN } from '../../../../domain/evidence.ts';
import { EMPTY_RECORD } from '../../../../domain/preservation/climate-record.ts';
import { coverageOf } from '../../../../domain/preservation/harmonic-mean.ts';
import { condensationOf } from '../../../../domain/preservation/surface.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../domain/time.ts';
import { shippedKnowledge } from '../../../../server/assessments/make.ts';

const MINUTELY: Intervals = { temperature: 60, humidity: 60 };

/** Both quantities at these minutes since the epoch. */
function fed(
  minutes: readonly number[],
  [temperature, humidity]: readonly [number, number] = [25, 90],
  { intervals = MINUTELY, start = EMPTY_ACCUMULATION } = {},
): Accumulation {
  let state: Accumulation = start;
  for (const minute of minutes) {
    const at = minute * MINUTE_MS;
    state = accumulate(state, { quantity: 'temperature', value: temperature, at }, intervals);
    state = accumulate(state, { quantity: 'humidity', value: humidity, at }, intervals);
  }
  return state;
}

const minutes = (from: number, until: number, step = 1) =>
  Array.from({ length: Math.ceil((until - from) / step) }, (_, i) => from + i * step);

describe('what adds up', () => {
  it('closes an hour with the first sample of a later one, and has nothing before', () => {
    expect(fed(minutes(0, 60)).record).toBe(EMPTY_RECORD);
    const { record, hour, since } = fed(minutes(0, 61));
    expect([since, hour?.at, record.smoother.at]).toEqual([0, HOUR_MS, 0]);
    expect(record.mould.total).toBeGreaterThan(0);
    expect(record.mouldIndex.index).toBeGreaterThan(0);
    expect(coverageOf(record.lifetime)).toBe(1);
  });

  it.for([
    ['44 of 60 minutes', 44, 0],
    ['45 of 60 minutes', 45, 1],
  ] as const)('%s are evidence of an hour: %i -> %i', ([_what, count, share]) => {
    const { record } = fed([...minutes(0, count), 60]);
    expect(coverageOf(record.lifetime)).toBe(share);
    expect(record.mould.total > 0).toBe(share === 1);
    expect(record.mould.unknownDays).toBeCloseTo((1 - share) / 24, 9);
    expect(record.mouldIndex.unknownHours).toBe(1 - share);
  });

  it('adds nothing for hours without data, and says how many there were', () => {
    const before = fed(minutes(0, 600));
    const again = 600 + 48 * 60;
    const after = fed(minutes(again, again + 61), undefined, { start: before });
    expect(after.record.mould.total).toBeCloseTo((before.record.mould.total / 9) * 11, 9);
    expect(after.record.mould.unknownDays).toBeCloseTo(2, 9);
    expect(after.record.mouldIndex.unknownHours).toBe(48);
    expect(coverageOf(after.record.lifetime)).toBeCloseTo(11 / 59, 9);
  });

  it('knows no hour of which one of the two says nothing', () => {
    let state = EMPTY_ACCUMULATION;
    for (const minute of minutes(0, 121)) {
      const sample = { quantity: 'humidity', value: 90, at: minute * MINUTE_MS } as const;
      state = accumulate(state, sample, MINUTELY);
    }
    expect(coverageOf(state.record.lifetime)).toBe(0);
    expect(state.record.mould.unknownDays).toBeCloseTo(2 / 24, 9);
  });

  it('takes one report every three hours as speaking for three, and not for more', () => {
    const intervals = { temperature: 10_800, humidity: 10_800 };
    const { record } = fed([0, 180, 540], undefined, { intervals });
    expect(record.lifetime.knownSeconds).toBe(6 * 3600);
    expect(record.lifetime.unknownSeconds).toBe(0);
    const later = fed([600], undefined, {
      intervals,
      start: fed([0, 180], undefined, { intervals }),
    });
    expect([later.record.lifetime.knownSeconds, later.record.mouldIndex.unknownHours]).toEqual([
      6 * 3600,
      0,
    ]);
    const gap = fed([720], undefined, { intervals, start: later });
    expect(gap.record.mouldIndex.unknownHours).toBe(4);
  });

  it('leaves out what comes for an hour that is closed', () => {
    const state = fed(minutes(0, 61));
    const late = { quantity: 'humidity', value: 10, at: 30 * MINUTE_MS } as const;
    expect(accumulate(state, late, MINUTELY)).toBe(state);
  });

  it('goes on after a clock that was a year ahead: nothing is lost, nothing is counted as unknown', () => {
    const year = 365 * 24 * 60;
    const ahead = fed(minutes(year, year + 130));
    const back = goOnFrom(ahead, 5 * MINUTE_MS);
    expect(back.hour).toBeUndefined();
    const after = fed(minutes(5, 61), undefined, { start: back });
    expect(after.record.mould.total).toBeCloseTo((ahead.record.mould.total / 2) * 3, 9);
    expect(after.record.mould.unknownDays).toBe(0);
  });

  it('asks for the same share of an hour as the assessments do', () => {
    expect(HOUR_SHARE_MIN).toBe(shippedKnowledge().thresholds.evidence.hourCompletenessMin);
  });
});

describe('a figure that a rule judges', () => {
  const air = { temperatureC: 20, humidityPercent: 80 };

  it.for([
    ['a sensor of the wall', { surfacesC: [18, 17.4], offsetK: -9 }, 0.956],
    ['the room’s offset', { surfacesC: [], offsetK: -3 }, 0.556],
    [
      'a silent sensor, and an offset that does not replace it',
      { surfacesC: [undefined], offsetK: -3 },
      undefined,
    ],
    ['nothing', { surfacesC: [], offsetK: undefined }, undefined],
  ] as const)('margin to condensation by %s', ([_what, surfaces, margin]) => {
    const found = airFigure('dew_point_margin', air, () => condensationOf({ air, ...surfaces }));
    if (margin === undefined) expect(found).toBeUndefined();
    else expect(found).toBeCloseTo(margin, 2);
  });

  it('is not known of air that is not known', () => {
    const unknown = { temperatureC: undefined, humidityPercent: 80 };
    const condensation = () => condensationOf({ air: unknown, surfacesC: [], offsetK: -3 });
    for (const figure of ['dew_point_margin', 'absolute_humidity', 'lifetime'] as const) {
      expect(airFigure(figure, unknown, condensation)).toBeUndefined();
    }
  });

  it('is 1 for the hour in which mould risk begins anew', () => {
    const before = { ...EMPTY_RECORD, mould: { ...EMPTY_RECORD.mould, total: 0.99 } };
    const after = { ...EMPTY_RECORD, mould: { ...EMPTY_RECORD.mould, events: 1 } };
    expect(recordFigure('mould_risk', after, before)).toBe(1);
    expect(recordFigure('mould_risk', after, after)).toBe(0);
    expect(recordFigure('mould_risk', before, before)).toBe(0.99);
  });

  it.for([
    // side, limit, dead band, value, active, verdict
    ['above', 0.5, 0, 0.5, false, 'met'],
    ['above', 0.5, 0, 0.499, false, 'not-met'],
    ['above', 3, 0.2, 2.9, true, 'met'],
    ['above', 3, 0.2, 2.79, true, 'not-met'],
    ['below', 2, 0.5, 2, false, 'met'],
    ['below', 2, 0.5, 2.1, false, 'not-met'],
    ['below', 2, 0.5, 2.4, true, 'met'],
    ['below', 2, 0.5, 2.6, true, 'not-met'],
    ['below', 2, 0.5, undefined, true, 'cannot-tell'],
  ] as const)('%s %f with dead band %f: %s', ([side, limit, deadBand, value, active, verdict]) => {
    expect(judgeFigure({ side, limit, deadBand }, value, active)).toBe(verdict);
  });

  it('is said with its unit in both languages', () => {
    expect(figureInWords('twpi', 43.7)).toEqual({ zh: '44 年', en: '44 years' });
    expect(figureInWords('dew_point_margin', 1.25)).toEqual({ zh: '1.3 K', en: '1.3 K' });
  });
});
