import { describe, expect, it } from 'vitest';
import type { Calibration } from '../../domain/devices.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import { MIDNIGHT, Story, type Building } from './story.ts';

const TICK_MS = 5 * MINUTE_MS;
const TWO: Building = {
  rooms: { r301: 'paper' },
  sensors: {
    'th-1': ['r301', 'temperature', 'humidity'],
    'th-2': ['r301', 'temperature', 'humidity'],
  },
};
const THREE: Building = { ...TWO, sensors: { ...TWO.sensors, 'th-3': ['r301', 'temperature'] } };

const says = (story: Story, sensor: string, ...[t, h]: readonly [number, number?]) =>
  story.says(sensor, ['temperature', t], ...(h === undefined ? [] : ([['humidity', h]] as const)));
const trust = (story: Story, sensor: string) =>
  story.engine.sensorTrust(story.now).get(`sx.${sensor}`);

describe('neighbours', () => {
  const start = (building: Building) => {
    const story = new Story(building);
    says(story, 'th-1', 18, 50);
    says(story, 'th-2', 18.4, 51);
    if (building === THREE) says(story, 'th-3', 18.2);
    return story.until('01:00', TICK_MS);
  };

  it('that agree say nothing', () => {
    const story = start(THREE).until('+4 00:00', TICK_MS);
    expect(story.rules()).toEqual([]);
    expect(trust(story, 'th-1')).toEqual({ level: 'trusted', reasons: [] });
  });

  it('outvote the one that is off for six hours; it alone is not trusted', () => {
    const story = start(THREE);
    says(story, 'th-2', 21.8, 51);
    story.until('06:55', TICK_MS);
    expect(story.rules()).toEqual([]);
    story.until('07:10', TICK_MS);
    expect(story.openRules()).toEqual(['sensor-untrusted']);
    const alarm = story.alarm('sensor-untrusted');
    expect(alarm).toMatchObject({
      priority: 'low',
      subject: { id: 'th-2' },
      metric: 'temperature',
    });
    expect(alarm).toMatchObject({ value: 3.7, limit: 3 });
    expect(alarm.title).toEqual({
      zh: 'r301th-2不可信：温度与同室其他传感器相差 3.7 °C（允许 3 °C）',
      en: 'r301: th-2 is not to be trusted: Temperature is 3.7 °C off the others of its room (3 °C allowed)',
    });
    expect(trust(story, 'th-2')?.level).toBe('untrusted');
    expect(trust(story, 'th-1')?.level).toBe('trusted');
    says(story, 'th-2', 18.4, 51);
    story.until('07:30', TICK_MS);
    expect(story.alarm('sensor-untrusted').verdict).toBe('not-met');
  });

  it('of two that differ neither is trusted', () => {
    const story = start(TWO);
    says(story, 'th-2', 18.4, 64);
    story.until('08:00', TICK_MS);
    const subjects = story.engine
      .openAlarms()
      .filter((alarm) => alarm.rule === 'sensor-untrusted')
      .map((alarm) => alarm.subject.id);
    expect(subjects.toSorted()).toEqual(['th-1', 'th-2']);
  });

  it('do not hold back a climate alarm: one corner may be wet', () => {
    const story = start(THREE);
    says(story, 'th-2', 26, 70);
    story.until('02:00', TICK_MS);
    expect(story.openRules()).toEqual(
      expect.arrayContaining(['humidity-high', 'temperature-high']),
    );
  });

  it('that are silent or fail are not asked', () => {
    const story = start(TWO).fallsSilent('th-2');
    says(story, 'th-1', 21.8, 51);
    story.until('12:00', TICK_MS);
    expect(story.openRules()).toEqual(['sensor-silent']);
  });

  it('are remembered over a restart in the middle of the six hours', () => {
    const story = start(THREE);
    says(story, 'th-2', 21.8, 51);
    story.until('04:00', TICK_MS);
    story.feed([], true);
    story.until('04:03').restarts().until('06:55', TICK_MS);
    expect(story.rules()).toEqual([]);
    story.until('07:10', TICK_MS);
    expect(story.openRules()).toEqual(['sensor-untrusted']);
    story.restarts().until('07:20', TICK_MS);
    expect(story.openRules()).toEqual(['sensor-untrusted']);
  });

  it('wait by monotonic time when the clock jumps', () => {
    const story = start(THREE);
    says(story, 'th-2', 21.8, 51);
    story.until('02:00', TICK_MS);
    story.now += 10 * HOUR_MS;
    story.feed([{ kind: 'clock-shift', deltaMs: 10 * HOUR_MS }, { kind: 'clock' }]);
    expect(story.rules()).not.toContain('sensor-untrusted');
    story.until('17:10', TICK_MS);
    expect(story.openRules()).toEqual(['sensor-untrusted']);
  });
});

