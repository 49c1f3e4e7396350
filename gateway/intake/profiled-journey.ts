/** One message of a device profile on its way, and what is bound to the devices in it. */

import { say } from '../../domain/sentences.ts';
import type { RawMessage } from '../../domain/intake.ts';
import type { Registry } from '../../domain/registry.ts';
import type { CodecBench } from '../profiles/codec-bench.ts';
import type { DeviceLists } from '../profiles/device-list.ts';
import type { ProfileOutput } from '../profiles/output.ts';
import type { UnknownDevices } from '../profiles/unknown-devices.ts';
import type { Binding, Use } from '../profiles/uses.ts';
import { tellIssue, type Draft, type Refusal } from './draft.ts';
import { createListsRead, type ListsRead } from './lists-read.ts';
import type { Passage } from './passage.ts';
import type { AccessRoute, Sources, TelemetryRoute } from './route-types.ts';
import type { SourceState } from './state.ts';

/** What the way of profiled messages needs beside the message. */
export interface ProfiledParts {
  readonly registry: () => Registry;
  readonly sources: Sources;
  readonly codecs: CodecBench;
  readonly unknown: UnknownDevices;
  readonly lists: DeviceLists;
  /** What a codec wants sent back, such as the request for a rebirth. */
  readonly reply: (topic: string, payload: Uint8Array) => void;
}

/** What is remembered of sources beside their readings; lost with the process, which then sees each device anew. */
export interface ProfiledMemory {
  readonly primaryAt: Map<string, number>;
  readonly bridgeStartedAt: Map<string, number>;
  readonly bridgeOnline: Map<string, boolean>;
  readonly lists: ListsRead;
}

export function newProfiledMemory(): ProfiledMemory {
  return {
    primaryAt: new Map(),
    bridgeStartedAt: new Map(),
    bridgeOnline: new Map(),
    lists: createListsRead(),
  };
}

export interface Journey extends ProfiledParts {
  readonly raw: RawMessage;
  readonly draft: Draft;
  readonly memory: ProfiledMemory;
  readonly use: Use;
  readonly output: ProfileOutput;
  readonly topic: string;
  readonly passages: Map<SourceState, Passage>;
}

export function bindingsOf({ use, topic }: Journey, device: string): readonly Binding[] {
  const byDevice = use.byDevice.get(device) ?? [];
  const onTopic = use.byTopic.get(topic) ?? [];
  const byTopic = onTopic.filter(
    ({ source }) => source.device === undefined || source.device === device,
  );
  return byTopic.length === 0 ? byDevice : [...byDevice, ...byTopic];
}

export function isBound(journey: Journey, device: string): boolean {
  return bindingsOf(journey, device).length > 0;
}

export function isChannel(bound: string | undefined, said: string | undefined): boolean {
  return bound === undefined || bound === said;
}

export function mismatchOf(
  journey: Journey,
  repository: string,
  simulated: boolean,
): Refusal | undefined {
  if ((journey.output.simulated === true) === simulated) return undefined;
  return {
    code: 'simulated-mismatch',
    ...say(simulated ? 'simulated-only' : 'real-only', { repository }),
  };
}

const GAP_MAX = 1_000_000;

export function tellGap(
  at: Pick<Passage, 'raw' | 'draft'> & { readonly route: TelemetryRoute | AccessRoute },
  source: SourceState,
  { last, sequence }: { readonly last: number | undefined; readonly sequence: number },
): void {
  if (last === undefined || sequence <= last + 1 || sequence - last > GAP_MAX) return;
  const { repository, id } = at.route;
  const detail = sequence === last + 2 ? `${last + 1}` : `${last + 1} to ${sequence - 1}`;
  tellIssue(at.draft, source, {
    repository,
    id,
    at: at.raw.receivedAt,
    kind: 'sequence-gap',
    detail,
  });
}
