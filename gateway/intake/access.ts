/** Access events: one JSON object on a door's topic. */

import { say } from '../../domain/sentences.ts';
import { ACCESS_EVENTS, type AccessEvent, type AccessEventKind } from '../../domain/access.ts';
import type { RawMessage } from '../../domain/intake.ts';
import type { Moment } from '../../domain/time.ts';
import { ACCESS_TEXT_CHARS_MAX, SEQUENCES_PER_SOURCE_MAX } from './bounds.ts';
import { judgeClock, readTime } from './clock.ts';
import { fieldName, shorten, tellIssue, withOne, type Draft, type Refusal } from './draft.ts';
import { hashBytes, hashText } from './hash.ts';
import {
  isRedelivered,
  isRepeatedSequence,
  noteConnection,
  noteDelivery,
  sequenceOf,
} from './repeats.ts';
import type { AccessRoute } from './route-types.ts';
import { noteClock } from './source-clock.ts';
import { beginGeneration, rememberEvent, rememberSequence, type SourceState } from './state.ts';
import { simulatedMismatch } from './telemetry.ts';

const kinds: ReadonlySet<string> = new Set(ACCESS_EVENTS);

interface Passage {
  readonly route: AccessRoute;
  readonly raw: RawMessage;
  readonly draft: Draft;
}

/** Takes the event; what is returned is to be put aside. */
export function takeAccess(passage: Passage, value: unknown): Refusal | undefined {
  const { route } = passage;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { code: 'not-an-object', ...say('payload-no-object') };
  }
  const object = value as Record<string, unknown>;
  const mismatch = simulatedMismatch(route, object['simulated']);
  if (mismatch) return mismatch;
  const event = object['event'];
  if (typeof event !== 'string' || !kinds.has(event)) {
    const known = ACCESS_EVENTS.join(', ');
    const said =
      typeof event === 'string'
        ? say('unknown-event', { event: fieldName(event), known })
        : say('no-event', { known });
    return { code: 'unknown-event', ...said };
  }
  takeSaid(passage, {
    said: { event: event as AccessEventKind, ...details(passage, object) },
    deviceTime: readTime(object['time']) ?? passage.raw.firstReceivedAt,
    sequence: sequenceOf(object['sequence']),
  });
  return undefined;
}

/** What a door said, whatever format it came in. */
export interface SaidAtDoor {
  readonly said: Pick<AccessEvent, 'event' | 'credential' | 'person' | 'direction' | 'reason'>;
  /** As `readTime` gives it. */
  readonly deviceTime: number | undefined;
  readonly sequence: number | undefined;
}

/** Takes one event, unless it came before. */
export function takeSaid(passage: Passage, { said, deviceTime, sequence }: SaidAtDoor): void {
  const { route, raw, draft } = passage;
  noteConnection(route.source, raw);
  const clock = judgeClock(deviceTime, raw.receivedAt);
  if (clock !== 'absent') noteClock(passage, clock, deviceTime);
  const deviceAt = clock === 'right' ? deviceTime : undefined;
  const id = idOf(passage, { sequence, deviceAt, hash: hashOfEvent(said) });
  if (id === undefined) {
    draft.duplicates++;
    return;
  }
  draft.accessEvents = withOne(draft.accessEvents, {
    id: `${route.source.id}.${id}`,
    repository: route.repository,
    room: route.room,
    door: route.id,
    ...said,
    at: deviceAt ?? raw.receivedAt,
    receivedAt: raw.receivedAt,
    ...(sequence === undefined ? {} : { sequence }),
    ...(route.simulated ? { simulated: true } : {}),
    ...(clock === 'right' || clock === 'absent' ? {} : { clockWrong: true }),
  });
}

/** What an event says, as a fingerprint that can be had again from the stored event. Its time is told apart. */
export function hashOfEvent(
  said: Pick<AccessEvent, 'event' | 'credential' | 'person' | 'direction' | 'reason'>,
): number {
  const { event, credential, person, direction, reason } = said;
  return hashText(JSON.stringify([event, credential, person, direction, reason]));
}

