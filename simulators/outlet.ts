/** Turns what sensors and doors say into native messages, and keeps those whose link is down. */

import type { Moment } from '../domain/time.ts';
import type { Archive } from './archive.ts';
import { linkOf } from './archive.ts';
import type { DoorHappening } from './model/visits.ts';
import type { Values } from './values.ts';

export type Json = string | number | boolean | null | undefined;
export type MessageBody = Readonly<Record<string, Json>>;

export type Output =
  | {
      readonly kind: 'message';
      readonly link: string;
      readonly topic: string;
      readonly body: MessageBody | readonly MessageBody[];
      readonly at: Moment;
    }
  | { readonly kind: 'link'; readonly link: string; readonly up: boolean; readonly at: Moment }
  | { readonly kind: 'done'; readonly scenario: string; readonly at: Moment };

export type OutputMessage = Extract<Output, { kind: 'message' }>;

export interface Outlet {
  telemetry(
    sensor: string,
    report: {
      readonly link: string;
      readonly at: Moment;
      readonly values: Values;
      readonly clockAheadMs: number;
    },
  ): void;
  access(door: string, happening: DoorHappening): void;
  link(change: { readonly link: string; readonly up: boolean; readonly at: Moment }): void;
  done(scenario: string, at: Moment): void;
  /** What has gathered; the outlet is empty then. */
  take(): readonly Output[];
  /** The same with telemetry gathered into arrays a sensor. */
  takeBatched(): readonly Output[];
}

/** Objects in one array; a payload stays well below the gateway's 64 KB with it. */
const BATCH_OBJECTS = 400;
const BATCH_BYTES = 48_000;

/** The outlet of one archive. */
export function createOutlet(archive: Archive): Outlet {
  let gathered: Output[] = [];
  const kept = new Map<string, OutputMessage[]>();
  const lastSequences = new Map<string, number>();
  const doorLinks = new Map(archive.doors.map((d) => [d.id, linkOf(d)]));
  /** Rises over restarts: never below the epoch second it was sent in. */
  const nextSequence = (id: string, at: Moment): number => {
    const next = Math.max((lastSequences.get(id) ?? 0) + 1, Math.floor(at / 1000));
    lastSequences.set(id, next);
    return next;
  };
  const lastTimes = new Map<string, Moment>();
  /** Two reports of one sensor at the same time would contradict each other. */
  const ownTime = (id: string, at: Moment): Moment => {
    const time = Math.max(at, (lastTimes.get(id) ?? 0) + 1);
    lastTimes.set(id, time);
    return time;
  };
  const send = (message: OutputMessage): void => {
    const waiting = kept.get(message.link);
    if (waiting) waiting.push(message);
    else gathered.push(message);
  };
  const take = (): Output[] => {
    const all = gathered;
    gathered = [];
    return all;
  };
  return {
    telemetry: (sensor, { link, at, values, clockAheadMs }) => {
      const sequence = nextSequence(sensor, at);
      const time = ownTime(sensor, at) + clockAheadMs;
      const body = { time, sequence, simulated: true, ...values };
      send({ kind: 'message', link, topic: `lantai/${archive.id}/${sensor}/telemetry`, body, at });
    },
    access: (door, { at, ...happening }) => {
      const body = { time: at, sequence: nextSequence(door, at), simulated: true, ...happening };
      const link = doorLinks.get(door) ?? door;
      send({ kind: 'message', link, topic: `lantai/${archive.id}/${door}/access`, body, at });
    },
    link: (change) => {
      gathered.push({ kind: 'link', ...change });
      if (!change.up) {
        if (!kept.has(change.link)) kept.set(change.link, []);
        return;
      }
      const late = kept.get(change.link) ?? [];
      kept.delete(change.link);
      gathered.push(...batched(late));
    },
    done: (scenario, at) => {
      gathered.push({ kind: 'done', scenario, at });
    },
    take,
    takeBatched: () => batched(take()),
  };
}

/** Telemetry gathered into arrays a sensor, oldest first; doors' events stay single messages. */
function batched(outputs: readonly Output[]): readonly Output[] {
  const singles: Output[] = [];
  const byTopic = new Map<string, OutputMessage[]>();
  for (const output of outputs) {
    if (output.kind !== 'message' || !output.topic.endsWith('/telemetry')) {
      singles.push(output);
      continue;
    }
    const group = byTopic.get(output.topic);
    if (group) group.push(output);
    else byTopic.set(output.topic, [output]);
  }
  return [...[...byTopic.values()].flatMap(arraysOf), ...singles];
}

function arraysOf(messages: readonly OutputMessage[]): readonly OutputMessage[] {
  const arrays: OutputMessage[] = [];
  let bodies: MessageBody[] = [];
  let bytes = 2;
  const flush = (last: OutputMessage): void => {
    if (bodies.length > 0) arrays.push({ ...last, body: bodies });
    bodies = [];
    bytes = 2;
  };
  let previous: OutputMessage | undefined;
  for (const message of messages) {
    for (const body of Array.isArray(message.body) ? message.body : [message.body]) {
      const size = Buffer.byteLength(JSON.stringify(body)) + 1;
      if (bodies.length >= BATCH_OBJECTS || bytes + size > BATCH_BYTES) flush(previous ?? message);
      bodies.push(body);
      bytes += size;
    }
    previous = message;
  }
  if (previous) flush(previous);
  return arrays;
}
