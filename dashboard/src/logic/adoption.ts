/** From what an unknown device sent to a sensor or a door: what is proposed, and what can't be. */

import type { CapturedValue } from '../../../domain/devices.ts';
import type { MetricName } from '../../../domain/metrics.ts';
import type { DeviceSource } from '../../../domain/registry.ts';
import type { ProfileUseView, TryOut, UnknownDeviceView } from '../api/devices.ts';
import { localPart } from './ids.ts';
import { isMetric } from './metrics.ts';

export type Kind = 'sensor' | 'door';
const ID_CHARS_MAX = 63;
const ID = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** The native topics use these themselves. */
const RESERVED: ReadonlySet<string> = new Set(['gateway', 'alarm', 'system']);

/** What it said last, and which door events. */
export type Said = Pick<UnknownDeviceView, 'values' | 'events'>;

/** A controller that told of door events alone is a door; all else is a sensor. */
export function proposedKind(said: Said): Kind {
  const measures = said.values.some((v) => isMetric(v.metric));
  return said.events.length > 0 && !measures ? 'door' : 'sensor';
}

/** A free id made of the device's own name; numbered when nothing of that can stand in an id. */
export function proposedId(device: string, kind: Kind, taken: ReadonlySet<string>): string {
  return freeId(device, kind, taken);
}

/** A free id for a profile in use, which is named after its profile. */
export function proposedUseId(profile: string, taken: ReadonlySet<string>): string {
  return freeId(profile, 'profile', taken);
}

function freeId(name: string, fallback: string, taken: ReadonlySet<string>): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, ID_CHARS_MAX - 4)
    .replace(/-+$/, '');
  const isFree = (id: string) => idProblem(id, taken) === undefined;
  if (isFree(slug)) return slug;
  const base = slug === '' ? fallback : slug;
  for (let count = slug === '' ? 1 : 2; ; count += 1) {
    const id = `${base}-${count}`;
    if (isFree(id)) return id;
  }
}

export type IdProblem = 'shape' | 'taken' | 'reserved';

/** `undefined`: it can be used. */
export function idProblem(id: string, taken: ReadonlySet<string>): IdProblem | undefined {
  if (!ID.test(id)) return 'shape';
  if (RESERVED.has(id)) return 'reserved';
  return taken.has(id) ? 'taken' : undefined;
}

/** Channels (or doors) that it speaks of, sorted. */
export function channelsOf(said: Said, kind: Kind): readonly string[] {
  const all =
    kind === 'door'
      ? said.events.flatMap((e) => e.door ?? [])
      : said.values.flatMap((v) => v.channel ?? []);
  return [...new Set(all)].sort((a, b) => a.localeCompare(b, 'zh', { numeric: true }));
}

/** Two of a kind in one device: without a choice they would be mixed. A controller may tell of its other doors later. */
export function mustChooseChannel(said: Said, kind: Kind): boolean {
  if (kind === 'door') return channelsOf(said, kind).length > 0;
  const channelOf = new Map<string, string>();
  for (const { metric, channel = '' } of said.values) {
    const known = channelOf.get(metric);
    if (known !== undefined && known !== channel) return true;
    channelOf.set(metric, channel);
  }
  return false;
}

/** Metrics that come over a channel, or over all of them (''), without those that are none of ours. */
export function metricsOn(said: Said, channel: string): readonly MetricName[] {
  const on = said.values.filter((v) => channel === '' || v.channel === channel);
  return [...new Set(on.map((v) => v.metric).filter(isMetric))];
}

/** Metrics that it is said to have, though no value came yet. */
export function metricsAnnounced(device: UnknownDeviceView): readonly MetricName[] {
  const came = new Set(device.values.map((v) => v.metric));
  return [...new Set(device.proposed.filter((m) => !came.has(m)).filter(isMetric))];
}

/** How often it spoke so far, seconds; `undefined` with fewer than three messages. */
export function observedIntervalSeconds(device: UnknownDeviceView): number | undefined {
  if (device.messages < 3) return undefined;
  const seconds = (device.lastAt - device.firstAt) / (device.messages - 1) / 1000;
  return seconds >= 1 ? Math.round(seconds) : undefined;
}

/** What a try-out says of one device, as if it had been heard. */
export function saidIn(tryOut: TryOut, device: string | undefined, at: number): Said {
  const of = (thing: { readonly device: string }) =>
    device === undefined || thing.device === device;
  const values = tryOut.samples.filter(of).map(({ metric, value, channel }): CapturedValue => ({
    metric,
    value,
    at,
    ...(channel === undefined ? {} : { channel }),
  }));
  const events = tryOut.events
    .filter(of)
    .map(({ event, door }) => ({ event, at, ...(door === undefined ? {} : { door }) }));
  return { values, events };
}

/** Devices that a message speaks of. */
export function devicesIn(tryOut: TryOut): readonly string[] {
  return [...new Set([...tryOut.samples, ...tryOut.events].map((one) => one.device))];
}

/** The named use that heard the device, when one did: its parameters count. */
export function useOf(
  device: UnknownDeviceView,
  uses: readonly ProfileUseView[],
): ProfileUseView | undefined {
  return uses.find((use) => use.id === device.profile);
}

/** Where the messages come from, as it is stored. `named`: which of several devices on one topic. */
export function sourceOf(
  device: UnknownDeviceView,
  chosen: {
    readonly profile: string;
    readonly use?: ProfileUseView | undefined;
    readonly named?: string | undefined;
    readonly channel?: string | undefined;
  },
): DeviceSource {
  const { use, named } = chosen;
  const channel = chosen.channel ? { channel: chosen.channel } : {};
  // A device that a profile found goes by its name; a bare topic goes by the topic.
  if (device.profile !== undefined) {
    const profile = use ? localPart(use.id) : chosen.profile;
    return { profile, device: device.device, ...channel };
  }
  const known = { topic: device.device, ...(named === undefined ? {} : { device: named }) };
  return { profile: chosen.profile, ...known, ...channel };
}

/** Whether messages can be told to be this source's: by a device's name or by a topic. */
export function isFindable(source: DeviceSource): boolean {
  return source.profile !== '' && ((source.device ?? '') !== '' || (source.topic ?? '') !== '');
}

/** Fields that were left empty are left out. */
export function withoutEmpty(source: DeviceSource): DeviceSource {
  const { profile, ...rest } = source;
  const filled = Object.entries(rest).filter(([, text]) => text !== '');
  return { profile, ...(Object.fromEntries(filled) as Omit<DeviceSource, 'profile'>) };
}
