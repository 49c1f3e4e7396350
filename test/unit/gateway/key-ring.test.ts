import { describe, expect, it } from 'vitest';
import { KeyRing } from '../../../gateway/intake/key-ring.ts';

/** Goal: the ring behaves like a Map in order of arrival whose oldest key falls off. Method: the Map beside it, seeded. */

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

describe('the ring of keys', () => {
  it.each([1, 2, 3, 4, 5])('says what a bounded map would say, seed %d', (seed) => {
    const next = random(seed);
    const ring = new KeyRing(8);
    const map = new Map<number, number>();
    for (let n = 0; n < 2000; n += 1) {
      const at = Math.floor(next() * 20);
      const value = Math.floor(next() * 100);
      if (next() < 0.2) {
        ring.delete(at);
        map.delete(at);
      } else {
        ring.set(at, value);
        map.set(at, value);
        const oldest = map.keys().next();
        if (map.size > 8 && !oldest.done) map.delete(oldest.value);
      }
      expect(ring.newest(Infinity)).toEqual([...map].flat());
      expect(ring.newest(3)).toEqual([...map].slice(-3).flat());
      expect([ring.get(at), ring.has(at), ring.size]).toEqual([map.get(at), map.has(at), map.size]);
    }
  });
});
