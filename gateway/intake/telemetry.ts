/** Telemetry: from a JSON object, or an array of them, to readings, field by field. */

import { say, type Said, type SentenceName } from '../../domain/sentences.ts';
import { BATCH_OBJECTS_MAX } from '../../domain/bounds.ts';
import type { IntakeIssue, RawMessage } from '../../domain/intake.ts';
import { isMetric } from '../../domain/metrics.ts';
import { judgeClock, readTime } from './clock.ts';
import { fieldName, tellIssue, withOne, type Draft, type Refusal } from './draft.ts';
import { hashBytes, hashText } from './hash.ts';
import { readingOf } from './reading.ts';
import {
  isRedelivered,
  isRepeatedSequence,
  noteConnection,
  noteDelivery,
  sequenceOf,
} from './repeats.ts';
import type { Passage } from './passage.ts';
import type { TelemetryRoute } from './route-types.ts';
import { noteClock } from './source-clock.ts';
import type { MetricState } from './state.ts';

/** Takes what can be taken; what is returned is to be put aside. */
export function takeTelemetry(
  route: TelemetryRoute,
  raw: RawMessage,
  into: { readonly draft: Draft; readonly value: unknown },
): Refusal | undefined {
  const { draft, value } = into;
  const objects: readonly unknown[] = Array.isArray(value) ? value : [value];
  const refusal = wholeRefusal(route, objects);
  if (refusal) return refusal;
  noteConnection(route.source, raw);
  const passage = newPassage(route, { raw, draft, many: objects.length > 1 });
  for (const object of objects) takeObject(passage, object as Record<string, unknown>);
  route.source.changed = true;
  const taken = draft.readings.length + draft.nulls + draft.duplicates;
  if (taken === 0 && !passage.trouble) {
    return { code: 'no-metric', ...say('no-metric') };
  }
  return taken === 0 || passage.worthShowing ? passage.trouble : undefined;
}

export function newPassage(
  route: TelemetryRoute,
  q: { readonly raw: RawMessage; readonly draft: Draft; readonly many: boolean },
): Passage {
  const { raw, draft, many } = q;
  return {
    route,
    raw,
    draft,
    many,
    deviceAt: undefined,
    clockWrong: false,
    saidAt: undefined,
    repeated: false,
    redelivered: undefined,
    trouble: undefined,
    worthShowing: false,
  };
}

/** What makes the whole message unusable. */
function wholeRefusal(route: TelemetryRoute, objects: readonly unknown[]): Refusal | undefined {
  if (objects.length > BATCH_OBJECTS_MAX) {
    const gaps = { count: objects.length, most: BATCH_OBJECTS_MAX };
    return { code: 'array-too-long', ...say('array-too-long', gaps) };
  }
  for (let i = 0; i < objects.length; i++) {
    const object = objects[i];
    if (typeof object !== 'object' || object === null || Array.isArray(object)) {
      const said =
        objects.length > 1 ? say('item-no-object', { number: i + 1 }) : say('payload-no-object');
      return { code: 'not-an-object', ...said };
    }
    const mismatch = simulatedMismatch(route, (object as Record<string, unknown>)['simulated']);
    if (mismatch) return mismatch;
  }
  return undefined;
}

/** Made-up data must never get into a real repository, nor real data into a made-up one. */
export function simulatedMismatch(
  route: { readonly repository: string; readonly simulated: boolean },
  mark: unknown,
): Refusal | undefined {
  const marked = mark !== undefined && mark !== null && mark !== false;
  if (marked === route.simulated && (!marked || mark === true)) return undefined;
  const { repository, simulated } = route;
  return {
    code: 'simulated-mismatch',
    ...say(simulated ? 'simulated-only' : 'real-only', { repository }),
  };
}

function takeObject(passage: Passage, object: Record<string, unknown>): void {
  const { route, raw } = passage;
  const deviceTime = readTime(object['time']) ?? raw.firstReceivedAt;
  const clock = judgeClock(deviceTime, raw.receivedAt);
  if (clock !== 'absent') noteClock(passage, clock, deviceTime);
  passage.clockWrong = clock !== 'right' && clock !== 'absent';
  passage.deviceAt = clock === 'right' ? deviceTime : undefined;
  passage.saidAt = deviceTime;
  passage.repeated =
    passage.deviceAt === undefined
      ? isRepeat(passage, object)
      : isRepeatOfWrongClock(passage, object);
  const { fields } = route;
  for (const name in object) {
    const metric = fields.get(name);
    if (metric) takeField(passage, metric, object[name]);
    else if (name !== 'time' && name !== 'simulated' && name !== 'sequence') {
      undeclared(passage, name, object[name]);
    }
  }
}

