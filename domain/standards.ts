/** Which standards packs a room keeps to, and since when; and what a pack's entries look like to people. */

import { say, type Said } from './sentences.ts';
import type { Citation, Limit } from './limits.ts';
import type { RoomClass } from './registry.ts';
import type { LocalizedText } from './text.ts';
import type { Moment } from './time.ts';

/** What a room keeps to that was never told otherwise. In order: of each limit, the first pack that has it holds. */
export const DEFAULT_STANDARDS: readonly string[] = [
  'jgj-25-2010-dat-87-2021',
  'rules-1987',
  'gb-50174-2017',
];

/** A choice for one room, by both times: in force from `validFrom`, known since `recordedAt`. */
export interface StandardsChoice {
  readonly id: string;
  readonly repository: string;
  readonly room: string;
  /** Names of packs, or `pack:class` for a pack with classes of its own; in order. */
  readonly standards: readonly string[];
  readonly reason: string;
  /** Who recorded it. */
  readonly by: string;
  /** Who approved it, in words; unset: whoever recorded it. */
  readonly approvedBy?: string;
  readonly validFrom: Moment;
  readonly recordedAt: Moment;
  readonly origin: 'file' | 'screen';
}

/** A choice with what the room kept to before it. */
export interface StandardsChoiceView extends StandardsChoice {
  readonly before: readonly string[];
}

/** What was recorded, and what whoever chose should know of it. */
export interface ChosenStandards extends StandardsChoice {
  /** From its `validFrom` on neither temperature nor humidity has a limit in the room. */
  readonly warning?: { readonly code: 'no-limits'; readonly message: string };
}

/** The packs there are, each with its own classes; a pack without any holds by class of room. */
export type StandardsCatalogue = ReadonlyMap<string, readonly string[]>;

/** `ashrae-2019:a1` is pack `ashrae-2019`, class `a1`. */
export function partsOfStandard(name: string): { readonly pack: string; readonly class?: string } {
  const colon = name.indexOf(':');
  if (colon < 0) return { pack: name };
  return { pack: name.slice(0, colon), class: name.slice(colon + 1) };
}

/** The first thing wrong with a choice, and at which place of the list; `undefined`: it is good. */
export function choiceProblem(
  standards: readonly string[],
  catalogue: StandardsCatalogue,
): (Said & { readonly index: number }) | undefined {
  for (const [index, name] of standards.entries()) {
    const problem = nameProblem(name, catalogue);
    if (problem) return { index, ...problem };
    if (standards.indexOf(name) < index) return { index, ...say('pack-twice', { name }) };
  }
  return undefined;
}

function nameProblem(name: string, catalogue: StandardsCatalogue): Said | undefined {
  const { pack, class: own } = partsOfStandard(name);
  const classes = catalogue.get(pack);
  if (!classes) return say('no-pack', { pack, known: [...catalogue.keys()].join(', ') });
  const known = classes.map((one) => `${pack}:${one}`).join(', ');
  if (classes.length === 0) {
    if (own === undefined) return undefined;
    return say('pack-has-no-classes', { pack });
  }
  if (own === undefined) return say('pack-needs-class', { pack, known });
  if (classes.includes(own)) return undefined;
  return say('no-pack-class', { pack, class: own, known });
}

/**
 * `range`: what a value may be; `swing`: how far it may move within a window; `offset`: how far a season may be from the
 * year's average; `rate`: change in an hour; `spell`: not above for too long; `air`: a pollutant; `duty`: what is to be done and
 * how often; `linkage`: what follows a fire signal; `fact`: anything else worth knowing.
 */
export type EntryKind =
  'range' | 'swing' | 'offset' | 'rate' | 'spell' | 'air' | 'duty' | 'linkage' | 'fact';

/**
 * `rule`: a rule judges by it; `not-yet`: it has a number, and no rule of ours can judge it yet; `comparison`: another
 * source, shown beside the one that holds; `knowledge`: for people to know.
 */
export type Judging = 'rule' | 'not-yet' | 'comparison' | 'knowledge';

/** One entry of a pack, as people see it. */
export interface StandardsEntry {
  /** Unique in its pack. */
  readonly id: string;
  readonly kind: EntryKind;
  /** Classes of rooms, or the pack's own classes; unset: all. */
  readonly for?: readonly string[];
  /** A name of `METRICS`. */
  readonly metric?: string;
  readonly substance?: LocalizedText;
  readonly what?: LocalizedText;
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  /** The stricter end, where the limit is a span. */
  readonly strict?: number;
  /** `swing`: the standard's ± figure; the window in hours, where it is stated; and around what. */
  readonly plusMinus?: number;
  readonly hours?: number;
  readonly around?: 'set-point' | 'running-mean';
  /** Days of the running mean. */
  readonly meanDays?: number;
  /** `offset`: above and below the year's average. */
  readonly up?: number;
  readonly down?: number;
  readonly perHour?: number;
  /** `spell`: not above this for longer than `days`; unset: the standard leaves them free. */
  readonly above?: number;
  readonly days?: number;
  /** `air`: averaged over; as the standard says it. */
  readonly average?: string;
  /** `air`: the same in the unit of our metric, where that is exact. */
  readonly inMetric?: { readonly unit: string; readonly max: number };
  readonly times?: { readonly count: number; readonly per: 'day' | 'quarter' | 'year' };
  /** `linkage`: at most so many seconds. */
  readonly seconds?: number;
  readonly citation: Citation;
  /** What is contested, or how it is read here. */
  readonly note?: LocalizedText;
  /** Why it is only shown for comparison. */
  readonly comparison?: LocalizedText;
  readonly inForceFrom?: Moment;
  readonly judging: Judging;
}

/** What is not known, and says so. */
export interface StandardsGap {
  readonly for?: readonly string[];
  readonly text: LocalizedText;
}

export interface StandardsPackView {
  readonly id: string;
  readonly version: number;
  readonly name: LocalizedText;
  readonly about?: LocalizedText;
  /** The pack's own; empty: it holds by class of room. */
  readonly classes: readonly { readonly id: string; readonly name: LocalizedText }[];
  readonly entries: readonly StandardsEntry[];
  readonly notKnown: readonly StandardsGap[];
}

/** What a room keeps to at a time: the choice, its packs with the entries that concern the room, and the limits that follow. */
export interface RoomStandards {
  readonly room: string;
  readonly roomClass: RoomClass;
  readonly at: Moment;
  readonly knownAt: Moment;
  readonly standards: readonly string[];
  /** Unset: the default, as nobody chose. */
  readonly choice?: StandardsChoice;
  readonly packs: readonly StandardsPackView[];
  readonly limits: readonly Limit[];
}
