import { describe, expect, it } from 'vitest';
import { qualityThresholds } from '../../../../gateway/intake/thresholds.ts';
import { SensorJudge, Undo, type SeriesJudge } from '../../../../domain/quality/live.ts';
import { spikesOf } from '../../../../domain/quality/spike.ts';
import { qualityOf, TEST } from '../../../../domain/quality/tests.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../../domain/time.ts';
import { chances } from './chances.ts';

const T0 = Date.UTC(2026, 5, 1);
const { spike, rate, flatLine, contradiction, gap, doubt, sensorSpan, expectedSpan } = TEST;

function sensor(intervalSeconds = 60) {
  const undo = new Undo();
  const judge = new SensorJudge(qualityThresholds(), undo);
  judge.reports(intervalSeconds);
  return { undo, judge };
}
const temperature = (intervalSeconds?: number) =>
  sensor(intervalSeconds).judge.series('temperature');

/** What each value fails, one a minute. */
const perMinute = (series: SeriesJudge, values: readonly number[]) =>
  values.map((value, i) => series.judge(value, T0 + i * MINUTE_MS, false));

describe('steps of a temperature, one value a minute', () => {
  it.each<[string, readonly number[], readonly number[]]>([
    ['a single spike is suspect and moves nothing', [20, 40, 20.5], [0, spike, 0]],
    ['a step is real when the next value is near it', [20, 40, 41, 40], [0, spike, 0, 0]],
    ['a small step is none', [20, 21.5, 20], [0, 0, 0]],
    ['a fast change is suspect, and confirmed', [20, 24, 24.5, 24.5], [0, rate, 0, 0]],
    ['the way back is judged like the way there', [24, 20, 20], [0, rate, 0]],
    [
      'what goes on moving fast counts with the third value',
      [20, 24, 28, 32, 36, 40, 44, 44],
      [0, rate, rate, 0, rate, rate, 0, 0],
    ],
    [
      'what jumps to and fro is suspect',
      [20, 40, 0, 40, 0, 20],
      [0, spike, spike, spike, spike, 0],
    ],
    [
      'but not for ever: in the end nothing is known of the last good value',
      [20, 40, 0, 40, 0, 40, 0, 40, 0, 40, 0, 40],
      [0, ...Array<number>(10).fill(spike), 0],
    ],
    ['beyond the sensor it fails and is no neighbour', [20, 900, 20], [0, sensorSpan, 0]],
    ['beyond what is expected', [59, 60.5, 61], [0, expectedSpan, expectedSpan]],
  ])('%s', (_name, values, tests) => {
    expect(perMinute(temperature(), values)).toEqual(tests);
  });

  it('of a slow sensor are judged, too', () => {
    const at = (series: SeriesJudge, quarter: number, value: number) =>
      series.judge(value, T0 + quarter * 15 * MINUTE_MS, false);
    const slow = temperature(900);
    expect([at(slow, 0, 20), at(slow, 1, 40), at(slow, 2, 20)]).toEqual([0, spike, 0]);
    // A sensor of one value a minute that said nothing for a quarter of an hour.
    const fast = temperature(60);
    expect([at(fast, 0, 20), at(fast, 1, 40), at(fast, 2, 20)]).toEqual([0, 0, 0]);
  });

  it('from the past are not judged, and change nothing', () => {
    const series = temperature();
    series.judge(20, T0 + HOUR_MS, false);
    expect(series.judge(60, T0, true)).toBe(0);
    expect(series.judge(900, T0, true)).toBe(sensorSpan);
    expect(series.judge(60, T0 + HOUR_MS, false)).toBe(0);
    expect(series.judge(20, T0 + HOUR_MS + MINUTE_MS, false)).toBe(0);
  });

  it('flags every isolated spike that QARTOD flags, over 300 made-up series', () => {
    let found = 0;
    for (let seed = 1; seed <= 300; seed += 1) {
      const chance = chances(seed);
      let calm = 3;
      const values = Array.from({ length: 60 }, () => {
        const isSpike = calm >= 3 && chance() < 0.1;
        calm = isSpike ? 0 : calm + 1;
        return 20 + chance() + (isSpike ? (chance() - 0.5) * 60 : 0);
      });
      const settings = { suspectAbove: 8, failAbove: 1000, method: 'differential' } as const;
      const late = spikesOf(values, settings);
      const live = perMinute(temperature(), values);
      late.forEach((flag, i) => {
        if (flag !== 3) return;
        found += 1;
        expect([seed, i, live[i]]).toEqual([seed, i, spike]);
      });
    }
    expect(found).toBeGreaterThan(500);
  });

  it('hold a value that lasts back for two values at most, whatever was there before', () => {
    let longest = 0;
    for (let seed = 1; seed <= 500; seed += 1) {
      const chance = chances(seed);
      const series = temperature();
      // A spike or a swing before it, a climb of some minutes, and then it stays.
      const before = Array.from(
        { length: 20 },
        () => 20 + (chance() < 0.2 ? 50 * chance() - 25 : chance()),
      );
      const to = 30 + chance() * 20;
      const climb = Math.floor(chance() * 6);
      const way = Array.from({ length: climb }, (_, i) => 20 + ((to - 20) * (i + 1)) / (climb + 1));
      const values = [...before, 20, 20, ...way, ...Array<number>(10).fill(to)];
      const flags = perMinute(series, values).slice(22);
      let suspects = 0;
      for (const tests of flags) {
        suspects = qualityOf(tests) === 1 ? 0 : suspects + 1;
        longest = Math.max(longest, suspects);
      }
      expect(flags.slice(-8)).toEqual(Array(8).fill(0));
    }
    expect(longest).toBe(2);
  });
});

