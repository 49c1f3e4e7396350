import { describe, expect, it } from 'vitest';
import { alarmState } from '../../domain/alarm.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import { MIDNIGHT, Story, clockTime } from './story.ts';

const doors = (settings = {}) => new Story({ doors: { d301: 'r301' } }, settings);

describe('doors', () => {
  it('forced at 02:00: told at once, over when closed, open until acknowledged and reset', () => {
    const story = doors().at('02:00').door('d301', 'forced_open').told('duty-a');
    const alarm = story.alarm('door-forced');
    expect(alarm).toMatchObject({ priority: 'critical', safety: true });
    story.door('d301', 'door_closed').acknowledges('duty-a', 'door-forced');
    expect(alarmState(story.alarm('door-forced'), story.now)).toBe('latched-acknowledged');
    story.command({ kind: 'reset-alarm', alarm: alarm.id, by: 'duty-a' });
    expect(story.openRules()).toEqual([]);
  });

  it('five denials within five minutes are an alarm, four are not', () => {
    const story = doors().at('10:00');
    for (const time of ['10:00', '10:01', '10:02', '10:03']) story.at(time).door('d301', 'denied');
    expect(story.rules()).not.toContain('door-denied');
    story.at('10:04').door('d301', 'denied');
    expect(story.alarm('door-denied').title.en).toContain('5 times within 5 min');
  });

  it('five denials spread over more than five minutes are none', () => {
    const story = doors();
    for (let i = 0; i < 6; i += 1)
      story.at(`10:0${i}`.replace('10:0', '10:') + '0').door('d301', 'denied');
    expect(story.rules()).not.toContain('door-denied');
  });

  it.each([
    ['07:59', true],
    ['08:00', false],
    ['17:59', false],
    ['18:00', true],
    ['+3 10:00', true],
  ])('entry at %s local time is out of hours: %s', (time, expected) => {
    const story = doors();
    story.now = clockTime(time);
    story.door('d301', 'granted');
    expect(story.rules().includes('door-out-of-hours')).toBe(expected);
  });

  it('held open grows graver after ten minutes and ends when it is closed', () => {
    const story = doors().at('10:00').door('d301', 'held_open').nobodyTold();
    story.until('10:10').told('duty-a');
    story.door('d301', 'door_closed');
    expect(story.alarm('door-held')).toMatchObject({ priority: 'high', verdict: 'not-met' });
  });

  it('duress is told to people in silence: nothing is published to sirens', () => {
    const story = doors().at('10:00').door('d301', 'duress').told('duty-a');
    expect(story.alarm('door-duress')).toMatchObject({ silent: true, safety: true });
    expect(story.outbox.filter((m) => m.channel === 'mqtt')).toEqual([]);
  });

  it('a late held-open that a later event ended raises nothing; a late forced door still does', () => {
    const story = doors().at('10:00');
    const late = (event: 'held_open' | 'door_closed' | 'forced_open', minutes: number) => ({
      kind: 'access' as const,
      event: {
        id: `${event}${minutes}`,
        repository: 'sx',
        room: 'r301',
        door: 'd301',
        event,
        at: MIDNIGHT + minutes * MINUTE_MS,
        receivedAt: story.now,
      },
    });
    story.feed([late('held_open', 500), late('door_closed', 510)]);
    expect(story.rules()).toEqual([]);
    story.feed([late('forced_open', 520), late('door_closed', 530)]);
    expect(story.rules()).toEqual(['door-forced']);
  });
});

describe('whom to tell', () => {
  it('falls back to the next role when nobody of the role can be reached, and notes it', () => {
    const people = [
      { id: 'duty-a', role: 'duty', email: false },
      { id: 'chief', role: 'manager' },
    ] as const;
    const story = new Story({ doors: { d301: 'r301' }, people }).door('d301', 'forced_open');
    story.told('chief');
    expect(story.journal.map((line) => line.action)).toEqual(['telling.fell-back']);
  });

  it('notes that nobody can be reached', () => {
    const story = new Story({ doors: { d301: 'r301' }, people: [] }).door('d301', 'forced_open');
    expect(story.journal.map((line) => line.action)).toEqual(['telling.nobody-reachable']);
  });

  it('records that nobody acknowledged after the last rung', () => {
    const story = doors().door('d301', 'forced_open').until('00:14:55');
    expect(story.alarm('door-forced').telling?.exhaustedAt).toBeUndefined();
    story.until('00:15');
    expect(story.alarm('door-forced').telling?.exhaustedAt).toBe(story.now);
    expect(story.journal.at(-1)?.action).toBe('escalation.exhausted');
  });
});

describe('the system itself', () => {
  it('raises its own troubles in the repository and ends them', () => {
    const story = doors();
    story.feed([{ kind: 'system', fault: 'cannot-store', detail: 'disk full' }]);
    expect(story.alarm('system-cannot-store').title.en).toContain('disk full');
    story.feed([{ kind: 'system', fault: 'cannot-store', detail: undefined }]);
    expect(story.alarm('system-cannot-store').verdict).toBe('not-met');
  });
});
