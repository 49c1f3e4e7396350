/** What is being made of one message, and what went wrong with it. */

import { type Said } from '../../domain/sentences.ts';
import type { AccessEvent } from '../../domain/access.ts';
import type {
  Decoded,
  Delivery,
  IntakeIssue,
  RawMessage,
  StatusChange,
} from '../../domain/intake.ts';
import { QUARANTINE_PAYLOAD_BYTES_MAX, type QuarantineEntry } from '../../domain/quarantine.ts';
import type { Reading } from '../../domain/reading.ts';
import {
  FIELD_NAME_CHARS_MAX,
  ISSUES_PER_MESSAGE_MAX,
  ISSUE_NAMES_PER_SOURCE_MAX,
  ISSUE_REPEAT_MS,
  TOPIC_CHARS_MAX,
} from './bounds.ts';
import type { SourceState } from './state.ts';

/** Why a message is refused: a machine word, and a sentence for people. */
export interface Refusal extends Said {
  readonly code: string;
}

/** Lists begin as one that all share and that nobody writes to: most of them stay empty, and wait for a commit so. */
export class Draft implements Decoded {
  readings: readonly Reading[] = NONE;
  accessEvents: readonly AccessEvent[] = NONE;
  statuses: readonly StatusChange[] = NONE;
  issues: readonly IntakeIssue[] = NONE;
  quarantine: readonly QuarantineEntry[] = NONE;
  nulls = 0;
  duplicates = 0;
  deliveries?: Delivery[];
}

const NONE: readonly never[] = Object.freeze([]);

/** The list with one more. One that grows by pushing takes room for seventeen, and most messages have one or two. */
export function withOne<T>(list: readonly T[], one: T): readonly T[] {
  const first = list[0];
  if (first === undefined) return [one];
  if (list.length === 1) return [first, one];
  // From two on it is this draft's own, and long lists are not copied.
  (list as T[]).push(one);
  return list;
}

/** Puts the message aside with its reason. */
export function quarantine(
  draft: Draft,
  raw: RawMessage,
  what: Refusal & { readonly repository?: string | undefined; readonly id: string },
): void {
  const head = raw.payload.subarray(0, QUARANTINE_PAYLOAD_BYTES_MAX);
  draft.quarantine = withOne(draft.quarantine, {
    id: what.id,
    ...(what.repository === undefined ? {} : { repository: what.repository }),
    topic: shorten(raw.topic, TOPIC_CHARS_MAX),
    at: raw.receivedAt,
    code: what.code,
    why: what.why,
    say: what.say,
    payloadBase64: Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('base64'),
    payloadBytes: raw.payload.byteLength,
  });
}

/** Tells an issue, unless the same was told a short while ago; says whether it was told. */
export function tellIssue(draft: Draft, source: SourceState, issue: IntakeIssue): boolean {
  if (draft.issues.length >= ISSUES_PER_MESSAGE_MAX) return false;
  let key = `${issue.kind} ${issue.metric ?? ''}`;
  if (!source.told.has(key) && source.told.size >= ISSUE_NAMES_PER_SOURCE_MAX) key = issue.kind;
  const toldAt = source.told.get(key);
  // A wall clock that went back must not silence anything: only a recent past counts.
  if (toldAt !== undefined && Math.abs(issue.at - toldAt) < ISSUE_REPEAT_MS) return false;
  source.told.set(key, issue.at);
  draft.issues = withOne(draft.issues, issue);
  return true;
}

export function shorten(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${text.slice(0, charsMax - 1)}…`;
}

/** A field's name for a sentence: bounded, and without line breaks. */
export function fieldName(name: string): string {
  return shorten(JSON.stringify(name).slice(1, -1), FIELD_NAME_CHARS_MAX);
}