describe('values beside each other', () => {
  const both = (...values: readonly (readonly [string, number])[]) => {
    const { judge } = sensor();
    const series = new Map(values.map(([metric]) => [metric, judge.series(metric)]));
    return values.map(([metric, value]) => series.get(metric)?.judge(value, T0, false));
  };

  it.each<[string, readonly (readonly [string, number])[], readonly number[]]>([
    [
      'zero beside zero is a lost sensor',
      [
        ['temperature', 0],
        ['humidity', 0],
      ],
      [0, expectedSpan | contradiction],
    ],
    [
      'zero alone may be frost',
      [
        ['temperature', 0],
        ['humidity', 60],
      ],
      [0, 0],
    ],
    [
      'a dew point above the temperature',
      [
        ['temperature', 20],
        ['dew_point', 21],
      ],
      [0, contradiction],
    ],
    [
      'the other way round',
      [
        ['dew_point', 21],
        ['temperature', 20],
      ],
      [0, contradiction],
    ],
    [
      'a dew point within rounding',
      [
        ['temperature', 20],
        ['dew_point', 20.4],
      ],
      [0, 0],
    ],
    [
      'a full battery that says it is low',
      [
        ['battery_low', 1],
        ['battery', 90],
      ],
      [0, doubt],
    ],
    [
      'a poor battery that says it is low',
      [
        ['battery_low', 1],
        ['battery', 12],
      ],
      [0, 0],
    ],
    [
      'a full battery that says it is not low',
      [
        ['battery_low', 0],
        ['battery', 90],
      ],
      [0, 0],
    ],
  ])('%s', (_name, values, tests) => expect(both(...values)).toEqual(tests));

  it('are of one moment, or not compared', () => {
    const { judge } = sensor();
    const [t, h] = [judge.series('temperature'), judge.series('humidity')];
    t.judge(0, T0, false);
    expect(h.judge(0, T0 + 1, false)).toBe(expectedSpan);
  });

  it('are flat together only after a day, and no longer with one digit of movement', () => {
    const { judge } = sensor(900);
    const [t, h] = [judge.series('temperature'), judge.series('humidity')];
    const flags = Array.from({ length: 100 }, (_, i) => {
      const at = T0 + i * 15 * MINUTE_MS;
      return [t.judge(18.2, at, false), h.judge(45, at, false)];
    });
    expect(flags.slice(0, 96).flat()).toEqual(Array(192).fill(0));
    // The humidity of the same message comes after it.
    expect(flags[96]).toEqual([0, flatLine]);
    expect(flags[97]).toEqual([flatLine, flatLine]);
    const next = T0 + 100 * 15 * MINUTE_MS;
    expect([t.judge(18.3, next, false), h.judge(45, next, false)]).toEqual([0, 0]);
  });

  it('of a room whose humidity breathes are never flat, nor is a thermometer alone', () => {
    const { judge } = sensor(900);
    const [t, h] = [judge.series('temperature'), judge.series('humidity')];
    const alone = temperature(900);
    for (let i = 0; i < 300; i += 1) {
      const at = T0 + i * 15 * MINUTE_MS;
      const breath = i % 9 === 0 ? 45.1 : 45;
      const tests = [
        t.judge(18.2, at, false),
        h.judge(breath, at, false),
        alone.judge(18.2, at, false),
      ];
      expect(tests).toEqual([0, 0, 0]);
    }
  });
});

