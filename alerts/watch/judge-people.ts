/** What the rules about people in a room say. Three answers: who can't be told inside is not known to be alone. */

import type { Verdict } from '../../domain/alarm.ts';
import { SECOND_MS, type Moment } from '../../domain/time.ts';
import { unreachable } from '../../domain/unreachable.ts';
import type { PeopleRule } from '../rules/watch-rules.ts';
import { countOf, type Inside, type People } from './people.ts';

/** What a card or a person is to the repository; `unknown`: not in its list of people. */
export type Standing = 'staff' | 'contractor' | 'unknown';

export interface PeopleLook {
  readonly people: People;
  readonly now: Moment;
  /** The repository is open, by its hours and the calendar. */
  readonly open: boolean;
  readonly standingOf: (who: string) => Standing;
}

export interface PeopleJudgement {
  readonly verdict: Verdict;
  /** Whom it is about. */
  readonly who: readonly Inside[];
}

const NOT_MET: PeopleJudgement = { verdict: 'not-met', who: [] };
const CANNOT_TELL: PeopleJudgement = { verdict: 'cannot-tell', who: [] };

export function judgePeople(rule: PeopleRule, look: PeopleLook): PeopleJudgement {
  switch (rule.kind) {
    case 'passback':
      return judgePassback(rule.holdSeconds, look);
    case 'two-persons':
      return judgeTwoPersons(rule.holdSeconds, look);
    case 'escort':
      return judgeEscort(rule.holdSeconds, look);
    case 'still-inside':
      return judgeStillInside(look);
    default:
      return unreachable(rule);
  }
}

function judgePassback(holdSeconds: number, { people, now }: PeopleLook): PeopleJudgement {
  const { misuse, directedSince } = people;
  if (!misuse) return directedSince === undefined ? CANNOT_TELL : NOT_MET;
  const until = misuse.at + holdSeconds * SECOND_MS;
  return now < until ? { verdict: 'met', who: [misuse] } : NOT_MET;
}

function judgeTwoPersons(holdSeconds: number, look: PeopleLook): PeopleJudgement {
  const { people } = look;
  if (people.directedSince === undefined) return judgeLastPass(holdSeconds, look, () => 'met');
  return countOf(people) === 1 ? { verdict: 'met', who: people.inside.slice(-1) } : NOT_MET;
}

function judgeEscort(holdSeconds: number, look: PeopleLook): PeopleJudgement {
  const { people } = look;
  if (people.directedSince === undefined) return judgeLastPass(holdSeconds, look, withoutStaff);
  if (countOf(people) === 0) return NOT_MET;
  const verdict = people.unnamedOut > 0 ? 'cannot-tell' : withoutStaff(people.inside, look);
  return { verdict, who: people.inside };
}

// Where doors tell no direction, a pass that no other person's follows is somebody alone.
function judgeLastPass(
  holdSeconds: number,
  look: PeopleLook,
  verdictOf: (who: readonly Inside[], look: PeopleLook) => Verdict,
): PeopleJudgement {
  const { passed } = look.people;
  if (!passed) return CANNOT_TELL;
  const until = passed.at + holdSeconds * SECOND_MS;
  if (passed.accompanied || look.now >= until) return NOT_MET;
  return { verdict: verdictOf([passed], look), who: [passed] };
}

function withoutStaff(inside: readonly Inside[], { standingOf }: PeopleLook): Verdict {
  const standings = inside.map((one) => standingOf(one.who));
  if (!standings.includes('contractor') || standings.includes('staff')) return 'not-met';
  // A card that we don't know may be one of the staff.
  return standings.includes('unknown') ? 'cannot-tell' : 'met';
}

function judgeStillInside({ people, open }: PeopleLook): PeopleJudgement {
  if (open) return NOT_MET;
  if (people.directedSince === undefined) return CANNOT_TELL;
  return countOf(people) > 0 ? { verdict: 'met', who: people.inside } : NOT_MET;
}
