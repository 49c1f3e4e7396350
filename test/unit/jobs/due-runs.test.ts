import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../domain/time.ts';
import { dueRuns, type Schedule } from '../../../server/jobs/schedule.ts';
import { isTimezone, localDays, localMoment } from '../../../server/jobs/timezone.ts';

const nightly: Schedule = { kind: 'daily', hour: 1, minute: 30 };
const hourly: Schedule = { kind: 'hourly', minute: 5 };

function due(q: {
  readonly schedule: Schedule;
  readonly last: string;
  readonly now: string;
  readonly timezone: string;
}): readonly string[] {
  const runs = dueRuns({
    schedule: q.schedule,
    lastRunAt: Date.parse(q.last),
    now: Date.parse(q.now),
    timezone: q.timezone,
  });
  return runs.map((at) => new Date(at).toISOString().slice(0, 16));
}

describe('due runs', () => {
  it.each<[string, Schedule, string, string, string, readonly string[]]>([
    // [why, schedule, zone, last run, now, due]
    [
      'none before its time',
      nightly,
      'Asia/Shanghai',
      '2026-11-20T17:30Z',
      '2026-11-21T17:29Z',
      [],
    ],
    [
      'one at its time',
      nightly,
      'Asia/Shanghai',
      '2026-11-20T17:30Z',
      '2026-11-21T17:30Z',
      ['2026-11-21T17:30'],
    ],
    ['none right after it ran', nightly, 'UTC', '2026-11-21T01:30Z', '2026-11-21T01:30Z', []],
    [
      'none when the clock stands before',
      nightly,
      'UTC',
      '2026-11-21T01:30Z',
      '2026-11-01T00:00Z',
      [],
    ],
    [
      'every missed one, oldest first',
      nightly,
      'UTC',
      '2026-11-18T01:30Z',
      '2026-11-21T12:00Z',
      ['2026-11-19T01:30', '2026-11-20T01:30', '2026-11-21T01:30'],
    ],
    [
      'a night whose 01:30 does not occur, when clocks change',
      nightly,
      'Europe/London',
      '2026-03-28T01:30Z',
      '2026-03-29T12:00Z',
      ['2026-03-29T01:00'],
    ],
    [
      'a night whose 01:30 occurs twice, once',
      nightly,
      'Europe/London',
      '2026-10-24T00:30Z',
      '2026-10-25T12:00Z',
      ['2026-10-25T00:30'],
    ],
    [
      'the night after a change at its new distance',
      nightly,
      'America/New_York',
      '2026-03-07T06:30Z',
      '2026-03-09T12:00Z',
      ['2026-03-08T06:30', '2026-03-09T05:30'],
    ],
    [
      'a half-hour zone',
      nightly,
      'Asia/Kolkata',
      '2026-11-20T00:00Z',
      '2026-11-20T23:00Z',
      ['2026-11-20T20:00'],
    ],
    [
      'each hour',
      hourly,
      'UTC',
      '2026-11-21T01:05Z',
      '2026-11-21T04:04Z',
      ['2026-11-21T02:05', '2026-11-21T03:05'],
    ],
    ['no hour twice', hourly, 'UTC', '2026-11-21T01:05Z', '2026-11-21T01:59Z', []],
  ])('are %s', (_, ...[schedule, timezone, last, now, expected]) => {
    expect(due({ schedule, last, now, timezone })).toEqual(expected);
  });

  it('are bounded by a year, however long it was away', () => {
    const now = Date.UTC(2026, 10, 22);
    const runs = dueRuns({ schedule: nightly, lastRunAt: 0, now, timezone: 'Asia/Shanghai' });
    expect(runs).toHaveLength(366);
    expect(dueRuns({ schedule: hourly, lastRunAt: 0, now, timezone: 'UTC' })).toHaveLength(
      366 * 24,
    );
  });

  it('run once for every local day of a year in a zone with changes', () => {
    const from = Date.UTC(2026, 0, 1);
    const runs = dueRuns({
      schedule: nightly,
      lastRunAt: from,
      now: from + 365 * DAY_MS,
      timezone: 'Europe/London',
    });
    expect(runs).toHaveLength(365);
    const gaps = runs.slice(1).map((at, i) => (at - (runs[i] ?? 0)) / HOUR_MS);
    // 23 and 25 hours where the clocks change; half an hour is lost and given back with the missing 01:30.
    expect(gaps.filter((gap) => gap !== 24)).toEqual([23.5, 23.5, 25]);
  });
});

describe('local days', () => {
  it('are 23 and 25 hours long where clocks change, and only whole ones count', () => {
    const day = (from: string, until: string) =>
      localDays({
        from: Date.parse(from),
        until: Date.parse(until),
        timezone: 'Europe/London',
      }).map((d) => (d.until - d.from) / HOUR_MS);
    expect(day('2026-03-28T00:00Z', '2026-03-30T12:00Z')).toEqual([24, 23]);
    expect(day('2026-10-24T12:00Z', '2026-10-27T00:00Z')).toEqual([25, 24]);
  });

  it('begin at the change where midnight does not occur', () => {
    const date = { year: 2026, month: 9, day: 6 };
    const at = localMoment(date, { hour: 0, minute: 0 }, 'America/Santiago');
    expect(new Date(at).toISOString()).toBe('2026-09-06T04:00:00.000Z');
  });

  it('know which zones there are', () => {
    expect(isTimezone('Asia/Shanghai')).toBe(true);
    expect(isTimezone('Asia/Taiyuan-West')).toBe(false);
  });
});
