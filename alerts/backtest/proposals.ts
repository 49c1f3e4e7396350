/** The limits of a back-test: those of today held over the whole period, and the same with what is proposed. */

import type { QualifiedId } from '../../domain/ids.ts';
import { qualify } from '../../domain/ids.ts';
import type { Limit, LimitChange } from '../../domain/limits.ts';
import type { Registry } from '../../domain/registry.ts';
import type { StandardsChoice } from '../../domain/standards.ts';
import type { Moment } from '../../domain/time.ts';
import type { Standards } from '../standards/library.ts';
import { choiceInForce, createLimitBook, limitsInForce } from '../standards/limits-in-force.ts';

/** What limits are made of, beside the packs. */
export interface LimitSources {
  readonly limitChanges: readonly LimitChange[];
  readonly standardsChoices: readonly StandardsChoice[];
}

/** A limit that somebody thinks of, as a limit change would say it. */
export type LimitProposal = Pick<LimitChange, 'metric' | 'kind' | 'min' | 'max' | 'swing'>;

const ALWAYS = { validFrom: 0, recordedAt: 0 } as const;

/** What is in force at `at` in these rooms, as if it had been so for ever. */
export function heldThroughout(
  sources: LimitSources,
  of: {
    readonly registry: Registry;
    readonly standards: Standards;
    readonly rooms: readonly QualifiedId[];
    readonly at: Moment;
  },
): LimitSources {
  const { registry, standards, rooms, at } = of;
  const { limitChanges: changes, standardsChoices: choices } = sources;
  const book = createLimitBook({ registry, standards, changes, choices });
  const questions = rooms.map((room) => ({ room, at, knownAt: at }));
  return {
    standardsChoices: questions.flatMap((question) => {
      const choice = choiceInForce(book, question);
      return choice ? [{ ...choice, ...ALWAYS }] : [];
    }),
    limitChanges: questions.flatMap((question) =>
      limitsInForce(book, question)
        .filter((limit) => limit.origin === 'own')
        .flatMap((limit) => ownChange(limit, question.room)),
    ),
  };
}

/** The same with the proposals in the place of the room's own limits of their metric and kind. */
export function withProposals(
  sources: LimitSources,
  room: QualifiedId,
  proposals: readonly LimitProposal[],
): LimitSources {
  const isReplaced = (change: LimitChange): boolean =>
    qualify(change.repository, change.room) === room &&
    proposals.some(({ metric, kind }) => metric === change.metric && kind === change.kind);
  return {
    ...sources,
    limitChanges: [
      ...sources.limitChanges.filter((change) => !isReplaced(change)),
      ...proposals.map((proposal) => asChange(proposal, room)),
    ],
  };
}

/** Only ranges and swings are changed by a repository itself. */
function ownChange(limit: Limit, room: QualifiedId): readonly LimitChange[] {
  const { kind } = limit;
  return kind === 'range' || kind === 'swing' ? [asChange({ ...limit, kind }, room)] : [];
}

function asChange(
  { metric, kind, min, max, swing, ...rest }: LimitProposal & Partial<Pick<Limit, 'by' | 'reason'>>,
  room: QualifiedId,
): LimitChange {
  const dot = room.indexOf('.');
  return {
    id: `back-test/${room}/${metric}/${kind}`,
    repository: room.slice(0, dot),
    room: room.slice(dot + 1),
    metric,
    kind,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(swing === undefined ? {} : { swing }),
    reason: rest.reason ?? '试算 / back-test',
    by: rest.by ?? 'back-test',
    ...ALWAYS,
  };
}

/** The registry with nothing but these rooms and what stands in them, so that a run does no more than it must. */
export function narrowTo(registry: Registry, rooms: readonly QualifiedId[]): Registry {
  const wanted = new Set(rooms);
  const inRooms = <T extends { readonly repository: string; readonly room: string }>(
    things: ReadonlyMap<QualifiedId, T>,
  ): ReadonlyMap<QualifiedId, T> =>
    new Map([...things].filter(([, one]) => wanted.has(qualify(one.repository, one.room))));
  const sensors = inRooms(registry.sensors);
  const doors = inRooms(registry.doors);
  const carriers = new Set(
    [...sensors.values(), ...doors.values()].map((one) =>
      qualify(one.repository, one.device ?? ''),
    ),
  );
  const homes = new Set([...registry.rooms].flatMap(([id, one]) => (wanted.has(id) ? [one] : [])));
  const repositories = new Set([...homes].map((room) => room.repository));
  return {
    ...registry,
    repositories: new Map([...registry.repositories].filter(([id]) => repositories.has(id))),
    rooms: new Map([...registry.rooms].filter(([id]) => wanted.has(id))),
    sensors,
    doors,
    devices: new Map([...registry.devices].filter(([id]) => carriers.has(id))),
  };
}
