/** The standards library, and which of its packs a room keeps to since when. */

import { Type } from 'typebox';
import { choiceInForce } from '../../../alerts/index.ts';
import { mayEnter } from '../../../domain/account.ts';
import { limitsClimate } from '../../../domain/limits.ts';
import { StandardsList } from '../../../domain/registry.ts';
import { qualify } from '../../../domain/ids.ts';
import {
  choiceProblem,
  DEFAULT_STANDARDS,
  type ChosenStandards,
  type StandardsChoice,
  type StandardsChoiceView,
} from '../../../domain/standards.ts';
import { invalid } from '../errors.ts';
import { pageOfAll } from '../paging.ts';
import type { HttpContext, Router } from '../router.ts';
import { AnyId, MomentBody, MomentText, paging, strict, Text } from '../schemas.ts';
import { assertInSight, inSight } from '../scope.ts';
import { optionalMoment, parseMoment } from '../times.ts';

const NewChoice = Type.Object(
  {
    room: AnyId,
    standards: StandardsList,
    reason: Text,
    approvedBy: Type.Optional(Text),
    validFrom: Type.Optional(MomentBody),
  },
  strict,
);

export function addStandardsRoutes(router: Router, context: HttpContext): void {
  const { services } = context;
  router.add('GET /api/standards', {
    summary:
      'The standards packs: every entry with clause, source, verification and whether a rule judges by it',
    handle: () => services.standards,
  });
  router.add('GET /api/room-standards', {
    summary:
      'What a room keeps to: its packs with the entries that concern it, and the limits that follow, by two times',
    query: Type.Object(
      { room: AnyId, at: Type.Optional(MomentText), knownAt: Type.Optional(MomentText) },
      strict,
    ),
    handle: ({ principal, query }) => {
      inSight(principal, services.registry().rooms.get(query.room), 'room');
      const at = optionalMoment(query.at, 'at') ?? services.now();
      const knownAt = optionalMoment(query.knownAt, 'knownAt') ?? services.now();
      return services.roomStandards({ room: query.room, at, knownAt });
    },
  });
  router.add('GET /api/room-standards/changes', {
    summary:
      'What rooms were made to keep to, with what they kept to before, who, why, valid from and recorded at',
    query: Type.Object({ room: Type.Optional(AnyId), ...paging }, strict),
    handle: ({ principal, query }) => {
      if (query.room !== undefined) assertInSight(principal, query.room, 'room');
      const choices = services.queries.standardsChoices();
      const all = choices
        .filter((one) => mayEnter(principal, one.repository))
        .filter((one) => query.room === undefined || `${one.repository}.${one.room}` === query.room)
        .toSorted((a, b) => b.recordedAt - a.recordedAt);
      const page = pageOfAll(all, query);
      return { ...page, items: page.items.map((one) => withBefore(choices, one)) };
    },
  });
  addChoice(router, context);
}

/** What the room kept to then, by what was known before the choice. */
function withBefore(all: readonly StandardsChoice[], choice: StandardsChoice): StandardsChoiceView {
  const { repository, room, validFrom: at, recordedAt } = choice;
  const choicesOf = () => all.filter((c) => c.repository === repository && c.room === room);
  const question = { room: qualify(repository, room), at, knownAt: recordedAt - 1 };
  const before = choiceInForce({ choicesOf }, question);
  return { ...choice, before: before?.standards ?? DEFAULT_STANDARDS };
}

function addChoice(router: Router, { services }: HttpContext): void {
  const { registry, now, newId, writer, standardsCatalogue } = services;
  router.add('POST /api/room-standards', {
    summary: 'Make a room keep to other standards packs, with a reason',
    status: 201,
    body: NewChoice,
    handle: async ({ principal, body }): Promise<ChosenStandards> => {
      const room = inSight(principal, registry().rooms.get(body.room), 'room');
      const problem = choiceProblem(body.standards, standardsCatalogue);
      if (problem) throw invalid(problem);
      const recordedAt = now();
      const choice: StandardsChoice = {
        id: newId(),
        repository: room.repository,
        room: room.id,
        standards: body.standards,
        reason: body.reason,
        by: principal.name,
        ...(body.approvedBy === undefined ? {} : { approvedBy: body.approvedBy }),
        validFrom:
          body.validFrom === undefined ? recordedAt : parseMoment(body.validFrom, 'validFrom'),
        recordedAt,
        origin: 'screen',
      };
      await writer.commit({
        puts: [{ table: 'standards_choice', mode: 'insert', row: choice }],
        journal: [
          {
            repository: room.repository,
            at: recordedAt,
            by: principal.name,
            action: 'standards.chosen',
            subject: body.room,
            detail: { ...choice },
          },
        ],
      });
      await writer.reconfigure();
      return withWarning(services, choice, body.room);
    },
  });
}

/** Packs that only inform, such as those of air quality, may be all that a room keeps to: said, as nothing alarms then. */
function withWarning(
  { limitsInForce, now }: HttpContext['services'],
  choice: StandardsChoice,
  room: string,
): ChosenStandards {
  const at = Math.max(choice.validFrom, now());
  if (limitsClimate(limitsInForce({ room, at, knownAt: choice.recordedAt }))) return choice;
  const message =
    'None of these standards limits temperature or humidity in this room: no limits are in force.';
  return { ...choice, warning: { code: 'no-limits', message } };
}
