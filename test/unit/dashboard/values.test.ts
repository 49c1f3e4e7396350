import { describe, expect, it } from 'vitest';
import { complianceOf } from '../../../dashboard/src/logic/compliance.ts';
import { ageParts, clockText, percent } from '../../../dashboard/src/logic/format.ts';
import { qualified } from '../../../dashboard/src/logic/ids.ts';
import { stepLines, stepsLeft } from '../../../dashboard/src/logic/incidents.ts';
import { mergeLatest } from '../../../dashboard/src/logic/latest.ts';
import { ticksBetween, withGaps } from '../../../dashboard/src/logic/ranges.ts';
import { isStale, newestOf } from '../../../dashboard/src/logic/staleness.ts';
import type { Limit } from '../../../domain/limits.ts';
import { runningFire } from './running-fire.ts';
import { NOW, reading, room } from './things.ts';

const HOUR = 3_600_000;

describe('a value', () => {
  it('is stale when it is older than three of its intervals', () => {
    expect(isStale({ at: NOW - 180_000, intervalMs: 60_000 }, NOW)).toBe(false);
    expect(isStale({ at: NOW - 180_001, intervalMs: 60_000 }, NOW)).toBe(true);
  });

  it('is the newest that did not fail', () => {
    const good = reading('humidity', 50, { sensor: 'x.a', at: NOW - 5_000 });
    const failed = reading('humidity', 99, { sensor: 'x.b', at: NOW, quality: 4 });
    expect(newestOf([good, failed], 'humidity')).toBe(good);
    expect(newestOf([failed, good], 'humidity')).toBe(good);
    expect(newestOf([failed], 'humidity')).toBe(failed);
    expect(newestOf([good], 'temperature')).toBeUndefined();
  });

  it('is not replaced by late data', () => {
    const now = reading('humidity', 50);
    const late = reading('humidity', 70, { at: NOW - HOUR });
    expect(mergeLatest([now], [late])).toEqual([now]);
    expect(mergeLatest([late], [now])).toEqual([now]);
  });
});

describe('time in range', () => {
  const limit = { metric: 'humidity', kind: 'range', min: 45, max: 60 } as Limit;
  const rooms = [room({ limits: [limit] })];
  it('counts what has no evidence for neither side', () => {
    const points = [
      [NOW - 4 * HOUR, 50],
      [NOW - 3 * HOUR, 61],
    ] as const;
    const traces = [{ room: 'x.r1', metric: 'humidity', points }] as const;
    const shares = complianceOf({ rooms, traces, metric: 'humidity', hours: 4, stepMs: HOUR });
    expect(shares).toEqual({ inRange: 0.25, outOfRange: 0.25, cannotShow: 0.5 });
  });
  it('shows nothing for rooms without data, not all well', () => {
    const q = { rooms, traces: [], metric: 'humidity', hours: 24, stepMs: HOUR };
    expect(complianceOf(q)).toEqual({ inRange: 0, outOfRange: 0, cannotShow: 1 });
    expect(complianceOf({ ...q, rooms: [room()] })).toBeUndefined();
  });
});

describe('a chart', () => {
  it('breaks its line where buckets are missing', () => {
    const series = {
      sensor: 'x.s',
      metric: 'humidity',
      unit: '%RH',
      kind: 'buckets',
      columns: [],
      rows: [
        [0, 50, 49, 51, 5, 5],
        [HOUR, 51, 50, 52, 5, 5],
        [5 * HOUR, 52, 51, 53, 5, 5],
      ],
      truncated: false,
    } as const;
    const points = withGaps(series, HOUR);
    expect(points.map((p) => Number.isNaN(p[1]))).toEqual([false, false, true, false]);
  });

  it('has its ticks on round hours of the repository, not of UTC', () => {
    const from = Date.UTC(2026, 10, 21, 14, 20);
    const offsetMs = 8 * HOUR;
    const ticks = ticksBetween({ from, until: from + 24 * HOUR, countMax: 6, offsetMs });
    expect(ticks.length).toBeGreaterThan(2);
    for (const tick of ticks) expect(((tick + offsetMs) / HOUR) % 6).toBe(0);
  });
});

it('says steps as done, due, overdue and later by the clock of the incident', () => {
  const incident = runningFire(NOW);
  const states = (now: number) => stepLines(incident, now).map((line) => line.state);
  expect(states(NOW)).toEqual(['done', 'due', 'overdue', 'later', 'later']);
  expect(states(NOW + 5 * 60_000)).toEqual(['done', 'overdue', 'overdue', 'due', 'later']);
  expect(stepsLeft(incident)).toBe(4);
});

it('writes ages and clocks', () => {
  expect([0, 59_000, 60_000, 7_200_000, 3 * 86_400_000].map(ageParts)).toEqual([
    { unit: 'second', count: 0 },
    { unit: 'second', count: 59 },
    { unit: 'minute', count: 1 },
    { unit: 'hour', count: 2 },
    { unit: 'day', count: 3 },
  ]);
  expect([-5, 67_000, 3_753_000].map(clockText)).toEqual(['00:00', '01:07', '1:02:33']);
  expect([qualified('x', 'r1'), qualified('x', 'y.r1')]).toEqual(['x.r1', 'y.r1']);
});

it('says neither all nor nothing of a share that is not', () => {
  expect([0, 0.0001, 0.5, 0.9994, 0.99999, 1].map(percent)).toEqual([
    '0.0%',
    '<0.1%',
    '50.0%',
    '99.9%',
    '>99.9%',
    '100.0%',
  ]);
});
