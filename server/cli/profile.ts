/** `lantai profile test`: a device profile on its own examples, or on one message, without a server. */

import { readFileSync } from 'node:fs';
import { parseProfile } from '../../gateway/profiles/load.ts';
import type { ExampleEntry, ProfileDocument } from '../../gateway/profiles/schema.ts';
import { tryProfile, type TryOut } from '../../gateway/profiles/try-out.ts';
import { CliError, needed, type CliWords } from './context.ts';

/** Exit status 0: all as expected; 1: something is not; 2: the profile has mistakes. */
export function testProfile({ args, say }: CliWords): number {
  const path = needed(args[0], 'the path of a device profile');
  const parsed = parseProfile(readText(path));
  if (!parsed.ok) {
    for (const { line, column, message } of parsed.problems)
      say(`${path}:${line}:${column}: ${message}`);
    return 2;
  }
  const { profile } = parsed;
  const [, topic, payload] = args;
  const given: readonly ExampleEntry[] =
    topic === undefined
      ? (profile.examples ?? [])
      : [{ topic, payload: needed(payload, 'the payload of the message') }];
  if (given.length === 0) {
    say(`${path}: the profile ${profile.id} has no mistakes, and no examples to try.`);
    return 0;
  }
  return tryExamples(profile, given, say);
}

function tryExamples(
  profile: ProfileDocument,
  examples: readonly ExampleEntry[],
  say: (line: string) => void,
): number {
  const receivedAt = Date.now();
  const messages = examples.map(({ topic, payload }) => ({
    topic,
    payload: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
    receivedAt,
  }));
  let failed = 0;
  for (const [i, tried] of tryProfile(profile, {}, messages).entries()) {
    const example = examples[i];
    const lines = linesOf(tried);
    say(`${i + 1}. ${example?.topic ?? ''}`);
    for (const line of lines) say(`   ${line}`);
    for (const note of notesOf(tried)) say(`   (${note})`);
    const wrong = differences(lines, example?.expect);
    for (const line of wrong) say(`   ✗ ${line}`);
    if (wrong.length > 0 || tried.refusal) failed += 1;
  }
  say(failed === 0 ? 'all as expected' : `${failed} of ${examples.length} not as expected`);
  return failed === 0 ? 0 : 1;
}

/** What a message gives, a line each, as examples write it. */
export function linesOf(tried: TryOut): readonly string[] {
  return [
    ...tried.samples.map(({ device, channel, metric, value }) =>
      [device, ...(channel === undefined ? [] : [channel]), metric, String(value)].join(' '),
    ),
    ...tried.events.map((event) =>
      [
        event['device'],
        ...(event['door'] === undefined ? [] : [event['door']]),
        event['event'],
      ].join(' '),
    ),
    ...tried.availability.map(
      (one) => `${String(one['device'])} ${one['online'] === true ? 'online' : 'offline'}`,
    ),
    ...(tried.deviceList ?? []).map(({ device, model }) =>
      [device, 'listed', ...(model === undefined ? [] : [model])].join(' '),
    ),
  ];
}

function notesOf(tried: TryOut): readonly string[] {
  const notes = tried.issues.map(
    ({ device, field, kind, detail }) =>
      `${device} ${field}: ${kind}${detail === undefined ? '' : ` ${detail}`}`,
  );
  if (!tried.matched) notes.push('no handler knows this topic');
  if (tried.refusal) notes.push(tried.refusal.why);
  const late = tried.samples.filter((sample) => sample.historical === true).length;
  if (late > 0) notes.push(`${late} marked as back-fill`);
  const unread = tried.samples.filter((sample) => sample.timeProblem === true).length;
  if (unread > 0) notes.push(`${unread} with a time that can't be read`);
  return notes;
}

function differences(
  lines: readonly string[],
  wanted: readonly string[] | undefined,
): readonly string[] {
  if (!wanted) return [];
  const rest = [...lines];
  const missing = wanted.filter((line) => {
    const at = rest.indexOf(line);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  return [
    ...missing.map((line) => `expected, but not there: ${line}`),
    ...rest.map((line) => `there, but not expected: ${line}`),
  ];
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CliError(
      `${path} can't be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
