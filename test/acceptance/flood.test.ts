/** Floods of alarms: one message instead of a storm, first-out shown, safety never folded. */

import { describe, expect, it } from 'vitest';
import type { MetricName } from '../../domain/metrics.ts';
import { alarmState, type Alarm } from '../../domain/alarm.ts';
import { clockTime, Story } from './story.ts';

const ROOMS = 4;
const PER_ROOM = 4;

/** Sixteen mains detectors in four rooms; losing mains is high, and told at once. */
function house(): Story {
  const rooms = Object.fromEntries(
    Array.from({ length: ROOMS }, (_, r) => [`r${r}`, 'paper' as const]),
  );
  const sensors: Record<string, readonly [string, ...MetricName[]]> = { 'sm-1': ['r0', 'smoke'] };
  for (let n = 0; n < ROOMS * PER_ROOM; n += 1) {
    sensors[name(n)] = [`r${n % ROOMS}`, 'mains_lost'];
  }
  const story = new Story({ rooms, sensors });
  for (let n = 0; n < ROOMS * PER_ROOM; n += 1) story.says(name(n), ['mains_lost', 0]);
  story.says('sm-1', ['smoke', 0]).until('00:05');
  story.toldSince();
  return story;
}

const name = (n: number) => `ml-${String(n).padStart(2, '0')}`;
const lose = (story: Story, from: number, count: number) => {
  for (let n = from; n < from + count; n += 1) story.says(name(n), ['mains_lost', 1]);
  return story;
};
const messages = (story: Story) => story.outbox.filter((message) => message.person !== undefined);
const lost = (story: Story): readonly Alarm[] =>
  story.engine.openAlarms().filter((alarm) => alarm.rule === 'mains-lost');

describe('a flood of alarms', () => {
  it('does not begin with ten within ten minutes', () => {
    const story = lose(house(), 0, 10).until('00:16');
    expect(lost(story)).toHaveLength(10);
    expect(story.openRules()).not.toContain('alarm-flood');
    expect(lost(story).every((alarm) => alarm.gathered === undefined)).toBe(true);
  });

  it('begins with the eleventh, and is told in one message with each group’s first-out', () => {
    const story = house();
    const before = messages(story).length;
    lose(story, 0, 16).until('00:15:30');
    const flood = story.alarm('alarm-flood');
    expect(flood.title.zh).toContain('报警泛滥：10 分钟内 1');
    expect(flood.citation).toMatchObject({ clause: '16.4', verification: 'copy' });
    const told = messages(story).slice(before);
    expect(told.filter((message) => message.alarm === flood.id).map((m) => m.person)).toEqual([
      'duty-a',
    ]);
    const body = told.find((message) => message.alarm === flood.id)?.body;
    expect(body?.zh).toContain('r0：3 条；首出：r0市电中断：ml-00');
    expect(body?.en).toContain('r3: 2; first out: ');
    // Of the first ten somebody was told one by one, of the rest by the flood.
    expect(told.length).toBeLessThanOrEqual(11);
    const groups = Map.groupBy(lost(story), (alarm) => alarm.gathered?.group);
    expect([...groups.keys()].sort()).toEqual(['room:r0', 'room:r1', 'room:r2', 'room:r3']);
    for (const alarms of groups.values()) {
      const first = alarms.filter((alarm) => alarm.gathered?.firstOut);
      expect(first).toHaveLength(1);
      expect(Math.min(...alarms.map((alarm) => alarm.since))).toBe(first[0]?.since);
    }
  });

  it('folds no safety alarm: a fire is told as ever', () => {
    const story = lose(house(), 0, 16).until('00:15:30');
    story.toldSince();
    story.says('sm-1', ['smoke', 1]).until('00:15:35').told('duty-a');
    expect(story.alarm('smoke-alarm').gathered).toBeUndefined();
  });

  it('is over when fewer than five came within ten minutes; who was not seen is told by the next rung', () => {
    const story = lose(house(), 0, 16).until('00:15:30');
    story.toldSince();
    story.until('00:27');
    const flood = story.alarm('alarm-flood');
    expect(alarmState(flood, story.now)).toBe('returned-unacknowledged');
    story.toldSince();
    const tellings = lost(story).map((alarm) => alarm.telling);
    expect(tellings.every((telling) => telling?.rungsTold === 1)).toBe(true);
    const from = Math.max(...tellings.map((telling) => telling?.from ?? 0));
    expect(from).toBeGreaterThan(clockTime('00:15'));
    // Nobody is told again of what was told, until the next rung is due.
    story.until('00:29').nobodyTold();
    story.until('00:42').told('duty-b', 'duty-a');
  });

  it('is counted on over a restart', () => {
    const whole = lose(house(), 0, 9).until('00:10');
    const cut = lose(house(), 0, 9).until('00:10').restarts();
    for (const story of [whole, cut]) {
      lose(story, 9, 2).until('00:12');
      expect(story.openRules()).toContain('alarm-flood');
    }
    expect(cut.alarm('alarm-flood').raisedAt).toBe(whole.alarm('alarm-flood').raisedAt);
  });

  it('groups what is about the way to a sensor by its device', () => {
    const sensors: Record<string, readonly [string, ...MetricName[]]> = {};
    for (let n = 0; n < 12; n += 1) sensors[name(n)] = [`r${n % 3}`, 'temperature'];
    const devices = { 'gw-1': Object.keys(sensors) };
    const rooms = { r0: 'paper', r1: 'paper', r2: 'paper' } as const;
    const story = new Story({ rooms, sensors, devices });
    for (const id of Object.keys(sensors)) story.says(id, ['temperature', 18]);
    story.until('00:05:30');
    for (const id of Object.keys(sensors)) story.fallsSilent(id);
    story.until('00:15');
    const silent = story.engine.openAlarms().filter((alarm) => alarm.rule === 'sensor-silent');
    expect(new Set(silent.map((alarm) => alarm.gathered?.group))).toEqual(new Set(['device:gw-1']));
    expect(silent.filter((alarm) => alarm.gathered?.firstOut)).toHaveLength(1);
  });
});
