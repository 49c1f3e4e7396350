import { describe, expect, it } from 'vitest';
import {
  addHourToRecord,
  EMPTY_RECORD,
  type ClimateRecord,
} from '../../../../domain/preservation/climate-record.ts';
import { coverageOf, meanOf } from '../../../../domain/preservation/harmonic-mean.ts';
import { twpiYears } from '../../../../domain/preservation/preservation-index.ts';
import { DAY_MS, HOUR_MS } from '../../../../domain/time.ts';

type Climate = (hour: number) => readonly [t: number | undefined, rh: number | undefined];

/** Hours from..until; the state goes through JSON at every step, as over a restart. */
function live(
  span: readonly [from: number, until: number],
  climate: Climate,
  start = EMPTY_RECORD,
) {
  let record: ClimateRecord = start;
  for (let i = span[0]; i < span[1]; i += 1) {
    const [temperatureC, humidityPercent] = climate(i);
    const next = addHourToRecord(record, { at: i * HOUR_MS, temperatureC, humidityPercent });
    record = JSON.parse(JSON.stringify(next)) as ClimateRecord;
  }
  return record;
}

describe('the record of a room', () => {
  it('knows nothing of TWPI until half a month of humidity, and then the PI of a steady room', () => {
    expect(twpiYears(live([0, 359], () => [20, 50]).twpi)).toBeUndefined();
    const month = live([0, 30 * 24], () => [20, 50]);
    expect(twpiYears(month.twpi)).toBeCloseTo(43.705, 3);
    expect(coverageOf(month.twpi.mean)).toBeCloseTo(361 / 720, 9);
    expect(month.moisture?.minPercent).toBeCloseTo(9.2711, 4);
    expect(month.moisture?.maxPercent).toBeCloseTo(9.2711, 4);
    expect(meanOf(month.lifetime)).toBeCloseTo(1, 9);
    expect(coverageOf(month.lifetime)).toBe(1);
  });

  it('smooths the day away: swings of hours leave PI alone, and lifetime not', () => {
    const swinging = live([0, 60 * 24], (i) => [i % 24 < 12 ? 15 : 25, 50]);
    expect(twpiYears(swinging.twpi)).toBeCloseTo(43.705, 3);
    expect(meanOf(swinging.lifetime)).toBeCloseTo(2 / (1 / 0.5025 + 1 / 2.0418), 2);
    expect(meanOf(swinging.lifetime)).toBeLessThan(0.9);
  });

  it('takes mould risk from the hour itself: six wet days at 25 °C and 85 %RH are about one event', () => {
    const wet = live([0, 5 * 24], () => [25, 85]);
    expect(wet.mould.events).toBe(0);
    expect(wet.mould.total).toBeGreaterThan(0.7);
    expect(live([5 * 24, 8 * 24], () => [25, 85], wet).mould.events).toBe(1);
  });

  it('counts hours that were left out, or not known, and nothing twice', () => {
    const first = live([0, 24], () => [20, 50]);
    const later = addHourToRecord(first, {
      at: 47 * HOUR_MS,
      temperatureC: 20,
      humidityPercent: 50,
    });
    expect(coverageOf(later.lifetime)).toBeCloseTo(25 / 48, 9);
    expect(later.mould.unknownDays).toBeCloseTo(23 / 24, 9);
    expect(later.twpi.mean.unknownSeconds).toBe(48 * 3600);
    const blind = live([24, 48], () => [undefined, NaN], first);
    expect(coverageOf(blind.lifetime)).toBe(0.5);
    expect(addHourToRecord(first, { at: 0, temperatureC: 90, humidityPercent: 50 })).toBe(first);
  });

  it('stays small over years', () => {
    const year = live([0, 400], () => [20.123456, 50.123456]);
    const old = addHourToRecord(year, { at: 5000 * DAY_MS, temperatureC: 20, humidityPercent: 50 });
    expect(JSON.stringify(old).length).toBeLessThan(20_000);
    expect(old.mould.unknownDays).toBeCloseTo(366, 6);
  });
});
