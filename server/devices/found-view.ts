/** Devices that nobody is bound to: those that spoke, and those that their source lists though they never did. */

import type { DeviceCard, DeviceList, UnknownDevice } from '../../domain/devices.ts';
import { qualify } from '../../domain/ids.ts';
import type { DeviceLists } from '../../gateway/profiles/device-list.ts';
import type { UnknownDevices } from '../../gateway/profiles/unknown-devices.ts';
import type { Binding, Use, Uses } from '../../gateway/profiles/uses.ts';

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
export function foundDevices(parts: Parts): readonly FoundDevice[] {
  const { unknown, lists, uses } = parts;
  const spoke = unknown.list().filter((one) => !isLeft(one, lists));
  const known = new Set(spoke.map((one) => one.id));
  const found: FoundDevice[] = spoke.map((one) => withCard(one, lists));
  for (const use of uses.all) {
    const list = lists.get(use.key);
    const bound = list ? boundIn(use) : new Set();
    for (const listed of list?.devices ?? []) {
      const id = `${use.key}|${listed.device}`;
      if (known.has(id) || bound.has(listed.device) || unknown.isDismissed(id)) continue;
      found.push(neverHeard(use, listed));
    }
  }
  const renamed = renamedIn(uses, lists);
  if (renamed.size === 0) return found;
  return found.map((one) => {
    const wasBoundTo = renamed.get(one.id);
    return wasBoundTo ? { ...one, wasBoundTo } : one;
  });
}

/** It was in its source's list, is not any more, and was silent since: its name leads nowhere. */
function isLeft({ profile, device, lastAt }: UnknownDevice, lists: DeviceLists): boolean {
  const list = profile === undefined ? undefined : lists.get(profile);
  if (!list || lastAt > list.at) return false;
  return list.former.some((one) => one.device === device);
}

function withCard(device: UnknownDevice, lists: DeviceLists): UnknownDevice {
  const listed = lists.listed(device.profile ?? '', device.device);
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

function boundIn(use: Use): ReadonlySet<string> {
  const byTopic = [...use.byTopic.values()].flat().flatMap(({ source }) => source.device ?? []);
  return new Set([...use.byDevice.keys(), ...byTopic]);
}

/** Id of an unknown device -> what is bound to the name that it had. */
function renamedIn(uses: Uses, lists: DeviceLists): ReadonlyMap<string, readonly string[]> {
  const renamed = new Map<string, string[]>();
  for (const [thing, { use, device }] of boundDevices(uses)) {
    const to = lists.listing(use, device)?.renamedTo;
    if (to === undefined) continue;
    const id = `${use}|${to}`;
    renamed.set(id, [...(renamed.get(id) ?? []), thing]);
  }
  return renamed;
}

/** The use and the device's name in it that each sensor and door hears, by qualified id. */
export function boundDevices(
  uses: Uses,
): ReadonlyMap<string, { readonly use: string; readonly device: string }> {
  let bound = made.get(uses);
  if (!bound) made.set(uses, (bound = makeBound(uses)));
  return bound;
}

/** Uses never change: what is bound in them is looked up for each sensor of a page. */
const made = new WeakMap<Uses, ReturnType<typeof makeBound>>();

function makeBound(uses: Uses) {
  const bound = new Map<string, { readonly use: string; readonly device: string }>();
  const add = (use: Use, device: string, bindings: readonly Binding[]): void => {
    for (const { sensor, door } of bindings) {
      const thing = sensor ?? door;
      if (thing) bound.set(qualify(thing.repository, thing.id), { use: use.key, device });
    }
  };
  for (const use of uses.all) {
    for (const [device, bindings] of use.byDevice) add(use, device, bindings);
    for (const binding of [...use.byTopic.values()].flat()) {
      if (binding.source.device !== undefined) add(use, binding.source.device, [binding]);
    }
  }
  return bound;
}
