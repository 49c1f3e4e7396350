import { describe, expect, it } from 'vitest';
import { addToAttenuated, attenuatedWithin } from '../../../../domain/quality/attenuated.ts';
import { addToChange, changesOf } from '../../../../domain/quality/change-by-deviation.ts';
import { NO_RECENT, RECENT_VALUES_MAX } from '../../../../domain/quality/recent.ts';
import type { Flag, Sample } from '../../../../domain/quality/flags.ts';
import {
  addToFlatLine,
  EMPTY_FLAT_LINE,
  flatLinesOf,
} from '../../../../domain/quality/flat-line.ts';
import { addToRate, ratesOf, type RateState } from '../../../../domain/quality/rate-of-change.ts';
import {
  addToSpike,
  endSpike,
  spikesOf,
  type SpikeState,
} from '../../../../domain/quality/spike.ts';
import { addToGap, endGap, gapsOf, type GapState } from '../../../../domain/quality/timing.ts';
import { MINUTE_MS, SECOND_MS } from '../../../../domain/time.ts';
import { chances } from './chances.ts';

/** A series with drift, flat stretches, spikes, missing values, gaps and equal times. */
function seriesOf(seed: number): readonly Sample[] {
  const chance = chances(seed);
  const length = Math.floor(chance() * 60);
  const samples: Sample[] = [];
  let at = 0;
  let level = 20;
  for (let i = 0; i < length; i += 1) {
    const kind = chance();
    if (kind < 0.5) level += Math.round((chance() - 0.5) * 20) / 10;
    const spike = kind > 0.9 ? 30 * (chance() - 0.5) : 0;
    const missing = kind > 0.8 && kind < 0.88;
    samples.push({ at, value: missing ? (chance() < 0.5 ? NaN : undefined) : level + spike });
    const step = chance();
    at += step < 0.05 ? 3 * 60 * MINUTE_MS : step < 0.8 ? MINUTE_MS : step * 5 * MINUTE_MS;
  }
  return samples;
}

/** The state goes through JSON at every step, as over a restart. */
const reread = <T>(state: T): T => JSON.parse(JSON.stringify(state)) as T;

const SEEDS = Array.from({ length: 300 }, (_, i) => i + 1);

describe('a state that goes through JSON at each step gives the flags of the whole, over 300 made-up series', () => {
  it('spike, one sample late', () => {
    const seen = new Set<Flag>();
    for (const method of ['average', 'differential'] as const) {
      const settings = { suspectAbove: 0.8, failAbove: 5, method };
      for (const samples of SEEDS.map(seriesOf)) {
        let state: SpikeState = {};
        const flags: Flag[] = [];
        for (const { value } of samples) {
          const step = addToSpike(state, value, settings);
          state = reread(step.state);
          if (step.settled !== undefined) flags.push(step.settled);
        }
        const last = endSpike(state);
        if (last !== undefined) flags.push(last);
        const batch = spikesOf(
          samples.map((s) => s.value),
          settings,
        );
        expect(flags).toEqual(batch);
        for (const flag of batch) seen.add(flag);
      }
    }
    expect([...seen].sort()).toEqual([1, 2, 3, 4, 9]);
  });

  it('rate of change', () => {
    const settings = { suspectPerSecond: 0.01, failPerSecond: 0.1 };
    const seen = new Set<Flag>();
    for (const ordered of SEEDS.map(seriesOf)) {
      // Some out of order, some of the same time.
      const samples = ordered.map((s, i) => (i % 7 === 3 ? { ...s, at: s.at - MINUTE_MS } : s));
      let state: RateState = {};
      const flags = samples.map((sample) => {
        const step = addToRate(state, sample, settings);
        state = reread(step.state);
        return step.flag;
      });
      const batch = ratesOf(samples, settings);
      expect(flags).toEqual(batch);
      for (const flag of batch) seen.add(flag);
    }
    expect([...seen].sort()).toEqual([1, 2, 3, 4, 9]);
  });

  it('flat line, where the step is given', () => {
    const settings = { suspectSeconds: 240, failSeconds: 400, tolerance: 0.25, stepSeconds: 60 };
    const seen = new Set<Flag>();
    for (const samples of SEEDS.map(seriesOf)) {
      let state = EMPTY_FLAT_LINE;
      const flags = samples.map(({ value }) => {
        const step = addToFlatLine(state, value, settings);
        state = reread(step.state);
        return step.flag;
      });
      expect(state.values.length).toBeLessThanOrEqual(7);
      const batch = flatLinesOf(samples, settings, 60);
      expect(flags).toEqual(batch);
      for (const flag of batch) seen.add(flag);
    }
    expect([...seen].sort()).toEqual([1, 3, 4, 9]);
  });

  it('attenuated signal within a window', () => {
    const seen = new Set<Flag>();
    for (const by of ['range', 'deviation'] as const) {
      const settings = { suspectBelow: 1, failBelow: 0.3, by, windowSeconds: 600, valuesMin: 3 };
      for (const samples of SEEDS.map(seriesOf)) {
        let state = NO_RECENT;
        const flags = samples.map((sample) => {
          const step = addToAttenuated(state, sample, settings);
          state = reread(step.state);
          return step.flag;
        });
        const batch = attenuatedWithin(samples, settings);
        expect(flags).toEqual(batch);
        for (const flag of batch) seen.add(flag);
      }
    }
    expect([...seen].sort()).toEqual([1, 2, 3, 4, 9]);
  });

  it('change by deviation', () => {
    const settings = { deviations: 2, windowSeconds: 900, valuesMin: 4, changeMin: 0.2 };
    const seen = new Set<Flag>();
    for (const samples of SEEDS.map(seriesOf)) {
      let state = NO_RECENT;
      const flags = samples.map((sample) => {
        const step = addToChange(state, sample, settings);
        state = reread(step.state);
        return step.flag;
      });
      const batch = changesOf(samples, settings);
      expect(flags).toEqual(batch);
      for (const flag of batch) seen.add(flag);
    }
    expect([...seen].sort()).toEqual([1, 2, 3, 9]);
  });

  it('time gap, the first with the second', () => {
    const seen = new Set<Flag>();
    for (const samples of SEEDS.map(seriesOf)) {
      let state: GapState = {};
      const flags: Flag[] = [];
      for (const { at } of samples) {
        const step = addToGap(state, at, 1800);
        state = reread(step.state);
        flags.push(...step.settled);
      }
      flags.push(...endGap(state));
      const batch = gapsOf(
        samples.map((s) => s.at),
        1800,
      );
      expect(flags).toEqual(batch);
      for (const flag of batch) seen.add(flag);
    }
    expect([...seen].sort()).toEqual([1, 2, 4]);
  });
});

it('a window that is too dense is bounded, and not evaluated', () => {
  const settings = { suspectBelow: 1, failBelow: 0.5, by: 'range', windowSeconds: 86400 } as const;
  let state = NO_RECENT;
  let flag: Flag = 9;
  const feed = (from: number, count: number) => {
    for (let i = from; i < from + count; i += 1) {
      const step = addToAttenuated(state, { at: i * SECOND_MS, value: i % 5 }, settings);
      ({ state, flag } = step);
    }
  };
  feed(0, RECENT_VALUES_MAX);
  expect(flag).toBe(1);
  feed(RECENT_VALUES_MAX, 10);
  expect(flag).toBe(2);
  expect(state.window).toHaveLength(2 * RECENT_VALUES_MAX);
  feed(2 * 86400, 2);
  expect(flag).toBe(1);
});
