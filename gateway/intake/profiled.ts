/** Messages of device profiles: from what a profile makes of them to readings and events of what is bound to their devices. */

import { qualify } from '../../domain/ids.ts';
import type { IntakeIssue, RawMessage } from '../../domain/intake.ts';
import type { Registry } from '../../domain/registry.ts';
import type { CodecBench } from '../profiles/codec-bench.ts';
import type { DoorEvent, ProfileOutput, Sample, SampleIssue } from '../profiles/output.ts';
import { runProfile, type Way } from '../profiles/run.ts';
import type { UnknownDevices } from '../profiles/unknown-devices.ts';
import type { Binding, Use } from '../profiles/uses.ts';
import { takeSaid } from './access.ts';
import { judgeClock } from './clock.ts';
import { tellIssue, type Draft, type Refusal } from './draft.ts';
import { hashBytes } from './hash.ts';
import type { Passage } from './passage.ts';
import { readingOf } from './reading.ts';
import { isRepeatedSequence, noteConnection, noteDelivery } from './repeats.ts';
import { telemetryOf, type AccessRoute, type Sources, type TelemetryRoute } from './routes.ts';
import { noteClock } from './source-clock.ts';
import type { MetricState, SourceState } from './state.ts';
import { isRedelivery, newPassage } from './telemetry.ts';

export interface ProfiledRoute {
  readonly kind: 'profiled';
  readonly uses: readonly { readonly use: Use; readonly ways: readonly Way[] }[];
  /** The topic as the profiles know it. */
  readonly topic: string;
}

/** What the way of profiled messages needs beside the message. */
export interface ProfiledParts {
  readonly registry: () => Registry;
  readonly sources: Sources;
  readonly codecs: CodecBench;
  readonly unknown: UnknownDevices;
  /** What a codec wants sent back, such as the request for a rebirth. */
  readonly reply: (topic: string, payload: Uint8Array) => void;
}

/** A source that says everything twice is heard once; so long after its better message the other one is a repeat. */
const PRIMARY_COUNTS_MS = 3_600_000;
/** After its bridge came back, old values are said again for so long. */
const REPEATS_AFTER_START_MS = 30_000;
const GAP_MAX = 1_000_000;

/** What is remembered of sources beside their readings; lost with the process, which then sees each device anew. */
export interface ProfiledMemory {
  readonly primaryAt: Map<string, number>;
  readonly bridgeStartedAt: Map<string, number>;
  readonly bridgeOnline: Map<string, boolean>;
}

export function newProfiledMemory(): ProfiledMemory {
  return { primaryAt: new Map(), bridgeStartedAt: new Map(), bridgeOnline: new Map() };
}

interface Journey extends ProfiledParts {
  readonly raw: RawMessage;
  readonly draft: Draft;
  readonly memory: ProfiledMemory;
  readonly use: Use;
  readonly output: ProfileOutput;
  readonly topic: string;
  readonly passages: Map<SourceState, Passage>;
}

/** Takes what can be taken; what is returned is to be put aside. */
export function takeProfiled(
  route: ProfiledRoute,
  q: { readonly raw: RawMessage; readonly draft: Draft; readonly memory: ProfiledMemory },
  parts: ProfiledParts,
): Refusal | undefined {
  const { raw } = q;
  const message = { topic: route.topic, payload: raw.payload, receivedAt: raw.receivedAt };
  let refusal: Refusal | undefined;
  for (const { use, ways } of route.uses) {
    const bench = parts.codecs.of(use.key);
    const output = runProfile({ profile: use.profile, ways, message, codecs: bench });
    for (const { topic, payload } of output.replies ?? []) {
      if (topic !== undefined) parts.reply(topic, payload);
    }
    refusal ??= output.refusal;
    if (isSilent(output)) continue;
    const { topic } = route;
    const passages = new Map<SourceState, Passage>();
    return takeOutput({ ...parts, ...q, use, output, topic, passages }) ?? output.refusal;
  }
  // A replay of what the broker kept is no news, not even when it can't be read.
  return raw.retain ? undefined : refusal;
}

