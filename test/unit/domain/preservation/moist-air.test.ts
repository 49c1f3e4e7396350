import { describe, expect, it } from 'vitest';
import {
  absoluteHumidityGM3,
  airFault,
  dewPointC,
  frostPointC,
  humidityAtTemperature,
  icePressureHPa,
  marginToColdest,
  mixingRatioGKg,
  saturationPressureHPa,
  specificHumidityGKg,
  vapourPressureHPa,
} from '../../../../domain/preservation/moist-air.ts';

const air = (temperatureC: number, humidityPercent: number) => ({ temperatureC, humidityPercent });
const relative = (found: number | undefined, wanted: number) =>
  Math.abs((found ?? NaN) / wanted - 1);

/** Wagner and Pruss 2002 (IAPWS), reference grade, over water; hPa. */
function wagnerPrussHPa(t: number): number {
  const kelvin = t + 273.15;
  const v = 1 - kelvin / 647.096;
  const terms = [
    [-7.85951783, 1],
    [1.84408259, 1.5],
    [-11.7866497, 3],
    [22.6807411, 3.5],
    [-15.9618719, 4],
    [1.80122502, 7.5],
  ] as const;
  const sum = terms.reduce((all, [c, power]) => all + c * v ** power, 0);
  return 220640 * Math.exp((647.096 / kelvin) * sum);
}