describe('drift', () => {
  const drifting = (by: number) => {
    const story = new Story(THREE);
    says(story, 'th-1', 20, 50);
    says(story, 'th-2', 20 + by, 50);
    says(story, 'th-3', 20);
    return story;
  };

  it('is the middle of days: doubtful from 1 °C, an alarm from 2 °C, known after two of three days', () => {
    const story = drifting(1.4).until('+1 23:00', TICK_MS);
    expect(trust(story, 'th-2')?.level).toBe('trusted');
    story.until('+2 01:00', TICK_MS);
    expect(trust(story, 'th-2')).toEqual({
      level: 'doubtful',
      reasons: [{ kind: 'drift', metric: 'temperature', value: 1.4, limit: 1 }],
    });
    expect(story.rules()).toEqual([]);
    const far = drifting(2.4).until('+2 01:00', TICK_MS);
    expect(far.alarm('sensor-untrusted').title.zh).toBe(
      'r301th-2不可信：温度数日来漂移 2.4 °C（允许 2 °C）',
    );
  });

  it('of one afternoon is none', () => {
    const story = drifting(0).until('+1 12:00', TICK_MS);
    says(story, 'th-2', 22.8, 50);
    story.until('+1 18:00', TICK_MS);
    says(story, 'th-2', 20, 50);
    story.until('+3 00:00', TICK_MS);
    expect(story.rules()).toEqual([]);
    expect(trust(story, 'th-2')?.level).toBe('trusted');
  });
});

describe('calibration', () => {
  const calibrated = (dueAt: number | undefined, more: Partial<Calibration> = {}): Building => {
    const one: Calibration = {
      id: 'c1',
      repository: 'sx',
      sensor: 'th-1',
      metric: 'humidity',
      offset: 0,
      validFrom: MIDNIGHT - 400 * DAY_MS,
      by: 'x',
      recordedAt: MIDNIGHT - 400 * DAY_MS,
      ...(dueAt === undefined ? {} : { dueAt }),
      ...more,
    };
    return { ...TWO, calibrations: new Map([['sx.th-1', [one]]]) };
  };
  const after = (building: Building) => {
    const story = new Story(building);
    says(story, 'th-1', 20, 50);
    says(story, 'th-2', 20, 50);
    return story.until('00:30', TICK_MS);
  };

  it.each<[string, number | undefined, string, readonly string[]]>([
    ['not due', MIDNIGHT + DAY_MS, 'trusted', []],
    ['without a due date', undefined, 'trusted', []],
    ['due since yesterday', MIDNIGHT - DAY_MS, 'doubtful', []],
    ['due for 91 days', MIDNIGHT - 91 * DAY_MS, 'untrusted', ['sensor-untrusted']],
  ])('%s', (...[, dueAt, level, rules]) => {
    const story = after(calibrated(dueAt));
    expect(trust(story, 'th-1')?.level).toBe(level);
    expect(trust(story, 'th-2')?.level).toBe('trusted');
    expect(story.rules()).toEqual(rules);
  });

  it('says which metric', () => {
    const story = after(calibrated(MIDNIGHT - 91 * DAY_MS));
    expect(story.alarm('sensor-untrusted').title.zh).toBe('r301th-1不可信：相对湿度校准过期');
  });
});

it('bad data makes a sensor untrusted, without a second alarm', () => {
  const story = new Story(TWO);
  says(story, 'th-1', 20, 50);
  says(story, 'th-2', 20, 50);
  story.until('00:05').once('th-1', 'humidity', 150, { quality: 4, flags: ['out_of_range'] });
  story.until('00:12');
  expect(trust(story, 'th-1')).toEqual({ level: 'untrusted', reasons: [{ kind: 'bad-data' }] });
  expect(story.openRules()).toEqual(['bad-data']);
});
