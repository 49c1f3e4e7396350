import { expect, it } from 'vitest';
import { inWords, partStates, type PartsSources } from '../../../server/parts.ts';
import type { TickFigures } from '../../../server/tick/news.ts';

const NOW = 1_795_000_000_000;

const calm: TickFigures = {
  commits: 1,
  commitFailures: 0,
  messages: 1,
  readings: 1,
  duplicates: 0,
  nulls: 0,
  quarantined: 0,
  thinned: 0,
  spoolBytes: 0,
  spoolRows: 3,
  failingSince: undefined,
  lastError: undefined,
  thinning: false,
};

const well: PartsSources = {
  broker: () => ({ ok: true, ...inWords('内置', 'embedded') }),
  readings: () => ({ ok: true, name: 'SQLite' }),
  tick: () => calm,
  refusal: () => undefined,
  outbox: () => ({ pending: 0, unrecorded: 0, failed: 0 }),
  clockJump: () => undefined,
  now: () => NOW,
};

const broken: PartsSources = {
  ...well,
  broker: () => ({ ok: false, ...inWords('未连接', 'not connected') }),
  readings: () => ({ ok: false, name: 'SQLite', why: 'disk I/O error' }),
  tick: () => ({ ...calm, failingSince: NOW, lastError: 'disk full', thinning: true }),
  outbox: () => ({ pending: 2, oldest: NOW - 60_001, unrecorded: 0, failed: 0 }),
  clockJump: () => ({ at: NOW, jumpMs: 7_000 }),
};

it.each([
  ['is well', well, true],
  ['is in trouble', broken, false],
])('every part that %s says so, and in both languages', (_, sources, ok) => {
  for (const { part, ok: said, detail, text } of partStates(sources)) {
    expect([part, said]).toEqual([part, ok]);
    expect(text.en, part).toBe(detail);
    // A product's name is the same in every language; a sentence is not.
    if (text.zh !== 'SQLite') expect(text.zh, part).toMatch(/\p{Script=Han}/u);
  }
});

it('keeps the words of the error, whatever the language', () => {
  const texts = new Map(partStates(broken).map(({ part, text }) => [part, text]));
  expect(texts.get('state')?.zh).toContain('disk full');
  expect(texts.get('readings')?.zh).toContain('disk I/O error');
  expect(texts.get('clock')).toEqual({ zh: '跳变 7 秒', en: 'jumped by 7 s' });
});

it('says of a reading store that was not asked yet just that', () => {
  const parts = partStates({ ...well, readings: () => undefined });
  expect(parts.find(({ part }) => part === 'readings')).toMatchObject({
    ok: true,
    detail: 'not asked yet',
  });
});
