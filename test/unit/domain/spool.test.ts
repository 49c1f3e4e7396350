import { describe, expect, it } from 'vitest';
import { SpoolSeries } from '../../../domain/spool-series.ts';
import { packSpool, unpackSpool, type SpoolContent } from '../../../domain/spool.ts';
import { readingAt } from '../../support/readings.ts';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const base = readingAt(AT);
const event = {
  id: 'sx.d1.1',
  repository: 'sx',
  room: 'r301',
  door: 'd1',
  event: 'granted',
  person: '张三',
  at: AT,
  receivedAt: AT,
} as const;

const there = (content: SpoolContent, series = new SpoolSeries()): SpoolContent =>
  unpackSpool(packSpool(content, series), (number) => series.nameOf(number));

describe('a spool row', () => {
  it('gives back what was put in: values, marks, raw values, doors, deliveries', () => {
    const content: SpoolContent = {
      readings: [
        base,
        { ...base, metric: 'humidity', value: -0, quality: 3, flags: ['spike'] },
        { ...base, sensor: 'th-2', value: 21.5, raw: 21.2, at: AT - 86_400_000 },
        { ...base, sensor: 'th-2', value: 1e-7, raw: 0, flags: ['simulated', 'historical'] },
        { ...base, room: 'r302', value: Number.MAX_VALUE },
      ],
      accessEvents: [event],
      deliveries: [{ source: 'sx.th-1', hash: 7, receivedAt: AT, packetId: 3, connection: 1 }],
    };
    expect(there(content)).toEqual(content);
  });

  it('keeps the values of rows without calibration apart from rows with it', () => {
    const content = { readings: [base, { ...base, at: AT + 1, raw: 20 }], accessEvents: [] };
    const [first, second] = there(content).readings;
    expect(first).not.toHaveProperty('raw');
    expect(second).toHaveProperty('raw', 20);
  });

  it('may hold nothing but doors', () => {
    const content = { readings: [], accessEvents: [event] };
    expect(there(content)).toEqual(content);
  });

  it('is read wherever its bytes lie', () => {
    const series = new SpoolSeries();
    const content = { readings: [base, { ...base, at: AT + 1 }], accessEvents: [] };
    const bytes = packSpool(content, series);
    const moved = new Uint8Array(bytes.length + 3).subarray(3);
    moved.set(bytes);
    expect(unpackSpool(moved, (number) => series.nameOf(number))).toEqual(content);
  });

  it('of the first schema, which was text, is still read', () => {
    const text = `{"readings":[["sx","r301","th-1","temperature",21.3,1,${AT},${AT + 250},null,"simulated,spike"]],"accessEvents":[]}`;
    const { readings } = unpackSpool(text, () => undefined);
    expect(readings).toEqual([{ ...base, flags: ['simulated', 'spike'] }]);
  });

  it.each([
    ['cut off in its head', (bytes: Uint8Array) => bytes.subarray(0, 9), /cut off/],
    ['cut off in its columns', (bytes: Uint8Array) => bytes.subarray(0, 40), /cut off/],
    ['of another format', (bytes: Uint8Array) => bytes.with(0, 9), /not known/],
    ['with a broken tail', (bytes: Uint8Array) => bytes.with(bytes.length - 1, 9), /JSON/],
  ])('%s is refused with a reason', (_, broken, why) => {
    const series = new SpoolSeries();
    const bytes = packSpool({ readings: [base], accessEvents: [] }, series);
    expect(() => unpackSpool(broken(new Uint8Array(bytes)), (n) => series.nameOf(n))).toThrow(why);
  });

  it('that names a series nobody knows is refused', () => {
    const bytes = packSpool({ readings: [base], accessEvents: [] }, new SpoolSeries());
    expect(() => unpackSpool(bytes, () => undefined)).toThrow('series 0');
  });
});

describe('the numbers of series', () => {
  it('are the same for the same series, and another one in another room', () => {
    const series = new SpoolSeries();
    const numbers = [base, { ...base, metric: 'humidity' as const }, base, { ...base, room: 'r9' }];
    expect(numbers.map((reading) => series.numberOf(reading))).toEqual([0, 1, 0, 2]);
    expect(series.nameOf(2)).toMatchObject({ sensor: 'th-1', room: 'r9', metric: 'temperature' });
  });

  it('are to be saved until a commit succeeded, and only those of that commit', () => {
    const series = new SpoolSeries();
    series.numberOf(base);
    const first = series.unsaved;
    series.numberOf({ ...base, sensor: 'th-2' });
    series.saved(first);
    expect(series.unsaved.map((row) => row.sensor)).toEqual(['th-2']);
  });

  it('go on after those that were loaded', () => {
    const before = new SpoolSeries();
    before.numberOf(base);
    const after = new SpoolSeries();
    after.load(before.unsaved);
    expect(after.numberOf({ ...base, sensor: 'th-2' })).toBe(1);
    expect(after.numberOf(base)).toBe(0);
    expect(after.unsaved.map((row) => row.number)).toEqual([1]);
  });
});
