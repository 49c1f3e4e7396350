/** The list that a source keeps of all its devices: what it says of each, and what became of those in an earlier one. */

import { say } from '../../domain/sentences.ts';
import type { DeviceCard, DeviceList, ListedDevice, Listing } from '../../domain/devices.ts';
import type { Moment } from '../../domain/time.ts';
import { NAME_CHARS_MAX } from './bounds.ts';
import type { Handler } from './compile.ts';
import type { ListRule } from './compile-list.ts';
import type { Condition } from './compile-parts.ts';
import { findAll, findFirst, type Expanded, type Path, type Scope } from './path.ts';
import { firstText, holds, identityOf, type Frame } from './record-frame.ts';
import { textOfScalar } from './values.ts';

/** Names of earlier lists that are remembered for each list; the oldest is forgotten. */
const FORMER_MAX = 1_000;
const METRICS_MAX = 64;

/**
 * Each record is a device; one without a name is none that messages could come from. Where nothing is a device, only
 * an empty list says that there is none: anything else is broken, and what was known stays.
 */
export function takeList(
  records: readonly Expanded[],
  frame: Frame & { readonly handler: Handler; readonly root: unknown },
): void {
  const { handler, collector } = frame;
  const rule = handler.deviceList;
  if (!rule) return;
  const named = records.flatMap((record) => {
    const { device } = identityOf(record, frame);
    return device === undefined ? [] : [{ record, device }];
  });
  if (named.length === 0 && (records.length > 0 || !isList(handler, frame.root))) {
    collector.refuse('no-device', say('no-device-list'));
    return;
  }
  collector.beginList();
  for (const { record, device } of named) {
    if (isSo(rule.skipWhen, record)) continue;
    collector.listed({ device, ...cardOf(rule, record), metrics: metricsOf(rule, record) });
  }
}

/** Whether there is a list where the handler's `each` looks for its items. */
function isList({ each }: Handler, root: unknown): boolean {
  if (!each) return false;
  const place = { ...each, steps: each.steps.slice(0, -1) };
  return Array.isArray(findFirst(place, { record: root, around: [], root }));
}

function cardOf(rule: ListRule, scope: Scope): DeviceCard {
  const text = (key: 'model' | 'manufacturer' | 'description' | 'hardware') => {
    const found = firstFilled(rule[key], scope);
    return found === undefined ? {} : { [key]: found };
  };
  return {
    ...text('model'),
    ...text('manufacturer'),
    ...text('description'),
    ...text('hardware'),
    ...(isSo(rule.disabledWhen, scope) ? { disabled: true } : {}),
    ...(isSo(rule.unfinishedWhen, scope) ? { unfinished: true } : {}),
  };
}

function firstFilled(paths: readonly Path[], scope: Scope): string | undefined {
  for (const path of paths) {
    const text = firstText([path], scope)?.trim();
    if (text !== undefined && text !== '') return text.slice(0, NAME_CHARS_MAX);
  }
  return undefined;
}

/** No condition: it never is. */
function isSo(conditions: readonly Condition[], scope: Scope): boolean {
  return conditions.length > 0 && holds(conditions, scope);
}

function metricsOf(rule: ListRule, scope: Scope): readonly string[] {
  const metrics = new Set<string>();
  for (const path of rule.properties) {
    for (const { value } of findAll(path, scope)) {
      const metric = rule.metricOf.get(textOfScalar(value) ?? '');
      if (metric !== undefined && metrics.size < METRICS_MAX) metrics.add(metric);
    }
  }
  return [...metrics];
}

/** The newest list of each topic that lists come from. */
export interface DeviceLists {
  take(topic: string, devices: readonly ListedDevice[], at: Moment): void;
  get(topic: string): DeviceList | undefined;
  all(): readonly DeviceList[];
  /** The device in the newest list. */
  listed(topic: string, device: string): DeviceList['devices'][number] | undefined;
  /** What is known of a device by its name; `undefined`: its source keeps no list, or none came. */
  listing(topic: string, device: string): Listing | undefined;
  /** Lists that changed and were not handed out yet; none sooner than `everyMs` after it was last. */
  changed(q: { readonly now: Moment; readonly everyMs: number }): readonly DeviceList[];
  /** They could not be written: they are handed out again. */
  again(lists: readonly DeviceList[]): void;
  /** At start: as they were last. */
  restore(lists: readonly DeviceList[]): void;
}

