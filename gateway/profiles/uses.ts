/** Which profiles are in use, and which sensors and doors are bound to what they find. Made anew when the structure changes. */

import { say, type Said } from '../../domain/sentences.ts';
import { qualify } from '../../domain/ids.ts';
import type { DeviceSource, Door, Registry, Sensor } from '../../domain/registry.ts';
import { compileProfile, type CompiledProfile, type Way } from './compile.ts';
import { ProfileProblem } from './compile-parts.ts';
import { boxedProfiles, parseProfile } from './load.ts';
import { waysOf } from './run.ts';
import type { ProfileDocument } from './schema.ts';
import { fillTemplate } from './topic.ts';

export interface Binding {
  readonly source: DeviceSource;
  readonly sensor?: Sensor;
  readonly door?: Door;
}

/** A profile in one place: with its parameters and its zone. */
export interface Use {
  /** Unique, and the same after a restart. */
  readonly key: string;
  readonly profile: CompiledProfile;
  /** Unset: of no repository in particular. */
  readonly repository?: string;
  /** Named in the repository file or on screen; else only what is bound counts, or what the embedded broker hears. */
  readonly named: boolean;
  readonly byDevice: ReadonlyMap<string, readonly Binding[]>;
  readonly byTopic: ReadonlyMap<string, readonly Binding[]>;
}

/** What can't be used, in a sentence: shown beside the sensor or the profile. */
export interface UseProblem extends Said {
  /** Qualified id of the sensor, door or profile in use. */
  readonly of: string;
}

export interface Uses {
  readonly all: readonly Use[];
  readonly problems: readonly UseProblem[];
}

interface Building {
  readonly key: string;
  readonly profile: CompiledProfile;
  readonly repository?: string;
  readonly named: boolean;
  readonly byDevice: Map<string, Binding[]>;
  readonly byTopic: Map<string, Binding[]>;
}

/** The profile of this id, the house's own before those in the box. */
export function profileOf(registry: Registry, id: string): ProfileDocument | undefined {
  const own = registry.ownProfiles.get(id);
  if (own) {
    const parsed = parseProfile(own.text);
    if (parsed.ok) return parsed.profile;
  }
  return boxedProfiles().get(id);
}

/** A registry never changes: intake, subscriptions, routes and rights ask for the same. */
const made = new WeakMap<Registry, Uses>();

/** All uses that the registry makes, with what is bound to them. */
export function usesOf(registry: Registry): Uses {
  let uses = made.get(registry);
  if (!uses) made.set(registry, (uses = makeUses(registry)));
  return uses;
}

function makeUses(registry: Registry): Uses {
  const building = new Map<string, Building>();
  const problems: UseProblem[] = [];
  for (const [id, use] of registry.profileUses) {
    if (use.retiredAt !== undefined) continue;
    const timezone = use.timezone ?? registry.repositories.get(use.repository)?.timezone;
    const begun = begin(registry, {
      key: id,
      profile: use.profile,
      repository: use.repository,
      named: true,
      options: {
        ...(use.params ? { params: use.params } : {}),
        ...(timezone === undefined ? {} : { timezone }),
        force: use.timezone !== undefined,
      },
    });
    if ('why' in begun) problems.push({ of: id, ...begun });
    else building.set(id, begun);
  }
  const bind = (thing: Sensor | Door, binding: Binding): void => {
    const use = useFor(registry, building, {
      repository: thing.repository,
      name: binding.source.profile,
    });
    if ('why' in use) problems.push({ of: qualify(thing.repository, thing.id), ...use });
    else addBinding(use, binding);
  };
  for (const sensor of registry.sensors.values()) {
    if (sensor.retiredAt === undefined && sensor.source)
      bind(sensor, { source: sensor.source, sensor });
  }
  for (const door of registry.doors.values()) {
    if (door.retiredAt === undefined && door.source) bind(door, { source: door.source, door });
  }
  addDiscovering(registry, building);
  return { all: [...building.values()], problems };
}

