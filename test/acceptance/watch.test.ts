import { describe, expect, it } from 'vitest';
import { parseRules } from '../../alerts/knowledge/load-rules.ts';
import { MIDNIGHT, Story } from './story.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import type { StandardsChoice } from '../../domain/standards.ts';

const STORE = {
  rooms: { r301: 'paper', disc: 'optical' },
  doors: { d301: 'r301' },
  sensors: {
    mains: ['r301', 'mains_lost'],
    'th-1': ['r301', 'temperature', 'humidity'],
    'th-2': ['disc', 'temperature', 'humidity'],
    air: ['r301', 'pm25'],
  },
} as const;
const climate = (temperature: number, humidity: number) =>
  [
    ['temperature', temperature],
    ['humidity', humidity],
  ] as const;

describe('a value that changes too fast', () => {
  it('is an alarm while it lasts: the humidifier ran away', () => {
    const story = new Story(STORE).says('th-1', ...climate(20, 46)).until('01:00');
    for (let i = 1; i <= 14; i += 1) {
      story.says('th-1', ...climate(20, 46 + i)).until(`01:${String(i).padStart(2, '0')}`);
    }
    const alarm = story.alarm('humidity-fast-rise');
    expect(alarm.title.en).toMatch(/^r301: humidity rose by 1[34] %RH within half an hour$/);
    expect(alarm).toMatchObject({ limit: 12, subject: { kind: 'sensor', id: 'th-1' } });
    story.until('02:00');
    expect(story.alarm('humidity-fast-rise').verdict).toBe('not-met');
  });

  it('is held against the standard where the room has one for a change in an hour', () => {
    const story = new Story(STORE).says('th-2', ...climate(18, 30)).until('01:00');
    story.says('th-2', ...climate(18, 41)).until('01:02');
    const alarm = story.alarm('humidity-rate');
    expect(alarm).toMatchObject({ room: 'disc', limit: 10, value: 11 });
    expect(alarm.citation.verification).toBe('copy');
    expect(alarm.citation.standard).not.toBe('本馆自定');
  });

  it('is not known while the sensor is silent, and the alarm says so', () => {
    const story = new Story(STORE).says('th-2', ...climate(18, 30)).until('01:00');
    story
      .says('th-2', ...climate(18, 41))
      .until('01:02')
      .fallsSilent('th-2')
      .until('01:11');
    expect(story.alarm('humidity-rate').verdict).toBe('cannot-tell');
    story.says('th-2', ...climate(18, 41)).until('01:13');
    expect(story.alarm('humidity-rate').verdict).toBe('met');
  });
});

describe('hours out of range', () => {
  const spell = (story: Story, from: string, until: string) =>
    story
      .until(from, MINUTE_MS)
      .says('th-1', ...climate(20, 62))
      .until(until, MINUTE_MS)
      .says('th-1', ...climate(20, 50));
  const day = (restart: boolean) => {
    const story = new Story(STORE).says('th-1', ...climate(20, 50));
    spell(story, '01:00', '03:00');
    spell(story, '05:00', '07:00');
    story.feed([], true);
    if (restart) story.until('07:01', MINUTE_MS).restarts();
    spell(story, '09:00', '12:00');
    return story;
  };

  it('are added up over spells that are each too short to be grave, and survive a restart', () => {
    const alarm = day(false).alarm('humidity-hours-out-day');
    expect(alarm.raisedAt).toBeGreaterThan(MIDNIGHT + 10.9 * HOUR_MS);
    expect(alarm.raisedAt).toBeLessThan(MIDNIGHT + 11.2 * HOUR_MS);
    expect(alarm.title.zh).toContain('一天内累计超限 6 h');
    expect(alarm.metric).toBe('humidity');
    expect(alarm.value).toBeUndefined();
    expect(day(true).alarm('humidity-hours-out-day').raisedAt).toBe(alarm.raisedAt);
  });

  it('of which nothing is known are not added', () => {
    const story = new Story(STORE).says('th-1', ...climate(20, 62)).until('02:00', MINUTE_MS);
    story.fallsSilent('th-1').until('12:00', MINUTE_MS);
    expect(story.rules()).not.toContain('humidity-hours-out-day');
  });
});