type Row = DeviceList['devices'][number];

interface Kept {
  readonly list: DeviceList;
  readonly byName: ReadonlyMap<string, Row>;
  readonly nameOf: ReadonlyMap<string, string>;
  readonly former: ReadonlyMap<string, string>;
}

/** As many as profiles in use name; each list is bounded by its message. */
export function createDeviceLists(): DeviceLists {
  const kept = new Map<string, Kept>();
  const changed = new Set<string>();
  const handedOutAt = new Map<string, Moment>();
  return {
    take(topic, devices, at) {
      const before = kept.get(topic)?.list;
      const list = following(before, { topic, devices, at });
      // The broker repeats its retained copy at each connect: what says nothing new is not written again.
      if (before && isSame(before, list)) return;
      kept.set(topic, indexed(list));
      changed.add(topic);
    },
    get: (topic) => kept.get(topic)?.list,
    all: () => [...kept.values()].map((one) => one.list),
    listed: (topic, device) => kept.get(topic)?.byName.get(device),
    listing: (topic, device) => {
      const known = kept.get(topic);
      return known && listingOf(known, device);
    },
    changed({ now, everyMs }) {
      const due = [...changed].filter(
        (topic) => now - (handedOutAt.get(topic) ?? -Infinity) >= everyMs,
      );
      for (const topic of due) {
        changed.delete(topic);
        handedOutAt.set(topic, now);
      }
      return due.flatMap((topic) => kept.get(topic)?.list ?? []);
    },
    again(lists) {
      for (const { topic } of lists) changed.add(topic);
    },
    restore(lists) {
      for (const list of lists) kept.set(list.topic, indexed(list));
    },
  };
}

function following(
  before: DeviceList | undefined,
  q: { readonly topic: string; readonly devices: readonly ListedDevice[]; readonly at: Moment },
): DeviceList {
  const { topic, devices, at } = q;
  const since = new Map(before?.devices.map((one) => [one.device, one.since]));
  const names = new Set(devices.map((one) => one.device));
  const left = (before?.devices ?? []).flatMap(({ device, hardware }) =>
    hardware === undefined ? [] : [{ device, hardware }],
  );
  const former = [...(before?.former ?? []), ...left].filter(({ device }) => !names.has(device));
  return {
    topic,
    at,
    devices: devices.map((one) => ({ ...one, since: since.get(one.device) ?? at })),
    former: former.slice(-FORMER_MAX),
  };
}

function isSame(a: DeviceList, b: DeviceList): boolean {
  return JSON.stringify([a.devices, a.former]) === JSON.stringify([b.devices, b.former]);
}

function indexed(list: DeviceList): Kept {
  const nameOf = new Map<string, string>();
  for (const { device, hardware } of list.devices) {
    if (hardware !== undefined) nameOf.set(hardware, device);
  }
  return {
    list,
    byName: new Map(list.devices.map((one) => [one.device, one])),
    nameOf,
    former: new Map(list.former.map(({ device, hardware }) => [device, hardware])),
  };
}

function listingOf({ byName, nameOf, former }: Kept, device: string): Listing {
  const there = byName.get(device);
  if (there) return { state: 'listed', ...cardIn(there) };
  const hardware = former.get(device);
  if (hardware === undefined) return { state: 'gone' };
  const renamedTo = nameOf.get(hardware);
  const renamed = renamedTo === undefined ? undefined : byName.get(renamedTo);
  if (renamedTo === undefined || !renamed) return { state: 'gone', hardware };
  return { state: 'renamed', renamedTo, ...cardIn(renamed) };
}

function cardIn({ device: _device, metrics: _metrics, since: _since, ...card }: Row): DeviceCard {
  return card;
}
