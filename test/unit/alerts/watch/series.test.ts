import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS, hourOf } from '../../../../domain/time.ts';
import { createRandom } from '../../../../simulators/random.ts';
import { loadKnowledge } from '../../../../alerts/index.ts';
import {
  isSensorRule,
  isWatchRule,
  type SensorRule,
} from '../../../../alerts/rules/watch-rules.ts';
import { judgeHoursOut, judgeMean, judgeRate } from '../../../../alerts/watch/judge-series.ts';
import { NEIGHBOUR_MS } from '../../../../alerts/judge/levels.ts';
import { Entries } from '../../../../alerts/watch/entries.ts';
import {
  GAP_MS,
  MEAN_BUCKET_MS,
  addHours,
  addSample,
  addToMean,
  extremesOf,
  hoursOf,
  meanOf,
} from '../../../../alerts/watch/windows.ts';

const START = 1000 * HOUR_MS;
const { rules } = loadKnowledge().rules;
function ruleOf<K extends SensorRule['kind']>(id: string, kind: K) {
  const rule = rules.find((one) => one.id === id);
  if (!rule || !isWatchRule(rule) || !isSensorRule(rule) || rule.kind !== kind) {
    throw new Error(`no rule ${id}`);
  }
  return rule as Extract<SensorRule, { kind: K }>;
}

/** A value for each minute of `minutes`, by `valueAt`. */
function samples(minutes: number, valueAt: (minute: number) => number, spanMs = 30 * MINUTE_MS) {
  let kept = Entries.none;
  for (let minute = 0; minute <= minutes; minute += 1) {
    kept = addSample(kept, { at: START + minute * MINUTE_MS, value: valueAt(minute) }, spanMs);
  }
  return kept;
}

