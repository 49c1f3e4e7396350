/** Profiles in use: whose topics are subscribed to, with which parameters. */

import { Type } from 'typebox';
import { qualify } from '../../../domain/ids.ts';
import { idOf, RepositoryDocument, type ProfileUse } from '../../../domain/registry.ts';
import { say } from '../../../domain/sentences.ts';
import { notFound, refused } from '../errors.ts';
import { pageOfAll } from '../paging.ts';
import type { HttpContext, Router } from '../router.ts';
import { inRepository, paging, strict } from '../schemas.ts';
import { inSight, narrowScope, repositoryMeant } from '../scope.ts';

const useFields = RepositoryDocument.properties.profiles.items.properties;

export function addProfileUseRoutes(router: Router, context: HttpContext): void {
  addRead(router, context);
  addWrites(router, context);
}

function addRead(router: Router, { services }: HttpContext): void {
  const { registry } = services;
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
}

function addWrites(router: Router, { services }: HttpContext): void {
  const { registry } = services;
  router.add('POST /api/profile-uses', {
    summary: 'Use a profile: its topics are subscribed to, and unknown devices are found',
    status: 201,
    body: Type.Object({ ...inRepository, ...useFields }, strict),
    handle: async ({ principal, body }) => {
      const repository = repositoryMeant(registry(), principal, body.repository);
      const known = registry().profileUses.get(qualify(repository, body.id));
      if (known && known.retiredAt === undefined) {
        throw refused(409, 'already', say('use-taken'));
      }
      if (!services.devices.profiles().has(body.profile)) throw notFound('profile');
      refuseMoving(services, { ...body, repository });
      const use: ProfileUse = { ...body, repository, origin: 'database' };
      await storeUse(services, use, { by: principal.name, action: 'profile-use.added' });
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
        throw refused(409, 'managed-by-file', say('of-the-file'));
      }
      const retired = { ...known, retiredAt: services.now() };
      await storeUse(services, retired, { by: principal.name, action: 'profile-use.retired' });
    },
  });
}

/** What is bound by the profile's own id hears its default topics: a use of that id with others would move it there. */
function refuseMoving(services: HttpContext['services'], use: Omit<ProfileUse, 'origin'>): void {
  const params = services.devices.profiles().get(use.id)?.document.params ?? {};
  const isDefault =
    use.profile === use.id &&
    Object.entries(use.params ?? {}).every(([name, value]) => params[name] === value);
  if (isDefault) return;
  const { sensors, doors } = services.registry();
  const moved = [...sensors.values(), ...doors.values()].filter(
    (one) =>
      one.repository === use.repository &&
      one.retiredAt === undefined &&
      one.source?.profile === use.id,
  );
  if (moved.length === 0) return;
  const things = moved.slice(0, 5).map(idOf).join(', ');
  throw refused(409, 'would-move', say('use-would-move', { id: use.id, things }));
}

async function storeUse(
  services: HttpContext['services'],
  row: ProfileUse,
  { by, action }: { readonly by: string; readonly action: string },
): Promise<void> {
  const { profile, params, repository } = row;
  const detail = { profile, ...(params ? { params } : {}) };
  await services.writer.commit({
    puts: [{ table: 'profile_use', mode: 'upsert', row }],
    journal: [{ repository, at: services.now(), by, action, subject: idOf(row), detail }],
  });
  await services.writer.reconfigure();
}

function withProblem(services: HttpContext['services'], use: ProfileUse) {
  const id = idOf(use);
  const problem = services.devices.problems().get(id);
  return { ...use, id, ...(problem ? { problem: problem.why, problemSay: problem.say } : {}) };
}
