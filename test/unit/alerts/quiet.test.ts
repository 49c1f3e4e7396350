/** The short way of a reading must never be taken where a rule has something to say. */

import { describe, expect, it } from 'vitest';
import { isWithin, NOWHERE_QUIET, quietOf } from '../../../alerts/judge/quiet.ts';
import { judge, type Circumstances } from '../../../alerts/judge/verdicts.ts';
import { rangeOf } from '../../../alerts/judge/window.ts';
import { loadKnowledge } from '../../../alerts/index.ts';
import { isSeriesRule, type SeriesRule } from '../../../alerts/rules/rule-types.ts';
import { createRandom, type Random } from '../../../simulators/random.ts';

const RULES = loadKnowledge().rules.rules.filter(isSeriesRule);
const METRICS = [...new Set(RULES.map((rule) => rule.metric))];
const CASES = 2_000;

const citation = { standard: 'x', verification: 'copy' } as const;

function circumstancesOf(random: Random, metric: SeriesRule['metric']): Circumstances {
  const maybe = <T>(value: T): T | undefined => (random.next() < 0.2 ? undefined : value);
  const min = maybe(random.integer(10, 20));
  const max = maybe(random.integer(20, 30));
  const start = 0;
  const [low, high] = [random.integer(10, 20), random.integer(20, 30)];
  return {
    // Whole numbers often fall on the bounds themselves, where the two ways could differ.
    value: random.next() < 0.3 ? random.integer(0, 1) : random.integer(5, 35),
    range: maybe({
      metric,
      kind: 'range' as const,
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      citation,
      origin: 'pack' as const,
      validFrom: 0,
      recordedAt: 0,
    }),
    swing: maybe({ fromSetPoint: random.integer(1, 5), peakToPeak: random.integer(1, 15) }),
    setPoint: maybe(random.integer(15, 25)),
    window: maybe({ sealed: [], start, min: low, max: high, low, high }),
    outOfUse: random.next() < 0.5,
  };
}

describe.for(METRICS)('%s', (metric) => {
  const rules = RULES.filter((rule) => rule.metric === metric);

  it('is quiet only where no rule says "met"', () => {
    const random = createRandom(20_261, metric);
    let quietCases = 0;
    for (let i = 0; i < CASES; i += 1) {
      const about = circumstancesOf(random, metric);
      if (!isWithin(quietOf(rules, about), about.value, rangeOf(about.window))) continue;
      quietCases += 1;
      for (const rule of rules) expect(judge(rule, about, false), rule.id).not.toBe('met');
    }
    // Both ways were taken.
    expect(quietCases).toBeGreaterThan(CASES / 50);
    expect(quietCases).toBeLessThan(CASES);
  });
});

it('nothing is quiet before it was worked out', () => {
  expect([-1e9, 0, 1e9, NaN].map((value) => isWithin(NOWHERE_QUIET, value, 0))).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

it('no number is not quiet', () => {
  expect(
    isWithin(quietOf([], { range: undefined, swing: undefined, setPoint: undefined }), NaN, 0),
  ).toBe(false);
});