it('a value after a gap is marked, and none the worse', () => {
  const series = temperature();
  const at = [0, 2 * HOUR_MS, 4 * HOUR_MS + SECOND_MS];
  const tests = at.map((ms) => series.judge(20, T0 + ms, false));
  expect(tests).toEqual([0, 0, gap]);
  expect(qualityOf(gap)).toBe(1);
  const daily = temperature(86_400);
  daily.judge(20, T0, false);
  expect(daily.judge(20, T0 + 25 * HOUR_MS, false)).toBe(0);
});

it('a metric without thresholds is never judged', () => {
  const { judge } = sensor();
  const smoke = judge.series('smoke');
  expect(perMinute(smoke, [0, 1, 0, 1, 1])).toEqual([0, 0, 0, 0, 0]);
});

describe('memory', () => {
  /** Calm, spikes, steps, frozen days, gaps and late values, of both metrics. */
  function story(seed: number) {
    const chance = chances(seed);
    let at = T0;
    let level = 20;
    return Array.from({ length: 400 }, (_, i) => {
      const kind = chance();
      const isFrozen = Math.floor(i / 130) % 2 === 1;
      if (!isFrozen && kind < 0.03) level += (chance() - 0.5) * 20;
      const noise = isFrozen ? 0 : chance();
      const odd = !isFrozen && kind > 0.94 ? (chance() - 0.5) * 80 : 0;
      at +=
        chance() < 0.01 ? 5 * HOUR_MS : !isFrozen && chance() < 0.5 ? MINUTE_MS : 14 * MINUTE_MS;
      if (!isFrozen && chance() < 0.05) level += 3 + 4 * chance();
      if (level > 45) level -= 25;
      const historical = kind > 0.9 && kind < 0.92;
      return {
        at: historical ? at - HOUR_MS : at,
        historical,
        values: [level + noise + odd, level + 25 + noise],
      };
    });
  }
  type Judged = ReturnType<typeof story>[number];
  const play = (
    seed: number,
    eachTime: (
      pair: readonly SeriesJudge[],
      undo: Undo,
      again: (one: Judged) => number[],
    ) => readonly SeriesJudge[],
  ) => {
    const { judge, undo } = sensor(840);
    let pair: readonly SeriesJudge[] = [judge.series('temperature'), judge.series('humidity')];
    const take = ({ at, historical, values }: Judged) => {
      undo.begin();
      return pair.map((series, i) => series.judge(values[i] ?? 0, at, historical));
    };
    return story(seed).map((one) => {
      pair = eachTime(pair, undo, take);
      return take(one);
    });
  };
  const seeds = Array.from({ length: 40 }, (_, i) => i + 1);

  it('saved and loaded at any time changes nothing', () => {
    const seen = new Set<number>();
    for (const seed of seeds) {
      const whole = play(seed, (pair) => pair);
      const chance = chances(seed + 1000);
      const cut = play(seed, (pair) => {
        if (chance() > 0.1) return pair;
        const { judge } = sensor(840);
        const next = [judge.series('temperature'), judge.series('humidity')];
        next.forEach((series, i) => {
          series.load(JSON.parse(JSON.stringify(pair[i]?.save())) as (number | null)[]);
        });
        return next;
      });
      expect(cut).toEqual(whole);
      for (const tests of whole.flat()) seen.add(tests);
    }
    expect([...seen]).toEqual(expect.arrayContaining([0, spike, rate, flatLine, gap]));
  });

  it('takes back a message that never happened', () => {
    for (const seed of seeds) {
      const chance = chances(seed + 2000);
      const again = play(seed, (pair, undo, take) => {
        if (chance() < 0.3) {
          const values = [chance() * 60, chance() * 100];
          take({ at: T0 + chance() * 90 * 24 * HOUR_MS, historical: false, values });
          undo.takeBack();
        }
        return pair;
      });
      expect(again).toEqual(play(seed, (pair) => pair));
    }
  });
});
