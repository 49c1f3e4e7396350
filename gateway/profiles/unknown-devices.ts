/** Devices, and topics, that no sensor or door is bound to: with their last messages, so that people can adopt them. */

import {
  CAPTURED_BYTES_MAX,
  CAPTURED_MESSAGES_MAX,
  UNKNOWN_DEVICES_MAX,
  type CapturedMessage,
  type CapturedValue,
  type KeptUnknown,
  type UnknownDevice,
} from '../../domain/devices.ts';
import type { Sentence } from '../../domain/sentences.ts';
import type { RawMessage } from '../../domain/intake.ts';
import type { DoorEvent, Proposal, Sample } from './output.ts';
import { Ledger, type ChangesQuestion, type UnknownChanges } from './unknown-ledger.ts';

const VALUES_MAX = 32;
const EVENTS_MAX = 16;

interface Captured {
  readonly at: number;
  readonly topic: string;
  /** A copy: what was read from the socket goes. */
  readonly head: Buffer;
  readonly payloadBytes: number;
}

interface Entry {
  readonly id: string;
  readonly profile?: string;
  readonly device: string;
  readonly firstAt: number;
  name?: string;
  model?: string;
  manufacturer?: string;
  refused?: string;
  refusedSay?: Sentence;
  lastAt: number;
  messages: number;
  readonly values: Map<string, CapturedValue>;
  readonly events: Map<string, UnknownDevice['events'][number]>;
  captured: Captured[];
  proposed: readonly string[];
}

/** What was said by a device that nobody knows. */
export interface Unclaimed {
  readonly profile?: string;
  readonly device: string;
  readonly samples: readonly Sample[];
  readonly events: readonly DoorEvent[];
  readonly proposal?: Proposal;
}

export interface UnknownDevices {
  note(raw: RawMessage, unclaimed: Unclaimed): void;
  /** Newest first. */
  list(): readonly UnknownDevice[];
  find(id: string): UnknownDevice | undefined;
  /** It is bound now. */
  forget(id: string): void;
  /** People do not want to see it: it comes back with its next live message. */
  dismiss(id: string, at: number): void;
  isDismissed(id: string): boolean;
  /** What changed and was not handed out yet, what is new first; what only spoke again waits for `everyMs`. */
  changes(q: ChangesQuestion): UnknownChanges;
  /** The changes could not be written: they are handed out again. */
  again(changes: UnknownChanges): void;
  /** At start, oldest first. */
  restore(kept: readonly KeptUnknown[]): void;
}

/** Bounded: the one that was silent longest makes room. */
export function createUnknownDevices(): UnknownDevices {
  const entries = new Map<string, Entry>();
  const dismissed = new Map<string, number>();
  const ledger = new Ledger();
  const drop = (id: string): void => {
    if (entries.delete(id)) ledger.gone(id);
  };
  return {
    note(raw, unclaimed) {
      const id = `${unclaimed.profile ?? ''}|${unclaimed.device}`;
      // What the broker repeats at each connect is no message of its own.
      if (raw.retain && dismissed.has(id)) return;
      if (dismissed.delete(id)) ledger.fresh(id);
      const entry = entries.get(id) ?? newEntry(id, raw, unclaimed);
      // Moved to the end: the first of the map is the one that was silent longest.
      entries.delete(id);
      entries.set(id, entry);
      if (entries.size > UNKNOWN_DEVICES_MAX) drop(firstOf(entries) ?? '');
      remember(entry, raw, unclaimed);
      ledger.spoke(id);
    },
    list: () => [...entries.values()].map(viewOf).toReversed(),
    find(id) {
      const entry = entries.get(id);
      return entry && viewOf(entry);
    },
    forget: drop,
    dismiss(id, at) {
      entries.delete(id);
      dismissed.delete(id);
      dismissed.set(id, at);
      ledger.fresh(id);
      if (dismissed.size <= UNKNOWN_DEVICES_MAX) return;
      const oldest = firstOf(dismissed) ?? '';
      dismissed.delete(oldest);
      ledger.gone(oldest);
    },
    isDismissed: (id) => dismissed.has(id),
    changes: (q) =>
      ledger.take(q, (id) => {
        const at = dismissed.get(id);
        if (at !== undefined) return { id, at };
        const entry = entries.get(id);
        return entry && { id, at: entry.lastAt, device: viewOf(entry) };
      }),
    again: (changes) => ledger.again(changes),
    restore(kept) {
      for (const { id, at, device } of kept.slice(-2 * UNKNOWN_DEVICES_MAX)) {
        if (device) entries.set(id, entryOf(device));
        else dismissed.set(id, at);
        ledger.written(id, at);
      }
    },
  };
}

