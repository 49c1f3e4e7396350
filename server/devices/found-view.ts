/** Devices that nobody is bound to: those that spoke, and those that their source lists though they never did. */

import type { DeviceCard, DeviceList, UnknownDevice } from '../../domain/devices.ts';
import { qualify } from '../../domain/ids.ts';
import type { DeviceLists } from '../../gateway/profiles/device-list.ts';
import type { UnknownDevices } from '../../gateway/profiles/unknown-devices.ts';
import { usesForTopic, type Binding, type Use, type Uses } from '../../gateway/profiles/uses.ts';

export interface FoundDevice extends UnknownDevice {
  /** Sensors and doors (qualified ids) that are bound to its former name. */
  readonly wasBoundTo?: readonly string[];
}

interface Parts {
  readonly unknown: UnknownDevices;
  readonly lists: DeviceLists;
  readonly uses: Uses;
}

/** Nothing of it is configured by itself: it is what people may adopt. */
export function foundDevices({ unknown, lists, uses }: Parts): readonly FoundDevice[] {
  const topics = listTopics(uses);
  const listFor = (device: UnknownDevice) => topics.get(device.profile ?? '') ?? '';
  const spoke = unknown.list().filter((one) => !isLeft(one, lists.get(listFor(one))));
  const found: FoundDevice[] = spoke.map((one) =>
    withCard(one, lists.listed(listFor(one), one.device)),
  );
  const known = new Set(spoke.map((one) => `${listFor(one)}|${one.device}`));
  for (const list of lists.all()) {
    // Several may read one list; a device is found by the one that its messages go to first.
    const using = usesForTopic(uses, list.topic).map((one) => one.use);
    const bound = boundIn(using);
    for (const listed of list.devices) {
      const { device } = listed;
      if (!using[0] || bound.has(device) || known.has(`${list.topic}|${device}`)) continue;
      const one = neverHeard(using[0], listed);
      if (!unknown.isDismissed(one.id)) found.push(one);
    }
  }
  const renamed = renamedIn(uses, lists);
  return found.map((one) => {
    const wasBoundTo = renamed.get(`${listFor(one)}|${one.device}`);
    return wasBoundTo ? { ...one, wasBoundTo } : one;
  });
}

/** The topic that each use's list comes from, by its key. */
function listTopics(uses: Uses): ReadonlyMap<string, string> {
  return new Map(
    uses.all.flatMap((use) => {
      const topic = listTopicOf(use);
      return topic === undefined ? [] : [[use.key, topic] as const];
    }),
  );
}

function listTopicOf({ profile }: Use): string | undefined {
  for (const handler of profile.handlers) {
    if (handler.kind === 'data' && handler.deviceList) return handler.topics[0]?.filter;
  }
  return undefined;
}

/** It was in its source's list, is not any more, and was silent since: its name leads nowhere. */
function isLeft({ device, lastAt }: UnknownDevice, list: DeviceList | undefined): boolean {
  if (!list || lastAt > list.at) return false;
  return list.former.some((one) => one.device === device);
}

function withCard(
  device: UnknownDevice,
  listed: DeviceList['devices'][number] | undefined,
): UnknownDevice {
  if (!listed) return device;
  const proposed = [...new Set([...device.proposed, ...listed.metrics])];
  return { ...device, ...cardOf(listed), proposed };
}

function neverHeard(use: Use, listed: DeviceList['devices'][number]): UnknownDevice {
  return {
    id: `${use.key}|${listed.device}`,
    profile: use.key,
    device: listed.device,
    ...cardOf(listed),
    firstAt: listed.since,
    lastAt: listed.since,
    messages: 0,
    values: [],
    events: [],
    captured: [],
    proposed: listed.metrics,
  };
}

function cardOf(listed: DeviceList['devices'][number]): DeviceCard {
  const { device: _device, metrics: _metrics, since: _since, ...card } = listed;
  return card;
}

function boundIn(uses: readonly Use[]): ReadonlySet<string> {
  return new Set(
    uses.flatMap((use) => {
      const byTopic = [...use.byTopic.values()].flat();
      return [...use.byDevice.keys(), ...byTopic.flatMap(({ source }) => source.device ?? [])];
    }),
  );
}

/** List and name of a device -> what is bound to the name that it had before. */
function renamedIn(uses: Uses, lists: DeviceLists): ReadonlyMap<string, readonly string[]> {
  const renamed = new Map<string, string[]>();
  for (const [thing, { topic, device }] of boundDevices(uses)) {
    const to = lists.listing(topic, device)?.renamedTo;
    if (to === undefined) continue;
    const key = `${topic}|${to}`;
    renamed.set(key, [...(renamed.get(key) ?? []), thing]);
  }
  return renamed;
}

/** The list that each sensor's or door's device should be in, and its name there, by qualified id. */
export function boundDevices(
  uses: Uses,
): ReadonlyMap<string, { readonly topic: string; readonly device: string }> {
  let bound = made.get(uses);
  if (!bound) made.set(uses, (bound = makeBound(uses)));
  return bound;
}

/** Uses never change: what is bound in them is looked up for each sensor of a page. */
const made = new WeakMap<Uses, ReturnType<typeof makeBound>>();

function makeBound(uses: Uses) {
  const bound = new Map<string, { readonly topic: string; readonly device: string }>();
  const add = (topic: string, device: string, bindings: readonly Binding[]): void => {
    for (const { sensor, door } of bindings) {
      const thing = sensor ?? door;
      if (thing) bound.set(qualify(thing.repository, thing.id), { topic, device });
    }
  };
  for (const use of uses.all) {
    const topic = listTopicOf(use);
    if (topic === undefined) continue;
    for (const [device, bindings] of use.byDevice) add(topic, device, bindings);
    for (const binding of [...use.byTopic.values()].flat()) {
      if (binding.source.device !== undefined) add(topic, binding.source.device, [binding]);
    }
  }
  return bound;
}
