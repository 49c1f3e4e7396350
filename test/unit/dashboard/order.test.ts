import { describe, expect, it } from 'vitest';
import { criticalPlaces, worstFirst } from '../../../dashboard/src/logic/alarms.ts';
import {
  cannotTell,
  conditionOf,
  doorsOf,
  fireOf,
  floorsOf,
  sideOf,
  waterOf,
} from '../../../dashboard/src/logic/rooms.ts';
import type { LatestReading, RoomView } from '../../../domain/api.ts';
import { alarm, NOW, reading, room } from './things.ts';

describe('rooms', () => {
  it('are worst first within a floor, equals by name; floors with a grave room first, else from the top down', () => {
    const ranked = [
      { id: 'b', name: '102', floor: 1, condition: 'normal' },
      { id: 'a', name: '101', floor: 1, condition: 'normal' },
      { id: 'c', name: '110', floor: 1, condition: 'unknown' },
      { id: 'd', name: '103', floor: 1, condition: 'critical' },
      { id: 'e', name: '室外', floor: undefined, condition: 'normal' },
      { id: 'f', name: '301', floor: 3, condition: 'low' },
      { id: 'g', name: '-1', floor: -1, condition: 'normal' },
    ] as const;
    expect(floorsOf(ranked)).toEqual([
      { floor: 1, rooms: ['d', 'c', 'a', 'b'] },
      { floor: 3, rooms: ['f'] },
      { floor: -1, rooms: ['g'] },
      { floor: undefined, rooms: ['e'] },
    ]);
    expect(floorsOf([...ranked].reverse())).toEqual(floorsOf(ranked));
  });

  const fresh = [reading('temperature', 20)];
  it.each<[string, Partial<RoomView>, string]>([
    ['sends and has no alarm', { latest: fresh }, 'normal'],
    ['sends nothing', { latest: [] }, 'unknown'],
    ['sent long ago', { latest: [reading('temperature', 20, { at: NOW - 200_000 })] }, 'unknown'],
    ['sends only what failed', { latest: [reading('temperature', 99, { quality: 4 })] }, 'unknown'],
    [
      'is watched by nothing',
      { latest: [], watched: { climate: 0, fire: 0, water: 0 } },
      'unknown',
    ],
    ['has alarms', { latest: fresh, openAlarms: [alarm('low'), alarm('high')] }, 'high'],
  ])('a room that %s', (_what, facts, condition) => {
    expect(conditionOf(room(facts), NOW)).toBe(condition);
  });

  it('says not watched, silent and normal as three different things', () => {
    const smoke = (more: Partial<LatestReading> = {}) => reading('smoke', 0, more);
    expect(fireOf(room({ watched: { climate: 1, fire: 0, water: 0 } }), NOW).kind).toBe(
      'not-watched',
    );
    expect(fireOf(room({ latest: [smoke({ at: NOW - 200_000 })] }), NOW).kind).toBe('silent');
    expect(fireOf(room({ latest: [smoke()] }), NOW).kind).toBe('normal');
    const burning = room({
      openAlarms: [
        { ...alarm('critical'), safety: true, metric: 'smoke', evidence: ['sm-1', 'sm-2'] },
      ],
    });
    expect(fireOf(burning, NOW)).toEqual({ kind: 'alarm', count: 2 });
    expect(waterOf(burning, NOW).kind).toBe('silent');
    expect(cannotTell(room({ latest: [smoke()] }), NOW)).toBe(true);
  });

  it('shows the worst of its doors', () => {
    const door = { id: 'r.d', room: 'r.a', name: '' };
    expect(doorsOf([])).toBe('none');
    expect(
      doorsOf([
        { ...door, state: 'closed' },
        { ...door, state: 'forced' },
        { ...door, state: 'open' },
      ]),
    ).toBe('forced');
  });
});

it('takes bounds as inclusive, and no limit as no judgement', () => {
  const limit = { metric: 'humidity', min: 45, max: 60 } as never;
  expect([45, 60, 60.1, 44.9].map((v) => sideOf(v, limit))).toEqual(['in', 'in', 'above', 'below']);
  expect(sideOf(99, undefined)).toBe('unlimited');
});

it('puts alarms worst first, then oldest first', () => {
  const old = { ...alarm('high'), id: 'x.old', raisedAt: NOW - 10 };
  const list = [alarm('low'), alarm('high'), old, alarm('critical')].sort(worstFirst);
  expect(list.map((a) => a.id)).toEqual(['x.critical', 'x.old', 'x.high', 'x.low']);
});

it('puts a confirmed fire of a room before the single detectors that confirmed it', () => {
  const detector = { ...alarm('critical'), id: 'x.detector', raisedAt: NOW - 10 };
  const confirmed = {
    ...alarm('critical'),
    id: 'x.confirmed',
    subject: { kind: 'room' as const, id: 'a' },
  };
  expect([detector, confirmed].sort(worstFirst).map((a) => a.id)).toEqual([
    'x.confirmed',
    'x.detector',
  ]);
});

it('places with something critical are counted once each', () => {
  const there = [
    alarm('critical', { id: 'x.1' }),
    alarm('critical', { id: 'x.2' }),
    alarm('critical', { id: 'x.3', room: 'r2' }),
    alarm('high', { id: 'x.4', room: 'r3' }),
  ];
  expect(criticalPlaces(there)).toBe(2);
  expect(criticalPlaces([])).toBe(0);
});
