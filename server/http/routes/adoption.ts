/** Adopting devices: unknown ones, sensors and doors bound on screen, replaced devices. */

import { Type } from 'typebox';
import { mayEnter, type Principal } from '../../../domain/account.ts';
import type { UnknownDevice } from '../../../domain/devices.ts';
import { qualify, splitQualified } from '../../../domain/ids.ts';
import {
  idOf,
  RepositoryDocument,
  SourceEntry,
  type Door,
  type Sensor,
} from '../../../domain/registry.ts';
import { say } from '../../../domain/sentences.ts';
import { seesAll } from '../../devices/devices.ts';
import { invalid, notFound, refused } from '../errors.ts';
import { pageOfAll } from '../paging.ts';
import type { HttpContext, Router } from '../router.ts';
import { inRepository, paging, strict } from '../schemas.ts';
import { inSight, repositoryMeant } from '../scope.ts';

// One declaration for the file and for the screen.
const sensorFields = RepositoryDocument.properties.sensors.items.properties;
const doorFields = RepositoryDocument.properties.doors.items.properties;
const SourceBody = Type.Object(
  { source: SourceEntry, reason: Type.String({ minLength: 1, maxLength: 400 }) },
  strict,
);
type Kind = 'sensor' | 'door';
type Parts = HttpContext['services'];

const SensorCreation = Type.Object({ ...inRepository, ...sensorFields }, strict);
const SensorChange = Type.Omit(Type.Object(sensorFields), ['id'], strict);
const DoorCreation = Type.Object({ ...inRepository, ...doorFields }, strict);
const DoorChange = Type.Omit(Type.Object(doorFields), ['id'], strict);

export function addAdoptionRoutes(router: Router, context: HttpContext): void {
  addUnknown(router, context);
  addThings(router, context, {
    kind: 'sensor',
    path: '/api/sensors',
    create: SensorCreation,
    change: SensorChange,
  });
  addThings(router, context, {
    kind: 'door',
    path: '/api/doors',
    create: DoorCreation,
    change: DoorChange,
  });
}

function addUnknown(router: Router, { services }: HttpContext): void {
  const { devices } = services;
  router.add('GET /api/unknown-devices', {
    summary: 'Devices and topics that no sensor or door is bound to, with their last messages',
    query: Type.Object({ ...paging }, strict),
    handle: ({ principal, query }) => {
      const { profileUses } = services.registry();
      const seen = devices.found().filter((one) => isInSight(services, principal, one));
      const items = seen.map((device) => {
        const profileId =
          profileUses.get(device.profile ?? '')?.profile ?? device.profile?.split('@')[0];
        const suggestions = profileId === undefined ? devices.suggestions(device) : [profileId];
        const wasBoundTo = device.wasBoundTo?.filter((id) => mayEnterThing(principal, id));
        return {
          ...device,
          suggestions,
          ...(wasBoundTo ? { wasBoundTo } : {}),
          ...(profileId === undefined ? {} : { profileId }),
        };
      });
      return pageOfAll(items, query);
    },
  });
  router.add('POST /api/unknown-devices/dismissal', {
    summary: 'Take an unknown device off the list; it comes back with its next message',
    status: 204,
    body: Type.Object({ id: Type.String({ minLength: 1, maxLength: 700 }) }, strict),
    handle: ({ principal, body }) => {
      const known = devices.found().find((one) => one.id === body.id);
      if (!known || !isInSight(services, principal, known)) throw notFound('device');
      devices.unknown.dismiss(body.id, services.now());
    },
  });
}

/** What belongs to no repository yet is shown to those who may enter every one: it may be anybody's. */
function isInSight(services: Parts, principal: Principal, device: UnknownDevice): boolean {
  const registry = services.registry();
  const use = registry.profileUses.get(device.profile ?? '');
  return use ? mayEnter(principal, use.repository) : seesAll(principal, registry);
}

function mayEnterThing(principal: Principal, qualified: string): boolean {
  const repository = splitQualified(qualified)?.repository;
  return repository !== undefined && mayEnter(principal, repository);
}

interface Things {
  readonly kind: Kind;
  readonly path: '/api/sensors' | '/api/doors';
  readonly create: typeof SensorCreation | typeof DoorCreation;
  readonly change: typeof SensorChange | typeof DoorChange;
}