describe('windows', () => {
  it.each([30, 60, 1440])('samples of %d minutes are bounded', (span) => {
    const kept = samples(3 * span, (minute) => minute, span * MINUTE_MS);
    expect(kept.length).toBeLessThanOrEqual(78);
    const seen = extremesOf(kept, {
      now: START + 3 * span * MINUTE_MS,
      spanMs: span * MINUTE_MS,
    });
    expect(seen?.low).toBeCloseTo(2 * span, -1.5);
  });

  it('say what lists of all that was added say', () => {
    const random = createRandom(7, 'entries');
    const spanMs = 3 * HOUR_MS;
    let [hours, quarters, sampled] = [Entries.none, Entries.none, Entries.none];
    const all: { now: number; lastAt: number; value: number }[] = [];
    const taken: { now: number; value: number }[] = [];
    let [lastAt, now] = [START, START];
    for (let look = 0; look < 1_000; look += 1) {
      now += random.next() < 0.02 ? random.integer(1, 200) * MINUTE_MS : MINUTE_MS;
      const value = random.integer(-9, 9);
      // What was computed and never applied leaves nothing behind.
      addHours(hours, { now, lastAt, isOut: value <= 0 }, spanMs);
      addToMean(quarters, { now, value: 99 }, spanMs);
      addSample(sampled, { at: now, value: -99 }, spanMs);
      hours = addHours(hours, { now, lastAt, isOut: value > 0 }, spanMs);
      quarters = addToMean(quarters, { now, value }, spanMs);
      sampled = addSample(sampled, { at: now, value }, spanMs);
      all.push({ now, lastAt, value });
      lastAt = now;
      const from = now - spanMs + HOUR_MS;
      const inHours = all.filter((one) => hourOf(one.now) >= from);
      const known = inHours.filter((one) => one.now - one.lastAt <= GAP_MS);
      const knownMs = known.reduce((sum, one) => sum + one.now - one.lastAt, 0);
      const outMs = known.reduce((sum, one) => sum + (one.value > 0 ? one.now - one.lastAt : 0), 0);
      expect(hoursOf(hours, from)).toEqual({ outMs, knownMs });
      expect(hours.sum).toBeGreaterThanOrEqual(outMs);
      if (now - (taken.at(-1)?.now ?? -Infinity) >= 2.5 * MINUTE_MS) taken.push({ now, value });
      const levels = taken.flatMap((one, i) => {
        const [before, after] = [taken[i - 1], taken[i + 1]];
        const beside = [before, after].find(
          (it) => it && Math.abs(it.now - one.now) <= NEIGHBOUR_MS,
        );
        const pair = beside ? [one.value, beside.value] : [one.value];
        return one.now < now - spanMs ? [] : [{ low: Math.max(...pair), high: Math.min(...pair) }];
      });
      expect(extremesOf(sampled, { now, spanMs })).toMatchObject({
        low: Math.min(...levels.map((one) => one.low)),
        high: Math.max(...levels.map((one) => one.high)),
      });
      const inSpan = taken.filter((one) => one.now >= now - spanMs).map((one) => one.value);
      expect(sampled.low).toBeLessThanOrEqual(Math.min(...inSpan));
      expect(sampled.high).toBeGreaterThanOrEqual(Math.max(...inSpan));
      const quarterOf = (at: number) => Math.floor(at / MEAN_BUCKET_MS) * MEAN_BUCKET_MS;
      const means = [...Map.groupBy(all, (one) => quarterOf(one.now))].filter(([at]) => at >= from);
      const sums = means.map(
        ([, list]) => list.reduce((sum, one) => sum + one.value, 0) / list.length,
      );
      expect(meanOf(quarters, from)?.quarters).toBe(means.length);
      expect(meanOf(quarters, from)?.mean).toBeCloseTo(
        sums.reduce((sum, mean) => sum + mean, 0) / sums.length,
        9,
      );
      const kept = [hours.length, quarters.length, sampled.length];
      expect(Math.max(...kept)).toBeLessThan(70);
      if (look % 97 === 0) {
        hours = Entries.fromList(hours.toList(3), 3);
        quarters = Entries.fromList(quarters.toList(3), 3);
        sampled = Entries.fromList(sampled.toList(2), 2);
      }
    }
  });

  it('hours are bounded, and a gap adds nothing', () => {
    let hours = Entries.none;
    for (let minute = 1; minute <= 100 * 60; minute += 1) {
      const now = START + minute * MINUTE_MS;
      hours = addHours(hours, { now, lastAt: now - MINUTE_MS, isOut: true }, 24 * HOUR_MS);
    }
    expect(hours.length).toBeLessThanOrEqual(25);
    const late = START + 200 * HOUR_MS;
    const look = { now: late, lastAt: late - GAP_MS - 1, isOut: true };
    expect(addHours(hours, look, 24 * HOUR_MS)).toBe(hours);
    expect(hoursOf(Entries.fromList([START, 60_000, 120_000], 3), START)).toEqual({
      outMs: 60_000,
      knownMs: 120_000,
    });
  });

  it('a mean gives each quarter of an hour the same weight', () => {
    let quarters = Entries.none;
    for (const [minute, value] of [
      [0, 10],
      [1, 10],
      [2, 10],
      [15, 20],
    ] as const) {
      const now = START + minute * MINUTE_MS;
      quarters = addToMean(quarters, { now, value }, 24 * HOUR_MS);
    }
    expect(meanOf(quarters, START)).toEqual({ mean: 15, quarters: 2 });
    expect(meanOf(Entries.none, START)).toBeUndefined();
  });

  it('move with the clock, their figures do not', () => {
    expect(Entries.fromList([1, 2, 3, 4], 2).shifted(10).toList(2)).toEqual([11, 2, 13, 4]);
    const hours = Entries.fromList([1, 2, 3, 4, 5, 6], 3);
    expect(hours.shifted(10).toList(3)).toEqual([11, 2, 3, 14, 5, 6]);
    expect(hours.toList(3)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe('a change', () => {
  const rule = ruleOf('humidity-fast-rise', 'rate');
  const ask = (minutes: number, valueAt: (minute: number) => number, active = false) => {
    const now = START + minutes * MINUTE_MS;
    const kept = samples(minutes, valueAt);
    return judgeRate(rule, { kept, value: valueAt(minutes), now, limit: rule.limit, active });
  };

  it.for([
    ['steady', 60, () => 50, 'not-met'],
    ['rising slowly', 60, (m: number) => 40 + m * 0.3, 'not-met'],
    ['rising by just the limit', 30, (m: number) => 40 + m * 0.4, 'not-met'],
    ['rising fast', 60, (m: number) => 20 + m * 0.5, 'met'],
    ['falling fast', 60, (m: number) => 80 - m, 'not-met'],
    ['seen for too short', 20, () => 50, 'cannot-tell'],
    ['too much already in a short time', 5, (m: number) => 40 + m * 5, 'met'],
    ['one wrong value', 60, (m: number) => (m === 50 ? 90 : 50), 'not-met'],
    ['one wrong value just now', 60, (m: number) => (m === 60 ? 90 : 50), 'not-met'],
    ['one that was too low', 60, (m: number) => (m === 55 ? 20 : 50), 'not-met'],
    ['two in a row', 60, (m: number) => (m >= 59 ? 90 : 50), 'met'],
    ['a jump that has gone out of the span', 60, (m: number) => (m < 20 ? 30 : 60), 'not-met'],
  ] as const)('%s', ([_, minutes, valueAt, verdict]) => {
    expect(ask(minutes, valueAt).verdict).toBe(verdict);
  });

  it('is over below the dead band only', () => {
    const slope = (total: number) => (minute: number) =>
      40 + (total / 30) * Math.max(0, minute - 30);
    expect(ask(60, slope(11.5), true).verdict).toBe('met');
    expect(ask(60, slope(11), true).verdict).toBe('not-met');
  });

  it('can not be told without a value, and a limit that is not there limits nothing', () => {
    const look = { kept: samples(60, () => 50), now: START + HOUR_MS, active: false };
    expect(judgeRate(rule, { ...look, value: undefined, limit: 12 }).verdict).toBe('cannot-tell');
    expect(judgeRate(rule, { ...look, value: 50, limit: undefined }).verdict).toBe('cannot-tell');
    const active = { ...look, value: 50, limit: undefined, active: true };
    expect(judgeRate(rule, active).verdict).toBe('not-met');
  });
});

describe('hours out of range', () => {
  const rule = ruleOf('humidity-hours-out-day', 'hours-out');
  /** So many hours out, in and unseen, in this order, up to now. */
  const ask = (out: number, within: number, unseen: number) => {
    let kept = Entries.none;
    const minutes = (out + within) * 60;
    for (let minute = 1; minute <= minutes; minute += 1) {
      const now = START + minute * MINUTE_MS;
      const isOut = minute <= out * 60;
      kept = addHours(kept, { now, lastAt: now - MINUTE_MS, isOut }, 24 * HOUR_MS);
    }
    return judgeHoursOut(rule, { kept, now: START + minutes * MINUTE_MS + unseen * HOUR_MS });
  };

  it.for([
    [5, 18, 0, 'not-met', 5],
    [6, 17, 0, 'met', 6],
    [1, 0, 0, 'cannot-tell', 1],
    [5, 0, 18, 'cannot-tell', 5],
    [0, 0, 20, 'cannot-tell', 0],
    [6, 0, 10, 'met', 6],
    [6, 40, 0, 'not-met', 0],
  ] as const)('%d h out, %d in, %d unseen: %s', ([out, within, unseen, verdict, hours]) => {
    const judged = ask(out, within, unseen);
    expect(judged.verdict).toBe(verdict);
    expect(judged.value).toBeCloseTo(hours, 1);
  });
});

describe('a mean', () => {
  const rule = ruleOf('pm25-mean', 'mean');
  const ask = (hoursSeen: number, value: number, active = false) => {
    let kept = Entries.none;
    for (let minute = 0; minute < hoursSeen * 60; minute += 1) {
      kept = addToMean(kept, { now: START + minute * MINUTE_MS, value }, 24 * HOUR_MS);
    }
    const now = START + hoursSeen * HOUR_MS - MINUTE_MS;
    return judgeMean(rule, { kept, value, now, limit: 50, hours: 24, active });
  };

  it.for([
    [24, 50, false, 'not-met'],
    [24, 50.1, false, 'met'],
    [18, 60, false, 'met'],
    [17, 60, false, 'cannot-tell'],
    [24, 48, true, 'met'],
    [24, 47, true, 'not-met'],
  ] as const)('of %d h at %d, active %s: %s', ([hours, value, active, verdict]) => {
    expect(ask(hours, value, active).verdict).toBe(verdict);
  });
});
