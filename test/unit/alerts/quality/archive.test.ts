import { describe, expect, it } from 'vitest';
import {
  dewPointAgrees,
  loggerZero,
  NEIGHBOURS_DIFFER_MAX,
  neighboursAgree,
} from '../../../../alerts/quality/consistency.ts';
import type { Flag, Sample } from '../../../../alerts/quality/flags.ts';
import {
  addToPersistence,
  isFrozen,
  judgeFrozen,
  persistenceOf,
  toleranceBelow,
  type PersistenceState,
} from '../../../../alerts/quality/persistence.ts';
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
    const states = (samples: readonly Sample[]) =>
      samples.reduce<PersistenceState | undefined>(
        (state, s) => addToPersistence(state, s, temperature),
        undefined,
      );
    const moved = states(quarters(97, (i) => (i === 50 ? 18.3 : 18.2)));
    expect(moved).toMatchObject({ since: 51 * 15 * MINUTE_MS, count: 46 });
    expect(isFrozen(moved, temperature)).toBe(false);
    const still = quarters(97, () => 18.2);
    expect(isFrozen(states(still), temperature)).toBe(true);
    const gap = still.map((s, i) => (i < 50 ? s : { ...s, at: s.at + 3 * HOUR_MS }));
    expect(isFrozen(states(gap), temperature)).toBe(false);
  });

  it('takes exactly the tolerance for movement, and exactly the longest step for none', () => {
    const coarse = { tolerance: 0.5, gapMs: HOUR_MS };
    const first = addToPersistence(undefined, { at: 0, value: 18 }, coarse);
    const step = (at: number, value: number) => addToPersistence(first, { at, value }, coarse);
    expect(step(HOUR_MS, 18.5)).toMatchObject({ since: HOUR_MS, count: 1 });
    expect(step(HOUR_MS, 18.25)).toMatchObject({ since: 0, count: 2 });
    expect(step(HOUR_MS + 1, 18.25)).toMatchObject({ since: HOUR_MS + 1, count: 1 });
  });

  it('keeps the run through missing values, and takes none that is not newer', () => {
    const state = addToPersistence(undefined, { at: 10, value: 18.2 }, temperature);
    expect(addToPersistence(state, { at: 20, value: undefined }, temperature)).toBe(state);
    expect(addToPersistence(state, { at: 10, value: 30 }, temperature)).toBe(state);
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
      hours.reduce<PersistenceState | undefined>(
        (state, h) => addToPersistence(state, { at: h * HOUR_MS, value: 18.2 }, seldom),
        undefined,
      );
    expect(isFrozen(run([0, 12, 24]), seldom)).toBe(false);
    expect(isFrozen(run([0, 12, 24]), { ...seldom, valuesMin: 3 })).toBe(true);
    expect(isFrozen(run([0, 2, 4, 6, 8]), { ...seldom, valuesMin: 3 })).toBe(false);
    expect(isFrozen(undefined, seldom)).toBeUndefined();
  });

  it('state is small JSON', () => {
    const state = addToPersistence(undefined, { at: 10, value: 18.2 }, temperature);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
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