function isSilent(output: ProfileOutput): boolean {
  const { samples, events, availability, issues, proposals } = output;
  const things = samples.length + events.length + availability.length;
  return things + issues.length + proposals.length === 0;
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

function bindingsOf({ use, topic }: Journey, device: string): readonly Binding[] {
  const byDevice = use.byDevice.get(device) ?? [];
  const byTopic = use.byTopic.get(topic) ?? [];
  return byTopic.length === 0 ? byDevice : [...byDevice, ...byTopic];
}

function isBound(journey: Journey, device: string): boolean {
  return bindingsOf(journey, device).length > 0;
}

function takeSample(journey: Journey, sample: Sample): 'taken' | 'unbound' | Refusal {
  for (const { source, sensor } of bindingsOf(journey, sample.device)) {
    if (!sensor || !isChannel(source.channel, sample.channel)) continue;
    const state = journey.sources(qualify(sensor.repository, sensor.id));
    const passage = journey.passages.get(state) ?? enter(journey, sensor, state);
    if ('code' in passage) return passage;
    const metric = passage.route.fields.get(sample.metric);
    if (!metric) continue;
    journey.passages.set(state, passage);
    takeValue(journey, passage, { sample, metric });
    return 'taken';
  }
  return 'unbound';
}

function isChannel(bound: string | undefined, said: string | undefined): boolean {
  return bound === undefined || bound === said;
}

/** A message's way into one sensor; a made-up message never gets into a real repository, nor the other way. */
function enter(
  journey: Journey,
  sensor: NonNullable<Binding['sensor']>,
  source: SourceState,
): Passage | Refusal {
  const { raw, draft } = journey;
  const registry = journey.registry();
  const simulated = registry.repositories.get(sensor.repository)?.simulated === true;
  const mismatch = mismatchOf(journey, sensor.repository, simulated);
  if (mismatch) return mismatch;
  noteConnection(source, raw);
  source.changed = true;
  return newPassage(telemetryOf(sensor, { simulated, source, registry }), {
    raw,
    draft,
    many: true,
  });
}

function mismatchOf(journey: Journey, repository: string, simulated: boolean): Refusal | undefined {
  if ((journey.output.simulated === true) === simulated) return undefined;
  const why = simulated
    ? `Repository ${repository} is simulated and takes only messages with "simulated":true.`
    : `The message is marked as simulated, but repository ${repository} is real.`;
  return { code: 'simulated-mismatch', why };
}

function takeValue(
  journey: Journey,
  passage: Passage,
  what: { readonly sample: Sample; readonly metric: MetricState },
): void {
  const { raw, draft, output, memory } = journey;
  const { sample, metric } = what;
  const { source } = passage.route;
  if (output.fallback) {
    const primaryAt = memory.primaryAt.get(`${journey.use.key}|${sample.device}`);
    if (primaryAt !== undefined && raw.receivedAt - primaryAt < PRIMARY_COUNTS_MS) {
      draft.duplicates++;
      return;
    }
  }
  const deviceTime = sample.deviceTime ?? raw.firstReceivedAt;
  const clock = judgeClock(deviceTime, raw.receivedAt);
  // Back-fill may be as old as it likes; its time says nothing of the clock.
  if (clock !== 'absent' && sample.historical !== true) noteClock(passage, clock, deviceTime);
  passage.clockWrong = clock !== 'right' && clock !== 'absent';
  passage.deviceAt = clock === 'right' ? deviceTime : undefined;
  passage.backfill = sample.historical === true;
  if (passage.backfill && passage.deviceAt === undefined) {
    const detail = `${metric.name} is back-fill without a usable time; it is left out`;
    tellIssue(draft, source, {
      ...about(passage, raw),
      kind: 'not-a-number',
      metric: metric.name,
      detail,
    });
    return;
  }
  passage.repeated = passage.deviceAt === undefined && isRepeat(passage, sample.sequence);
  noteGap(passage, sample);
  if (isSaidAgain(journey, passage, what)) {
    draft.duplicates++;
    return;
  }
  const reading = readingOf(passage, metric, sample.value);
  if (reading) draft.readings.push(reading);
}

function about(passage: Passage, raw: RawMessage): Pick<IntakeIssue, 'repository' | 'id' | 'at'> {
  const { repository, id } = passage.route;
  return { repository, id, at: raw.receivedAt };
}

/** Without a usable time: by the source's number, else by the packet. Asked once for a message and a number. */
function isRepeat(passage: Passage, sequence: number | undefined): boolean {
  if (sequence === undefined) return isRedelivery(passage);
  passage.sequences ??= new Map();
  const known = passage.sequences.get(sequence);
  if (known !== undefined) return known;
  const { route, raw, draft } = passage;
  const { receivedAt } = raw;
  const hash = hashBytes(raw.payload);
  const repeated = isRepeatedSequence(route.source, sequence, { hash, receivedAt });
  if (!repeated)
    noteDelivery(draft, route.source, { source: route.source.id, hash, receivedAt, sequence });
  passage.sequences.set(sequence, repeated);
  return repeated;
}

/** Missing numbers are evidence of lost messages. A number that begins anew is a device that joined again. */
function noteGap(passage: Passage, sample: Sample): void {
  const { source } = passage.route;
  const { sequence } = sample;
  if (sequence === undefined || sample.historical === true) return;
  const last = source.lastSequence;
  source.lastSequence = sequence;
  tellGap(passage, source, { last, sequence });
}

function tellGap(
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

/** After its bridge came back a source says its old values again, without a time and without a mark: no news. */
function isSaidAgain(
  journey: Journey,
  passage: Passage,
  { metric, sample }: { readonly sample: Sample; readonly metric: MetricState },
): boolean {
  const { use, memory, raw } = journey;
  if (use.profile.document.repeatsAfterStart !== true || passage.deviceAt !== undefined)
    return false;
  const startedAt = memory.bridgeStartedAt.get(use.key);
  if (startedAt === undefined || raw.receivedAt - startedAt > REPEATS_AFTER_START_MS) return false;
  return !metric.definition.safety && metric.last === sample.value;
}

function takeEvent(journey: Journey, event: DoorEvent): 'taken' | 'unbound' | Refusal {
  const { raw, draft } = journey;
  for (const { source: bound, door } of bindingsOf(journey, event.device)) {
    if (!door || !isChannel(bound.channel, event.door)) continue;
    const { repository, id, room } = door;
    const simulated = journey.registry().repositories.get(repository)?.simulated === true;
    const mismatch = mismatchOf(journey, repository, simulated);
    if (mismatch) return mismatch;
    const source = journey.sources(qualify(repository, id));
    const route: AccessRoute = { kind: 'access', repository, id, simulated, room, source };
    const { sequence } = event;
    const deviceTime = event.deviceTime ?? raw.firstReceivedAt;
    takeSaid({ route, raw, draft }, { said: saidOf(event), deviceTime, sequence });
    noteEventGap(journey, event, { raw, draft, route });
    return 'taken';
  }
  return 'unbound';
}

/** The numbers are the controller's; its doors share them. They survive a restart: what was lost meanwhile is told. */
function noteEventGap(
  journey: Journey,
  event: DoorEvent,
  at: Pick<Passage, 'raw' | 'draft'> & { readonly route: AccessRoute },
): void {
  const { sequence } = event;
  if (sequence === undefined || event.historical === true) return;
  let last: number | undefined;
  for (const { door } of bindingsOf(journey, event.device)) {
    if (!door) continue;
    const known = journey.sources(qualify(door.repository, door.id)).lastSequence;
    if (known !== undefined && (last === undefined || known > last)) last = known;
  }
  at.route.source.lastSequence = sequence;
  tellGap(at, at.route.source, { last, sequence });
}

function saidOf(event: DoorEvent) {
  const { event: kind, credential, person, direction, reason } = event;
  return {
    event: kind,
    ...(credential === undefined ? {} : { credential }),
    ...(person === undefined ? {} : { person }),
    ...(direction === undefined ? {} : { direction }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function takeIssue(journey: Journey, issue: SampleIssue): void {
  const { raw, draft } = journey;
  for (const { sensor, door } of bindingsOf(journey, issue.device)) {
    const thing = sensor ?? door;
    if (!thing) continue;
    const { repository, id } = thing;
    const source = journey.sources(qualify(repository, id));
    const detail = issue.detail === undefined ? {} : { detail: issue.detail };
    const { kind, field } = issue;
    tellIssue(draft, source, {
      kind,
      repository,
      id,
      metric: field,
      at: raw.receivedAt,
      ...detail,
    });
  }
}

/** Metrics of a bound device that its sensor does not declare: offered for adoption. */
function offerOthers(journey: Journey, device: string, samples: readonly Sample[]): void {
  const sensor = bindingsOf(journey, device).find((binding) => binding.sensor)?.sensor;
  if (!sensor) return;
  const { repository, id } = sensor;
  const source = journey.sources(qualify(repository, id));
  for (const { metric } of samples) {
    const detail = metric.startsWith('x.')
      ? `${metric.slice(2)} is not a metric that Lantai knows`
      : `${metric} is not declared for this sensor`;
    const at = journey.raw.receivedAt;
    tellIssue(journey.draft, source, {
      kind: 'undeclared-metric',
      repository,
      id,
      metric,
      at,
      detail,
    });
  }
}

function notePrimary({ use, output, memory, raw }: Journey): void {
  // Only sources with a second, poorer kind of message need it.
  if (!use.profile.handlers.some((h) => h.kind === 'data' && h.entry.fallback === true)) return;
  for (const { device } of output.samples)
    memory.primaryAt.set(`${use.key}|${device}`, raw.receivedAt);
}

function takeAvailability(journey: Journey): void {
  const { output, use, raw, memory } = journey;
  for (const { device, online, scope } of output.availability) {
    if (scope === 'bridge') {
      if (online && !raw.retain && memory.bridgeOnline.get(use.key) === false) {
        memory.bridgeStartedAt.set(use.key, raw.receivedAt);
      }
      memory.bridgeOnline.set(use.key, online);
      // What hangs on it is unknown while it is gone, whatever it said of itself before.
      for (const bindings of [...use.byDevice.values(), ...use.byTopic.values()]) {
        for (const binding of bindings) pushStatus(journey, binding, online);
      }
      continue;
    }
    // Devices that sleep say so by design: only their silence counts.
    if (!online && use.profile.document.liveness?.sleeps === true) continue;
    if (online && memory.bridgeOnline.get(use.key) === false) continue;
    for (const binding of bindingsOf(journey, device)) pushStatus(journey, binding, online);
  }
}

function pushStatus({ draft, raw }: Journey, binding: Binding, online: boolean): void {
  const thing = binding.sensor ?? binding.door;
  if (!thing) return;
  const { repository, id } = thing;
  draft.statuses.push({ repository, id, online, at: raw.receivedAt });
}
