import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../domain/alarm.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../domain/time.ts';
import { advance, edgeBetween, elapse, type Tracker } from '../../../alerts/judge/delay.ts';
import { judge, type Circumstances } from '../../../alerts/judge/verdicts.ts';
import { levelsOf, NEIGHBOUR_MS } from '../../../alerts/judge/levels.ts';
import {
  BUCKETS_MAX,
  BUCKET_MS,
  addToWindow,
  rangeOf,
  type Window,
} from '../../../alerts/judge/window.ts';
import { loadKnowledge } from '../../../alerts/index.ts';
import { isSeriesRule, type SeriesRule } from '../../../alerts/rules/rule-types.ts';

const { rules } = loadKnowledge().rules;
/** `/limit`: the band at its limit, without its pre-warning. */
function ruleOf(name: string): SeriesRule {
  const [id, stage] = name.split('/');
  const rule = rules.find((r) => r.id === id);
  if (!rule || !isSeriesRule(rule)) throw new Error(`no series rule ${name}`);
  if (stage === undefined || rule.kind !== 'band') return rule;
  const { preWarning: _, ...atLimit } = rule;
  return atLimit;
}

const citation = { standard: 'x', verification: 'copy' } as const;
const range = {
  metric: 'humidity',
  kind: 'range',
  min: 45,
  max: 60,
  citation,
  origin: 'pack',
  validFrom: 0,
  recordedAt: 0,
} as const;
const base: Circumstances = {
  value: 50,
  range,
  swing: { fromSetPoint: 5, peakToPeak: 10 },
  setPoint: 50,
  window: undefined,
  outOfUse: false,
};

describe('a band', () => {
  it.for([
    ['humidity-high/limit', 60, false, 'not-met'],
    ['humidity-high/limit', 60.1, false, 'met'],
    ['humidity-high/limit', 59.1, true, 'met'],
    ['humidity-high/limit', 59, true, 'not-met'],
    ['humidity-low/limit', 45, false, 'not-met'],
    ['humidity-low/limit', 44.9, false, 'met'],
    ['humidity-low/limit', 45.9, true, 'met'],
    ['humidity-low/limit', 46, true, 'not-met'],
    ['humidity-high', 58, false, 'not-met'],
    ['humidity-high', 58.1, false, 'met'],
    ['humidity-high', 57.1, true, 'met'],
    ['humidity-high', 57, true, 'not-met'],
    ['humidity-low', 47, false, 'not-met'],
    ['humidity-low', 46.9, false, 'met'],
  ] as const)('%s at %d, active %s: %s', ([id, value, active, verdict]) => {
    expect(judge(ruleOf(id), { ...base, value }, active)).toBe(verdict);
  });

  it('warns in a quarter of a narrow span at most', () => {
    const narrow = { ...base, range: { ...range, min: 40, max: 44 } };
    expect(judge(ruleOf('humidity-high'), { ...narrow, value: 43 }, false)).toBe('not-met');
    expect(judge(ruleOf('humidity-high'), { ...narrow, value: 43.1 }, false)).toBe('met');
  });

  it('cannot tell without a limit, and ends what a withdrawn limit began', () => {
    const about = { ...base, value: 99, range: undefined };
    expect(judge(ruleOf('humidity-high'), about, false)).toBe('cannot-tell');
    expect(judge(ruleOf('humidity-high'), about, true)).toBe('not-met');
  });
});

describe('a swing', () => {
  it.each([
    [55, 'not-met'],
    [55.1, 'met'],
    [44.9, 'met'],
  ] as const)('off a set-point of 50: %d is %s', (value, verdict) => {
    expect(judge(ruleOf('humidity-off-set-point'), { ...base, value }, false)).toBe(verdict);
  });

  it('cannot be told off a set-point that nobody named, nor over no readings', () => {
    const about = { ...base, setPoint: undefined, value: 90 };
    expect(judge(ruleOf('humidity-off-set-point'), about, false)).toBe('cannot-tell');
    expect(judge(ruleOf('humidity-daily-range'), about, false)).toBe('cannot-tell');
  });
});