/** Repeats of objects without a usable time; with one, the key (sensor, metric, time) tells. */
function isRepeat(passage: Passage, object: Record<string, unknown>): boolean {
  const { route, raw, draft } = passage;
  const { source } = route;
  const given = object['sequence'];
  const sequence = sequenceOf(given);
  if (sequence === undefined) {
    if (given !== undefined && given !== null) {
      trouble(passage, 'sequence', 'field-sequence');
    }
    return isRedelivery(passage);
  }
  const hash = passage.many ? hashText(JSON.stringify(object)) : hashBytes(raw.payload);
  const { receivedAt } = raw;
  if (isRepeatedSequence(source, sequence, { hash, receivedAt })) return true;
  noteDelivery(draft, source, { source: source.id, hash, receivedAt, sequence });
  return false;
}

/**
 * A message with a good time that came before while our own clock was off: it was stored at the time of its receipt,
 * and its sequence was kept. An equal payload with an equal time in it is the same message, however long ago.
 */
function isRepeatOfWrongClock(passage: Passage, object: Record<string, unknown>): boolean {
  const { sequences } = passage.route.source;
  if (sequences.size === 0) return false;
  const sequence = sequenceOf(object['sequence']);
  const known = sequence === undefined ? undefined : sequences.get(sequence);
  if (!known) return false;
  const { many, raw } = passage;
  return known.hash === (many ? hashText(JSON.stringify(object)) : hashBytes(raw.payload));
}

export function isRedelivery(passage: Passage): boolean {
  if (passage.redelivered !== undefined) return passage.redelivered;
  const { raw, draft, route } = passage;
  const { packetId, connection, receivedAt } = raw;
  if (packetId === undefined || connection === undefined) return (passage.redelivered = false);
  const hash = hashBytes(raw.payload);
  passage.redelivered = isRedelivered(route.source, raw, hash);
  if (!passage.redelivered) {
    const source = route.source.id;
    noteDelivery(draft, route.source, { source, hash, receivedAt, packetId, connection });
  }
  return passage.redelivered;
}

function takeField(passage: Passage, metric: MetricState, value: unknown): void {
  const { draft } = passage;
  const binary = metric.definition.kind === 'binary';
  let number: number;
  if (typeof value === 'number') number = value;
  else if (value === null) {
    draft.nulls++;
    return;
  } else if (binary && typeof value === 'boolean') number = value ? 1 : 0;
  else {
    return trouble(passage, metric.name, kindOf(value));
  }
  if (binary ? number !== 0 && number !== 1 : !Number.isFinite(number)) {
    return trouble(passage, metric.name, binary ? 'field-not-binary' : 'field-not-finite');
  }
  const reading = readingOf(passage, metric, number);
  if (reading) draft.readings = withOne(draft.readings, reading);
}

type FieldTrouble = Extract<SentenceName, `field-${string}`>;

function kindOf(value: unknown): FieldTrouble {
  if (typeof value === 'string') return 'field-text';
  return typeof value === 'boolean' ? 'field-boolean' : 'field-object';
}

function trouble(passage: Passage, metric: string, name: FieldTrouble): void {
  const said = say(name, { metric });
  const told = issue(passage, 'not-a-number', { metric, detail: asDetail(said) });
  passage.worthShowing ||= told;
  passage.trouble ??= { code: 'not-a-number', ...said };
}

/** Without `The field` and the full stop: an issue stands beside its metric. */
function asDetail({ why }: Said): string {
  return why.slice('The field '.length, -1);
}

function undeclared(passage: Passage, name: string, value: unknown): void {
  // Null is no reading, of whatever it would have been.
  if (value === null) {
    passage.draft.nulls++;
    return;
  }
  const metric = fieldName(name);
  const said = say(isMetric(name) ? 'field-undeclared' : 'field-unknown', { metric });
  issue(passage, 'undeclared-metric', { metric, detail: asDetail(said) });
  passage.trouble ??= { code: 'undeclared-metric', ...said };
}

function issue(
  passage: Passage,
  kind: IntakeIssue['kind'],
  what: { readonly metric: string; readonly detail: string },
): boolean {
  const { route, draft, raw } = passage;
  const { repository, id } = route;
  return tellIssue(draft, route.source, { kind, repository, id, at: raw.receivedAt, ...what });
}
