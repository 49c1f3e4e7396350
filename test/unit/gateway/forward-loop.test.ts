import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReadingStore } from '../../../domain/ports.ts';
import { ForwardLoop } from '../../../gateway/forwarder/forward-loop.ts';
import type { StoreState } from '../../../gateway/forwarder/messages.ts';
import { createTouchedHours } from '../../../gateway/forwarder/touched-hours.ts';

/** A loop with nothing to carry, over a store that answers as it is told. */
function idleLoop(ping: () => ReturnType<ReadingStore['ping']>) {
  const states: string[] = [];
  const store = { name: 'a store', open: () => Promise.resolve(), ping } as unknown as ReadingStore;
  const loop = new ForwardLoop({
    spool: { next: () => undefined, seriesOf: () => undefined, close: () => undefined },
    store,
    hours: createTouchedHours(),
    startAfter: 0,
    onSettled: () => undefined,
    onState: ({ ok, why }: StoreState) => states.push(ok ? 'ok' : (why ?? '')),
    arm: () => undefined,
    chance: () => 1,
  });
  return { states, loop };
}

describe('a reading store that has nothing to take', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => vi.useRealTimers());

  const seconds = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  it('is asked all the same, so that its outage is seen', async () => {
    let away = false;
    const { states, loop } = idleLoop(() =>
      Promise.resolve(away ? { ok: false, why: 'away' } : { ok: true }),
    );
    const running = loop.run();
    await seconds(2);
    away = true;
    await seconds(7);
    expect(states).toEqual(['ok', 'away']);
    away = false;
    await seconds(4);
    expect(states).toEqual(['ok', 'away', 'ok']);
    loop.end();
    await running;
  });

  it('is told as not answering while it is waited for, and as well when it answers', async () => {
    let answer: (state: { ok: boolean }) => void = () => undefined;
    const { states, loop } = idleLoop(() => new Promise((resolve) => (answer = resolve)));
    const running = loop.run();
    await seconds(6);
    expect(states).toEqual(['the reading store has not answered for 5 s']);
    answer({ ok: true });
    await seconds(1);
    expect(states.at(-1)).toBe('ok');
    loop.end();
    await running;
  });
});
