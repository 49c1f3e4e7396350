import { describe, expect, it } from 'vitest';
import { dewPointC } from '../../../../domain/preservation/moist-air.ts';
import { PRESERVATION_SOURCES } from '../../../../domain/preservation/sources.ts';
import {
  timeInRange,
  type RangeQuestion,
  type RangeReading,
} from '../../../../domain/preservation/time-in-range.ts';
import { setPointWhatIf, ventilationOf } from '../../../../domain/preservation/what-if.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../domain/time.ts';
import { QUALITY } from '../../../../domain/reading.ts';
import { VERIFICATIONS } from '../../../../domain/limits.ts';

const air = (temperatureC: number, humidityPercent: number) => ({ temperatureC, humidityPercent });

describe('time in range', () => {
  const at = (minute: number, value: number, quality: RangeReading['quality'] = 1) => ({
    at: minute * MINUTE_MS,
    value,
    quality,
  });
  const ask = (readings: readonly RangeReading[], more: Partial<RangeQuestion> = {}) => {
    const found = timeInRange({
      from: 0,
      until: HOUR_MS,
      readings,
      bounds: { min: 45, max: 60 },
      intervalMs: 10 * MINUTE_MS,
      ...more,
    });
    const whole = (more.until ?? HOUR_MS) - (more.from ?? 0);
    expect(found.inRangeMs + found.outOfRangeMs + found.unknownMs).toBe(whole);
    return {
      in: found.inRangeMs / MINUTE_MS,
      out: found.outOfRangeMs / MINUTE_MS,
      unknown: found.unknownMs / MINUTE_MS,
      longestOut: found.longestOutMs / MINUTE_MS,
      coverage: found.coverage,
      share: found.inRangeShare,
    };
  };
  const regular = (...values: readonly number[]) => values.map((v, i) => at(i * 10, v));

  it('lets each reading speak until the next', () => {
    expect(ask(regular(50, 50, 61, 61, 44.9, 60))).toEqual({
      in: 30,
      out: 30,
      unknown: 0,
      longestOut: 30,
      coverage: 1,
      share: 0.5,
    });
  });

  it('knows nothing before the first reading, nor long after the last', () => {
    expect(ask([at(20, 50)])).toMatchObject({ in: 25, unknown: 35, coverage: 25 / 60, share: 1 });
    expect(ask([])).toMatchObject({ unknown: 60, coverage: 0, share: undefined });
  });

  it('hears what was said shortly before the period, and nothing of what comes after', () => {
    expect(ask([at(-5, 70), at(60, 70)])).toMatchObject({ out: 20, unknown: 40 });
    expect(ask([at(-30, 70)])).toMatchObject({ out: 0, unknown: 60 });
  });

  it('a gap breaks both the knowledge and the longest excursion', () => {
    const found = ask([at(0, 70), at(40, 70)]);
    expect(found).toMatchObject({ out: 45, unknown: 15, longestOut: 25 });
  });

  it('a failed reading shows nothing, and a doubtful one proves no excursion', () => {
    const readings = [at(0, 50), at(10, 50, 4), at(20, 99, 3), at(30, 50, QUALITY.suspect)];
    expect(ask([...readings, at(40, 50), at(50, 50)])).toMatchObject({
      in: 40,
      out: 0,
      unknown: 20,
    });
    expect(ask([at(0, NaN), at(10, 50)])).toMatchObject({ in: 25, unknown: 35 });
  });

  it('can not judge without a bound, and takes either bound alone', () => {
    expect(ask(regular(50, 50, 50, 50, 50, 50), { bounds: {} })).toMatchObject({ unknown: 60 });
    expect(ask(regular(1, 1, 1, 1, 1, 61), { bounds: { max: 60 } })).toMatchObject({ out: 10 });
    expect(ask(regular(99, 99, 99, 99, 99, 1), { bounds: { min: 45 } })).toMatchObject({ out: 10 });
  });

  it('takes the last of two readings of one time', () => {
    expect(ask([at(0, 99), at(0, 50), at(10, 50)])).toMatchObject({ in: 35, out: 0 });
  });

  it('has no share of nothing', () => {
    expect(ask([], { until: 0 })).toMatchObject({ coverage: 0, share: undefined });
  });
});

