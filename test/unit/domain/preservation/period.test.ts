import { describe, expect, it } from 'vitest';
import {
  accumulate,
  EMPTY_ACCUMULATION,
  type Accumulation,
} from '../../../../alerts/preservation/accumulate.ts';
import { climatePairs } from '../../../../domain/preservation/pairs.ts';
import { periodOf, type PeriodQuestion } from '../../../../domain/preservation/period.ts';
import { summaryOf } from '../../../../domain/preservation/summary.ts';
import type { BucketRow } from '../../../../domain/ports.ts';
import type { Sensor } from '../../../../domain/registry.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../domain/time.ts';

const FROM = 20_000 * DAY_MS;

/** Hourly buckets from 30 days before FROM on; `undefined`: no bucket. */
function rows(hours: number, of: (hour: number) => number | undefined, count = 60): BucketRow[] {
  return Array.from({ length: hours + 720 }, (_, i) => i - 720).flatMap((hour) => {
    const value = of(hour);
    const at = FROM + hour * HOUR_MS;
    return value === undefined ? [] : [[at, value, value - 1, value + 1, count, count] as const];
  });
}

function ask(hours: number, more: Partial<PeriodQuestion> = {}) {
  return periodOf({
    from: FROM,
    until: FROM + hours * HOUR_MS,
    stepMs: DAY_MS,
    temperature: { intervalSeconds: 60, rows: rows(hours, () => 20) },
    humidity: { intervalSeconds: 60, rows: rows(hours, () => 50) },
    ...more,
  });
}

describe('a period', () => {
  it('of a steady year gives the PI of its climate, and all its minutes', () => {
    const { summary, minutes, points, columns } = ask(365 * 24);
    expect(summary.twpi?.years).toBeCloseTo(43.705, 2);
    expect(summary).toMatchObject({ knownHours: 8760, unknownHours: 0, smoothedShare: 1 });
    expect(summary.twpi).toMatchObject({ rating: 'poor', coverage: 1 });
    expect(summary.moisture?.maxPercent).toBeCloseTo(9.2711, 3);
    expect(summary.lifetime).toBeCloseTo(1, 6);
    expect(minutes).toEqual({ known: 525_600, all: 525_600 });
    expect(points).toHaveLength(365);
    expect(points[9]?.[0]).toBe(FROM + 9 * DAY_MS);
    expect(points[9]?.[columns.indexOf('dewPoint')]).toBeCloseTo(9.261, 2);
  });

  it('has nothing of itself before it begins: mould counts from there, smoothing looks back', () => {
    const wet = { intervalSeconds: 60, rows: rows(48, (hour) => (hour < 0 ? 95 : 50)) };
    const { summary } = ask(48, { humidity: wet });
    expect(summary.mould).toMatchObject({ total: 0, maximum: 0, events: 0 });
    expect(summary.moisture?.maxPercent).toBeGreaterThan(15);
  });

  it('says what is not known: no bucket, and one with too few readings', () => {
    const half = rows(48, () => 90, 30);
    const gone = rows(48, (hour) => (hour >= 24 ? undefined : 90));
    const few = ask(48, { humidity: { intervalSeconds: 60, rows: half } });
    expect(few.summary).toMatchObject({ knownHours: 0, unknownHours: 48 });
    expect(few.summary.mould.maximum).toBe(0);
    expect(few.minutes).toEqual({ known: 48 * 30, all: 48 * 60 });
    const { summary, minutes, points, columns } = ask(48, {
      humidity: { intervalSeconds: 60, rows: gone },
    });
    expect(summary).toMatchObject({ knownHours: 24, unknownHours: 24 });
    expect(minutes.known).toBe(24 * 60);
    const last = points[1] ?? [];
    expect(last[columns.indexOf('pi')]).toBeNull();
    expect(last[columns.indexOf('dewPoint')]).toBeNull();
    expect(last[columns.indexOf('coverage')]).toBe(0);
    expect(last[columns.indexOf('mouldRisk')]).toBe(points[0]?.[columns.indexOf('mouldRisk')]);
  });

  it('rates one germination as potential, and a second as active', () => {
    const wet = (hours: number) => {
      const humidity = { intervalSeconds: 60, rows: rows(hours, () => 95) };
      const temperature = { intervalSeconds: 60, rows: rows(hours, () => 25) };
      return ask(hours, { humidity, temperature }).summary.mould;
    };
    expect(wet(80)).toMatchObject({ events: 1, rating: 'potential' });
    expect(wet(140)).toMatchObject({ events: 2, rating: 'active' });
  });

  it('is the same as what has added up live from the readings behind it', () => {
    const hours = 24 * 20;
    const climate = (hour: number) => [18 + 6 * Math.sin(hour / 9), 80 + 15 * Math.sin(hour / 50)];
    const gap = (hour: number) => hour > 200 && hour < 230;
    let live: Accumulation = EMPTY_ACCUMULATION;
    for (let minute = 0; minute <= hours * 60; minute += 1) {
      const hour = Math.floor(minute / 60);
      if (gap(hour)) continue;
      const at = FROM + minute * MINUTE_MS;
      const [temperature = NaN, humidity = NaN] = climate(hour);
      for (const [quantity, value] of Object.entries({ temperature, humidity })) {
        const sample = { quantity: quantity as 'humidity', value, at };
        live = accumulate(live, sample, { temperature: 60, humidity: 60 });
      }
    }
    const of = (i: 0 | 1) => ({
      intervalSeconds: 60,
      rows: rows(hours, (hour) => (hour < 0 || gap(hour) ? undefined : climate(hour)[i])),
    });
    const { summary } = ask(hours, { temperature: of(0), humidity: of(1) });
    const found = summaryOf(live.record);
    expect(found.mould.events).toBeGreaterThan(0);
    expect(found.mouldIndex.index).toBeGreaterThan(0);
    expect(summary).toMatchObject({ knownHours: found.knownHours, unknownHours: 29 });
    expect(summary.mould.total).toBeCloseTo(found.mould.total, 9);
    expect(summary.mouldIndex.index).toBeCloseTo(found.mouldIndex.index, 9);
    expect(summary.lifetime).toBeCloseTo(found.lifetime ?? NaN, 9);
    expect(summary.twpi?.years).toBeCloseTo(found.twpi?.years ?? NaN, 9);
  });
});

