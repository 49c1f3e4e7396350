/** Records: access events, the journal and its verification, and what could not be decoded. */

import { Type } from 'typebox';
import type { AccessEvent } from '../../../domain/access.ts';
import type { JournalEntry } from '../../../domain/journal.ts';
import type { QuarantineEntry } from '../../../domain/quarantine.ts';
import { createGate } from '../../accounts/gate.ts';
import { verifyChainInSlices } from '../../journal-chain.ts';
import { HttpError, notFound } from '../errors.ts';
import { pageByTime } from '../paging.ts';
import type { HttpContext, Router } from '../router.ts';
import { AnyId, inRepository, paging, period, strict } from '../schemas.ts';
import { assertInSight, narrowScope, scopeOf } from '../scope.ts';
import { optionalMoment } from '../times.ts';

const VERIFICATIONS_WAITING_MAX = 8;
const ListQuery = Type.Object({ ...inRepository, ...period, ...paging }, strict);

export function addRecordRoutes(router: Router, context: HttpContext): void {
  addAccessEvents(router, context);
  addJournal(router, context);
  addQuarantine(router, context);
}

function addAccessEvents(router: Router, { services }: HttpContext): void {
  const { queries } = services;
  router.add('GET /api/access-events', {
    summary: 'What happened at doors, newest first',
    query: Type.Object(
      {
        room: Type.Optional(AnyId),
        door: Type.Optional(AnyId),
        person: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
        ...inRepository,
        ...period,
        ...paging,
      },
      strict,
    ),
    handle: ({ principal, query }) => {
      const { room, door, person } = query;
      if (room !== undefined) assertInSight(principal, room, 'room');
      if (door !== undefined) assertInSight(principal, door, 'door');
      const repositories = narrowScope(principal, query.repository);
      const place = { at: (event: AccessEvent) => event.at, id: (event: AccessEvent) => event.id };
      return pageByTime(rangeOf(query), place, (rows) =>
        queries.accessEvents({
          ...rows,
          repositories,
          ...(room === undefined ? {} : { room }),
          ...(door === undefined ? {} : { door }),
          ...(person === undefined ? {} : { person }),
        }),
      );
    },
  });
}

function addJournal(router: Router, { services }: HttpContext): void {
  const { queries, registry } = services;
  const gate = createGate(1, VERIFICATIONS_WAITING_MAX);
  router.add('GET /api/journal', {
    summary: 'Who did what, when; newest first. `system` is what concerns no single repository',
    query: ListQuery,
    handle: ({ principal, query }) => {
      const repositories = narrowScope(principal, query.repository);
      const place = {
        at: (entry: JournalEntry) => entry.at,
        id: (entry: JournalEntry) => `${entry.repository}/${entry.sequence}`,
      };
      return pageByTime(rangeOf(query), place, (rows) =>
        queries.journal({ ...rows, repositories }),
      );
    },
  });
  router.add('GET /api/journal/verification', {
    summary: 'Recomputes the hash chain of a repository’s journal',
    query: Type.Object(inRepository, strict),
    handle: async ({ principal, query }) => {
      const known = [...registry().repositories.keys(), 'system'];
      const asked = query.repository === undefined ? known : [query.repository];
      const scope = scopeOf(principal);
      const seen = asked.filter(
        (id) => known.includes(id) && (scope === '*' || scope.includes(id)),
      );
      if (seen.length === 0) throw notFound('repository');
      const done = await gate.run(() =>
        Promise.all(
          seen.map(async (repository) => {
            const verification = await verifyChainInSlices(queries.journalChain(repository));
            return { repository, ...verification };
          }),
        ),
      );
      if (!done) throw new HttpError(503, 'busy', { message: 'Verifications are under way.' });
      const items = done.value;
      const ok = items.every((item) => item.ok);
      return query.repository === undefined ? { ok, items } : items[0];
    },
  });
}

function addQuarantine(router: Router, { services }: HttpContext): void {
  router.add('GET /api/quarantine', {
    summary: 'Messages that could not be decoded, with reasons',
    query: ListQuery,
    handle: ({ principal, query }) => {
      const repositories = narrowScope(principal, query.repository);
      const place = {
        at: (entry: QuarantineEntry) => entry.at,
        id: (entry: QuarantineEntry) => entry.id,
      };
      return pageByTime(rangeOf(query), place, (rows) =>
        services.queries.quarantine({ ...rows, repositories }),
      );
    },
  });
}

function rangeOf<T extends { readonly from?: string; readonly to?: string }>(query: T) {
  return {
    ...query,
    from: optionalMoment(query.from, 'from'),
    until: optionalMoment(query.to, 'to'),
  };
}