describe('what another set-point would give', () => {
  it('keeps the water: 2 °C lower is more humid, and lasts longer all the same', () => {
    const found = setPointWhatIf(air(20, 45), { temperatureC: 18 });
    if (found.kind !== 'climate') throw new Error(found.kind);
    // e(20) 23.3919 and e(18) 20.647 hPa by the reference formula.
    expect(found.then.humidityPercent).toBeCloseTo((45 * 23.3919) / 20.647, 1);
    expect(found.then.dewPointC).toBeCloseTo(dewPointC(air(20, 45)) ?? NaN, 9);
    expect(found.now.preservationYears).toBeCloseTo(50, 0);
    expect(found.then.preservationYears).toBeGreaterThan(found.now.preservationYears ?? NaN);
    const ratio = (found.then.lifetime ?? NaN) / (found.now.lifetime ?? NaN);
    expect(found.lifetimeRatio).toBeCloseTo(ratio, 9);
    expect(ratio).toBeGreaterThan(1);
    expect(found.then.mould).toEqual({ growth: 'none' });
    expect(found.then.moistureContentPercent).toBeGreaterThan(
      found.now.moistureContentPercent ?? NaN,
    );
  });

  it('says when the air could not hold its water', () => {
    const found = setPointWhatIf(air(20, 60), { temperatureC: 10 });
    expect(found).toEqual({ kind: 'condenses', dewPointC: dewPointC(air(20, 60)) });
  });

  it.each([
    [NaN, 50, 18],
    [20, NaN, 18],
    [20, 50, NaN],
    [20, 50, 51],
    [20, 120, 18],
  ])('knows nothing for %d °C, %d %%RH, set to %d °C', (t, rh, set) => {
    expect(setPointWhatIf(air(t, rh), { temperatureC: set })).toEqual({ kind: 'unknown' });
  });
});

describe('the ventilation window', () => {
  it('cold damp air dries a warm room', () => {
    const found = ventilationOf({ indoor: air(20, 50), outdoor: air(5, 80) });
    expect(found).toMatchObject({ effect: 'dries', condenses: false });
    expect(found?.outdoorGM3).toBeCloseTo(5.438, 1);
    expect(found?.indoorGM3).toBeCloseTo(8.645, 1);
    expect(found?.humidityIndoorsPercent).toBeCloseTo((100 * 6.98) / 23.392, 1);
  });

  it('warm air of less %RH moistens a cool room, and may drip there', () => {
    const found = ventilationOf({ indoor: air(16, 60), outdoor: air(30, 50) });
    expect(found).toMatchObject({ effect: 'moistens', condenses: true });
    expect(found?.humidityIndoorsPercent).toBeGreaterThan(100);
  });

  it('does not judge by less than the sensors can tell', () => {
    expect(ventilationOf({ indoor: air(20, 50), outdoor: air(20, 52) })?.effect).toBe('neither');
    const question = { indoor: air(20, 50), outdoor: air(20, 52), deadBandGKg: 0.1 };
    expect(ventilationOf(question)?.effect).toBe('moistens');
  });

  it('knows nothing without both', () => {
    expect(ventilationOf({ indoor: air(20, NaN), outdoor: air(5, 80) })).toBeUndefined();
    expect(ventilationOf({ indoor: air(20, 50), outdoor: air(5, 180) })).toBeUndefined();
    const question = { indoor: air(20, 50), outdoor: air(5, 80), pressureHPa: 0 };
    expect(ventilationOf(question)).toBeUndefined();
  });
});

it('names a source and how far it was verified for every figure', () => {
  for (const citation of Object.values(PRESERVATION_SOURCES)) {
    expect(citation.standard).not.toBe('');
    expect(VERIFICATIONS).toContain(citation.verification);
  }
  expect(PRESERVATION_SOURCES.mouldDays.verification).toBe('proposal');
});