function addThings(router: Router, { services }: HttpContext, things: Things): void {
  const { kind, path } = things;
  const mapOf = () => (kind === 'sensor' ? services.registry().sensors : services.registry().doors);
  router.add(`POST ${path}`, {
    summary: `Adopt a ${kind}`,
    status: 201,
    body: things.create,
    handle: async ({ principal, body }) => {
      const repository = repositoryMeant(services.registry(), principal, body.repository);
      const thing = { ...body, repository, origin: 'database' as const };
      refuseTaken(services, repository, body.id);
      refuseUnknown(services, thing);
      refuseBoundTwice(services, thing);
      return store(services, thing, { kind, by: principal, action: `${kind}.adopted` });
    },
  });
  router.add(`PUT ${path}/:id`, {
    summary: `Change a ${kind} that was adopted on screen`,
    body: things.change,
    handle: async ({ principal, body, params }) => {
      const known = changeable(principal, mapOf().get(params['id'] ?? ''), kind);
      const { id, repository } = known;
      const thing = { ...body, id, repository, origin: 'database' as const };
      refuseUnknown(services, thing);
      refuseBoundTwice(services, thing);
      return store(services, thing, { kind, by: principal, action: `${kind}.changed` });
    },
  });
  router.add(`PUT ${path}/:id/source`, {
    summary: `Bind a ${kind} to another device, as after a replacement; its history stays`,
    body: SourceBody,
    handle: async ({ principal, body, params }) => {
      const known = changeable(principal, mapOf().get(params['id'] ?? ''), kind);
      const { source, reason } = body;
      const thing = { ...known, source };
      refuseUnknown(services, thing);
      refuseBoundTwice(services, thing);
      const detail = { before: known.source, after: source, reason };
      return store(services, thing, { kind, by: principal, action: `${kind}.rebound`, detail });
    },
  });
  router.add(`DELETE ${path}/:id`, {
    summary: `Retire a ${kind} that was adopted on screen; what it measured stays`,
    status: 204,
    handle: async ({ principal, params }) => {
      const known = changeable(principal, mapOf().get(params['id'] ?? ''), kind);
      const thing = { ...known, retiredAt: services.now() };
      await store(services, thing, { kind, by: principal, action: `${kind}.retired` });
    },
  });
}

function changeable(principal: Principal, thing: Sensor | Door | undefined, kind: Kind) {
  const known = inSight(principal, thing, kind);
  if (known.retiredAt !== undefined) throw notFound(kind);
  if (known.origin !== 'database') {
    throw refused(409, 'managed-by-file', say('of-the-file'));
  }
  return known;
}

/** Sensors, doors and devices of a repository share one name space. */
function refuseTaken(services: Parts, repository: string, id: string): void {
  const { sensors, doors, devices } = services.registry();
  const qualified = qualify(repository, id);
  const taken = sensors.get(qualified) ?? doors.get(qualified) ?? devices.get(qualified);
  if (['gateway', 'alarm', 'system'].includes(id)) throw invalid(say('id-reserved', { id }));
  if (!taken) return;
  const said = taken.retiredAt === undefined ? say('id-taken', { id }) : say('id-retired', { id });
  throw refused(409, 'already', said);
}

function refuseUnknown(services: Parts, thing: Sensor | Door): void {
  const { rooms } = services.registry();
  const room = rooms.get(qualify(thing.repository, thing.room ?? ''));
  if (!room || room.retiredAt !== undefined)
    throw invalid(say('no-room', { room: thing.room ?? '' }));
  const { source } = thing;
  if (!source) return;
  if (source.device === undefined && source.topic === undefined) {
    throw invalid(say('source-empty'));
  }
  const uses = services.registry().profileUses;
  const use = uses.get(qualify(thing.repository, source.profile));
  if (use && use.retiredAt === undefined) return;
  if (!services.devices.profiles().has(source.profile)) {
    throw invalid(say('source-profile', { profile: source.profile }));
  }
}

/** A device speaks to one sensor or door: a second binding would take its words from the first, or hear nothing. */
function refuseBoundTwice(services: Parts, thing: Sensor | Door): void {
  const { source } = thing;
  if (!source) return;
  const key = JSON.stringify([source.profile, source.device, source.topic, source.channel]);
  const { sensors, doors } = services.registry();
  const metrics = new Set<string>('metrics' in thing ? thing.metrics : []);
  const other = [...('metrics' in thing ? sensors : doors).values()].find((one: Sensor | Door) => {
    const theirs = one.source;
    if (!theirs || one.retiredAt !== undefined || idOf(one) === idOf(thing)) return false;
    const same = [theirs.profile, theirs.device, theirs.topic, theirs.channel];
    if (JSON.stringify(same) !== key) return false;
    return !('metrics' in one) || one.metrics.some((metric) => metrics.has(metric));
  });
  if (!other) return;
  // Who may not enter its repository learns no more than that it is taken.
  throw refused(409, 'bound-already', say('bound-already'));
}

async function store(
  services: Parts,
  thing: Sensor | Door,
  what: {
    readonly kind: Kind;
    readonly by: Principal;
    readonly action: string;
    readonly detail?: Readonly<Record<string, unknown>>;
  },
) {
  const { kind, by, action } = what;
  const { room, source } = thing;
  const detail = what.detail ?? { room, ...(source ? { source } : {}) };
  const { repository } = thing;
  const put =
    kind === 'sensor'
      ? { table: 'sensor' as const, mode: 'upsert' as const, row: thing as Sensor }
      : { table: 'door' as const, mode: 'upsert' as const, row: thing as Door };
  const at = services.now();
  await services.writer.commit({
    puts: [put],
    journal: [{ repository, at, by: by.name, action, subject: idOf(thing), detail }],
  });
  await services.writer.reconfigure();
  forgetAdopted(services, thing);
  return { ...thing, id: idOf(thing) };
}

/** What is bound now is unknown no longer. */
function forgetAdopted(services: Parts, { source }: Sensor | Door): void {
  for (const unknown of services.devices.unknown.list()) {
    const isIt = unknown.device === source?.device || unknown.device === source?.topic;
    if (isIt) services.devices.unknown.forget(unknown.id);
  }
}
