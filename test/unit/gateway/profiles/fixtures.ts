/** Real message shapes with what they must give. Where a format's own documentation says otherwise, the correction is here, with its reason. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODECS } from '../../../../gateway/profiles/codecs/all.ts';
import { createCodecBench, type CodecBench } from '../../../../gateway/profiles/codec-bench.ts';
import { compileProfile, type CompiledProfile } from '../../../../gateway/profiles/compile.ts';
import { boxedProfiles } from '../../../../gateway/profiles/load.ts';
import type { ProfileOutput, SampleIssue } from '../../../../gateway/profiles/output.ts';
import { runProfile, waysOf } from '../../../../gateway/profiles/run.ts';

export interface ExpectedReading {
  readonly metric: string;
  readonly value: number | boolean;
  readonly device?: string;
  readonly channel?: string;
  readonly time?: string;
  readonly historical?: boolean;
}

export interface Fixture {
  readonly id: string;
  readonly format: string;
  readonly topic: string;
  readonly payload: string;
  readonly encoding: BufferEncoding;
  readonly retain?: boolean;
  readonly sequence?: string;
  readonly expected: readonly ExpectedReading[];
  readonly expected_events?: readonly Record<string, unknown>[];
  readonly expected_issues?: readonly string[];
  readonly expected_binding?: Record<string, unknown>;
}

const FILE = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'payloads.jsonl');

export const FIXTURES: readonly Fixture[] = readFileSync(FILE, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Fixture);

/** The fixtures' name of a format -> the profile's. */
const PROFILES: Readonly<Record<string, string>> = {
  tts: 'the-things-stack',
  rtl_433: 'rtl-433',
  esp_rfid: 'esp-rfid',
  king_pigeon: 'king-pigeon',
  ha_discovery: 'ha-discovery',
  sparkplug_b: 'sparkplug-b',
};

/** Expected otherwise than the fixture says, and why. */
export const CORRECTED_ISSUES: Readonly<Record<string, readonly string[]>> = {
  // The metric's name of the contracts.
  'esphome-067': ['humidity:not-a-number:nan'],
  // Neuron's documentation: a tag under `errors` could not be read; that is shown.
  'neuron-102': ['tag1:source-fault:2014'],
  // The message with number 3 is not in the file (Sparkplug 3.0, chapter 6: numbers rise by one).
  'sparkplug_b-078': ['seq:sequence-gap:4 instead of 3'],
};

/** Readings beside those of the fixture, and why. */
export const MORE_READINGS: Readonly<Record<string, readonly ExpectedReading[]>> = {
  // A birth says that the device is there; without it one that died would never come back.
  'sparkplug_b-075': [{ metric: 'online', value: 1 }],
};

const compiled = new Map<string, CompiledProfile>();

export function profileFor(fixture: Fixture): CompiledProfile {
  const id = PROFILES[fixture.format] ?? fixture.format;
  let profile = compiled.get(id);
  if (!profile) {
    const document = boxedProfiles().get(id);
    if (!document) throw new Error(`no profile ${id}`);
    compiled.set(id, (profile = compileProfile(document, {})));
  }
  return profile;
}

export const bytesOf = (fixture: Fixture): Buffer => Buffer.from(fixture.payload, fixture.encoding);

const RECEIVED_AT = Date.UTC(2026, 10, 22, 12);

/** What the box makes of a message; messages of one sequence share a bench. */
export function run(
  fixture: Fixture,
  payload: Uint8Array = bytesOf(fixture),
  bench: CodecBench = createCodecBench(CODECS),
): ProfileOutput {
  const profile = profileFor(fixture);
  const message = { topic: fixture.topic, payload, receivedAt: RECEIVED_AT };
  return runProfile({
    profile,
    ways: waysOf(profile, fixture.topic),
    message,
    codecs: bench.of('test'),
  });
}

/** An issue as the fixtures write it. */
export function issueText({ kind, field, detail }: SampleIssue): string {
  if (kind === 'missing') return `missing:${field}`;
  if (kind === 'sentinel') return `${field}:out-of-range:${detail}`;
  return `${field}:${kind}:${detail}`;
}
