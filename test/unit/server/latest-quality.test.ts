import { expect, it } from 'vitest';
import { EMPTY_REGISTRY } from '../../../domain/registry.ts';
import type { Reading } from '../../../domain/reading.ts';
import { Latest } from '../../../server/view/latest.ts';

const at = Date.UTC(2026, 5, 1);
const reading = (minute: number, more: Partial<Reading>): Reading => ({
  repository: 'sx',
  room: 'r301',
  sensor: 'th-1',
  metric: 'temperature',
  value: 20,
  quality: 1,
  at: at + minute * 60_000,
  receivedAt: at + minute * 60_000,
  ...more,
});
const shown = (latest: Latest) => latest.sensor('sx.th-1').latest.map((r) => [r.quality, r.failed]);

it('a newest value names the tests it did not pass, over a restart, until a good one comes', () => {
  const latest = new Latest(EMPTY_REGISTRY);
  latest.readings([reading(0, { flags: ['simulated', 'after_gap'] })]);
  expect(shown(latest)).toEqual([[1, undefined]]);
  latest.readings([reading(1, { quality: 3, flags: ['simulated', 'spike', 'implausible'] })]);
  expect(shown(latest)).toEqual([[3, ['implausible', 'spike']]]);
  const again = new Latest(EMPTY_REGISTRY);
  again.restore(latest.snapshot().flatMap((kept) => kept.rows()));
  expect(shown(again)).toEqual([[3, ['implausible', 'spike']]]);
  expect(again.sensor('sx.th-1').latest).toEqual(latest.sensor('sx.th-1').latest);
  again.readings([reading(2, { flags: ['simulated'] })]);
  expect(shown(again)).toEqual([[1, undefined]]);
});
