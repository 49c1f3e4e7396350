import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../domain/time.ts';
import { Story, type Person } from './story.ts';

const PEOPLE: readonly Person[] = [
  { id: 'duty-a', role: 'duty' },
  { id: 'manager', role: 'manager' },
  { id: 'builder', role: 'contractor' },
];
const house = () =>
  new Story({
    rooms: { vault: 'special', r301: 'paper' },
    doors: { dv: 'vault', d301: 'r301' },
    people: PEOPLE,
    twoPersons: ['vault'],
  });
const goes = (direction: 'in' | 'out', person: string) => ({ direction, person });

describe('a vault for two', () => {
  it('gives the second person a minute, and counts whoever is left alone', () => {
    const story = house().at('10:00').door('dv', 'granted', goes('in', 'duty-a'));
    story.until('10:00:55').door('dv', 'granted', goes('in', 'manager')).until('11:00');
    expect(story.rules()).not.toContain('access-two-persons');
    story.door('dv', 'granted', goes('out', 'manager')).until('11:00:55').nobodyTold();
    story.until('11:01').told('duty-a');
    const alarm = story.alarm('access-two-persons');
    expect(alarm).toMatchObject({ priority: 'high', subject: { kind: 'room', id: 'vault' } });
    expect(alarm.title.zh).toBe('vault内只有一人：duty-a');
    expect(alarm.evidence).toEqual(['dv']);
    story.door('dv', 'granted', goes('out', 'duty-a'));
    expect(story.alarm('access-two-persons').verdict).toBe('not-met');
  });

  it('raises at the same second after a restart in the minute', () => {
    const run = (restart: boolean) => {
      const story = house().at('10:00').door('dv', 'granted', goes('in', 'duty-a'));
      if (restart) story.until('10:00:30').restarts();
      return story.until('10:05').alarm('access-two-persons').raisedAt;
    };
    expect(run(true)).toBe(run(false));
  });

  it('is a rule of marked rooms only', () => {
    const story = house().at('10:00').door('d301', 'granted', goes('in', 'duty-a'));
    expect(story.until('10:10').rules()).not.toContain('access-two-persons');
  });

  it('goes on waiting for the second person by monotonic time when the clock jumps', () => {
    const story = house().at('10:00').door('dv', 'granted', goes('in', 'duty-a')).until('10:00:30');
    story.now += 60 * MINUTE_MS;
    story.feed([{ kind: 'clock-shift', deltaMs: 60 * MINUTE_MS }]);
    story.until('11:00:55');
    expect(story.rules()).not.toContain('access-two-persons');
    story.until('11:01');
    expect(story.rules()).toContain('access-two-persons');
  });
});

describe('people where they should not be', () => {
  it('a contractor without any of the staff, by person or by card', () => {
    const story = house().at('10:00').door('d301', 'granted', goes('in', 'builder'));
    story.until('10:02');
    expect(story.alarm('access-contractor').title.en).toContain('builder inside without');
    story.door('d301', 'granted', goes('in', 'duty-a'));
    expect(story.alarm('access-contractor').verdict).toBe('not-met');
  });

  it('somebody inside a quarter of an hour after closing, until they leave', () => {
    const story = house().at('17:30').door('d301', 'granted', goes('in', 'manager'));
    story.until('18:14');
    expect(story.rules()).not.toContain('access-still-inside');
    story.until('18:16:30');
    expect(story.alarm('access-still-inside')).toMatchObject({ value: 1, priority: 'medium' });
    story.door('d301', 'granted', goes('out', 'manager')).until('18:20');
    expect(story.alarm('access-still-inside').verdict).toBe('not-met');
  });

  it('a card that comes in twice', () => {
    const card = { direction: 'in', credential: '10442' } as const;
    const story = house().at('10:00').door('d301', 'granted', card).until('10:05');
    story.door('d301', 'granted', card);
    expect(story.alarm('access-passback').title.en).toContain('10442 came in twice');
    story.until('10:16:30');
    expect(story.alarm('access-passback').verdict).toBe('not-met');
  });

  it('on a holiday the repository is closed though it is a Thursday', () => {
    const story = house();
    story.now = Date.parse('2026-10-01T10:00:00+08:00');
    story.door('d301', 'granted', goes('in', 'manager'));
    expect(story.rules()).toContain('door-out-of-hours');
  });
});
