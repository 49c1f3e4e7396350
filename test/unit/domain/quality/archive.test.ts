import { describe, expect, it } from 'vitest';
import {
  dewPointAgrees,
  loggerZero,
  NEIGHBOURS_DIFFER_MAX,
  neighboursAgree,
} from '../../../../domain/quality/consistency.ts';
import type { Flag, Sample } from '../../../../domain/quality/flags.ts';
import {
  judgeFrozen,
  persistenceOf,
  Run,
  toleranceBelow,
  type PersistenceSettings,
} from '../../../../domain/quality/persistence.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../domain/time.ts';

describe('internal consistency', () => {
  it.each<[number | undefined, number | undefined, number, Flag]>([
    [20, 9.3, 0, 1],
    [20, 20, 0, 1],
    [20, 20.1, 0, 4],
    [20, 20.1, 0.1, 1],
    [undefined, 5, 0, 2],
    [20, NaN, 0, 2],
  ])('%s °C with a dew point of %s °C, slack %d: %d', (...row) => {
    const [temperatureC, dewPointC, slackK, flag] = row;
    const measured = { temperatureC, humidityPercent: undefined, dewPointC };
    expect(dewPointAgrees(measured, slackK)).toBe(flag);
  });

  it.each<[number | undefined, number | undefined, Flag]>([
    [0, 0, 4],
    [-0, 0, 4],
    [0, 30, 1],
    [20, 0, 1],
    [0.1, 0, 1],
    [undefined, 0, 2],
    [0, undefined, 2],
  ])('%s °C and %s %%RH: %d', (temperatureC, humidityPercent, flag) => {
    expect(loggerZero({ temperatureC, humidityPercent })).toBe(flag);
  });
});

describe('neighbours', () => {
  const settings = { differMax: NEIGHBOURS_DIFFER_MAX.temperature, withinMs: 5 * MINUTE_MS };
  const at = (value: number | undefined, minute = 0) => ({ at: minute * MINUTE_MS, value });

  it.each<[string, readonly ReturnType<typeof at>[], Flag]>([
    ['agree at exactly the difference', [at(23.6)], 1],
    ['differ', [at(23.5)], 3],
    ['are absent', [], 2],
    ['are all of another time', [at(20, 6), at(20, -6)], 2],
    ['are just near enough in time', [at(20, 5)], 3],
    ['are missing', [at(undefined)], 2],
    ['are outvoted, one of three wrong', [at(24.5), at(99), at(24.4)], 1],
    ['outvote it', [at(20), at(20.1), at(24.4)], 3],
    ['are two, and the middle counts', [at(23), at(25)], 1],
  ])('of 24.6 °C %s', (_name, neighbours, flag) => {
    expect(neighboursAgree(at(24.6), neighbours, settings)).toBe(flag);
  });

  it('are not asked about a missing value', () => {
    expect(neighboursAgree(at(undefined), [at(20)], settings)).toBe(9);
    expect(NEIGHBOURS_DIFFER_MAX.humidity).toBe(5);
  });
});

