/** Errors as the outside sees them: a code for programs, a sentence for people, the request's id for the log. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorBody } from '../../domain/api.ts';
import type { CommandResult } from '../../domain/commands.ts';
import { say, type Said, type Sentence } from '../../domain/sentences.ts';
import type { Failure, FailureCode, Outcome } from '../accounts/outcome.ts';

/** An answer that is an error, thrown by whoever finds it. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly code: string;
  readonly retryAfterMs: number | undefined;
  /** The message, so that a screen can say it in its own language. */
  readonly say: Sentence | undefined;
  /** Said beside code and message, for programs: where the mistakes are. */
  readonly more: Readonly<Record<string, unknown>> | undefined;

  constructor(
    status: number,
    code: string,
    q: {
      message: string;
      say?: Sentence;
      retryAfterMs?: number;
      more?: Readonly<Record<string, unknown>>;
    },
  ) {
    super(q.message);
    this.status = status;
    this.code = code;
    this.retryAfterMs = q.retryAfterMs;
    this.say = q.say;
    this.more = q.more;
  }
}

export function notFound(what: string): HttpError {
  return new HttpError(404, 'not-found', { message: `There is no such ${what}.` });
}

/** What is well formed and can't be. A bare string is for what only programs send, such as a cursor. */
export function invalid(what: Said | string): HttpError {
  if (typeof what === 'string') return new HttpError(422, 'invalid', { message: what });
  return refused(422, 'invalid', what);
}

/** A refusal that people may meet on a screen. */
export function refused(status: number, code: string, { why, say }: Said): HttpError {
  return new HttpError(status, code, { message: why, say });
}

export function unauthenticated(): HttpError {
  return new HttpError(401, 'not-signed-in', { message: 'Sign in, or send a token.' });
}

export function forbidden(message: string, code = 'forbidden'): HttpError {
  return new HttpError(403, code, { message });
}

const FAILURE_STATUS: Readonly<Record<FailureCode, number>> = {
  'not-found': 404,
  already: 409,
  'managed-by-file': 409,
  'last-administrator': 409,
  'not-allowed': 422,
  invalid: 422,
  'wrong-credentials': 401,
  'wrong-password': 403,
  locked: 429,
  busy: 503,
};

/** The value of an outcome; throws the answer that a failure is. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw failureError(outcome);
}

/** The id that a command touched; throws the answer that a refusal is. */
export function idOfResult(result: CommandResult): string {
  if (result.ok) return result.id;
  throw failureError(result);
}

function failureError(failure: Omit<Failure, 'ok'>): HttpError {
  const { code, why, say, retryAfterMs } = failure;
  return new HttpError(FAILURE_STATUS[code], code, {
    message: why,
    ...(say ? { say } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** Every error of every kind goes out through here. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => sendError(request, reply, error));
}

/** Devices know Basic; anywhere else it would make a browser ask in a window of its own. */
function challengeOf(request: FastifyRequest): string {
  const isDevice = request.routeOptions.url?.startsWith('/api/intake/') === true;
  return `${isDevice ? 'Basic' : 'Bearer'} realm="lantai"`;
}

/** Answers with the body of the contracts; what is not ours to tell stays in the log. */
export function sendError(request: FastifyRequest, reply: FastifyReply, error: unknown) {
  const known = describe(error);
  if (known.status >= 500) request.log.error({ err: error }, 'request failed');
  if (known.retryAfterMs !== undefined) {
    reply.header('retry-after', Math.max(1, Math.ceil(known.retryAfterMs / 1000)));
  }
  if (known.status === 401) reply.header('www-authenticate', challengeOf(request));
  const { code, message, say } = known;
  const more = error instanceof HttpError ? error.more : undefined;
  const body: ErrorBody = {
    error: { code, message, requestId: request.id, ...(say ? { say } : {}), ...more },
  };
  return reply
    .code(known.status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(body);
}

interface Described {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly say?: Sentence | undefined;
  readonly retryAfterMs?: number | undefined;
}

function describe(error: unknown): Described {
  if (error instanceof HttpError) return error;
  if (!(error instanceof Error)) return INTERNAL;
  if (error.name === 'StoreUnavailable') return STORE_UNAVAILABLE;
  if (error.name === 'NotStored') return NOT_STORED;
  const { validation, validationContext, code, statusCode } = error as ValidationError;
  if (validation?.[0]) {
    const { why, say } = describeViolation(validation[0], validationContext);
    return { status: 400, code: 'invalid-request', message: why, say };
  }
  const known = code === undefined ? undefined : FRAMEWORK_ERRORS[code];
  if (known) return known;
  if (error instanceof SyntaxError && statusCode === 400) return NOT_JSON;
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { status: statusCode, code: 'bad-request', message: 'The request is not understood.' };
  }
  return INTERNAL;
}

const INTERNAL: Described = {
  status: 500,
  code: 'internal',
  message: 'Something went wrong here; the log has it under this request id.',
};
const STORE_UNAVAILABLE: Described = {
  status: 503,
  code: 'store-unavailable',
  message: 'The reading store does not answer; values keep coming in and are stored later.',
};
const NOT_STORED: Described = {
  status: 503,
  code: 'not-stored',
  message: 'Nothing can be stored now, so this was not done; try again when the store is back.',
};
const NOT_JSON: Described = { status: 400, code: 'not-json', message: 'The body is not JSON.' };

const FRAMEWORK_ERRORS: Readonly<Record<string, Described>> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: { ...NOT_JSON, message: 'The body is empty.' },
  FST_ERR_CTP_INVALID_JSON_BODY: NOT_JSON,
  FST_ERR_CTP_BODY_TOO_LARGE: {
    status: 413,
    code: 'body-too-large',
    message: 'The body is too large.',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'not-json',
    message: 'Send application/json.',
  },
};

interface Violation {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

interface ValidationError extends Error {
  readonly validation?: readonly Violation[];
  readonly validationContext?: string;
  readonly code?: string;
  readonly statusCode?: number;
}

/** Names the field: `body: "value" must be number`. */
function describeViolation(violation: Violation, where = 'request'): Said {
  const path = violation.instancePath.slice(1).replaceAll('/', '.');
  const { additionalProperty, allowedValues } = violation.params;
  const inside = (field: unknown) => (path === '' ? String(field) : `${path}.${String(field)}`);
  if (violation.keyword === 'additionalProperties') {
    return say('request-unknown-field', { where, field: inside(additionalProperty) });
  }
  if (violation.keyword === 'required') {
    return say('request-missing-field', {
      where,
      field: inside(violation.params['missingProperty']),
    });
  }
  const values = Array.isArray(allowedValues) ? `: ${allowedValues.join(', ')}` : '';
  const what = `${violation.message ?? 'is not valid'}${values}`;
  return path === ''
    ? say('request-whole', { where, what })
    : say('request-field', { where, field: path, what });
}
