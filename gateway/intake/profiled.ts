/** Messages of device profiles: from what a profile makes of them to readings and events of what is bound to their devices. */

import type { RawMessage } from '../../domain/intake.ts';
import type { DoorEvent, ProfileOutput, Sample } from '../profiles/output.ts';
import { runProfile } from '../profiles/run.ts';
import type { Draft, Refusal } from './draft.ts';
import { isListFirst } from './lists-read.ts';
import type { Passage } from './passage.ts';
import { takeEvent } from './profiled-door.ts';
import {
  isBound,
  type Journey,
  type ProfiledMemory,
  type ProfiledParts,
} from './profiled-journey.ts';
import { offerOthers, takeAvailability, takeIssue } from './profiled-link.ts';
import { notePrimary, takeSample } from './profiled-sample.ts';
import type { ProfiledRoute } from './route-types.ts';
import type { SourceState } from './state.ts';

/** Takes what can be taken; what is returned is to be put aside. */
export function takeProfiled(
  route: ProfiledRoute,
  q: { readonly raw: RawMessage; readonly draft: Draft; readonly memory: ProfiledMemory },
  parts: ProfiledParts,
): Refusal | undefined {
  const { raw, memory } = q;
  const message = { topic: route.topic, payload: raw.payload, receivedAt: raw.receivedAt };
  let refusal: Refusal | undefined;
  let isList = false;
  for (const { use, ways } of route.uses) {
    const said = isListFirst(ways) ? { use, ...message } : undefined;
    const before = said && memory.lists.outcomeOf(said);
    if (before === 'taken') return undefined;
    if (before === 'refused' && raw.retain) continue;
    const bench = parts.codecs.of(use.key);
    const output = runProfile({ profile: use.profile, ways, message, codecs: bench });
    if (said && output.deviceList) memory.lists.note(said, 'taken');
    else if (said && output.refusal) memory.lists.note(said, 'refused');
    isList ||= said !== undefined;
    for (const { topic, payload } of output.replies ?? []) {
      if (topic !== undefined) parts.reply(topic, payload);
    }
    refusal ??= output.refusal;
    if (isSilent(output)) continue;
    const { topic } = route;
    const passages = new Map<SourceState, Passage>();
    return takeOutput({ ...parts, ...q, use, output, topic, passages }) ?? output.refusal;
  }
  // A replay of what the broker kept is no news, not even when it can't be read; a list of devices is kept to be read.
  return raw.retain && !isList ? undefined : refusal;
}

function isSilent(output: ProfileOutput): boolean {
  const { samples, events, availability, issues, proposals, deviceList } = output;
  const things = samples.length + events.length + availability.length;
  return things + issues.length + proposals.length === 0 && deviceList === undefined;
}

function takeOutput(journey: Journey): Refusal | undefined {
  const { output, raw, use, unknown, draft } = journey;
  for (const proposal of output.proposals) {
    if (isBound(journey, proposal.device)) continue;
    unknown.note(raw, {
      profile: use.key,
      device: proposal.device,
      samples: [],
      events: [],
      proposal,
    });
  }
  if (output.deviceList) journey.lists.take(journey.topic, output.deviceList, raw.receivedAt);
  takeAvailability(journey);
  // A retained replay is a last-known value of unknown age, never a reading and never an edge.
  if (raw.retain) return undefined;
  let mismatch: Refusal | undefined;
  const strangers = new Map<string, { samples: Sample[]; events: DoorEvent[] }>();
  const stranger = (device: string) => {
    let one = strangers.get(device);
    if (!one) strangers.set(device, (one = { samples: [], events: [] }));
    return one;
  };
  for (const sample of output.samples) {
    const took = takeSample(journey, sample);
    if (took === 'unbound') stranger(sample.device).samples.push(sample);
    else if (typeof took === 'object') mismatch ??= took;
  }
  for (const event of output.events) {
    const took = takeEvent(journey, event);
    if (took === 'unbound') stranger(event.device).events.push(event);
    else if (typeof took === 'object') mismatch ??= took;
  }
  for (const issue of output.issues) takeIssue(journey, issue);
  for (const [device, said] of strangers) {
    if (isBound(journey, device) && said.events.length === 0)
      offerOthers(journey, device, said.samples);
    else unknown.note(raw, { profile: use.key, device, ...said });
  }
  if (!output.fallback) notePrimary(journey);
  draft.nulls += output.issues.filter((issue) => issue.kind === 'missing').length;
  return mismatch;
}
