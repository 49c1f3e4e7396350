import { describe, expect, it } from 'vitest';
import type { AccessEvent } from '../../../../domain/access.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../domain/time.ts';
import { loadKnowledge } from '../../../../alerts/index.ts';
import { isWatchRule, isPeopleRule } from '../../../../alerts/rules/watch-rules.ts';
import { judgePeople } from '../../../../alerts/watch/judge-people.ts';
import {
  FORGET_MS,
  INSIDE_MAX,
  NOBODY,
  countOf,
  pass,
  shiftPeople,
  type People,
} from '../../../../alerts/watch/people.ts';

const START = 100 * HOUR_MS;
/** `a+` comes in, `a-` goes out, `a` passes without a direction, `+` nobody in particular comes in, `exit`: the button. */
function walk(passes: string, from: People = NOBODY, start = START): People {
  return passes
    .split(' ')
    .filter((word) => word !== '')
    .reduce((people, word, i) => {
      const at = start + i * MINUTE_MS;
      const who = word.replace(/[+-]$/, '');
      const direction = word.endsWith('+') ? 'in' : word.endsWith('-') ? 'out' : undefined;
      const event: AccessEvent = {
        id: `e${i}`,
        repository: 'sx',
        room: 'r1',
        door: 'd1',
        event: word === 'exit' ? 'exit_request' : word === 'denied' ? 'denied' : 'granted',
        at,
        receivedAt: at,
        ...(direction ? { direction } : {}),
      };
      return pass(people, event, who === '' ? undefined : who);
    }, from);
}
/** The same, long after somebody was first seen: who is inside is known. */
const known = walk('x+ x-', NOBODY, START - FORGET_MS - HOUR_MS);

describe('who is inside', () => {
  it.each([
    ['a+', 1],
    ['a+ b+', 2],
    ['a+ a-', 0],
    ['a+ a+', 1],
    ['b-', 0],
    ['a+ exit', 0],
    ['a+ b+ exit', 1],
    ['a+ b+ exit exit', 0],
    ['a+ denied', 1],
    ['+ a', 0],
    ['exit a+', 1],
  ])('%s: %d', (passes, count) => {
    expect(countOf(walk(passes))).toBe(count);
  });

  it('forgets after a working day, and holds a bounded number', () => {
    const early = walk('a+');
    expect(countOf(walk('b+', early, START + FORGET_MS))).toBe(1);
    const many = Array.from({ length: INSIDE_MAX + 5 }, (_, i) => `p${i}+`).join(' ');
    expect(walk(many).inside).toHaveLength(INSIDE_MAX);
  });

  it('moves with the clock', () => {
    const moved = shiftPeople(walk('a+ a+ b'), HOUR_MS);
    expect(moved).toEqual(walk('a+ a+ b', NOBODY, START + HOUR_MS));
  });
});

const ruleOf = (kind: string) => {
  const rule = loadKnowledge().rules.rules.find((one) => one.kind === kind);
  if (!rule || !isWatchRule(rule) || !isPeopleRule(rule)) throw new Error(`no rule ${kind}`);
  return rule;
};

describe('rules about people', () => {
  const standings = { s: 'staff', t: 'staff', c: 'contractor' } as const;
  const standingOf = (who: string) => standings[who as keyof typeof standings] ?? 'unknown';
  const ask = (kind: string, people: People, open = true) =>
    judgePeople(ruleOf(kind), { people, now: START + 3 * MINUTE_MS, open, standingOf });

  it.each([
    ['passback', 's+ s-', 'not-met'],
    ['passback', 's+ s+', 'met'],
    ['passback', 's-', 'met'],
    ['passback', 's+ exit s+', 'not-met'],
    ['passback', 's+ t+ exit s+', 'not-met'],
    ['two-persons', '', 'not-met'],
    ['two-persons', 's+', 'met'],
    ['two-persons', 's+ t+', 'not-met'],
    ['two-persons', 's+ t+ s-', 'met'],
    ['two-persons', 's+ t+ exit', 'met'],
    ['escort', 'c+', 'met'],
    ['escort', 'c+ s+', 'not-met'],
    ['escort', 's+', 'not-met'],
    ['escort', 'c+ u+', 'cannot-tell'],
    ['escort', 'c+ s+ exit', 'cannot-tell'],
    ['escort', 'c+ s+ s-', 'met'],
  ] as const)('%s after "%s": %s', (kind, passes, verdict) => {
    expect(ask(kind, walk(passes, known)).verdict).toBe(verdict);
  });

  it.each([
    ['two-persons', 's', 'met'],
    ['two-persons', 's t', 'not-met'],
    ['two-persons', 's t s', 'met'],
    ['escort', 'c', 'met'],
    ['escort', 'c s', 'not-met'],
    ['escort', 'u', 'not-met'],
    ['passback', 's s', 'cannot-tell'],
    ['still-inside', 's', 'not-met'],
  ] as const)('%s at a door that tells no direction, after "%s": %s', (kind, passes, verdict) => {
    expect(ask(kind, walk(passes)).verdict).toBe(verdict);
  });

  it('cannot tell before anybody passed', () => {
    for (const kind of ['passback', 'two-persons', 'escort'] as const) {
      expect(ask(kind, NOBODY).verdict, kind).toBe('cannot-tell');
    }
    expect(ask('still-inside', NOBODY, false).verdict).toBe('cannot-tell');
  });

  it('holds nothing against those who were inside when the watch began', () => {
    expect(ask('passback', walk('t+ s-')).verdict).toBe('not-met');
  });

  it('somebody inside is wrong only while it is closed', () => {
    expect(ask('still-inside', walk('s+', known), false).verdict).toBe('met');
    expect(ask('still-inside', walk('s+', known), true).verdict).toBe('not-met');
    expect(ask('still-inside', walk('s+ s-', known), false).verdict).toBe('not-met');
  });

  it('a misused card is over after a while by itself', () => {
    const people = walk('s+ s+', known);
    const later = { people, now: START + 11 * MINUTE_MS, open: true, standingOf };
    expect(judgePeople(ruleOf('passback'), later).verdict).toBe('not-met');
  });
});
