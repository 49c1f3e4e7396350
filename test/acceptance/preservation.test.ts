/** What climate does to holdings raises alarms: condensation, mould that adds up; and a restart changes nothing of it. */

import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import { createRandom } from '../../simulators/random.ts';
import { MIDNIGHT, Story } from './story.ts';

const SENSORS = { 'th-1': ['r301', 'temperature', 'humidity'] } as const;

/** A reading of both each minute for so many hours. */
function breathes(story: Story, hours: number, [t, rh]: readonly [number, number]): Story {
  const end = story.now + hours * HOUR_MS;
  while (story.now < end) {
    story.now += MINUTE_MS;
    story.feed([
      story.reading('th-1', 'temperature', t),
      story.reading('th-1', 'humidity', rh),
      { kind: 'clock' },
    ]);
  }
  return story;
}

describe('condensation', () => {
  it('is near when the coldest surface, by the room’s offset, comes within 2 K of the dew point', () => {
    const story = new Story({ sensors: SENSORS, surfaceOffsetK: -3 });
    breathes(story, 1, [20, 60]);
    expect(story.openRules()).not.toContain('condensation-near');
    breathes(story, 0.15, [20, 80]);
    expect(story.openRules()).not.toContain('condensation-near');
    breathes(story, 0.1, [20, 80]);
    const alarm = story.alarm('condensation-near');
    expect(alarm).toMatchObject({ room: 'r301', limit: 2, priority: 'medium', evidence: ['th-1'] });
    expect(alarm.value).toBeCloseTo(0.556, 2);
    expect(alarm.title.zh).toBe('r301接近结露：最冷表面只比露点高 0.6 K（界限 2 K）');
    breathes(story, 1, [20, 55]);
    expect(story.alarm('condensation-near').verdict).toBe('not-met');
  });

  it('is judged by a sensor on the wall where there is one, and by nothing while that is silent', () => {
    const sensors = { ...SENSORS, 'wall-1': ['r301', 'surface_temperature'] } as const;
    const story = new Story({ sensors, surfaceOffsetK: 0 });
    story.once('wall-1', 'surface_temperature', 12);
    breathes(story, 0.3, [20, 60]);
    expect(story.alarm('condensation-near').evidence).toEqual(['th-1', 'wall-1']);
    const silent = new Story({ sensors, surfaceOffsetK: 0 });
    breathes(silent, 1, [20, 99]);
    expect(silent.rules()).not.toContain('condensation-near');
  });

  it('is not judged where nothing says how cold the walls are', () => {
    const story = new Story({ sensors: SENSORS });
    breathes(story, 1, [20, 99]);
    expect(story.rules()).not.toContain('condensation-near');
  });

  it('says that it does not know while the sensor is silent', () => {
    const story = new Story({ sensors: SENSORS, surfaceOffsetK: -3 });
    breathes(story, 0.3, [20, 80]);
    story.until('02:00');
    expect(story.alarm('condensation-near').verdict).toBe('cannot-tell');
    breathes(story, 0.1, [20, 80]);
    expect(story.alarm('condensation-near').verdict).toBe('met');
  });
});

describe('mould risk', () => {
  it('warns at a half, latches at one, and does not add up outdoors', () => {
    const story = new Story({ sensors: SENSORS });
    breathes(story, 40, [25, 95]);
    expect(story.openRules()).toContain('mould-risk');
    expect(story.openRules()).not.toContain('mould-expected');
    breathes(story, 50, [25, 95]);
    const alarm = story.alarm('mould-expected');
    expect(alarm).toMatchObject({ latching: true, verdict: 'not-met', value: 1 });
    expect(alarm.closedAt).toBeUndefined();
    expect(story.engine.accumulationOf('sx.th-1')?.record.mould.events).toBe(1);

    const outdoors = new Story({ rooms: { r301: 'outdoor' }, sensors: SENSORS });
    breathes(outdoors, 60, [25, 95]);
    expect(outdoors.rules()).not.toContain('mould-risk');
    expect(outdoors.engine.accumulationOf('sx.th-1')).toBeUndefined();
  });
});

const HOURS = 80;

function play(seed: number, cuts: ReadonlySet<number>): Story {
  const sensors = {
    'th-1': ['r301', 'temperature', 'humidity'],
    't-2': ['r302', 'temperature'],
    'h-2': ['r302', 'humidity'],
  } as const;
  const story = new Story({ rooms: { r301: 'paper', r302: 'paper' }, sensors, surfaceOffsetK: -2 });
  const next = createRandom(seed, 'restart').next;
  let silentUntil = 0;
  for (let tick = 0; tick < HOURS * 30; tick += 1) {
    story.now = MIDNIGHT + tick * 2 * MINUTE_MS + Math.floor(next() * MINUTE_MS);
    if (next() < 0.004) silentUntil = tick + Math.floor(next() * 150);
    if (cuts.has(tick)) story.restarts();
    const wet = 88 + 10 * Math.sin(tick / 200);
    const late = next() < 0.05 ? { at: story.now - 40 * MINUTE_MS } : {};
    const inputs = [
      story.reading('th-1', 'temperature', 22 + next() * 4, late),
      story.reading('th-1', 'humidity', wet + next(), late),
      story.reading('h-2', 'humidity', wet - 4 * next(), late),
      ...(tick > silentUntil ? [story.reading('t-2', 'temperature', 24 + next())] : []),
    ];
    const heard = tick > silentUntil ? inputs : inputs.slice(2);
    story.feed([...heard, { kind: 'clock' }], tick % 7 === 0);
  }
  return story;
}

describe('a restart in the middle of what adds up', () => {
  it.each([11, 12, 13])('changes no figure and no alarm, seed %i', (seed) => {
    const whole = play(seed, new Set());
    const next = createRandom(seed * 7919, 'restart').next;
    const cuts = new Set(Array.from({ length: 40 }, () => Math.floor(next() * HOURS * 30)));
    const cut = play(seed, cuts);
    for (const sensor of ['sx.th-1', 'sx.h-2']) {
      const found = whole.engine.accumulationOf(sensor);
      expect(found?.record.smoother.temperatures.length).toBe(24);
      expect(cut.engine.accumulationOf(sensor)).toEqual(found);
    }
    const ours = whole.transitions.filter((t) => /mould|condensation/.test(t.id));
    expect(ours.length).toBeGreaterThan(3);
    expect(cut.transitions).toEqual(whole.transitions);
    expect([...cut.alarms.values()]).toEqual([...whole.alarms.values()]);
  });
});
