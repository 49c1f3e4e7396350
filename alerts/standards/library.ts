/** The standards library: all packs, the classes of rooms, and what a pack says of one room. */

import type { Limit } from '../../domain/limits.ts';
import type { RoomClass } from '../../domain/registry.ts';
import {
  partsOfStandard,
  type StandardsCatalogue,
  type StandardsEntry,
  type StandardsPackView,
} from '../../domain/standards.ts';
import type { LocalizedText } from '../../domain/text.ts';

/** An entry as loaded: what people see, and the limit that rules judge by, where they can. */
export interface PackEntry extends Omit<StandardsEntry, 'judging'> {
  /** Without the pack's name: that depends on the class a room chose. */
  readonly limit?: Limit;
}

export interface StandardsPack extends Omit<StandardsPackView, 'entries'> {
  readonly entries: readonly PackEntry[];
}

export interface RoomClassInfo {
  readonly class: RoomClass;
  readonly name: LocalizedText;
  /** A repository room (库房). */
  readonly store: boolean;
}

export interface Standards {
  readonly packs: ReadonlyMap<string, StandardsPack>;
  readonly classes: ReadonlyMap<RoomClass, RoomClassInfo>;
}

/** The packs by name with their own classes, to check a choice against. */
export function catalogueOf({ packs }: Standards): StandardsCatalogue {
  return new Map([...packs].map(([id, pack]) => [id, pack.classes.map((one) => one.id)]));
}

/** The entries of `standard` (`pack` or `pack:class`) that concern a room of this class; none for a pack that is not there. */
export function entriesFor(
  standards: Standards,
  standard: string,
  roomClass: RoomClass,
): readonly PackEntry[] {
  const { pack: id, class: own } = partsOfStandard(standard);
  const pack = standards.packs.get(id);
  if (!pack) return [];
  const wanted = own ?? roomClass;
  return pack.entries.filter((entry) => entry.for === undefined || entry.for.includes(wanted));
}

/** The limits of `standard` for a class of room, of all times; `limitsInForce` picks by their `validFrom`. */
export function limitsFor(
  standards: Standards,
  standard: string,
  roomClass: RoomClass,
): readonly Limit[] {
  return entriesFor(standards, standard, roomClass).flatMap(({ limit }) =>
    limit ? [{ ...limit, pack: standard }] : [],
  );
}
