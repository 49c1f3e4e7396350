/** Credentials of devices, and who has been at the embedded broker. */

import { Type } from 'typebox';
import { DEVICE_MESSAGES_PER_SECOND_MAX, TOPIC_BYTES_MAX } from '../../../domain/bounds.ts';
import { CREDENTIAL_PURPOSES } from '../../../domain/device-credential.ts';
import type { WithSecret } from '../../devices/credentials.ts';
import { valueOf } from '../errors.ts';
import { pageOfAll } from '../paging.ts';
import type { HttpContext, Router } from '../router.ts';
import { inRepository, paging, strict } from '../schemas.ts';
import { narrowScope, repositoryMeant } from '../scope.ts';

const PATTERNS_MAX = 100;

const Pattern = Type.String({ minLength: 1, maxLength: TOPIC_BYTES_MAX });
const Patterns = (minItems: number) =>
  Type.Array(Pattern, { minItems, maxItems: PATTERNS_MAX, uniqueItems: true });

const NewCredentialBody = Type.Object(
  {
    ...inRepository,
    name: Type.String({ minLength: 1, maxLength: 120, pattern: '\\S' }),
    /** What the device gives, or the common name of its certificate. */
    username: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._@:-]{0,63}$' }),
    /** It may publish these. */
    topics: Patterns(1),
    /** It may subscribe to these; none for most devices. */
    mayRead: Type.Optional(Patterns(0)),
    purpose: Type.Optional(Type.Enum([...CREDENTIAL_PURPOSES])),
    messagesPerSecond: Type.Optional(
      Type.Integer({ minimum: 1, maximum: DEVICE_MESSAGES_PER_SECOND_MAX }),
    ),
  },
  strict,
);

export function addDeviceRoutes(router: Router, context: HttpContext): void {
  addCredentials(router, context);
  addCredentialChanges(router, context);
  addClients(router, context);
}

function addCredentials(router: Router, { access, services }: HttpContext): void {
  router.add('GET /api/device-credentials', {
    summary: 'Credentials of devices; disabled ones last',
    query: Type.Object({ ...inRepository, ...paging }, strict),
    handle: ({ principal, query }) => {
      if (query.repository !== undefined) narrowScope(principal, query.repository);
      const all = access.devices
        .list(principal)
        .filter((one) => query.repository === undefined || one.repository === query.repository);
      return pageOfAll(all, query);
    },
  });
  router.add('POST /api/device-credentials', {
    summary:
      'Make a credential for a device; `secret` is shown in this answer and never again. With the first one the embedded broker lets in nobody without',
    status: 201,
    body: NewCredentialBody,
    handle: async ({ principal, body }) => {
      const repository = repositoryMeant(services.registry(), principal, body.repository);
      const { mayRead = [], purpose = 'mqtt', ...rest } = body;
      const wanted = { ...rest, repository, mayRead, purpose };
      return shown(valueOf(await access.devices.create(principal, wanted)));
    },
  });
}

function addCredentialChanges(router: Router, { access }: HttpContext): void {
  router.add('POST /api/device-credentials/:id/renewal', {
    summary: 'Make a new secret, shown once; the old one opens nothing from now on',
    status: 201,
    handle: async ({ principal, params }) =>
      shown(valueOf(await access.devices.renew(principal, params['id'] ?? ''))),
  });
  router.add('DELETE /api/device-credentials/:id', {
    summary: 'Disable a credential; who is connected with it is cut off',
    status: 204,
    handle: async ({ principal, params }) => {
      valueOf(await access.devices.disable(principal, params['id'] ?? ''));
    },
  });
}

function addClients(router: Router, { access }: HttpContext): void {
  router.add('GET /api/mqtt-clients', {
    summary:
      'Clients of the embedded broker since the start, the latest first; `embedded` is false when the broker is another one',
    query: Type.Object(paging, strict),
    handle: ({ principal, query }) => {
      const clients = access.devices.clients(principal);
      return { embedded: clients !== undefined, ...pageOfAll(clients ?? [], query) };
    },
  });
}

function shown({ credential, secret }: WithSecret) {
  return { ...credential, secret };
}
