/** What routes may ask of the gateway's devices: those that nobody is bound to, profiles, and putting a message in again. */

import { boxedProfiles, parseProfile } from '../gateway/profiles/load.ts';
import { tryProfile, type TryOut } from '../gateway/profiles/try-out.ts';
import type { DeviceLists } from '../gateway/profiles/device-list.ts';
import type { UnknownDevices } from '../gateway/profiles/unknown-devices.ts';
import { usesOf } from '../gateway/profiles/uses.ts';
import type { ProfileDocument } from '../gateway/profiles/schema.ts';
import type { Listing, UnknownDevice } from '../domain/devices.ts';
import type { RawMessage } from '../domain/intake.ts';
import type { Registry } from '../domain/registry.ts';
import type { Said } from '../domain/sentences.ts';
import type { Moment } from '../domain/time.ts';
import { boundDevices, foundDevices, type FoundDevice } from './devices/found-view.ts';

export interface ProfileView {
  readonly document: ProfileDocument;
  readonly origin: 'box' | 'own';
}

export interface DeviceServices {
  readonly unknown: UnknownDevices;
  /** Devices that nobody is bound to: those that spoke, and those that their source lists. */
  found(): readonly FoundDevice[];
  /** What its source's list says of what a sensor or door is bound to, by qualified id. */
  listing(thing: string): Listing | undefined;
  /** Every profile by id; the house's own stand for those of the box with the same id. */
  profiles(): ReadonlyMap<string, ProfileView>;
  /** Sensors, doors and profiles in use that can't be used, by qualified id. */
  problems(): ReadonlyMap<string, Said>;
  tryOut(
    document: ProfileDocument,
    options: { readonly params?: Readonly<Record<string, string>>; readonly timezone?: string },
    message: { readonly topic: string; readonly payload: Uint8Array; readonly receivedAt: Moment },
  ): TryOut;
  /** Profiles that make something of what the device sent. */
  suggestions(device: UnknownDevice): readonly string[];
  /** A message from the quarantine once more; `still`: nothing could be taken from it. */
  retry(raw: RawMessage): Promise<'taken' | 'still'>;
  /** The message goes the way of all messages; resolves when it is committed. */
  takeIn(raw: RawMessage): Promise<void>;
}

const SUGGESTIONS_MAX = 5;

export function createDeviceServices(parts: {
  readonly registry: () => Registry;
  readonly unknown: UnknownDevices;
  readonly lists: DeviceLists;
  readonly onMessage: (raw: RawMessage, done: (error?: Error) => void) => void;
  readonly retry: (raw: RawMessage) => Promise<'taken' | 'still'>;
}): DeviceServices {
  let of: Registry | undefined;
  let profiles: ReadonlyMap<string, ProfileView> = new Map();
  let problems: ReadonlyMap<string, Said> = new Map();
  const refresh = (): void => {
    const registry = parts.registry();
    if (of === registry) return;
    of = registry;
    profiles = profilesOf(registry);
    problems = new Map(usesOf(registry).problems.map(({ of: id, ...said }) => [id, said]));
  };
  const services: DeviceServices = {
    unknown: parts.unknown,
    found: () => foundDevices({ ...parts, uses: usesOf(parts.registry()) }),
    listing: (thing) => {
      const { lists } = parts;
      const bound = boundDevices(usesOf(parts.registry())).get(thing);
      return bound && lists.listing(bound.topic, bound.device);
    },
    profiles: () => {
      refresh();
      return profiles;
    },
    problems: () => {
      refresh();
      return problems;
    },
    tryOut: (document, options, message) => {
      const [tried] = tryProfile(document, options, [message]);
      if (!tried) throw new Error('nothing was tried');
      return tried;
    },
    suggestions: (device) => suggestionsFor(device, services),
    retry: parts.retry,
    takeIn: (raw) =>
      new Promise((resolve, reject) => {
        parts.onMessage(raw, (error) => {
          if (error) reject(error);
          else resolve();
        });
      }),
  };
  return services;
}

function profilesOf(registry: Registry): ReadonlyMap<string, ProfileView> {
  const views = new Map<string, ProfileView>();
  for (const [id, document] of boxedProfiles()) views.set(id, { document, origin: 'box' });
  for (const [id, own] of registry.ownProfiles) {
    const parsed = parseProfile(own.text);
    // What was stored was looked at before; a newer Lantai may know better.
    if (parsed.ok) views.set(id, { document: parsed.profile, origin: 'own' });
  }
  return views;
}

function suggestionsFor(device: UnknownDevice, services: DeviceServices): readonly string[] {
  const [message] = device.captured;
  if (!message) return [];
  const { topic, payloadBase64, at } = message;
  const captured = { topic, payload: Buffer.from(payloadBase64, 'base64'), receivedAt: at };
  const fitting: string[] = [];
  for (const [id, { document }] of services.profiles()) {
    const tried = services.tryOut(document, {}, captured);
    if (tried.samples.length + tried.events.length > 0) fitting.push(id);
    if (fitting.length >= SUGGESTIONS_MAX) break;
  }
  return fitting;
}
