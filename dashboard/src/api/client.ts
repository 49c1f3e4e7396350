/** Talks to `/api`. Expected trouble is an `ApiFailure` with a code that has words in the locales. */

import type { ErrorBody } from '../../../domain/api.ts';
import type { Sentence } from '../../../domain/sentences.ts';

/** One mistake in a text; line and column count from 1. */
export interface TextProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** For the screen's own language. */
  readonly say?: Sentence;
}

export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly status: number;
  /** The server's word; when nothing answered `unreachable`, or `unanswered` when it may have been done all the same. */
  readonly code: string;
  readonly requestId: string | undefined;
  /** The message for the screen's own language. */
  readonly say: Sentence | undefined;
  /** Mistakes in a text that was sent, by place. */
  readonly problems: readonly TextProblem[];

  constructor(what: {
    status: number;
    code: string;
    message: string;
    requestId?: string;
    say?: Sentence;
    problems?: readonly TextProblem[];
  }) {
    super(what.message);
    this.status = what.status;
    this.code = what.code;
    this.requestId = what.requestId;
    this.say = what.say;
    this.problems = what.problems ?? [];
  }
}

export type Query = Readonly<Record<string, string | number | undefined>>;

let whenSignedOut: () => void = () => undefined;

/** Called when an answer says that nobody is signed in any more. */
export function onSignedOut(act: () => void): void {
  whenSignedOut = act;
}

export const api = {
  get: <T>(path: string, query: Query = {}) => send<T>('GET', path + queryText(query)),
  post: <T>(path: string, body: object = {}) => send<T>('POST', path, body),
  put: <T>(path: string, body: object) => send<T>('PUT', path, body),
  patch: <T>(path: string, body: object) => send<T>('PATCH', path, body),
  remove: <T>(path: string) => send<T>('DELETE', path),
};

function queryText(query: Query): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  if (pairs.length === 0) return '';
  return `?${new URLSearchParams(pairs.map(([k, v]) => [k, String(v)])).toString()}`;
}

const ANSWER_MS_MAX = 20_000;

async function send<T>(method: string, path: string, body?: object): Promise<T> {
  const patience = new AbortController();
  const timer = window.setTimeout(() => patience.abort(), ANSWER_MS_MAX);
  try {
    const response = await fetch(`/api${path}`, {
      method,
      credentials: 'same-origin',
      signal: patience.signal,
      headers: body ? { 'content-type': 'application/json' } : {},
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw await failureOf(response, path);
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  } catch (error) {
    if (error instanceof ApiFailure) throw error;
    throw new ApiFailure({
      status: 0,
      code: isHarmless(method, path) ? 'unreachable' : 'unanswered',
      message: '',
    });
  } finally {
    window.clearTimeout(timer);
  }
}

/** Whether nobody needs to know if it was done: it only asks, or signs somebody in. */
function isHarmless(method: string, path: string): boolean {
  return method === 'GET' || path === '/session';
}

async function failureOf(response: Response, path: string): Promise<ApiFailure> {
  if (response.status === 401 && path !== '/session') whenSignedOut();
  const fallback = { status: response.status, code: `status-${response.status}`, message: '' };
  try {
    const { error } = (await response.json()) as ErrorBody;
    return new ApiFailure({ ...fallback, ...error });
  } catch {
    return new ApiFailure(fallback);
  }
}