describe('delays', () => {
  const delays = { onMs: 600, offMs: 300, riseMs: 2000 };
  /** `m`, `n`, `?` are verdicts; a number is time that passes. */
  const play = (...events: readonly (Verdict | number)[]): readonly string[] => {
    let tracker: Tracker | undefined;
    let now = 0;
    const edges: string[] = [];
    for (const event of events) {
      if (typeof event === 'number') now += event;
      const elapsed = elapse(tracker, now, delays);
      const next =
        typeof event === 'number'
          ? elapsed
          : advance(elapsed, { verdict: event, at: now, now }, delays);
      for (const edge of [edgeBetween(tracker, elapsed), edgeBetween(elapsed, next)]) {
        if (edge) edges.push(`${edge}@${now}`);
      }
      tracker = next;
    }
    return edges;
  };

  it.each([
    ['begins after the on-delay, not before', ['met', 599, 1] as const, ['begins@600']],
    ['forgets a short one', ['met', 500, 'not-met', 500] as const, []],
    [
      'ends after the off-delay',
      ['met', 600, 'not-met', 299, 1] as const,
      ['begins@600', 'ends@900'],
    ],
    [
      'goes on when it comes back in time',
      ['met', 600, 'not-met', 200, 'met', 900] as const,
      ['begins@600'],
    ],
    ['is not ended by not knowing', ['met', 600, 'cannot-tell', 900] as const, ['begins@600']],
    ['rises when it lasts', ['met', 600, 2000] as const, ['begins@600', 'rises@2600']],
    [
      'counts a delay that ran out before the next value',
      ['met', 700, 'not-met'] as const,
      ['begins@700'],
    ],
  ])('%s', (_, events, edges) => {
    expect(play(...events)).toEqual(edges);
  });
});

describe('the window of a day', () => {
  const one = (value: number) => ({ low: value, high: value });
  const fill = (values: readonly (readonly [at: number, value: number])[]): Window | undefined =>
    values.reduce<Window | undefined>(
      (w, [at, value]) => addToWindow(w, at, one(value)),
      undefined,
    );

  it('forgets what is older than 24 h, and is bounded', () => {
    let window = fill([[0, 10]]);
    for (let at = 0; at <= 2 * DAY_MS; at += 5 * MINUTE_MS)
      window = addToWindow(window, at, one(20));
    expect(rangeOf(window)).toBe(0);
    expect((window?.sealed.length ?? 0) / 3).toBeLessThan(BUCKETS_MAX);
  });

  it('takes a late value at its own time, and none from before the day', () => {
    const window = fill([
      [0, 20],
      [DAY_MS, 20],
    ]);
    expect(rangeOf(window)).toBe(0);
    expect(rangeOf(window && addToWindow(window, DAY_MS - 3 * HOUR_MS, one(25)))).toBe(5);
    expect(window && addToWindow(window, -HOUR_MS, one(99))).toBe(window);
  });

  it.for([
    ['one wrong value makes no range', [50, 50, 80, 50, 50], 0],
    ['one that comes first makes none', [80, 50, 50, 50], 30],
    ['two in a row do', [50, 80, 81, 50], 30],
    ['a slope is seen but for its end', [50, 51, 52, 53, 54, 55], 4],
    ['what jumps each time is no level', [50, 80, 50, 80, 50], 0],
  ] as const)('%s', ([_, values, range]) => {
    let before = { at: -MINUTE_MS, value: Number.NaN };
    let window: Window | undefined;
    for (const [i, value] of values.entries()) {
      const reading = { at: i * 5 * MINUTE_MS, value };
      const levels = levelsOf(reading, before);
      if (levels) window = addToWindow(window, reading.at, levels);
      before = reading;
    }
    expect(rangeOf(window)).toBe(range);
  });

  it('a value whose neighbours are far counts by itself, the same one sent again says nothing', () => {
    const before = { at: 0, value: 50 };
    expect(levelsOf({ at: NEIGHBOUR_MS + 1, value: 60 }, before)).toEqual({ low: 60, high: 60 });
    expect(levelsOf({ at: NEIGHBOUR_MS, value: 60 }, before)).toEqual({ low: 60, high: 50 });
    expect(levelsOf({ at: 0, value: 60 }, before)).toBeUndefined();
  });

  it('says nothing new for a value inside its bucket', () => {
    const window = fill([
      [0, 20],
      [1, 22],
    ]);
    expect(window && addToWindow(window, BUCKET_MS - 1, one(21))).toBe(window);
  });
});
