import { describe, expect, it } from 'vitest';
import type { ColumnBatch } from '../../../domain/ports.ts';
import type { Reading } from '../../../domain/reading.ts';
import { SpoolSeries } from '../../../domain/spool-series.ts';
import { openSpool, packSpool } from '../../../domain/spool.ts';
import { HOUR_MS } from '../../../domain/time.ts';
import { createTouchedHours } from '../../../gateway/forwarder/touched-hours.ts';
import { createDirtyMarks } from '../../../gateway/stores/influx-dirty-marks.ts';
import { createFirstWins } from '../../../gateway/stores/influx-first-wins.ts';
import { readingLine, readingPrefix } from '../../../gateway/stores/influx-lines.ts';
import { RisingWriter } from '../../../gateway/stores/influx-rising.ts';
import { readingAt } from '../../support/readings.ts';

const AT = Math.floor(Date.UTC(2026, 0, 2) / HOUR_MS) * HOUR_MS + 60_000;
const base = readingAt(AT, { room: '库房 一' });
const humid: Reading = { ...base, metric: 'humidity', value: 50 };

/** Knows both series up to `AT`, with the hour marked, unless it is told otherwise. */
async function bench(known: readonly Reading[] = [base, humid]) {
  const nothingStored = { query: () => Promise.resolve() };
  const firstWins = createFirstWins(nothingStored, 'lantai');
  const dirty = createDirtyMarks();
  (await firstWins.plan(known)).remember();
  dirty.set(dirty.missing(known));
  const series = new SpoolSeries();
  const batchOf = (...rows: (readonly Reading[])[]): ColumnBatch => ({
    rows: rows.map(
      (readings) => openSpool(packSpool({ readings, accessEvents: [] }, series)).columns,
    ),
    seriesOf: (number) => series.nameOf(number),
  });
  return { writer: new RisingWriter(firstWins, dirty), firstWins, dirty, batchOf };
}

const later = (reading: Reading, ms: number, more: Partial<Reading> = {}): Reading => ({
  ...reading,
  at: AT + ms,
  receivedAt: AT + ms + 250,
  ...more,
});

const long = (readings: readonly Reading[]): string =>
  readings.map((one) => `${readingLine(readingPrefix(one), one)}\n`).join('');

describe('readings that rise in time', () => {
  it('become the same lines as one by one', async () => {
    const { writer, batchOf } = await bench();
    const first = [
      later(base, 1),
      later(humid, 1, { value: -0.5, quality: 3, flags: ['simulated', 'spike'] }),
      later(base, 2, { value: 1e-7, raw: 1e21 }),
      later(humid, 2, { value: 52, raw: 52 }),
    ];
    const second = [later(base, 3, { receivedAt: AT }), later(base, 4, { value: 123456.789 })];
    const plan = writer.plan(batchOf(first, second));
    expect(Buffer.from(plan?.body ?? []).toString()).toBe(long([...first, ...second]));
  });

  it('become lines of any length of numbers', async () => {
    const { writer, batchOf } = await bench();
    const at = [10, 999_999, 1_000_000, 1_000_001].map((ms) => later(base, 2 * 60_000 + ms));
    const received = [0, 7, 999_999, 1_000_000, 10_000_007, 1_700_000_000_000, 2 ** 53 - 1];
    const readings = received.map((receivedAt, i) => later(base, i + 1, { receivedAt }));
    const plan = writer.plan(batchOf([...readings, ...at]));
    expect(Buffer.from(plan?.body ?? []).toString()).toBe(long([...readings, ...at]));
  });

  it('rise above what was stored, not above what was only planned', async () => {
    const { writer, batchOf } = await bench();
    const batch = batchOf([later(base, 5)]);
    expect(writer.plan(batch)).toBeDefined();
    const again = writer.plan(batch);
    expect(again).toBeDefined();
    again?.remember();
    expect(writer.plan(batch)).toBeUndefined();
    expect(writer.plan(batchOf([later(base, 6)]))).toBeDefined();
  });

  it.each<[string, readonly Reading[]]>([
    ['an equal time', [later(base, 0)]],
    ['an equal time in another room', [later(base, 1), later({ ...base, room: 'r9' }, 1)]],
    ['an earlier one', [later(base, -5)]],
    ['a step back within the batch', [later(base, 2), later(base, 1)]],
    ['a series that this process has not written', [later({ ...base, sensor: 'th-9' }, 1)]],
    ['back-fill', [later(base, 1, { flags: ['historical'] })]],
    ['an hour whose roll-up is not marked', [later(base, HOUR_MS)]],
    ['no finite value', [later(base, 1, { value: Infinity })]],
    ['no finite raw value', [later(base, 1, { raw: -Infinity })]],
    ['a time that is no whole millisecond', [later(base, 1.5)]],
    ['a time of receipt that is none', [later(base, 1, { receivedAt: NaN })]],
    ['a quality that is none', [later(base, 1, { quality: 77 as Reading['quality'] })]],
    ['an empty name', [later({ ...base, sensor: '' }, 1)]],
  ])('with %s go the long way', async (_, doubtful) => {
    const { writer, batchOf } = await bench();
    expect(writer.plan(batchOf([later(humid, 1)], doubtful))).toBeUndefined();
    expect(writer.plan(batchOf([later(humid, 1)]))).toBeDefined();
  });

  it('ask again whether the hour is marked after a roll-up has cleared it', async () => {
    const { writer, dirty, batchOf } = await bench();
    expect(writer.plan(batchOf([later(base, 1)]))).toBeDefined();
    dirty.clear([{ repository: 'sx', sensor: 'th-1', metric: 'temperature', hour: AT - 60_000 }]);
    expect(writer.plan(batchOf([later(base, 1)]))).toBeUndefined();
  });
});

describe('hours that were touched', () => {
  it('are told of columns as of readings, each once until they are rolled up', async () => {
    const { batchOf } = await bench();
    const readings = [later(base, 1), later(humid, 1), later(base, HOUR_MS), later(base, 2)];
    const [one, other] = [createTouchedHours(), createTouchedHours()];
    const told = one.report(readings);
    expect(told).toHaveLength(3);
    expect(other.reportColumns(batchOf(readings))).toEqual(told);
    expect(other.reportColumns(batchOf(readings))).toEqual([]);
    other.forget(told.slice(0, 1));
    expect(other.reportColumns(batchOf(readings))).toEqual(told.slice(0, 1));
  });
});