describe('a summary of what adds up live', () => {
  it('counts the hours since its newest one as unknown, but for the one under way', () => {
    let live: Accumulation = EMPTY_ACCUMULATION;
    for (const hour of [0, 1, 2]) {
      for (let minute = 0; minute < 60; minute += 1) {
        const at = FROM + hour * HOUR_MS + minute * MINUTE_MS;
        live = accumulate(live, { quantity: 'temperature', value: 20, at }, EACH_MINUTE);
        live = accumulate(live, { quantity: 'humidity', value: 50, at }, EACH_MINUTE);
      }
    }
    const at = (hours: number) => summaryOf(live.record, FROM + hours * HOUR_MS);
    expect(at(2.9)).toMatchObject({ knownHours: 2, unknownHours: 0 });
    expect(at(12.5)).toMatchObject({ knownHours: 2, unknownHours: 10 });
  });
});

const EACH_MINUTE = { temperature: 60, humidity: 60 };

describe('pairs of sensors', () => {
  const sensor = (id: string, ...metrics: Sensor['metrics']): Sensor => ({
    repository: 'sx',
    id,
    room: 'r301',
    metrics,
  });
  const pairs = (...sensors: Sensor[]) =>
    climatePairs(sensors).map((pair) => `${pair.humidity.id}+${pair.temperature.id}`);

  it.for([
    ['one that measures both', [sensor('a', 'temperature', 'humidity')], ['a+a']],
    ['one of each', [sensor('t', 'temperature'), sensor('h', 'humidity')], ['h+t']],
    [
      'both, and a lone thermometer that nobody needs',
      [sensor('z', 'temperature'), sensor('b', 'temperature', 'humidity')],
      ['b+b'],
    ],
    [
      'a lone humidity sensor takes the lone thermometer before another’s',
      [sensor('a', 'temperature', 'humidity'), sensor('h', 'humidity'), sensor('t', 'temperature')],
      ['a+a', 'h+t'],
    ],
    ['humidity alone', [sensor('h', 'humidity')], []],
    ['temperature alone', [sensor('t', 'temperature')], []],
  ] as const)('%s', ([_what, sensors, expected]) => {
    expect(pairs(...sensors)).toEqual(expected);
  });
});
