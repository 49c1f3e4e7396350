/** Device profiles: those in the box, those of the house and trying one out. */

import { Type } from 'typebox';
import { idOf } from '../../../domain/registry.ts';
import { say } from '../../../domain/sentences.ts';
import { boxedProfileText, parseProfile } from '../../../gateway/profiles/load.ts';
import type { ProfileDocument } from '../../../gateway/profiles/schema.ts';
import type { ProfileView } from '../../device-services.ts';
import { HttpError, notFound, refused } from '../errors.ts';
import { pageOfAll } from '../paging.ts';
import type { HttpContext, Router } from '../router.ts';
import { paging, strict } from '../schemas.ts';

const TEXT_CHARS_MAX = 256 * 1024;
const PAYLOAD_CHARS_MAX = 200_000;
/** The longest text and payload in UTF-8, and what JSON escapes of them. */
const BODY_BYTES_MAX = 4 * (TEXT_CHARS_MAX + PAYLOAD_CHARS_MAX);
const ProfileText = Type.String({ minLength: 1, maxLength: TEXT_CHARS_MAX });

export function addProfileRoutes(router: Router, context: HttpContext): void {
  addReads(router, context);
  addWrites(router, context);
  addRemoval(router, context);
  addTryOut(router, context);
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
    bytesMax: BODY_BYTES_MAX,
    body: Type.Object({ text: ProfileText }, strict),
    handle: async ({ principal, body, params }) => {
      const id = params['id'] ?? '';
      const document = parsed(body.text);
      if (document.id !== id) {
        throw refused(422, 'profile-id', say('profile-other-id', { other: document.id, id }));
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
}

function addRemoval(router: Router, { services }: HttpContext): void {
  const { writer, registry } = services;
  router.add('DELETE /api/profiles/:id', {
    summary: 'Remove a profile of this house; one of the box with its id counts again',
    status: 204,
    handle: async ({ principal, params }) => {
      const id = params['id'] ?? '';
      const known = registry().ownProfiles.get(id);
      if (!known) throw notFound('profile');
      const users = usersOf(services, id);
      if (users.length > 0 && boxedProfileText(id) === undefined) {
        const things = users.slice(0, 5).join(', ');
        throw refused(409, 'in-use', say('profile-in-use', { things }));
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
    bytesMax: BODY_BYTES_MAX,
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
