import { describe, expect, it } from 'vitest';
import {
  addToMean,
  coverageOf,
  EMPTY_MEAN,
  meanOf,
} from '../../../../domain/preservation/harmonic-mean.ts';
import { lifetimeOf } from '../../../../domain/preservation/lifetime.ts';
import {
  moistureContentPercent,
  rateMechanicalDamage,
  rateMetalCorrosion,
} from '../../../../domain/preservation/moisture-content.ts';
import {
  addToTwpi,
  EMPTY_TWPI,
  preservationIndexYears,
  ratePreservationIndex,
  rateTwpi,
  twpiYears,
} from '../../../../domain/preservation/preservation-index.ts';
import {
  addHour,
  EMPTY_SMOOTHER,
  smoothed,
  type Smoother,
} from '../../../../domain/preservation/smoothing.ts';
import { DAY_MS, HOUR_MS } from '../../../../domain/time.ts';

const air = (temperatureC: number, humidityPercent: number) => ({ temperatureC, humidityPercent });

// T, RH, PI of IPI's calculator, PI published, PI corrected, EMC of the calculator, EMC of the formula.
const VECTORS = [
  [-20, 60, 9501, 9674.419, 9501.263, 10.8, 10.8013],
  [0, 30, 1170, 1183.558, 1170.166, 6.3, 6.3156],
  [0, 50, 624, 636.664, 623.545, 9.5, 9.5194],
  [5, 30, 569, 575.131, 568.624, 6.3, 6.3251],
  [5, 50, 310, 316.055, 309.542, 9.5, 9.5131],
  [14, 45, 108, 109.653, 107.446, 8.6, 8.6029],
  [14, 60, 71, 71.933, 70.645, 11.2, 11.1627],
  [16, 50, 72, 73.733, 72.214, 9.4, 9.3638],
  [18, 35, 85, 86.279, 84.942, 7.0, 6.998],
  [20, 30, 76, 76.498, 75.632, 6.2, 6.1882],
  [20, 40, 58, 58.426, 57.35, 7.7, 7.7224],
  [20, 50, 44, 44.624, 43.705, 9.3, 9.2711],
  [20, 60, 34, 34.082, 33.472, 11.0, 10.9998],
  [21, 50, 39, 39.443, 38.631, 9.2, 9.2452],
  [24, 45, 31, 31.207, 30.579, 8.4, 8.3858],
  [25, 50, 24, 24.276, 23.776, 9.1, 9.1315],
  [25, 80, 11, 11.121, 11.148, 15.8, 15.8078],
  [30, 80, 6, 6.341, 6.357, 15.5, 15.5478],
  [35, 75, 4, 4.157, 4.138, 13.7, 13.7276],
] as const;

describe('preservation index and moisture content, against the reference vectors', () => {
  it.each(VECTORS)('%d °C, %d %%RH', (...row) => {
    const [t, rh, table, published, corrected, emcTable, emc] = row;
    const a = air(t, rh);
    const found = preservationIndexYears(a, 'corrected');
    // To the last digit given, or a millionth: the term's coefficients are given with six digits.
    const tolerance = Math.max(0.00051, corrected / 1e6);
    expect(Math.abs((found ?? NaN) - corrected)).toBeLessThan(tolerance);
    expect(preservationIndexYears(a, 'published')).toBeCloseTo(published, 3);
    // The calculator gives whole years.
    expect(Math.abs((found ?? NaN) - table)).toBeLessThan(1);
    expect(moistureContentPercent(a)).toBeCloseTo(emc, 4);
    expect(Math.abs((moistureContentPercent(a) ?? NaN) - emcTable)).toBeLessThan(0.05);
  });

  // The calculator rounds to whole degrees and percents first (2.5 to 2 or 3, 27.5 to 28, 32.5 to 33).
  it.each([
    [23, 3, 102, 0.8],
    [28, 74, 9, 13.8],
    [33, 80, 5, 15.4],
    [-13, 33, 7840, 6.6],
  ])('values checked with the calculator itself: %d °C, %d %%RH', (...row) => {
    const [t, rh, years, emc] = row;
    const found = preservationIndexYears(air(t, rh)) ?? NaN;
    expect(Math.abs(found - years)).toBeLessThan(Math.max(1, 0.03 * years));
    expect(Math.abs((moistureContentPercent(air(t, rh)) ?? NaN) - emc)).toBeLessThan(0.051);
  });

  it('is 50 at 20 °C and 45 %RH, by definition', () => {
    expect(preservationIndexYears(air(20, 45))).toBeCloseTo(50, 0);
  });

  it('holds air outside 6 to 95 %RH for the nearest of them, and says no more than 9999 years', () => {
    expect(preservationIndexYears(air(20, 0))).toBe(preservationIndexYears(air(20, 6)));
    expect(preservationIndexYears(air(20, 100))).toBe(preservationIndexYears(air(20, 95)));
    expect(preservationIndexYears(air(-23, 20))).toBe(9999);
  });

  it.each([
    [-23.1, 50],
    [65.1, 50],
    [NaN, 50],
    [20, NaN],
    [20, -1],
    [20, 101],
  ])('has no figure at %d °C, %d %%RH', (t, rh) => {
    expect(preservationIndexYears(air(t, rh))).toBeUndefined();
    expect(preservationIndexYears(air(t, rh), 'published')).toBeUndefined();
    expect(moistureContentPercent(air(t, rh))).toBeUndefined();
  });

  it('has no moisture content below -20 °C, and none in dry air', () => {
    expect(moistureContentPercent(air(-20.5, 50))).toBeUndefined();
    expect(moistureContentPercent(air(20, 0))).toBe(0);
  });
});

