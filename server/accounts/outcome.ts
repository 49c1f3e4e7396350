/** Expected trouble as a value: a word for programs, a sentence for people. */

import type { Said, Sentence } from '../../domain/sentences.ts';

export type FailureCode =
  | 'not-found'
  | 'already'
  | 'not-allowed'
  | 'invalid'
  | 'wrong-credentials'
  /** Whoever is signed in gave a wrong current password: they stay signed in. */
  | 'wrong-password'
  | 'locked'
  | 'busy'
  | 'managed-by-file'
  | 'last-administrator';

export interface Failure {
  readonly ok: false;
  readonly code: FailureCode;
  readonly why: string;
  /** `why`, so that a screen can say it in its own language. */
  readonly say?: Sentence;
  /** For `locked` and `busy`. */
  readonly retryAfterMs?: number;
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | Failure;

export function success<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

/** `what` may be a bare string where the code says it all. */
export function failure(code: FailureCode, what: Said | string, retryAfterMs?: number): Failure {
  const said = typeof what === 'string' ? { why: what } : { why: what.why, say: what.say };
  return { ok: false, code, ...said, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
