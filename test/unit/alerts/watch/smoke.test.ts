import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../domain/time.ts';
import { loadKnowledge } from '../../../../alerts/index.ts';
import { driftTo, judgeSmoke } from '../../../../alerts/watch/judge-smoke.ts';

const rule = loadKnowledge().rules.rules.find((one) => one.id === 'smoke-level-fire');
if (rule?.kind !== 'smoke-level') throw new Error('no rule');
const LEVEL = rule;

/** The baseline after so long, looked at each minute. */
function drift(forMs: number, valueAt: (ms: number) => number, from = 0): number {
  let baseline = from;
  for (let at = 0; at < forMs; at += MINUTE_MS) {
    baseline = driftTo(LEVEL, baseline, { value: valueAt(at), elapsedMs: MINUTE_MS });
  }
  return baseline;
}

describe('the baseline', () => {
  it('follows dust over weeks, and comes back after cleaning', () => {
    const dirty = drift(28 * DAY_MS, () => 1);
    expect(dirty).toBeGreaterThan(0.9);
    expect(dirty).toBeLessThan(1);
    expect(drift(28 * DAY_MS, () => 0, dirty)).toBeLessThan(0.1);
  });

  it('never moves by more than its step a day, nor beyond its bound', () => {
    expect(drift(DAY_MS, () => 1.4)).toBeLessThanOrEqual(0.1);
    expect(drift(300 * DAY_MS, (ms) => Math.min(10, (ms / DAY_MS) * 0.05))).toBeLessThanOrEqual(
      1.5,
    );
  });

  it('hides no fire, however slow: the alarm of a fire over ten hours comes at most 2 % later', () => {
    const growth = 5 / (10 * HOUR_MS);
    let baseline = 0;
    let at = 0;
    for (; growth * at - baseline < 3; at += MINUTE_MS) {
      baseline = driftTo(rule, baseline, { value: growth * at, elapsedMs: MINUTE_MS });
    }
    expect(at).toBeLessThanOrEqual((3 / growth) * 1.02);
  });

  it('stands still in smoke', () => {
    expect(driftTo(rule, 0.2, { value: 1.7, elapsedMs: DAY_MS })).toBe(0.2);
  });
});

describe('a level', () => {
  it.each([
    [2.9, 0, false, 'not-met', false],
    [3, 0, false, 'met', false],
    [3.9, 1, false, 'not-met', false],
    [4, 1, false, 'met', false],
    [2.6, 0, true, 'met', false],
    [2.4, 0, true, 'not-met', false],
    [6, 0, false, 'met', true],
  ] as const)(
    '%d over a baseline of %d, active %s: %s',
    (...[value, baseline, active, verdict, atOnce]) => {
      const judged = judgeSmoke(rule, { value, baseline, active });
      expect(judged).toMatchObject({ verdict, atOnce, limit: baseline + 3 });
    },
  );

  it('can not be told without a value', () => {
    const judged = judgeSmoke(rule, { value: undefined, baseline: 0, active: false });
    expect(judged.verdict).toBe('cannot-tell');
  });
});
