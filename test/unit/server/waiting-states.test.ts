/** What waits for a snapshot must not grow with each commit that fails. */

import { expect, it, vi } from 'vitest';
import { createEngine, loadKnowledge } from '../../../alerts/index.ts';
import { EMPTY_REGISTRY } from '../../../domain/registry.ts';
import { SpoolSeries } from '../../../domain/spool-series.ts';
import { JournalBook } from '../../../server/tick/journal-book.ts';
import { Preparation } from '../../../server/tick/prepare.ts';
import { QuarantineBook } from '../../../server/tick/quarantine-book.ts';
import { SpoolLedger } from '../../../server/tick/spool-ledger.ts';

it('holds each subject once, however often commits fail', () => {
  const rows = vi.fn(() => []);
  const preparation = new Preparation({
    engine: createEngine({ ...loadKnowledge(), registry: EMPTY_REGISTRY, limitChanges: [] }),
    ledger: new SpoolLedger({ entries: [], last: 0, covered: 0 }),
    series: new SpoolSeries(),
    journal: new JournalBook([]),
    quarantine: new QuarantineBook([]),
    newId: () => 'x',
    steadyMs: () => 0,
    snapshotOthers: () => [{ id: 'intake/sx.t1', rows }],
  });
  preparation.snapshotAtOnce();
  for (let failed = 0; failed < 5; failed += 1) preparation.prepare([], 1_000, false);
  rows.mockClear();
  preparation.prepare([], 1_000, false).committed();
  expect(rows).toHaveBeenCalledTimes(1);
});
