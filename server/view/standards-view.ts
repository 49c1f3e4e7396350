/** The standards library as people see it: the packs, and what one room keeps to. */

import {
  choiceInForce,
  entriesFor,
  judgingOf,
  limitsInForce,
  type Knowledge,
  type LimitBook,
  type LimitQuestion,
  type PackEntry,
  type StandardsPack,
} from '../../alerts/index.ts';
import type { Limit } from '../../domain/limits.ts';
import type { Registry, RoomClass } from '../../domain/registry.ts';
import {
  DEFAULT_STANDARDS,
  partsOfStandard,
  type RoomStandards,
  type StandardsEntry,
  type StandardsPackView,
} from '../../domain/standards.ts';

type Known = Pick<Knowledge, 'standards' | 'rules'>;

/**
 * All packs as a list. Before there were several packs, the answer was the one there was; its `id`, `version`, `name` and
 * `classes` stay beside the list, and say the same of the default.
 */
export function standardsView(knowledge: Known) {
  const { packs, classes } = knowledge.standards;
  const first = packs.get(DEFAULT_STANDARDS[0] ?? '');
  return {
    id: first?.id,
    version: first?.version,
    name: first?.name,
    classes: [...classes.values()].map((info) => ({
      ...info,
      ...defaultOf(knowledge, info.class),
    })),
    default: DEFAULT_STANDARDS,
    items: [...packs.values()].map((pack) => packView(knowledge, pack, pack.entries)),
  };
}

function defaultOf(knowledge: Known, roomClass: RoomClass) {
  const entries = DEFAULT_STANDARDS.flatMap((name) =>
    entriesFor(knowledge.standards, name, roomClass),
  );
  const compared = entries.filter((entry) => entry.comparison);
  return {
    limits: entries.flatMap(({ limit }): readonly Limit[] => (limit ? [limit] : [])),
    alternatives: compared.map(({ metric, min, max, citation, comparison }) => ({
      metric,
      kind: 'range',
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      citation,
      why: comparison,
    })),
  };
}

function packView(
  knowledge: Known,
  pack: StandardsPack,
  entries: readonly PackEntry[],
): StandardsPackView {
  return { ...pack, entries: entries.map((entry) => entryView(knowledge, entry)) };
}

function entryView(knowledge: Known, entry: PackEntry): StandardsEntry {
  const { limit: _limit, ...shown } = entry;
  return { ...shown, judging: judgingOf(entry, knowledge.rules) };
}

/** What the room keeps to by the two times, with those entries of each pack that concern it. */
export function roomStandards(what: {
  readonly knowledge: Known;
  readonly registry: Registry;
  readonly book: LimitBook;
  readonly question: LimitQuestion;
}): RoomStandards | undefined {
  const { knowledge, registry, book, question } = what;
  const room = registry.rooms.get(question.room);
  if (!room) return undefined;
  const choice = choiceInForce(book, question);
  const standards = choice?.standards ?? DEFAULT_STANDARDS;
  return {
    ...question,
    roomClass: room.class,
    standards,
    ...(choice ? { choice } : {}),
    packs: standards.flatMap((name) => packFor(knowledge, name, room.class)),
    limits: limitsInForce(book, question),
  };
}

function packFor(knowledge: Known, name: string, roomClass: RoomClass) {
  const parts = partsOfStandard(name);
  const pack = knowledge.standards.packs.get(parts.pack);
  if (!pack) return [];
  const own = parts.class ?? roomClass;
  const view = packView(knowledge, pack, entriesFor(knowledge.standards, name, roomClass));
  return [
    {
      ...view,
      id: name,
      classes: pack.classes.filter((one) => one.id === parts.class),
      notKnown: pack.notKnown.filter((gap) => gap.for === undefined || gap.for.includes(own)),
    },
  ];
}