describe('air', () => {
  const choice: StandardsChoice = {
    id: 'a',
    repository: 'sx',
    room: 'r301',
    standards: ['jgj-25-2010-dat-87-2021', 'air-quality:gb-t-18883-2022'],
    reason: '近路口',
    by: 'manager',
    validFrom: 0,
    recordedAt: 0,
    origin: 'screen',
  };

  it('is judged by its mean, under the name of its own standard, where a room keeps to one', () => {
    const run = (choices: readonly StandardsChoice[]) =>
      new Story(STORE, {}, { choices }).says('air', ['pm25', 70]).until('20:00', MINUTE_MS);
    const alarm = run([choice]).alarm('pm25-mean');
    expect(alarm).toMatchObject({ value: 70, limit: 50, priority: 'low' });
    expect(alarm.citation).toMatchObject({ standard: 'GB/T 18883-2022', verification: 'memory' });
    expect(alarm.title.en).toBe('r301: PM2.5 70 µg/m³ as the mean of 24 h, above 50 µg/m³');
    expect(run([]).rules()).not.toContain('pm25-mean');
  });
});

describe('a door that stands open', () => {
  it('is graver while the humidity runs to its limit, and over when it is closed', () => {
    const story = new Story(STORE).says('th-1', ...climate(20, 50)).until('10:00');
    story.door('d301', 'door_opened');
    for (let i = 1; i <= 9; i += 1) {
      story.says('th-1', ...climate(20, 50 + i * 0.6)).until(`10:0${i}`);
    }
    const alarm = story.until('10:12').alarm('door-open-climate');
    expect(alarm).toMatchObject({ priority: 'high', metric: 'humidity', limit: 60 });
    expect(alarm.title.en).toContain('d301 is open and the climate runs away');
    expect(alarm.evidence).toEqual(['d301', 'th-1']);
    story.door('d301', 'door_closed').until('10:15');
    expect(story.alarm('door-open-climate').verdict).toBe('not-met');
  });

  it('is no such thing while the climate is steady', () => {
    const story = new Story(STORE).says('th-1', ...climate(20, 50)).until('10:00');
    story.door('d301', 'door_opened').until('10:30');
    expect(story.rules()).not.toContain('door-open-climate');
  });
});

describe('several sensors', () => {
  it('mains lost and too warm is one alarm of the room, by name of its sensors', () => {
    const story = new Story(STORE)
      .says('mains', ['mains_lost', 1])
      .says('th-1', ...climate(20, 50));
    story.until('00:30');
    expect(story.rules()).not.toContain('mains-lost-climate');
    story.says('th-1', ...climate(26, 50)).until('00:37');
    const alarm = story.alarm('mains-lost-climate');
    expect(alarm).toMatchObject({ subject: { kind: 'room', id: 'r301' }, priority: 'high' });
    expect(alarm.evidence).toEqual(['mains', 'th-1']);
    expect(story.incident('climate').alarms).toContain(alarm.id);
    story.fallsSilent('mains').until('00:47');
    expect(story.alarm('mains-lost-climate').verdict).toBe('cannot-tell');
  });
});

describe('an expression', () => {
  const text = `version: 1
rules:
  - id: warm-day-off
    kind: expression
    name: { zh: 休息日偏暖, en: Warm on a day off }
    expression: day_off && temperature.exists(t, t > temperature_max - 1.0)
    sentence: { zh: 休息日温度距上限不足 1 °C, en: Close to the limit on a day off }
    onDelaySeconds: 300
    offDelaySeconds: 0
    priority: low
    latching: false
    safety: false
    shelvable: true
    title: { zh: '{room}休息日偏暖', en: '{room}: warm on a day off' }
    advice: { zh: 查看空调, en: Look at the air conditioning }
    citation: { standard: 本馆自定, verification: proposal }`;

  it('is judged by the minute with what is known of the room', () => {
    const rules = parseRules(text, 'f.yaml');
    const story = new Story(STORE, {}, { rules }).says('th-1', ...climate(23.5, 50));
    story.until('00:30');
    expect(story.rules()).toEqual([]);
    story.now = Date.parse('2026-10-03T10:00:00+08:00');
    story.says('th-1', ...climate(23.5, 50));
    for (let minute = 0; minute < 10; minute += 1) {
      story.now += MINUTE_MS;
      story.says('th-1', ...climate(23.5, 50)).feed([{ kind: 'clock' }]);
    }
    expect(story.alarm('warm-day-off').title.en).toBe('r301: warm on a day off');
  });

  it('that is wrong is told when it is loaded', () => {
    const wrong = text.replace('temperature_max', 'temperatur_max');
    expect(() => parseRules(wrong, 'f.yaml')).toThrow(
      'f.yaml, rule 1, warm-day-off: expression, line 1, column 38: Unknown variable',
    );
  });
});
