import { describe, expect, it } from 'vitest';
import type { PartState } from '../../../domain/api.ts';
import { createPartLook } from '../../../server/live/part-news.ts';

function part(ok: boolean, words: string): PartState {
  return { part: 'broker', ok, detail: words, text: { zh: words, en: words } };
}

function looks() {
  let now = part(true, '8 clients');
  const told: string[] = [];
  const look = createPartLook({
    parts: () => [now],
    tell: ([first]) => told.push(first?.detail ?? ''),
  });
  return { told, look, becomes: (next: PartState) => (now = next) };
}

describe('news of the parts', () => {
  it('are told at the next look when a part breaks, and when it is well again', () => {
    const { told, look, becomes } = looks();
    look();
    becomes(part(false, 'away'));
    look();
    becomes(part(true, 'back'));
    look();
    look();
    expect(told).toEqual(['away', 'back']);
  });

  it('are told seldom when only the words change', () => {
    const { told, look, becomes } = looks();
    for (let i = 1; i <= 20; i += 1) {
      becomes(part(true, `${i} rows`));
      look();
    }
    expect(told).toEqual(['10 rows', '20 rows']);
  });

  it('are not repeated when nothing changed', () => {
    const { told, look } = looks();
    for (let i = 0; i < 40; i += 1) look();
    expect(told).toEqual(['8 clients']);
  });
});