describe("the archives' flat line", () => {
  const temperature = { tolerance: toleranceBelow(0.1), gapMs: 2 * HOUR_MS };
  const humidity = { tolerance: toleranceBelow(1), gapMs: 2 * HOUR_MS };
  const runOf = (samples: readonly Sample[], settings: PersistenceSettings): Run => {
    const run = new Run();
    for (const sample of samples) run.add(sample, settings);
    return run;
  };
  const quarters = (count: number, value: (i: number) => number | undefined): readonly Sample[] =>
    Array.from({ length: count }, (_, i) => ({ at: i * 15 * MINUTE_MS, value: value(i) }));
  const flags = (own: readonly Sample[], companion: readonly Sample[]) =>
    persistenceOf(own, companion, { own: temperature, companion: humidity });

  it('lets a sealed room be flat for hours, and suspects only both metrics together after a day', () => {
    const still = quarters(100, () => 18.2);
    const both = flags(
      still,
      quarters(100, () => 45),
    );
    expect(both.slice(0, 96)).toEqual(Array<Flag>(96).fill(1));
    expect(both.slice(96)).toEqual([3, 3, 3, 3]);
    const breathing = quarters(100, (i) => 45 + (i % 9 === 0 ? 1 : 0));
    expect(flags(still, breathing)).toEqual(Array<Flag>(100).fill(1));
  });

  it('can not tell without a companion', () => {
    const found = flags(
      quarters(97, () => 18.2),
      quarters(97, () => undefined),
    );
    expect(found.at(-1)).toBe(2);
  });

  it('begins anew with one digit of movement, and after a gap', () => {
    const moved = runOf(
      quarters(97, (i) => (i === 50 ? 18.3 : 18.2)),
      temperature,
    );
    expect(moved).toMatchObject({ since: 51 * 15 * MINUTE_MS, count: 46 });
    expect(moved.isFrozen(temperature)).toBe(false);
    const still = quarters(97, () => 18.2);
    expect(runOf(still, temperature).isFrozen(temperature)).toBe(true);
    const gap = still.map((s, i) => (i < 50 ? s : { ...s, at: s.at + 3 * HOUR_MS }));
    expect(runOf(gap, temperature).isFrozen(temperature)).toBe(false);
  });

  it('takes exactly the tolerance for movement, and exactly the longest step for none', () => {
    const coarse = { tolerance: 0.5, gapMs: HOUR_MS };
    const step = (at: number, value: number) =>
      runOf(
        [
          { at: 0, value: 18 },
          { at, value },
        ],
        coarse,
      );
    expect(step(HOUR_MS, 18.5)).toMatchObject({ since: HOUR_MS, count: 1 });
    expect(step(HOUR_MS, 18.25)).toMatchObject({ since: 0, count: 2 });
    expect(step(HOUR_MS + 1, 18.25)).toMatchObject({ since: HOUR_MS + 1, count: 1 });
  });

  it('keeps the run through missing values, and takes none that is not newer', () => {
    const first = { at: 10, value: 18.2 };
    const run = runOf([first, { at: 20, value: undefined }, { at: 10, value: 30 }], temperature);
    expect(run).toMatchObject({ since: 10, at: 10, count: 1 });
    const missing = quarters(97, (i) => (i === 40 ? NaN : 18.2));
    const found = flags(
      missing,
      quarters(97, () => 45),
    );
    expect(found[40]).toBe(9);
    expect(found.at(-1)).toBe(3);
  });

  it('proves nothing by a few values, nor in less than a day however it is set', () => {
    const seldom = { ...temperature, gapMs: 13 * HOUR_MS, frozenMs: HOUR_MS };
    const run = (hours: readonly number[]) =>
      runOf(
        hours.map((h) => ({ at: h * HOUR_MS, value: 18.2 })),
        seldom,
      );
    expect(run([0, 12, 24]).isFrozen(seldom)).toBe(false);
    expect(run([0, 12, 24]).isFrozen({ ...seldom, valuesMin: 3 })).toBe(true);
    expect(run([0, 2, 4, 6, 8]).isFrozen({ ...seldom, valuesMin: 3 })).toBe(false);
    expect(run([]).isFrozen(seldom)).toBeUndefined();
  });

  it('lives in numbers that were lent to it', () => {
    const numbers = new Float64Array(7);
    new Run(numbers, 1).addPresent(10, 18.2, temperature);
    expect([...numbers]).toEqual([0, 10, 10, 18.2, 18.2, 1, 0]);
  });

  it.each<[boolean | undefined, readonly (boolean | undefined)[], Flag]>([
    [undefined, [true], 9],
    [false, [true], 1],
    [true, [], 2],
    [true, [undefined], 2],
    [true, [false], 1],
    [true, [false, true], 3],
  ])('frozen %s beside %j: %d', (own, companions, flag) => {
    expect(judgeFrozen(own, companions)).toBe(flag);
  });
});