describe('ratings', () => {
  it.each([
    [44.9, 'risk'],
    [45, 'ok'],
    [74.9, 'ok'],
    [75, 'good'],
  ])('PI %d is %s', (years, rating) => expect(ratePreservationIndex(years)).toBe(rating));

  it.each([
    [44.9, 'poor'],
    [45, 'ok'],
    [75, 'good'],
    [100, 'good'],
    [100.1, 'excellent'],
  ])('TWPI %d is %s', (years, rating) => expect(rateTwpi(years)).toBe(rating));

  it.each([
    [5, 12.5, 'ok'],
    [4.99, 9, 'risk'],
    [7, 12.51, 'risk'],
  ])('EMC %d to %d %%: mechanical damage %s', (minPercent, maxPercent, rating) => {
    expect(rateMechanicalDamage({ minPercent, maxPercent })).toBe(rating);
  });

  it.each([
    [6.99, 'good'],
    [7, 'ok'],
    [10.5, 'ok'],
    [10.51, 'risk'],
  ])('EMC %d %%: corrosion %s', (max, rating) => expect(rateMetalCorrosion(max)).toBe(rating));
});

describe('TWPI', () => {
  const twpi = (...years: readonly (number | undefined)[]) =>
    twpiYears(years.reduce((state, y) => addToTwpi(state, y, 3600), EMPTY_TWPI));

  it.each([
    [[100, 50], 66.6667, 4],
    [[30, 60, 90, 120], 57.6, 4],
    [[44, 569], 81.6835, 4],
  ])('of %j', (years, wanted, digits) => expect(twpi(...years)).toBeCloseTo(wanted, digits));

  it('weighs each PI by its duration', () => {
    const state = addToTwpi(addToTwpi(EMPTY_TWPI, 100, 3 * 3600), 50, 3600);
    expect(twpiYears(state)).toBeCloseTo(4 / (3 / 100 + 1 / 50), 9);
  });

  it('counts what is not known, and never takes it for something', () => {
    const state = addToTwpi(addToTwpi(EMPTY_TWPI, 100, 3600), undefined, 3 * 3600);
    expect(twpiYears(state)).toBe(100);
    expect(coverageOf(state.mean)).toBe(0.25);
    expect(twpi()).toBeUndefined();
    expect(twpi(undefined)).toBeUndefined();
  });
});

describe('the mean of lifetimes', () => {
  it.each([[NaN], [0], [-1], [Infinity], [undefined]])('holds %s for unknown', (value) => {
    expect(addToMean(EMPTY_MEAN, value, 60)).toEqual({ ...EMPTY_MEAN, unknownSeconds: 60 });
  });

  it.each([[0], [-1], [NaN], [Infinity]])('is not moved by %d seconds', (seconds) => {
    expect(addToMean(EMPTY_MEAN, 1, seconds)).toBe(EMPTY_MEAN);
    expect(coverageOf(EMPTY_MEAN)).toBeUndefined();
  });
});

