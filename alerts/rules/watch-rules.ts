/**
 * The schemas of rules that are judged by the minute, or when somebody passes a door: they look at a window of one
 * series, at several sensors of a room, or at who is inside. No reading waits for them.
 */

import { Type, type Static } from 'typebox';
import { Seconds, common, delays, strict } from './rule-parts.ts';

const shared = { ...common, ...delays };

/** Somebody came in who was in, or went out who was not: a card was passed back, or somebody followed another. */
export const PassbackRule = Type.Object(
  { ...shared, kind: Type.Literal('passback'), holdSeconds: Seconds },
  strict,
);
/** Somebody is alone in a room that asks for two (`twoPersons` of the room). */
export const TwoPersonsRule = Type.Object(
  { ...shared, kind: Type.Literal('two-persons'), holdSeconds: Seconds },
  strict,
);
/** A contractor is in a room without any of the staff. */
export const EscortRule = Type.Object(
  { ...shared, kind: Type.Literal('escort'), holdSeconds: Seconds },
  strict,
);
/** Somebody is inside although the repository is closed. */
export const StillInsideRule = Type.Object(
  { ...shared, kind: Type.Literal('still-inside') },
  strict,
);

export type PassbackRule = Static<typeof PassbackRule>;
export type TwoPersonsRule = Static<typeof TwoPersonsRule>;
export type EscortRule = Static<typeof EscortRule>;
export type StillInsideRule = Static<typeof StillInsideRule>;

/** Rules about who is inside. */
export type PeopleRule = PassbackRule | TwoPersonsRule | EscortRule | StillInsideRule;
/** Rules that judge a room. */
export type RoomRule = PeopleRule;
export type WatchRule = RoomRule;

export const WATCH_SCHEMAS = {
  passback: PassbackRule,
  'two-persons': TwoPersonsRule,
  escort: EscortRule,
  'still-inside': StillInsideRule,
} as const;

/** Whether the rule asks who is inside. */
export function isPeopleRule(rule: WatchRule): rule is PeopleRule {
  return PEOPLE_KINDS.has(rule.kind);
}
const PEOPLE_KINDS: ReadonlySet<string> = new Set<PeopleRule['kind']>([
  'passback',
  'two-persons',
  'escort',
  'still-inside',
]);

/** Whether the rule judges by the minute or by who passes, not by each reading. */
export function isWatchRule(rule: { readonly kind: string }): rule is WatchRule {
  return Object.hasOwn(WATCH_SCHEMAS, rule.kind);
}
