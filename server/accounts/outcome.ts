/** Expected trouble as a value: a word for programs, a sentence for people. */

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
  /** For `locked` and `busy`. */
  readonly retryAfterMs?: number;
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | Failure;

export function success<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function failure(code: FailureCode, why: string, retryAfterMs?: number): Failure {
  return { ok: false, code, why, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