function firstOf(map: ReadonlyMap<string, unknown>): string | undefined {
  const first = map.keys().next();
  return first.done ? undefined : first.value;
}

/** As it was when it was written down. */
function entryOf(device: UnknownDevice): Entry {
  const { values, events, captured, ...rest } = device;
  return {
    ...rest,
    values: new Map(values.map((one) => [keyOf(one.metric, one.channel), one])),
    events: new Map(events.map((one) => [keyOf(one.event, one.door), one])),
    captured: captured.map(({ payloadBase64, ...message }) => ({
      ...message,
      head: Buffer.from(payloadBase64, 'base64'),
    })),
  };
}

function keyOf(word: string, place: string | undefined): string {
  return `${word} ${place ?? ''}`;
}

function newEntry(id: string, raw: RawMessage, unclaimed: Unclaimed): Entry {
  return {
    id,
    ...(unclaimed.profile === undefined ? {} : { profile: unclaimed.profile }),
    device: unclaimed.device,
    firstAt: raw.receivedAt,
    lastAt: raw.receivedAt,
    messages: 0,
    values: new Map(),
    events: new Map(),
    captured: [],
    proposed: [],
  };
}

function remember(entry: Entry, raw: RawMessage, unclaimed: Unclaimed): void {
  entry.lastAt = raw.receivedAt;
  entry.messages += 1;
  for (const { metric, value, channel } of unclaimed.samples) {
    const key = keyOf(metric, channel);
    if (!entry.values.has(key) && entry.values.size >= VALUES_MAX) continue;
    const at = raw.receivedAt;
    entry.values.set(key, { metric, value, at, ...(channel === undefined ? {} : { channel }) });
  }
  for (const { event, door } of unclaimed.events) {
    const key = keyOf(event, door);
    if (!entry.events.has(key) && entry.events.size >= EVENTS_MAX) continue;
    entry.events.set(key, { event, at: raw.receivedAt, ...(door === undefined ? {} : { door }) });
  }
  const { proposal } = unclaimed;
  if (proposal) {
    if (proposal.name !== undefined) entry.name = proposal.name;
    if (proposal.model !== undefined) entry.model = proposal.model;
    if (proposal.manufacturer !== undefined) entry.manufacturer = proposal.manufacturer;
    if (proposal.refused !== undefined) entry.refused = proposal.refused;
    if (proposal.refusedSay) entry.refusedSay = proposal.refusedSay;
    const metrics = new Set([...entry.proposed, ...proposal.metrics.map((m) => m.metric)]);
    entry.proposed = [...metrics].slice(0, VALUES_MAX);
  }
  // Of a topic that no profile knows one message is enough to begin with.
  const kept = unclaimed.profile === undefined ? 1 : CAPTURED_MESSAGES_MAX;
  entry.captured = [captured(raw), ...entry.captured].slice(0, kept);
}

function captured(raw: RawMessage): Captured {
  return {
    at: raw.receivedAt,
    topic: raw.topic.slice(0, 512),
    head: Buffer.from(raw.payload.subarray(0, CAPTURED_BYTES_MAX)),
    payloadBytes: raw.payload.byteLength,
  };
}

function messageOf({ head, ...rest }: Captured): CapturedMessage {
  return { ...rest, payloadBase64: head.toString('base64') };
}

function viewOf(entry: Entry): UnknownDevice {
  return {
    ...entry,
    captured: entry.captured.map(messageOf),
    values: [...entry.values.values()],
    events: [...entry.events.values()],
  };
}