interface Given {
  readonly sequence: number | undefined;
  readonly deviceAt: Moment | undefined;
  readonly hash: number;
}

/** The event's own part of its id; `undefined`: it came before. */
function idOf(passage: Passage, given: Given): string | undefined {
  const { route, raw, draft } = passage;
  const { source } = route;
  const { receivedAt, packetId, connection } = raw;
  const { sequence, deviceAt, hash } = given;
  source.changed = true;
  if (sequence !== undefined) return bySequence(passage, { ...given, sequence });
  if (deviceAt !== undefined) return byMoment(source, deviceAt, { hash, mayRepeat: true });
  const payloadHash = hashBytes(raw.payload);
  if (isRedelivered(source, raw, payloadHash)) return undefined;
  if (packetId !== undefined && connection !== undefined) {
    const delivery = { source: source.id, hash: payloadHash, receivedAt, packetId, connection };
    noteDelivery(draft, source, delivery);
  }
  return byMoment(source, receivedAt, { hash, mayRepeat: false });
}

function bySequence(
  passage: Passage,
  given: Given & { readonly sequence: number },
): string | undefined {
  const { source } = passage.route;
  const { receivedAt } = passage.raw;
  const { sequence, hash } = given;
  const known = source.sequences.get(sequence);
  const { deviceAt } = given;
  // With a time in it the event says it all; without, an equal one much later is a new one.
  const same =
    deviceAt === undefined
      ? isRepeatedSequence(source, sequence, { hash, receivedAt })
      : known?.hash === hash && known.receivedAt === deviceAt;
  if (same) return undefined;
  if (known !== undefined || source.highestSequence - sequence >= SEQUENCES_PER_SOURCE_MAX) {
    // The device counts from the start again: its numbers are used, so the ids get a suffix.
    beginGeneration(source, source.generation + 1);
  }
  rememberSequence(source, sequence, { hash, receivedAt: deviceAt ?? receivedAt });
  return source.generation === 0 ? `${sequence}` : `${sequence}.${source.generation}`;
}

function byMoment(
  source: SourceState,
  at: Moment,
  event: { readonly hash: number; readonly mayRepeat: boolean },
): string | undefined {
  const before = source.events.get(at);
  if (event.mayRepeat && before?.includes(event.hash)) return undefined;
  const place = before?.length ?? 0;
  rememberEvent(source, at, event.hash);
  return place === 0 ? `${at}` : `${at}.${place}`;
}

/** The optional texts; what is no text is left out and told. */
function details(
  passage: Passage,
  object: Record<string, unknown>,
): Pick<AccessEvent, 'credential' | 'person' | 'direction' | 'reason'> {
  const credential = textOf(passage, object, 'credential');
  const person = textOf(passage, object, 'person');
  const reason = textOf(passage, object, 'reason');
  const direction = textOf(passage, object, 'direction');
  return {
    ...(credential === undefined ? {} : { credential }),
    ...(person === undefined ? {} : { person }),
    ...(direction === 'in' || direction === 'out' ? { direction } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
}

function textOf(
  passage: Passage,
  object: Record<string, unknown>,
  name: 'credential' | 'person' | 'direction' | 'reason',
): string | undefined {
  const value = object[name];
  if (value === undefined || value === null || value === '') return undefined;
  const usable =
    name === 'direction' ? value === 'in' || value === 'out' : typeof value === 'string';
  if (usable && typeof value === 'string') return shorten(value, ACCESS_TEXT_CHARS_MAX);
  // Card numbers often come as numbers.
  if (name === 'credential' && typeof value === 'number') return String(value);
  const { route, raw, draft } = passage;
  tellIssue(draft, route.source, {
    kind: 'not-a-number',
    repository: route.repository,
    id: route.id,
    metric: name,
    at: raw.receivedAt,
    detail: `${name} is not ${name === 'direction' ? 'in or out' : 'text'}; it is left out`,
  });
  return undefined;
}
