/** A full disk and a locked state store, on real files: fires are told, and stored as soon as it can be. */

import { describe, expect, it } from 'vitest';
import { diskLines, lockedLines, missed } from '../faults/bars.ts';
import { runFullDisk } from '../faults/disk-run.ts';
import { runLocked } from '../faults/locked-run.ts';

const isRoot = process.getuid?.() === 0;
const RUN_MS_MAX = 180_000;

describe('a state store that takes nothing', () => {
  it.skipIf(!isRoot)(
    'tells of fires while the disk is full, and stores them when there is room again (needs root)',
    { timeout: RUN_MS_MAX },
    async (context) => {
      const report = await runFullDisk({
        diskMiB: 192,
        messages: 2_000,
        ratePerSecond: 150,
        sensors: 60,
      });
      if (!report && process.env['CI'] !== 'true') {
        return context.skip('not run: a small file system can not be mounted here');
      }
      if (!report) throw new Error('a small file system can not be mounted here');
      expect(missed(diskLines(report)), report.readings.examples.join('\n')).toEqual([]);
    },
  );

  it(
    'tells of a fire within five seconds while another program holds the store',
    { timeout: RUN_MS_MAX },
    async () => {
      expect(missed(lockedLines(await runLocked({ lockedMs: 6_000 })))).toEqual([]);
    },
  );
});
