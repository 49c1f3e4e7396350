/** What could not be decoded, kept with its reason, bounded. */

import type { Sentence } from './sentences.ts';
import type { Moment } from './time.ts';

export const QUARANTINE_PAYLOAD_BYTES_MAX = 2048;
export const QUARANTINE_ENTRIES_MAX = 10_000;

export interface QuarantineEntry {
  readonly id: string;
  /** Unset when the topic names no repository we know. */
  readonly repository?: string;
  readonly topic: string;
  readonly at: Moment;
  /** Machine word: `not-json`, `unknown-sensor`, `payload-too-large` … */
  readonly code: string;
  /** One sentence that says what was wrong. */
  readonly why: string;
  /** The same for a screen; absent in entries that are older than it, and where there is only the text. */
  readonly say?: Sentence;
  /** At most `QUARANTINE_PAYLOAD_BYTES_MAX` bytes of it, base64. */
  readonly payloadBase64: string;
  readonly payloadBytes: number;
}
