/** Runs a compiled profile on one message: the first handler that fits says what the message means. */

import { say, type Said } from '../../domain/sentences.ts';
import type { Moment } from '../../domain/time.ts';
import { PACKET_BYTES_MAX, PAYLOAD_BYTES_MAX } from '../../domain/bounds.ts';
import { CATALOGUE_BYTES_MAX } from '../intake/bounds.ts';
import type { CodecHandler, CompiledProfile, Handler, Way } from './compile.ts';
import { NOTHING, refused, type CodecInput, type ProfileOutput } from './output.ts';
import { contentOf, type PayloadCache } from './content.ts';
import { matchTopic } from './topic.ts';
import { Collector } from './collect.ts';
import { takeRecords } from './records.ts';

/** A message, as far as profiles look at it. */
export interface ProfileMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly receivedAt: Moment;
}

/** The codecs, with what they remember of this use. */
export interface Codecs {
  run(name: CodecHandler['codec'], input: CodecInput): ProfileOutput;
}

/** The handlers that may say something of this topic, in order. Empty: it is not of this format. */
export function waysOf(profile: CompiledProfile, topic: string): readonly Way[] {
  const ways: Way[] = [];
  for (const handler of profile.handlers) {
    if (handler.exclude.some((template) => matchTopic(template, topic))) continue;
    for (const template of handler.topics) {
      const variables = matchTopic(template, topic);
      if (!variables) continue;
      if (handler.kind === 'data' && !isWhere(handler, variables)) continue;
      ways.push({ handler, variables: { ...variables, topic } });
      break;
    }
  }
  return ways;
}

function isWhere(handler: Handler, variables: Readonly<Record<string, string>>): boolean {
  return handler.where.every(([name, values]) => values.has(variables[name] ?? ''));
}

/** One message on its way through a profile. */
export interface ProfileRun {
  readonly profile: CompiledProfile;
  /** As `waysOf` gives them for the message's topic. */
  readonly ways: readonly Way[];
  readonly message: ProfileMessage;
  readonly codecs: Codecs;
}

/** What the message says. Never throws; nothing in it is longer than the bounds. */
export function runProfile(q: ProfileRun): ProfileOutput {
  const { profile, ways, message } = q;
  const cache: PayloadCache = {};
  const collector = new Collector();
  let fits = false;
  let fallback = false;
  let broken: (Said & { readonly code: string }) | undefined;
  for (const way of ways) {
    if (way.handler.kind === 'codec') return runCodec(q, way);
    const bytesMax = bytesMaxOf(way.handler);
    if (message.payload.byteLength > bytesMax) return tooLarge(message, bytesMax);
    const content = contentOf(way.handler, message.payload, cache);
    if (content.kind === 'broken') broken ??= content;
    if (content.kind !== 'record' || !takeRecords(content.record, { profile, way, collector })) {
      continue;
    }
    fits = true;
    fallback ||= way.handler.entry.fallback === true;
    if (way.handler.entry.also !== true) break;
  }
  if (fits) {
    const output = collector.output();
    const marks = {
      ...(fallback ? { fallback } : {}),
      ...(isMadeUp(cache) ? { simulated: true } : {}),
    };
    return { ...output, ...marks };
  }
  return broken
    ? { ...NOTHING, refusal: { code: broken.code, why: broken.why, say: broken.say } }
    : NOTHING;
}

/** Simulators mark their messages, whatever the format. */
function isMadeUp({ json }: PayloadCache): boolean {
  if (json?.kind !== 'record') return false;
  const { record } = json;
  return !Array.isArray(record) && (record as Record<string, unknown>)['simulated'] === true;
}

function runCodec({ profile, message, codecs }: ProfileRun, way: Way): ProfileOutput {
  if (message.payload.byteLength > CATALOGUE_BYTES_MAX) {
    return tooLarge(message, CATALOGUE_BYTES_MAX);
  }
  const { topic, payload, receivedAt } = message;
  const { variables, handler } = way as Way & { readonly handler: CodecHandler };
  const input = { topic, payload, receivedAt, variables, offsetMinutes: profile.offset };
  return codecs.run(handler.codec, input);
}

function bytesMaxOf({ entry, deviceList }: Handler): number {
  if (entry.payload === 'parts') return PACKET_BYTES_MAX;
  return deviceList ? CATALOGUE_BYTES_MAX : PAYLOAD_BYTES_MAX;
}

function tooLarge(message: ProfileMessage, bytesMax: number): ProfileOutput {
  const gaps = { bytes: message.payload.byteLength, most: bytesMax };
  return refused('payload-too-large', say('payload-too-large', gaps));
}