describe('the lifetime multiplier', () => {
  it.each([
    [20, 50, 1.0, 1.0],
    [25, 50, 0.6178, 0.5025],
    [10, 50, 2.7575, 4.2591],
    [20, 25, 2.4623, 2.4623],
    [20, 40, 1.3365, 1.3365],
    [20, 75, 0.5903, 0.5903],
    [18, 40, 1.628, 1.7717],
    [25, 60, 0.4874, 0.3965],
    [30, 80, 0.2105, 0.1402],
  ])('at %d °C, %d %%RH', (...row) => {
    const [t, rh, varnish, paper] = row;
    expect(lifetimeOf(air(t, rh), 'varnish')?.multiplier).toBeCloseTo(varnish, 4);
    expect(lifetimeOf(air(t, rh), 'paper')?.multiplier).toBeCloseTo(paper, 4);
  });

  it('doubles for five degrees less, and more than doubles for half the humidity', () => {
    const five = lifetimeOf(air(15, 50), 'paper')?.multiplier;
    expect(five).toBeCloseTo(2.04, 2);
    expect(lifetimeOf(air(20, 25), 'paper')?.multiplier).toBeCloseTo(2.46, 2);
  });

  it.each([
    [19.9, false],
    [20, true],
    [60, true],
    [60.1, false],
  ])('at %d %%RH reliable: %s', (rh, reliable) => {
    expect(lifetimeOf(air(20, rh), 'paper')?.reliable).toBe(reliable);
  });

  it.each([
    [20, 0],
    [NaN, 50],
    [20, NaN],
    [66, 50],
    [20, 101],
  ])('has none at %d °C, %d %%RH', (t, rh) => {
    expect(lifetimeOf(air(t, rh), 'paper')).toBeUndefined();
  });

  it('has a period value of 1 / mean(1/LM)', () => {
    const mean = [0.5, 2].reduce((m, lm) => addToMean(m, lm, 3600), EMPTY_MEAN);
    expect(meanOf(mean)).toBeCloseTo(0.8, 9);
  });
});

describe('smoothing before PI', () => {
  const feed = (hours: number, at: (i: number) => [number | undefined, number | undefined]) => {
    let smoother: Smoother = EMPTY_SMOOTHER;
    for (let i = 0; i < hours; i += 1) {
      const [temperatureC, humidityPercent] = at(i);
      smoother = addHour(smoother, { at: i * HOUR_MS, temperatureC, humidityPercent });
    }
    return smoother;
  };

  it('takes the last 24 hours of temperature and the last 30 days of humidity', () => {
    const found = smoothed(feed(31 * 24, (i) => [i < 30 * 24 ? 20 : 10, i < 24 ? 90 : 40]));
    expect(found).toEqual({
      temperatureC: 10,
      humidityPercent: 40,
      temperatureShare: 1,
      humidityShare: 1,
    });
  });

  it('says how much of a window was known, and keeps no more than a window', () => {
    const smoother = feed(48, (i) => [i % 2 === 0 ? 20 : undefined, i === 47 ? NaN : 50]);
    const found = smoothed(smoother);
    expect(found).toMatchObject({ temperatureC: 20, temperatureShare: 0.5, humidityPercent: 50 });
    expect(found.humidityShare).toBeCloseTo(47 / 720, 9);
    expect(smoother.temperatures).toHaveLength(24);
    expect(JSON.parse(JSON.stringify(smoother))).toEqual(smoother);
  });

  it('holds hours that were left out for unknown', () => {
    const smoother = feed(24, () => [20, 50]);
    const later = addHour(smoother, { at: 35 * HOUR_MS, ...air(10, 50) });
    expect(smoothed(later).temperatureShare).toBeCloseTo(13 / 24, 9);
    expect(smoothed(later).temperatureC).toBeCloseTo((12 * 20 + 10) / 13, 9);
    const muchLater = addHour(smoother, { at: 400 * DAY_MS, ...air(10, 50) });
    expect(smoothed(muchLater)).toMatchObject({ temperatureC: 10, humidityShare: 1 / 720 });
    expect(smoothed(EMPTY_SMOOTHER).temperatureC).toBeUndefined();
  });

  it('does not take an hour twice', () => {
    const smoother = feed(24, () => [20, 50]);
    expect(addHour(smoother, { at: 23 * HOUR_MS, ...air(90, 90) })).toBe(smoother);
  });
});
