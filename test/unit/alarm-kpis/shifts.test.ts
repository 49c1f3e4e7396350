import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../domain/time.ts';
import {
  DEFAULT_SHIFTS,
  shiftEndAfter,
  shiftsOf,
  spansOf,
} from '../../../server/alarm-kpis/shifts.ts';

const repository = { id: 'sx', name: '甲馆', timezone: 'Asia/Shanghai' };
const shanghai = (day: number, hour: number) => Date.UTC(2026, 10, day, hour - 8);
const [dayShift, nightShift] = DEFAULT_SHIFTS;

describe('duty shifts', () => {
  it('are the repository’s own, by their own names', () => {
    expect(shiftsOf(repository)).toBeUndefined();
    const shifts = [{ name: '早班', from: '06:00', until: '14:00', days: [1, 2] }];
    expect(shiftsOf({ ...repository, shifts })).toEqual([
      { name: { zh: '早班', en: '早班' }, from: '06:00', until: '14:00', days: [1, 2] },
    ]);
  });

  it('without any of them cover every hour once', () => {
    const period = { from: shanghai(1, 0), until: shanghai(4, 0), timezone: 'Asia/Shanghai' };
    const spans = DEFAULT_SHIFTS.flatMap((shift) => spansOf(shift, period)).sort(
      (a, b) => a.from - b.from,
    );
    expect(spans[0]?.from).toBeLessThanOrEqual(period.from);
    spans.slice(1).forEach((span, i) => expect(span.from).toBe(spans[i]?.until));
    expect(spans.at(-1)?.until).toBeGreaterThanOrEqual(period.until);
  });

  it('begin on their days, and the night before reaches into the period', () => {
    if (!nightShift) throw new Error('there is no night shift');
    // 2026-11-01 is a Sunday; its night ends on Monday at 8.
    const sundays = { ...nightShift, days: [7] };
    const period = { from: shanghai(2, 1), until: shanghai(9, 0), timezone: 'Asia/Shanghai' };
    expect(spansOf(sundays, period)).toEqual([
      { from: shanghai(1, 20), until: shanghai(2, 8) },
      { from: shanghai(8, 20), until: shanghai(9, 8) },
    ]);
  });

  it.each([
    ['in the morning', shanghai(2, 9), shanghai(2, 20)],
    ['at the change itself: the next one', shanghai(2, 20), shanghai(3, 8)],
    ['after midnight', shanghai(3, 1), shanghai(3, 8)],
  ])('end: %s', (_, at, end) => expect(shiftEndAfter(at, repository)).toBe(end));

  it('end as the repository says; one that never comes does not', () => {
    const early = { name: '早班', from: '06:00', until: '14:00' };
    expect(shiftEndAfter(shanghai(2, 9), { ...repository, shifts: [early] })).toBe(shanghai(2, 14));
    expect(shiftEndAfter(shanghai(2, 9), { ...repository, shifts: [] })).toBeUndefined();
  });

  it('of the same hour twice are whole days', () => {
    const always = { name: { zh: '全天', en: 'All day' }, from: '08:00', until: '08:00' };
    const period = { from: shanghai(2, 9), until: shanghai(3, 9), timezone: 'Asia/Shanghai' };
    expect(spansOf(always, period).map((s) => (s.until - s.from) / HOUR_MS)).toEqual([24, 24]);
  });

  it('of the night when clocks go back last an hour longer', () => {
    if (!dayShift || !nightShift) throw new Error('there are no shifts');
    const from = Date.UTC(2026, 9, 24, 12);
    const period = { from, until: from + 24 * HOUR_MS, timezone: 'Europe/Berlin' };
    const hours = (shift: typeof dayShift) =>
      spansOf(shift, period).map((s) => (s.until - s.from) / HOUR_MS);
    expect(hours(nightShift)).toEqual([13]);
    expect(hours(dayShift)).toEqual([12, 12]);
  });
});
