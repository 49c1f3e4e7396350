import { describe, expect, it } from 'vitest';
import { accumulate, EMPTY_ACCUMULATION } from '../../../alerts/preservation/accumulate.ts';
import type { LatestReading } from '../../../domain/api.ts';
import type { Room, Sensor } from '../../../domain/registry.ts';
import { HOUR_MS, MINUTE_MS } from '../../../domain/time.ts';
import {
  preservationOf,
  type PreservationQuestion,
} from '../../../server/view/preservation-view.ts';

const NOW = 500_000 * HOUR_MS;
const ROOM: Room = { repository: 'sx', id: 'r301', name: '301', class: 'paper' };
const sensor = (id: string, ...metrics: Sensor['metrics']): Sensor => ({
  repository: 'sx',
  id,
  room: 'r301',
  metrics,
});
const TH = sensor('th-1', 'temperature', 'humidity');
const WALL = sensor('wall', 'surface_temperature');

type Said = readonly [
  metric: LatestReading['metric'],
  value: number,
  more?: Partial<LatestReading>,
];

function view(
  said: Readonly<Record<string, readonly Said[]>>,
  more: Partial<PreservationQuestion> = {},
) {
  const latestOf = (id: string) =>
    (said[id] ?? []).map(([metric, value, other]): LatestReading => ({
      sensor: id,
      room: 'sx.r301',
      metric,
      value,
      quality: 1,
      at: NOW - MINUTE_MS,
      receivedAt: NOW - MINUTE_MS,
      intervalMs: MINUTE_MS,
      simulated: false,
      ...other,
    }));
  const base = { room: ROOM, sensors: [TH], latestOf, accumulationOf: () => undefined, now: NOW };
  const [pair] = preservationOf({ ...base, ...more });
  if (!pair) throw new Error('no pair');
  return pair;
}

const AIR = {
  'sx.th-1': [
    ['temperature', 20],
    ['humidity', 50],
  ],
} as const;

describe('a pair, live', () => {
  it('has every figure of its air', () => {
    const { air, why, figures } = view(AIR);
    expect([air?.temperatureC, air?.humidityPercent, why]).toEqual([20, 50, undefined]);
    expect(figures.dewPointC).toBeCloseTo(9.261, 2);
    expect(figures.absoluteHumidityGM3).toBeCloseTo(8.645, 1);
    expect(figures.preservationYears).toBeCloseTo(43.705, 2);
    expect(figures.moistureContentPercent).toBeCloseTo(9.2711, 3);
    expect(figures.lifetime).toEqual({ multiplier: 1, reliable: true });
  });

  it.for([
    ['never', { 'sx.th-1': [['temperature', 20]] }],
    [
      'stale',
      {
        'sx.th-1': [
          ['temperature', 20, { at: NOW - 4 * MINUTE_MS }],
          ['humidity', 50],
        ],
      },
    ],
    [
      'failed',
      {
        'sx.th-1': [
          ['temperature', 20],
          ['humidity', 50, { quality: 4 }],
        ],
      },
    ],
    [
      'failed',
      {
        'sx.th-1': [
          ['temperature', 20],
          ['humidity', 140],
        ],
      },
    ],
  ] as const)('has no figure when its air is not known: %s', ([why, said]) => {
    const found = view(said, { room: { ...ROOM, surfaceOffsetK: -3 } });
    expect(found).toMatchObject({
      why,
      figures: {},
      condensation: { source: 'none', why: 'unknown' },
    });
    expect(found.air).toBeUndefined();
  });

  it.for([
    [
      'nothing says how cold the walls are',
      {},
      { source: 'none', why: 'no-surface', surfaces: [] },
    ],
    [
      'the room’s offset',
      { room: { ...ROOM, surfaceOffsetK: -3 } },
      { source: 'offset', surfaceC: 17, offsetK: -3 },
    ],
    [
      'a silent sensor',
      { sensors: [TH, WALL] },
      { source: 'none', why: 'unknown', surfaces: ['sx.wall'] },
    ],
  ] as const)('margin to condensation: %s', ([_what, more, expected]) => {
    expect(view(AIR, more).condensation).toMatchObject(expected);
  });

  it('measures it where a sensor does, before the offset', () => {
    const said = { ...AIR, 'sx.wall': [['surface_temperature', 12]] } as const;
    const more = { sensors: [TH, WALL], room: { ...ROOM, surfaceOffsetK: -3 } };
    const { condensation } = view(said, more);
    expect(condensation).toMatchObject({ source: 'sensor', surfaceC: 12, surfaces: ['sx.wall'] });
    expect(condensation.source === 'none' ? NaN : condensation.marginK).toBeCloseTo(2.739, 2);
  });

  it('tells what has added up, since when and up to when', () => {
    let adding = EMPTY_ACCUMULATION;
    for (let minute = 0; minute <= 60; minute += 1) {
      const at = NOW - 3 * HOUR_MS + minute * MINUTE_MS;
      const each = { temperature: 60, humidity: 60 };
      adding = accumulate(adding, { quantity: 'temperature', value: 25, at }, each);
      adding = accumulate(adding, { quantity: 'humidity', value: 95, at }, each);
    }
    const { record } = view(AIR, { accumulationOf: () => adding });
    expect(record).toMatchObject({
      since: NOW - 3 * HOUR_MS,
      until: NOW - 2 * HOUR_MS,
      knownHours: 1,
      unknownHours: 2,
    });
    expect(record?.mould.total).toBeGreaterThan(0);
    expect(record).not.toHaveProperty('twpi');
    expect(view(AIR, { accumulationOf: () => EMPTY_ACCUMULATION }).record).toBeUndefined();
  });
});
