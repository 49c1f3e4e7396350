/** Device profiles: those in the box, those of the house, trying one out, and which are in use. */

import { Type } from 'typebox';
import { qualify } from '../../../domain/ids.ts';
import { idOf, RepositoryDocument, type ProfileUse } from '../../../domain/registry.ts';
import { boxedProfileText, parseProfile } from '../../../gateway/profiles/load.ts';
import type { ProfileDocument } from '../../../gateway/profiles/schema.ts';
import type { ProfileView } from '../../device-services.ts';
import { HttpError, notFound } from '../errors.ts';
import { pageOfAll } from '../paging.ts';
import type { HttpContext, Router } from '../router.ts';
import { inRepository, paging, strict } from '../schemas.ts';
import { inSight, narrowScope, repositoryMeant } from '../scope.ts';

const TEXT_CHARS_MAX = 256 * 1024;
const PAYLOAD_CHARS_MAX = 200_000;
const ProfileText = Type.String({ minLength: 1, maxLength: TEXT_CHARS_MAX });
const useFields = RepositoryDocument.properties.profiles.items.properties;

export function addProfileRoutes(router: Router, context: HttpContext): void {
  addReads(router, context);
  addWrites(router, context);
  addTryOut(router, context);
  addUses(router, context);
}

function summary(id: string, { document, origin }: ProfileView) {
  const { version, name, note, commissioning, timezone, params, discovers, liveness } = document;
  return {
    id,
    origin,
    version,
    name,
    discovers: discovers === true,
    ...(note ? { note } : {}),
    ...(commissioning ? { commissioning } : {}),
    ...(timezone === undefined ? {} : { timezone }),
    ...(params ? { params } : {}),
    ...(liveness ? { expectEverySeconds: liveness.expectEverySeconds } : {}),
  };
}

function addReads(router: Router, { services }: HttpContext): void {
  const { devices } = services;
  router.add('GET /api/profiles', {
    summary: 'Device profiles: in the box, and of this house',
    query: Type.Object({ ...paging }, strict),
    handle: ({ query }) =>
      pageOfAll(
        [...devices.profiles()].map(([id, view]) => summary(id, view)),
        query,
      ),
  });
  router.add('GET /api/profiles/:id', {
    summary: 'One device profile, with its text',
    handle: ({ params }) => {
      const id = params['id'] ?? '';
      const view = devices.profiles().get(id);
      if (!view) throw notFound('profile');
      const text = services.registry().ownProfiles.get(id)?.text ?? boxedProfileText(id) ?? '';
      return { ...summary(id, view), text };
    },
  });
}

function parsed(text: string): ProfileDocument {
  const result = parseProfile(text);
  if (result.ok) return result.profile;
  const first = result.problems[0];
  throw new HttpError(422, 'profile-mistakes', {
    message: first
      ? `Line ${first.line}, column ${first.column}: ${first.message}`
      : 'Not a profile.',
    more: { problems: result.problems },
  });
}

function addWrites(router: Router, { services }: HttpContext): void {
  const { writer, registry } = services;
  router.add('PUT /api/profiles/:id', {
    summary: 'Make or change a device profile of this house',
    body: Type.Object({ text: ProfileText }, strict),
    handle: async ({ principal, body, params }) => {
      const id = params['id'] ?? '';
      const document = parsed(body.text);
      if (document.id !== id) {
        const message = `The text is of the profile ${document.id}; its id must be ${id}.`;
        throw new HttpError(422, 'profile-id', { message });
      }
      const at = services.now();
      const row = { id, text: body.text, by: principal.name, changedAt: at };
      const action = registry().ownProfiles.has(id) ? 'profile.changed' : 'profile.added';
      await writer.commit({
        puts: [{ table: 'own_profile', mode: 'upsert', row }],
        journal: [
          {
            repository: 'system',
            at,
            by: principal.name,
            action,
            subject: id,
            detail: { text: body.text },
          },
        ],
      });
      await writer.reconfigure();
      return { ...summary(id, { document, origin: 'own' }), text: body.text };
    },
  });
  router.add('DELETE /api/profiles/:id', {
    summary: 'Remove a profile of this house; one of the box with its id counts again',
    status: 204,
    handle: async ({ principal, params }) => {
      const id = params['id'] ?? '';
      const known = registry().ownProfiles.get(id);
      if (!known) throw notFound('profile');
      const users = usersOf(services, id);
      if (users.length > 0 && boxedProfileText(id) === undefined) {
        const message = `The profile is used by ${users.slice(0, 5).join(', ')}; bind them to another one first.`;
        throw new HttpError(409, 'in-use', { message });
      }
      await writer.commit({
        deletes: [{ table: 'own_profile', key: id }],
        journal: [
          {
            repository: 'system',
            at: services.now(),
            by: principal.name,
            action: 'profile.removed',
            subject: id,
            detail: { text: known.text },
          },
        ],
      });
      await writer.reconfigure();
    },
  });
}