/** Dew point of the reference formula, by bisection. */
function referenceDewPoint(t: number, rh: number): number {
  const vapour = (wagnerPrussHPa(t) * rh) / 100;
  let [low, high] = [-60, 60];
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (wagnerPrussHPa(middle) < vapour) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

// t, RH, e hPa, Td (Wagner-Pruss), Td (Alduchov-Eskridge), AH g/m³, w g/kg dry, q g/kg; water, 1013.25 hPa.
const VECTORS = [
  [0.5, 50, 3.169, -8.718, -8.734, 2.509, 1.951, 1.947],
  [5, 80, 6.98, 1.842, 1.836, 5.438, 4.314, 4.296],
  [10, 50, 6.141, 0.064, 0.047, 4.699, 3.792, 3.778],
  [14, 60, 9.593, 6.367, 6.355, 7.239, 5.945, 5.91],
  [16, 50, 9.093, 5.594, 5.579, 6.815, 5.632, 5.601],
  [18, 50, 10.323, 7.434, 7.421, 7.683, 6.402, 6.361],
  [20, 30, 7.018, 1.916, 1.892, 5.187, 4.338, 4.319],
  [20, 50, 11.696, 9.274, 9.261, 8.645, 7.263, 7.211],
  [20, 60, 14.035, 12.008, 12.0, 10.374, 8.736, 8.66],
  [20, 80, 18.714, 16.447, 16.444, 13.832, 11.703, 11.567],
  [20, 100, 23.392, 20.0, 20.0, 17.29, 14.698, 14.485],
  [22, 45, 11.904, 9.535, 9.522, 8.739, 7.393, 7.339],
  [24, 45, 13.436, 11.348, 11.337, 9.797, 8.358, 8.288],
  [25, 50, 15.849, 13.865, 13.858, 11.519, 9.883, 9.786],
  [25, 80, 25.359, 21.31, 21.309, 18.43, 15.965, 15.714],
  [30, 80, 33.975, 26.169, 26.171, 24.285, 21.578, 21.122],
  [35, 70, 39.403, 28.701, 28.709, 27.708, 25.165, 24.547],
] as const;

describe('moist air, against the reference vectors', () => {
  it.each(VECTORS)('%d °C, %d %%RH', (...row) => {
    const [t, rh, e, td, tdExact, ah, w, q] = row;
    const a = air(t, rh);
    expect(relative(vapourPressureHPa(a), e)).toBeLessThan(0.005);
    expect(Math.abs((dewPointC(a) ?? NaN) - td)).toBeLessThan(0.05);
    expect(Math.abs((dewPointC(a) ?? NaN) - tdExact)).toBeLessThan(0.00051);
    expect(relative(absoluteHumidityGM3(a), ah)).toBeLessThan(0.005);
    expect(relative(mixingRatioGKg(a), w)).toBeLessThan(0.005);
    expect(relative(specificHumidityGKg(a), q)).toBeLessThan(0.005);
  });

  it.each([
    [5, 30, -9.923],
    [4, 35, -8.971],
    [0.5, 50, -7.749],
    [10, 20, -10.639],
  ])('frost point at %d °C, %d %%RH', (t, rh, frost) => {
    expect(Math.abs((frostPointC(air(t, rh)) ?? NaN) - frost)).toBeLessThan(0.05);
  });

  it('gives the frost point at which ice has the same vapour pressure', () => {
    let tested = 0;
    for (let t = -35; t <= 10; t += 1) {
      for (const rh of [20, 50, 80]) {
        const frost = frostPointC(air(t, rh));
        if (frost === undefined) continue;
        expect(relative(icePressureHPa(frost), vapourPressureHPa(air(t, rh)) ?? NaN)).toBeLessThan(
          1e-9,
        );
        tested += 1;
      }
    }
    expect(tested).toBeGreaterThan(100);
  });

  // Wagner-Pruss; the formula's own error is at most 0.41 %.
  it.each([
    [0, 6.1121],
    [5, 8.7253],
    [10, 12.2811],
    [15, 17.0568],
    [20, 23.3919],
    [25, 31.6982],
    [30, 42.4692],
    [40, 73.8511],
  ])('saturation pressure at %d °C', (t, hPa) => {
    expect(relative(saturationPressureHPa(t), hPa)).toBeLessThan(0.0041);
    expect(relative(wagnerPrussHPa(t), hPa)).toBeLessThan(0.00001);
  });

  // ASHRAE 2017, table 3, Pa.
  it.each([
    ['ice', -20, 103.24],
    ['ice', -5, 401.74],
    ['water', 5, 872.6],
    ['water', 25, 3169.7],
    ['water', 50, 12351.3],
  ])('saturation pressure of ASHRAE over %s at %d °C', (over, t, pascal) => {
    const found = over === 'ice' ? icePressureHPa(t) : saturationPressureHPa(t);
    expect(relative((found ?? NaN) * 100, pascal)).toBeLessThan(over === 'ice' ? 0.0005 : 0.0041);
  });

  // ASHRAE table 2, 101325 Pa, kg/kg.
  it.each([
    [5, 0.005425],
    [25, 0.020173],
    [50, 0.086863],
  ])('saturation humidity ratio of ASHRAE at %d °C', (t, ratio) => {
    expect(relative((mixingRatioGKg(air(t, 100)) ?? NaN) / 1000, ratio)).toBeLessThan(0.01);
  });

  it('stays within 0.41 % of Wagner-Pruss from -40 to 50 °C', () => {
    let worst = 0;
    for (let t = -40; t <= 50; t += 0.25) {
      worst = Math.max(worst, relative(saturationPressureHPa(t), wagnerPrussHPa(t)));
    }
    expect(worst).toBeLessThan(0.0042);
    expect(worst).toBeGreaterThan(0.003);
  });

  it.each([
    [40, 0.0445],
    [50, 0.0545],
  ])('gives the dew point of 0 to %d °C within %d K', (tMax, errorMax) => {
    let worst = 0;
    for (let t = 0; t <= tMax; t += 1) {
      for (let rh = 10; rh <= 100; rh += 2) {
        const wanted = referenceDewPoint(t, rh);
        if (wanted < -20) continue;
        worst = Math.max(worst, Math.abs((dewPointC(air(t, rh)) ?? NaN) - wanted));
      }
    }
    expect(worst).toBeLessThan(errorMax);
    expect(worst).toBeGreaterThan(0.04);
  });
});

describe('air that can not be used', () => {
  it.each([
    [NaN, 50, 'temperature-missing'],
    [undefined, 50, 'temperature-missing'],
    [Infinity, 50, 'temperature-missing'],
    [-40.1, 50, 'temperature-out-of-range'],
    [50.1, 50, 'temperature-out-of-range'],
    [20, NaN, 'humidity-missing'],
    [20, undefined, 'humidity-missing'],
    [20, -0.1, 'humidity-out-of-range'],
    [20, 100.1, 'humidity-out-of-range'],
  ] as const)('%s °C, %s %%RH: %s, and no figure', (temperatureC, humidityPercent, fault) => {
    const a = { temperatureC, humidityPercent };
    expect(airFault(a)).toBe(fault);
    for (const figure of [
      vapourPressureHPa,
      dewPointC,
      frostPointC,
      absoluteHumidityGM3,
      mixingRatioGKg,
      specificHumidityGKg,
    ]) {
      expect(figure(a)).toBeUndefined();
    }
    expect(humidityAtTemperature(a, 20)).toBeUndefined();
    expect(marginToColdest(a, [10])).toBeUndefined();
  });

  it('takes the ends of the ranges', () => {
    expect(airFault(air(-40, 0))).toBeUndefined();
    expect(airFault(air(50, 100))).toBeUndefined();
  });

  it('has no dew point for dry air, nor below the range of the formula', () => {
    expect(dewPointC(air(20, 0))).toBeUndefined();
    expect(frostPointC(air(20, 0))).toBeUndefined();
    expect(absoluteHumidityGM3(air(20, 0))).toBe(0);
    expect(dewPointC(air(0, 1))).toBeUndefined();
  });

  it('has no frost point where dew would form, and no ice above 0 °C', () => {
    expect(frostPointC(air(20, 50))).toBeUndefined();
    expect(icePressureHPa(0.1)).toBeUndefined();
    expect(saturationPressureHPa(NaN)).toBeUndefined();
  });

  it('has no mixing ratio at a pressure that is no atmosphere', () => {
    expect(mixingRatioGKg(air(20, 50), 0)).toBeUndefined();
    expect(mixingRatioGKg(air(20, 50), NaN)).toBeUndefined();
    expect(mixingRatioGKg(air(20, 50), 900)).toBeGreaterThan(8);
  });
});

describe('the margin to the coldest surface', () => {
  it('is that of the coldest known surface, and tells of unknown ones', () => {
    const margin = marginToColdest(air(20, 50), [15, 12.261, undefined, NaN]);
    expect(margin?.marginK).toBeCloseTo(3, 2);
    expect(margin).toMatchObject({ kind: 'dew', surfaceC: 12.261, unknownSurfaces: 2 });
  });

  it('is negative where dew is forming', () => {
    expect(marginToColdest(air(20, 80), [10])?.marginK).toBeCloseTo(10 - 16.444, 2);
  });

  it('goes by the frost point on a surface below 0 °C, which is the higher one', () => {
    const margin = marginToColdest(air(0.5, 50), [-8]);
    expect(margin?.kind).toBe('frost');
    expect(margin?.marginK).toBeCloseTo(-8 + 7.749, 1);
    expect(margin?.marginK).toBeLessThan(0);
    expect(-8 - (dewPointC(air(0.5, 50)) ?? NaN)).toBeGreaterThan(0);
  });

  it('is unknown when every surface is', () => {
    expect(marginToColdest(air(20, 50), [])).toBeUndefined();
    expect(marginToColdest(air(20, 50), [undefined])).toBeUndefined();
  });
});

it('keeps the water when air is warmed', () => {
  expect(humidityAtTemperature(air(5, 80), 20)).toBeCloseTo((100 * 6.98) / 23.392, 0);
  expect(humidityAtTemperature(air(20, 50), 5)).toBeGreaterThan(100);
  expect(humidityAtTemperature(air(20, 50), 60)).toBeUndefined();
});

it('has a dew point for saturated air at the end of the range: the temperature itself', () => {
  for (let t = -40; t <= 50; t += 1) expect(dewPointC(air(t, 100))).toBeCloseTo(t, 6);
});