function begin(
  registry: Registry,
  what: {
    readonly key: string;
    readonly profile: string;
    readonly repository?: string;
    readonly named: boolean;
    readonly options: {
      readonly params?: Readonly<Record<string, string>>;
      readonly timezone?: string;
      /** A zone that people set comes before the profile's own. */
      readonly force?: boolean;
    };
  },
): Building | Said {
  const { key, profile, repository, named, options } = what;
  const document = profileOf(registry, profile);
  if (!document) {
    return say('no-profile', { profile: JSON.stringify(profile) });
  }
  const zoned =
    options.force === true && options.timezone !== undefined
      ? { ...document, timezone: options.timezone }
      : document;
  try {
    const compiled = compileProfile(zoned, options);
    const base = { key, profile: compiled, named, byDevice: new Map(), byTopic: new Map() };
    return repository === undefined ? base : { ...base, repository };
  } catch (error) {
    if (error instanceof ProfileProblem) return error.said;
    throw error;
  }
}

function useFor(
  registry: Registry,
  building: Map<string, Building>,
  { repository, name }: { readonly repository: string; readonly name: string },
): Building | Said {
  const named = building.get(qualify(repository, name));
  if (named) return named;
  const timezone = registry.repositories.get(repository)?.timezone ?? 'Z';
  const key = `${name}@${timezone}`;
  const known = building.get(key);
  if (known) return known;
  const begun = begin(registry, { key, profile: name, named: false, options: { timezone } });
  if (!('why' in begun)) building.set(key, begun);
  return begun;
}

/**
 * What the embedded broker hears may be of any profile whose topics say so: on its default topics, whatever other
 * topics it is in use for.
 */
function addDiscovering(registry: Registry, building: Map<string, Building>): void {
  const ids = new Set([...registry.ownProfiles.keys(), ...boxedProfiles().keys()]);
  for (const id of ids) {
    if (profileOf(registry, id)?.discovers !== true) continue;
    // A use that people gave the profile's own name stands in for the default where it is.
    const repositories = [...registry.repositories.keys()];
    const repository = repositories.find((one) => !building.has(qualify(one, id)));
    if (repository === undefined || isInUse(registry, building, id)) continue;
    useFor(registry, building, { repository, name: id });
  }
}

/** Whether a use reads the default topics already: two would find each device twice. */
function isInUse(registry: Registry, building: Map<string, Building>, id: string): boolean {
  const own = begin(registry, { key: id, profile: id, named: false, options: {} });
  if ('why' in own) return false;
  const filters = own.profile.filters.join('\n');
  return [...building.values()].some(
    ({ profile }) => profile.document.id === id && profile.filters.join('\n') === filters,
  );
}

function addBinding(use: Building, binding: Binding): void {
  const { topic, device } = binding.source;
  // Both: several devices on one topic, which is all that tells the format.
  if (topic !== undefined && device !== undefined) return push(use.byTopic, topic, binding);
  const known = device ?? (topic === undefined ? undefined : deviceInTopic(use.profile, topic));
  if (known !== undefined) push(use.byDevice, known, binding);
  else if (topic !== undefined) push(use.byTopic, topic, binding);
}

function push(map: Map<string, Binding[]>, key: string, binding: Binding): void {
  const list = map.get(key);
  if (list) list.push(binding);
  else map.set(key, [binding]);
}

/** The device that a topic alone tells; `undefined`: the payload does. */
function deviceInTopic(profile: CompiledProfile, topic: string): string | undefined {
  for (const { handler, variables } of waysOf(profile, topic)) {
    if (handler.kind === 'codec') continue;
    const device = fillTemplate(handler.entry.device, variables);
    if (device !== undefined) return device;
  }
  return undefined;
}

/** The uses whose topics this is, named ones and those with bindings first. */
export function usesForTopic(
  uses: Uses,
  topic: string,
): readonly { readonly use: Use; readonly ways: readonly Way[] }[] {
  const found: { readonly use: Use; readonly ways: readonly Way[] }[] = [];
  for (const use of uses.all) {
    const ways = waysOf(use.profile, topic);
    if (ways.length > 0 && isMeant(use, topic)) found.push({ use, ways });
  }
  return found.length < 2 ? found : found.toSorted((a, b) => rank(a.use) - rank(b.use));
}

function rank(use: Use): number {
  if (use.byDevice.size + use.byTopic.size > 0) return 0;
  return use.named ? 1 : 2;
}

/** Profiles whose topics could be anybody's count only where something is bound to the topic. */
function isMeant(use: Use, topic: string): boolean {
  if (use.named || use.profile.document.discovers === true || use.byTopic.has(topic)) return true;
  const device = deviceInTopic(use.profile, topic);
  return device !== undefined && use.byDevice.has(device);
}