function usersOf(services: HttpContext['services'], profile: string): readonly string[] {
  const { sensors, doors, profileUses } = services.registry();
  const bound = [...sensors.values(), ...doors.values()].filter(
    (thing) => thing.retiredAt === undefined && thing.source?.profile === profile,
  );
  const uses = [...profileUses.values()].filter(
    (use) => use.retiredAt === undefined && use.profile === profile,
  );
  return [...bound.map(idOf), ...uses.map(idOf)];
}

function addTryOut(router: Router, { services }: HttpContext): void {
  router.add('POST /api/profiles/try', {
    summary: 'What a profile makes of a message; nothing is stored',
    body: Type.Object(
      {
        profile: Type.Optional(Type.String({ minLength: 1, maxLength: 63 })),
        text: Type.Optional(ProfileText),
        topic: Type.String({ minLength: 1, maxLength: 500 }),
        payload: Type.Optional(Type.String({ maxLength: PAYLOAD_CHARS_MAX })),
        payloadBase64: Type.Optional(Type.String({ maxLength: PAYLOAD_CHARS_MAX })),
        params: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 200 }))),
        timezone: Type.Optional(Type.String({ maxLength: 60 })),
      },
      strict,
    ),
    handle: ({ body }) => {
      const { profile, text, topic, params, timezone } = body;
      const document =
        text === undefined
          ? services.devices.profiles().get(profile ?? '')?.document
          : parsed(text);
      if (!document) throw notFound('profile');
      const payload =
        body.payloadBase64 === undefined
          ? Buffer.from(body.payload ?? '')
          : Buffer.from(body.payloadBase64, 'base64');
      const options = { ...(params ? { params } : {}), ...(timezone ? { timezone } : {}) };
      return services.devices.tryOut(document, options, {
        topic,
        payload,
        receivedAt: services.now(),
      });
    },
  });
}

function addUses(router: Router, { services }: HttpContext): void {
  const { registry, writer } = services;
  router.add('GET /api/profile-uses', {
    summary: 'Profiles in use: their topics are subscribed to',
    query: Type.Object({ ...inRepository, ...paging }, strict),
    handle: ({ principal, query }) => {
      const scope = narrowScope(principal, query.repository);
      const all = [...registry().profileUses.values()]
        .filter((use) => use.retiredAt === undefined)
        .filter((use) => scope === '*' || scope.includes(use.repository))
        .map((use) => withProblem(services, use));
      return pageOfAll(all, query);
    },
  });
  router.add('POST /api/profile-uses', {
    summary: 'Use a profile: its topics are subscribed to, and unknown devices are found',
    status: 201,
    body: Type.Object({ ...inRepository, ...useFields }, strict),
    handle: async ({ principal, body }) => {
      const repository = repositoryMeant(registry(), principal, body.repository);
      const known = registry().profileUses.get(qualify(repository, body.id));
      if (known && known.retiredAt === undefined) {
        throw new HttpError(409, 'already', {
          message: 'There is a profile in use of this id already.',
        });
      }
      if (!services.devices.profiles().has(body.profile)) throw notFound('profile');
      const use: ProfileUse = { ...body, repository, origin: 'database' };
      await storeUse(use, principal.name, 'profile-use.added');
      return withProblem(services, use);
    },
  });
  router.add('DELETE /api/profile-uses/:id', {
    summary: 'Use it no more; what is bound to its devices goes silent',
    status: 204,
    handle: async ({ principal, params }) => {
      const known = inSight(
        principal,
        registry().profileUses.get(params['id'] ?? ''),
        'profile-use',
      );
      if (known.origin !== 'database') {
        const message = 'It is managed by the repository file; take it out there.';
        throw new HttpError(409, 'managed-by-file', { message });
      }
      await storeUse(
        { ...known, retiredAt: services.now() },
        principal.name,
        'profile-use.retired',
      );
    },
  });
  async function storeUse(row: ProfileUse, by: string, action: string): Promise<void> {
    const { profile, params } = row;
    const detail = { profile, ...(params ? { params } : {}) };
    await writer.commit({
      puts: [{ table: 'profile_use', mode: 'upsert', row }],
      journal: [
        { repository: row.repository, at: services.now(), by, action, subject: idOf(row), detail },
      ],
    });
    await writer.reconfigure();
  }
}

function withProblem(services: HttpContext['services'], use: ProfileUse) {
  const id = idOf(use);
  const problem = services.devices.problems().get(id);
  return { ...use, id, ...(problem === undefined ? {} : { problem }) };
}
