/** What the rules of a room judge by: who is inside, what the clock on the wall says. */

import type { Moment } from '../../domain/time.ts';
import { lookAtCalendar } from '../calendar/opening.ts';
import type { Draft } from '../draft.ts';
import type { RoomRule } from '../rules/watch-rules.ts';
import type { WatchUnit } from '../state/units.ts';
import { judgePeople, type Standing } from './judge-people.ts';
import { forget, type Inside } from './people.ts';
import type { Judgement } from './judgement.ts';

/** One rule on a room, now. */
export function judgeRoom(
  draft: Draft,
  unit: WatchUnit,
  { rule, now }: { readonly rule: RoomRule; readonly now: Moment },
): Judgement {
  const people = forget(draft.peek(unit).people, now);
  const { open } = localLook(draft, unit, now);
  const judged = judgePeople(rule, { people, now, open, standingOf: (who) => standing(unit, who) });
  const { verdict, who } = judged;
  return {
    verdict,
    ...(who.length > 0 ? { value: who.length } : {}),
    evidence: [...new Set(who.map((one) => one.door))].sort(),
    words: { people: namesOf(unit, who), count: String(who.length) },
  };
}

/** What the clock on the wall says at the repository. */
export function localLook({ world }: Draft, { home }: WatchUnit, now: Moment) {
  const { settings, calendar } = world;
  const { repository } = home;
  return lookAtCalendar({ repository, hours: settings.openingHours, calendar }, now);
}

function standing({ home }: WatchUnit, who: string): Standing {
  const person = home.known.get(who);
  if (!person) return 'unknown';
  return person.role === 'contractor' ? 'contractor' : 'staff';
}

/** At most so many names in a title. */
const NAMES_MAX = 5;

// A card without a person is named by its number.
function namesOf({ home }: WatchUnit, who: readonly Inside[]) {
  const names = who
    .slice(-NAMES_MAX)
    .map((one) => home.known.get(one.who)?.name ?? one.who.replace(/^card:/, ''));
  const more = who.length > NAMES_MAX;
  return {
    zh: names.join('、') + (more ? '等' : ''),
    en: names.join(', ') + (more ? ' and others' : ''),
  };
}
