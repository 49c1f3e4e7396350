/**
 * Who is inside a room, from what its doors say. A pass without a direction, or of nobody in particular, says that
 * somebody was there, not who is inside; who leaves by the exit button is one, nobody knows which. Pure.
 */

import type { AccessEvent } from '../../domain/access.ts';
import { HOUR_MS, type Moment } from '../../domain/time.ts';

/** One person, or one card that belongs to nobody we know. */
export interface Inside {
  /** Id of a person, or `card:` and the credential. */
  readonly who: string;
  readonly at: Moment;
  readonly door: string;
}

export interface People {
  /** Oldest first; at most `INSIDE_MAX`. */
  readonly inside: readonly Inside[];
  /** So many of them left by the exit button. */
  readonly unnamedOut: number;
  /** The last pass that can't be: in twice, or out without in. */
  readonly misuse?: Inside & { readonly what: 'in-twice' | 'out-without-in' };
  /** The last pass without a direction; another person's made it a pair. */
  readonly passed?: Inside & { readonly accompanied?: true };
  /** The first pass with a direction: before it, nothing is known of who is inside. */
  readonly directedSince?: Moment;
}

export const NOBODY: People = { inside: [], unnamedOut: 0 };
/** Of those who came in longest ago, more than so many are forgotten. */
export const INSIDE_MAX = 200;
/** Who came in longer ago left without our seeing it: a working day is over. Our own proposal. */
export const FORGET_MS = 16 * HOUR_MS;

/** The same object when the event says nothing of who is inside. `who`: see `Inside`; `undefined`: nobody in particular. */
export function pass(people: People, event: AccessEvent, who: string | undefined): People {
  const known = forget(people, event.receivedAt);
  if (event.event === 'exit_request') return leaveUnnamed(known);
  if (event.event !== 'granted') return known;
  if (who === undefined) return known;
  const here: Inside = { who, at: event.receivedAt, door: event.door };
  if (event.direction === undefined) return { ...known, passed: pairUp(known.passed, here) };
  const was = known.inside.some((one) => one.who === who);
  const others = known.inside.filter((one) => one.who !== who);
  const { misuse: _, ...rest } = known;
  const directedSince = known.directedSince ?? here.at;
  // With somebody gone by the button, nobody knows who is inside: nothing can be held against anyone.
  const sure = known.unnamedOut === 0;
  if (event.direction === 'in') {
    const inside = [...others, here].slice(-INSIDE_MAX);
    const found = was && sure ? { misuse: { ...here, what: 'in-twice' as const } } : {};
    return { ...rest, inside, ...found, directedSince };
  }
  // Who was inside when we began to watch goes out without having come in.
  const watched = here.at - directedSince >= FORGET_MS;
  const found =
    !was && sure && watched ? { misuse: { ...here, what: 'out-without-in' as const } } : {};
  return settled({ ...rest, inside: others, ...found, directedSince });
}

function pairUp(before: People['passed'], here: Inside): NonNullable<People['passed']> {
  const isPair = before && !before.accompanied && before.who !== here.who;
  return isPair ? { ...here, accompanied: true } : here;
}

/** How many are inside. */
export function countOf(people: People): number {
  return Math.max(0, people.inside.length - people.unnamedOut);
}

/** Without those who came in too long ago; the same object when there are none. */
export function forget(people: People, now: Moment): People {
  const inside = people.inside.filter((one) => one.at > now - FORGET_MS);
  if (inside.length === people.inside.length) return people;
  return settled({ ...people, inside });
}

/** The same people after the clock jumped. */
export function shiftPeople(people: People, deltaMs: number): People {
  const { inside, misuse, passed, directedSince, unnamedOut } = people;
  const moved = <T extends Inside>(one: T): T => ({ ...one, at: one.at + deltaMs });
  return {
    unnamedOut,
    inside: inside.map(moved),
    ...(misuse ? { misuse: moved(misuse) } : {}),
    ...(passed ? { passed: moved(passed) } : {}),
    ...(directedSince === undefined ? {} : { directedSince: directedSince + deltaMs }),
  };
}

function leaveUnnamed(people: People): People {
  if (people.inside.length === 0) return people;
  return settled({ ...people, unnamedOut: people.unnamedOut + 1 });
}

// Everybody is out: we know again who is inside.
function settled(people: People): People {
  return countOf(people) === 0 ? { ...people, inside: [], unnamedOut: 0 } : people;
}
