import { describe, expect, it } from 'vitest';
import {
  DEVICE_BURST_SECONDS,
  DEVICE_MESSAGES_PER_SECOND,
  GARBAGE_PER_SECOND_MAX,
  GARBAGE_PER_SECOND_MIN,
} from '../../../domain/bounds.ts';
import { Load, Pace, Paces } from '../../../gateway/broker/pace.ts';

const paceOf = (load = new Load(), messagesPerSecond?: number) =>
  new Pace({ load, messagesPerSecond, nowMs: 0 });

/** How many of `try` a second get through in `seconds`, each asked for before it is sent. */
function sent(pace: Pace, q: { from: number; seconds: number; act: (nowMs: number) => void }) {
  let count = 0;
  for (let nowMs = q.from; nowMs < q.from + q.seconds * 1_000; nowMs += 1) {
    if (pace.waitMs(nowMs) > 0) continue;
    q.act(nowMs);
    count += 1;
  }
  return count;
}

function busy(messagesPerSecond: number): Load {
  const load = new Load();
  for (let i = 0; i < 60; i += 1) {
    for (let j = 0; j < messagesPerSecond / 2; j += 1) load.count();
    load.settle(500);
  }
  return load;
}

describe('the pace of a device', () => {
  it('is its rate, after a burst of ten seconds’ worth', () => {
    const pace = paceOf(new Load(), DEVICE_MESSAGES_PER_SECOND);
    const send = { act: (nowMs: number) => pace.message(nowMs) };
    const first = sent(pace, { from: 0, seconds: 20, ...send });
    const burst = DEVICE_MESSAGES_PER_SECOND * DEVICE_BURST_SECONDS;
    expect(first).toBeGreaterThan(burst + DEVICE_MESSAGES_PER_SECOND * 19);
    expect(first).toBeLessThan(burst + DEVICE_MESSAGES_PER_SECOND * 21);
    const later = sent(pace, { from: 20_000, seconds: 10, ...send });
    expect(later).toBeCloseTo(DEVICE_MESSAGES_PER_SECOND * 10, -2);
  });

  it('has no limit on what is understood where many devices share a name', () => {
    const pace = paceOf();
    for (let i = 0; i < 100_000; i += 1) pace.message(0);
    expect(pace.waitMs(0)).toBe(0);
    expect(pace.bytesNext(0)).toBe(Infinity);
  });

  it.each([
    [0, GARBAGE_PER_SECOND_MAX],
    [20, GARBAGE_PER_SECOND_MAX],
    [100, 200],
    [1_000, 20],
    [10_000, GARBAGE_PER_SECOND_MIN],
  ])('with %i messages a second in the house, lets through %i of garbage', (others, expected) => {
    const pace = paceOf(busy(others));
    const send = { act: (nowMs: number) => pace.refused(20, nowMs) };
    sent(pace, { from: 0, seconds: 30, ...send });
    const later = sent(pace, { from: 30_000, seconds: 20, ...send });
    expect(later / 20).toBeGreaterThan(expected * 0.8);
    expect(later / 20).toBeLessThan(expected * 1.2);
  });

  it('counts a large message that is not understood as many small ones', () => {
    const [small, large] = [paceOf(busy(10_000)), paceOf(busy(10_000))];
    for (let i = 0; i < 50; i += 1) {
      small.refused(100, 0);
      large.refused(1024 * 1024, 0);
    }
    expect(small.waitMs(0)).toBe(0);
    expect(large.waitMs(0)).toBeGreaterThan(5_000);
  });

  it('stays as it is for a gateway with one strange sensor among many good ones', () => {
    const pace = paceOf(busy(10_000));
    for (let nowMs = 0; nowMs < 60_000; nowMs += 10) {
      if (nowMs % 100 === 0) pace.refused(100, nowMs);
      else pace.understood();
      expect(pace.waitMs(nowMs)).toBe(0);
    }
  });

  it('makes up for a flood of a quiet night within seconds when the house is busy', () => {
    const load = new Load();
    const pace = paceOf(load);
    for (let i = 0; i < 3 * GARBAGE_PER_SECOND_MAX * DEVICE_BURST_SECONDS; i += 1) {
      pace.refused(10, 0);
    }
    for (let i = 0; i < 60; i += 1) {
      for (let j = 0; j < 20_000; j += 1) load.count();
      load.settle(500);
    }
    expect(pace.waitMs(1_000)).toBeLessThanOrEqual((DEVICE_BURST_SECONDS + 1) * 1_000);
  });

  it('is kept over a reconnect until it is as good as new', () => {
    const paces = new Paces(new Load());
    const join = (nowMs: number) => paces.join('gw', { messagesPerSecond: undefined, nowMs });
    const pace = join(0);
    for (let i = 0; i < 5_000; i += 1) pace.refused(10, 0);
    paces.leave(pace);
    paces.forget(1_000);
    expect(join(1_000)).toBe(pace);
    paces.leave(pace);
    paces.forget(60_000);
    expect(join(60_000)).not.toBe(pace);
  });
});
