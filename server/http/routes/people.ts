/** People to be told, entered on screen, and a test of each channel. Those of the repository file are read only. */

import { Type } from 'typebox';
import { mayEnter, type Principal } from '../../../domain/account.ts';
import { qualify } from '../../../domain/ids.ts';
import type { JournalDraft } from '../../../domain/journal.ts';
import { CHANNELS } from '../../../domain/outbox.ts';
import { idOf, RepositoryDocument, type Person } from '../../../domain/registry.ts';
import { say } from '../../../domain/sentences.ts';
import { notFound, refused } from '../errors.ts';
import { pageOfAll } from '../paging.ts';
import type { HttpContext, Router } from '../router.ts';
import { AnyId, inRepository, paging, strict } from '../schemas.ts';
import { inSight, narrowScope, repositoryMeant } from '../scope.ts';

// One declaration for the file and for the screen.
const personFields = RepositoryDocument.properties.people.items.properties;
const changeable = Type.Omit(Type.Object(personFields), ['id'], strict);

export function addPeopleRoutes(router: Router, context: HttpContext): void {
  addRead(router, context);
  addWrites(router, context);
  addRemoval(router, context);
  addChannelTest(router, context);
}

function addRead(router: Router, { services }: HttpContext): void {
  router.add('GET /api/people', {
    summary: 'People to be told, by role and order',
    query: Type.Object({ ...inRepository, ...paging }, strict),
    handle: ({ principal, query }) => {
      if (query.repository !== undefined) narrowScope(principal, query.repository);
      const all = [...services.registry().people.values()]
        .filter((person) => person.retiredAt === undefined)
        .filter((person) => mayEnter(principal, person.repository))
        .filter((one) => query.repository === undefined || one.repository === query.repository)
        .map(personView);
      return pageOfAll(all, query);
    },
  });
}

function addWrites(router: Router, { services }: HttpContext): void {
  const { registry } = services;
  router.add('POST /api/people', {
    summary: 'Enter a person',
    status: 201,
    body: Type.Object({ ...inRepository, ...personFields }, strict),
    handle: async ({ principal, body }) => {
      const repository = repositoryMeant(registry(), principal, body.repository);
      const known = registry().people.get(qualify(repository, body.id));
      if (known && known.retiredAt === undefined) {
        throw refused(409, 'already', say('person-taken'));
      }
      const person: Person = { ...body, repository, origin: 'database' };
      await store(services, person, { by: principal, action: 'person.added' });
      return personView(person);
    },
  });
  router.add('PUT /api/people/:id', {
    summary: 'Change a person',
    body: changeable,
    handle: async ({ principal, body, params }) => {
      const { id, repository, origin } = changeablePerson(services, principal, params['id']);
      const person: Person = { ...body, id, repository, origin };
      await store(services, person, { by: principal, action: 'person.changed' });
      return personView(person);
    },
  });
}

function addRemoval(router: Router, { services }: HttpContext): void {
  router.add('DELETE /api/people/:id', {
    summary: 'Retire a person: told no more, kept in what was',
    status: 204,
    handle: async ({ principal, params }) => {
      const known = changeablePerson(services, principal, params['id']);
      const person: Person = { ...known, retiredAt: services.now() };
      await store(services, person, { by: principal, action: 'person.retired' });
    },
  });
}

function addChannelTest(router: Router, { services }: HttpContext): void {
  router.add('POST /api/channels/test', {
    summary: 'Send a test message now; says what happened',
    body: Type.Object(
      {
        channel: Type.Enum([...CHANNELS]),
        target: Type.String({ minLength: 3, maxLength: 500 }),
        /** In whose name: a template may need a phone number. */
        person: Type.Optional(AnyId),
      },
      strict,
    ),
    handle: async ({ principal, body }) => {
      const { person, ...test } = body;
      if (person !== undefined) {
        inSight(principal, services.registry().people.get(person), 'person');
      }
      const outcome = await services.testChannel(person === undefined ? test : { ...test, person });
      await services.writer.commit({
        journal: [
          {
            repository: 'system',
            at: services.now(),
            by: principal.name,
            action: 'channel.tested',
            // The address may hold a secret, so it is not written down.
            detail: { channel: body.channel, ok: outcome.ok },
          },
        ],
      });
      return outcome;
    },
  });
}

type Parts = HttpContext['services'];

function changeablePerson(services: Parts, principal: Principal, id = ''): Person {
  const person = inSight(principal, services.registry().people.get(id), 'person');
  if (person.retiredAt !== undefined) throw notFound('person');
  if (person.origin === 'file') throw refused(409, 'managed-by-file', say('of-the-file'));
  return person;
}

type PersonAction = 'person.added' | 'person.changed' | 'person.retired';

async function store(
  services: Parts,
  row: Person,
  what: { readonly by: Principal; readonly action: PersonAction },
): Promise<void> {
  const { repository, name, role } = row;
  const line: JournalDraft = {
    repository,
    at: services.now(),
    by: what.by.name,
    action: what.action,
    subject: idOf(row),
    // Addresses stay out of the journal: it can't be changed when somebody asks to be forgotten.
    detail: { name, role },
  };
  await services.writer.commit({
    puts: [{ table: 'person', mode: 'upsert', row }],
    journal: [line],
  });
  await services.writer.reconfigure();
}

function personView(person: Person) {
  return { ...person, id: idOf(person) };
}
