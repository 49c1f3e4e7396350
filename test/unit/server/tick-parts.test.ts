import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { QuarantineEntry } from '../../../domain/quarantine.ts';
import type { Reading } from '../../../domain/reading.ts';
import { createClockWatch } from '../../../server/tick/clock-watch.ts';
import { QuarantineBook } from '../../../server/tick/quarantine-book.ts';
import { createReserve } from '../../../server/tick/reserve.ts';
import { SpoolLedger } from '../../../server/tick/spool-ledger.ts';
import { Thinning } from '../../../server/tick/thinning.ts';

const folder = mkdtempSync(join(tmpdir(), 'lantai-tick-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the spool ledger', () => {
  const start = () => new SpoolLedger({ entries: [], last: 41, covered: 41 });

  it('goes on counting where the last start ended', () => {
    expect(start().next).toBe(42);
  });

  it.each([
    ['neither stored nor covered', 0, 41, undefined],
    ['stored but not covered', 43, 41, undefined],
    ['covered but not stored', 0, 43, undefined],
    ['stored and covered', 43, 43, 43],
    ['stored further than covered', 43, 42, 42],
  ])('lets rows go that are %s', (...[, settled, covered, upTo]) => {
    const ledger = start();
    ledger.committed({ sequence: 42, bytes: 10 });
    ledger.committed({ sequence: 43, bytes: 20 });
    ledger.settled(settled);
    ledger.coveredUpTo(covered);
    expect(ledger.deletable()).toBe(upTo);
  });

  it('counts its bytes, over a long life', () => {
    const ledger = start();
    for (let i = 0; i < 5000; i += 1) {
      ledger.committed({ sequence: ledger.next, bytes: 7 });
      ledger.deleted(ledger.next - 3);
    }
    expect(ledger.rows).toBe(2);
    expect(ledger.bytes).toBe(14);
  });
});

describe('thinning', () => {
  const reading = (over: Partial<Reading>): Reading => ({
    repository: 'r',
    room: 'a',
    sensor: 's',
    metric: 'temperature',
    value: 20,
    quality: 1,
    at: 0,
    receivedAt: 0,
    ...over,
  });

  /** Chooses and commits. */
  const keep = (thinning: Thinning, readings: readonly Reading[], now: number) => {
    const { kept, committed } = thinning.choose(readings, now);
    committed();
    return kept;
  };

  it('never leaves out what may tell of fire or water', () => {
    const thinning = new Thinning();
    const smoke = [
      reading({ metric: 'smoke', value: 1 }),
      reading({ metric: 'water_leak' }),
      reading({ metric: 'smoke_obscuration', value: 4.2 }),
    ];
    for (let i = 0; i < 3; i += 1) expect(keep(thinning, smoke, i)).toEqual(smoke);
    expect(thinning.total).toBe(0);
  });

  it('keeps one climate reading of a series in ten minutes, and counts the rest', () => {
    const thinning = new Thinning();
    expect(keep(thinning, [reading({}), reading({})], 0)).toHaveLength(1);
    expect(keep(thinning, [reading({ sensor: 'other' })], 1000)).toHaveLength(1);
    expect(keep(thinning, [reading({})], 599_999)).toHaveLength(0);
    expect(keep(thinning, [reading({})], 600_000)).toHaveLength(1);
    expect(thinning.unjournalled).toBe(2);
    thinning.journalled(2);
    expect(thinning).toMatchObject({ unjournalled: 0, total: 2 });
  });

  it('neither counts nor remembers what was not committed', () => {
    const thinning = new Thinning();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(thinning.choose([reading({}), reading({})], attempt).kept).toHaveLength(1);
    }
    expect(thinning).toMatchObject({ unjournalled: 0, total: 0 });
  });

  it('says before the commit what the count will be after it, and goes on from there after a kill', () => {
    const thinning = new Thinning();
    keep(thinning, [reading({}), reading({}), reading({})], 0);
    const { left, committed } = thinning.choose([reading({}), reading({})], 1);
    const after = thinning.countAfter({ left, journalled: false });
    expect(after).toEqual({ total: 4, unjournalled: 4 });
    expect(thinning.countAfter({ left, journalled: true })).toEqual({ total: 4, unjournalled: 2 });
    committed();
    expect(thinning).toMatchObject(after);
    const next = new Thinning(after);
    keep(next, [reading({}), reading({})], 2);
    expect(next).toMatchObject({ total: 5, unjournalled: 5 });
  });
});

describe('the clock watch', () => {
  it.each([
    ['time passing', 1000, 1000, 0],
    ['a slow second of a busy machine', 20_000, 20_000, 0],
    ['a small correction', 5000, 1000, 0],
    ['a jump of a day ahead', 86_401_000, 1000, 86_400_000],
    ['a jump of a day back', -86_399_000, 1000, -86_400_000],
  ])('sees %s', (...[, wall, steady, jumpMs]) => {
    const watch = createClockWatch({ wallAt: 0, steadyMs: 0 });
    expect(watch({ wallAt: wall, steadyMs: steady })).toBe(jumpMs);
  });
});

describe('the reserve', () => {
  it('takes real room, gives it up, and takes it again', () => {
    const path = join(folder, 'reserve');
    const reserve = createReserve(path, 1024 * 1024);
    expect(reserve.held).toBe(true);
    expect(statSync(path).blocks * 512).toBeGreaterThanOrEqual(1024 * 1024);
    reserve.release();
    expect(existsSync(path)).toBe(false);
    expect(reserve.restore()).toBe(true);
    expect(reserve.held).toBe(true);
  });

  it('says that a disk with room is not full, and nothing of a folder that it can not ask', () => {
    expect(createReserve(join(folder, 'room'), 1024).isDiskFull()).toBe(false);
    expect(createReserve(join(folder, 'missing', 'reserve'), 1024).isDiskFull()).toBe(false);
  });
});

describe('the quarantine', () => {
  const entry = (id: string): QuarantineEntry => ({
    id,
    topic: 't',
    at: 0,
    code: 'not-json',
    why: 'w',
    payloadBase64: '',
    payloadBytes: 0,
  });

  it('makes room for the newest by dropping the oldest, only once committed', () => {
    const book = new QuarantineBook(['a', 'b'], 3);
    const first = book.add([entry('c'), entry('d')]);
    expect(first.deletes).toEqual([{ table: 'quarantine', key: 'a' }]);
    // Not committed: the next one starts from what is stored.
    const again = book.add([entry('e')]);
    expect(again.deletes).toEqual([]);
    first.committed();
    expect(book.add([entry('f')]).deletes).toEqual([{ table: 'quarantine', key: 'b' }]);
  });
});
