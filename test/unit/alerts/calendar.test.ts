import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, loadCalendar, lookAtCalendar } from '../../../alerts/index.ts';
import { parseCalendar } from '../../../alerts/knowledge/load-calendar.ts';

const calendar = loadCalendar();
const hours = DEFAULT_SETTINGS.openingHours;
const shanghai = { timezone: 'Asia/Shanghai' };
const at = (local: string) => Date.parse(`${local}:00+08:00`);

describe('the calendar of China', () => {
  it.each([
    ['2026-02-13T10:00', true, false, 'a Friday'],
    ['2026-02-14T10:00', true, false, 'a Saturday worked instead'],
    ['2026-02-14T18:00', false, false, 'its hours are those of a weekday'],
    ['2026-02-15T10:00', false, true, 'Spring Festival begins'],
    ['2026-02-23T10:00', false, true, 'a Monday of Spring Festival'],
    ['2026-02-24T10:00', true, false, 'the first day after it'],
    ['2026-10-10T09:00', true, false, 'a Saturday worked for National Day'],
    ['2026-10-17T09:00', false, true, 'an ordinary Saturday'],
    ['2025-10-08T09:00', false, true, 'the last day of a long National Day'],
    ['2025-01-26T09:00', true, false, 'a Sunday worked instead'],
    ['2027-05-03T09:00', true, false, 'statutory days only, where the notice is not known'],
    ['2030-10-01T09:00', true, false, 'a year of which nothing is known'],
  ])('%s: open %s, day off %s (%s)', (local, open, dayOff) => {
    const look = lookAtCalendar({ repository: shanghai, hours, calendar }, at(local));
    expect(look).toMatchObject({ open, dayOff });
  });

  it('holds as many days as the notices name', () => {
    for (const [year, worked, free] of [
      [2025, 5, 28],
      [2026, 6, 33],
      [2027, 0, 13],
    ] as const) {
      const days = [...calendar.special].filter(([date]) => date.startsWith(`${year}-`));
      expect(days.filter(([, what]) => what === 'workday')).toHaveLength(worked);
      expect(days.filter(([, what]) => what === 'holiday')).toHaveLength(free);
    }
  });

  it('is not asked by a repository that keeps no holidays, nor for its hours by one that has its own', () => {
    const away = { ...shanghai, holidays: 'none' as const };
    const holiday = at('2026-02-16T10:00');
    expect(lookAtCalendar({ repository: away, hours, calendar }, holiday).open).toBe(true);
    const own = { ...shanghai, openingHours: [{ days: [6], from: '09:00', until: '12:00' }] };
    const ask = (local: string) =>
      lookAtCalendar({ repository: own, hours, calendar }, at(local)).open;
    expect([ask('2026-07-04T10:00'), ask('2026-07-03T10:00')]).toEqual([true, false]);
  });

  it('knows the minute and the day of the repository', () => {
    const look = lookAtCalendar({ repository: shanghai, hours, calendar }, at('2026-07-01T00:07'));
    expect(look).toEqual({
      open: false,
      dayOff: false,
      minuteOfDay: 7,
      day: 3,
      date: '2026-07-01',
    });
  });

  const year = (holidays: string, workdays: string) => `version: 1
years:
  - year: 2026
    citation: { standard: x, verification: proposal }
    holidays: [${holidays}]
    workdays: [${workdays}]`;
  const holiday = (from: string, to: string) =>
    `{ name: { zh: 节, en: feast }, from: '${from}', to: '${to}' }`;
  it.each([
    [year(holiday('2026-02-30', '2026-02-30'), ''), 'there is no 2026-02-30'],
    [year(holiday('2026-01-02', '2026-01-01'), ''), '2026-01-01 is before 2026-01-02'],
    [year(holiday('2025-01-01', '2025-01-01'), ''), 'a year that it is not in'],
    [year('', "'2026-01-05'"), '2026-01-05 is no weekend day'],
    [year(holiday('2026-01-01', '2026-01-04'), "'2026-01-04'"), '2026-01-04 is there twice'],
  ])('refuses a file that can not be', (text, why) => {
    expect(() => parseCalendar(text, 'f.yaml')).toThrow(why);
  });
});
