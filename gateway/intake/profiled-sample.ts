/** A value of a device profile on its way into the sensor that is bound to its device. */

import { qualify } from '../../domain/ids.ts';
import type { IntakeIssue, RawMessage } from '../../domain/intake.ts';
import type { Sample } from '../profiles/output.ts';
import type { Binding } from '../profiles/uses.ts';
import { judgeClock } from './clock.ts';
import { tellIssue, withOne, type Refusal } from './draft.ts';
import { hashBytes } from './hash.ts';
import type { Passage } from './passage.ts';
import { bindingsOf, isChannel, mismatchOf, tellGap, type Journey } from './profiled-journey.ts';
import { readingOf } from './reading.ts';
import { isRepeatedSequence, noteConnection, noteDelivery } from './repeats.ts';
import { telemetryOf } from './routes.ts';
import { noteClock } from './source-clock.ts';
import type { MetricState, SourceState } from './state.ts';
import { isRedelivery, newPassage } from './telemetry.ts';

/** A source that says everything twice is heard once; so long after its better message the other one is a repeat. */
const PRIMARY_COUNTS_MS = 3_600_000;

/** After its bridge came back, old values are said again for so long. */
const REPEATS_AFTER_START_MS = 30_000;

/** A fire is a fire: whoever declared only one of the two is told of the other as well. */
const FIRE_TWINS: Readonly<Record<string, string>> = { smoke: 'heat', heat: 'smoke' };

export function takeSample(journey: Journey, sample: Sample): 'taken' | 'unbound' | Refusal {
  for (const { source, sensor } of bindingsOf(journey, sample.device)) {
    if (!sensor || !isChannel(source.channel, sample.channel)) continue;
    const state = journey.sources(qualify(sensor.repository, sensor.id));
    const passage = journey.passages.get(state) ?? enter(journey, sensor, state);
    if ('code' in passage) return passage;
    const { fields } = passage.route;
    const metric = fields.get(sample.metric) ?? fields.get(FIRE_TWINS[sample.metric] ?? '');
    if (!metric) continue;
    journey.passages.set(state, passage);
    takeValue(journey, passage, { sample, metric });
    return 'taken';
  }
  return 'unbound';
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
  passage.saidAt = deviceTime;
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
  if (reading) draft.readings = withOne(draft.readings, reading);
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
  source.changed = true;
  tellGap(passage, source, { last, sequence });
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

export function notePrimary({ use, output, memory, raw }: Journey): void {
  // Only sources with a second, poorer kind of message need it.
  if (!use.profile.handlers.some((h) => h.kind === 'data' && h.entry.fallback === true)) return;
  for (const { device } of output.samples)
    memory.primaryAt.set(`${use.key}|${device}`, raw.receivedAt);
}
