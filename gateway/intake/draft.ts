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

export interface Draft extends Decoded {
  readonly readings: Reading[];
  readonly accessEvents: AccessEvent[];
  readonly statuses: StatusChange[];
  readonly issues: IntakeIssue[];
  readonly quarantine: QuarantineEntry[];
  nulls: number;
  duplicates: number;
  deliveries?: Delivery[];
}

export function newDraft(): Draft {
  return {
    readings: [],
    accessEvents: [],
    statuses: [],
    issues: [],
    quarantine: [],
    nulls: 0,
    duplicates: 0,
  };
}

/** Puts the message aside with its reason. */
export function quarantine(
  draft: Draft,
  raw: RawMessage,
  what: Refusal & { readonly repository?: string | undefined; readonly id: string },
): void {
  const head = raw.payload.subarray(0, QUARANTINE_PAYLOAD_BYTES_MAX);
  draft.quarantine.push({
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
  draft.issues.push(issue);
  return true;
}

export function shorten(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${text.slice(0, charsMax - 1)}…`;
}

/** A field's name for a sentence: bounded, and without line breaks. */
export function fieldName(name: string): string {
  return shorten(JSON.stringify(name).slice(1, -1), FIELD_NAME_CHARS_MAX);
}
