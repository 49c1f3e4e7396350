/** Webhooks: a JSON POST, or what a template makes of it. */

import type { OutboxMessage } from '../../domain/outbox.ts';
import type { Delivery, Notifier } from './notifier.ts';
import { encoderOf, fill, namesIn } from './webhook-template.ts';
import type { PlaceholderValues, WebhookTemplate } from './webhook-template.ts';

export interface WebhookConfig {
  readonly fetch: typeof globalThis.fetch;
  /** Unset: a JSON POST. */
  readonly template?: WebhookTemplate;
  /** Until the answer's head is there; default 10 s. */
  readonly timeoutMs?: number;
  /** Who is told, for `{{phone}}` and `{{name}}`: looked up when it is sent, as a number may be put right. */
  readonly personOf?: (
    message: OutboxMessage,
  ) => { readonly name: string; readonly phone?: string } | undefined;
}

const TIMEOUT_MS = 10_000;

/** Answers that pass with time; every other 4xx stays. */
const passing4xx = new Set([408, 425, 429]);

/** A notifier for webhooks. Redirects are not followed: a message goes where the person's entry says. */
export function createWebhookNotifier(config: WebhookConfig): Notifier {
  return {
    channel: 'webhook',
    deliver: async (message) => {
      const request = requestOf(message, config);
      if (!request.ok) return { ok: false, retry: false, why: request.why };
      return send(config, request);
    },
  };
}

type Request =
  | {
      readonly ok: true;
      readonly url: URL;
      readonly method: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | { readonly ok: false; readonly why: string };

async function send(
  config: WebhookConfig,
  request: Extract<Request, { ok: true }>,
): Promise<Delivery> {
  const host = request.url.host;
  try {
    const answer = await config.fetch(request.url, {
      method: request.method,
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(config.timeoutMs ?? TIMEOUT_MS),
    });
    // Unread answers hold their connection.
    await answer.body?.cancel();
    return judge(answer.status, host);
  } catch (error) {
    return { ok: false, retry: true, why: `${host} could not be reached (${reasonOf(error)})` };
  }
}

function judge(status: number, host: string): Delivery {
  if (status >= 200 && status < 300) return { ok: true };
  const why = `${host} answered ${status}`;
  if (status >= 300 && status < 400) {
    return { ok: false, retry: false, why: `${why}; redirects are not followed` };
  }
  const retry = status >= 500 || passing4xx.has(status);
  return { ok: false, retry, why };
}

/** Only codes: a library's sentence may repeat the address, which may hold a token. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const cause = error.cause as { readonly code?: unknown } | undefined;
  return typeof cause?.code === 'string' ? cause.code : error.name;
}

function requestOf(message: OutboxMessage, config: WebhookConfig): Request {
  const { template } = config;
  const values = valuesOf(message, config);
  const named = [...namesIn(message.target), ...namesIn(template?.body ?? '')];
  if (named.includes('phone') && values.phone === '') {
    return { ok: false, why: 'the person has no phone number' };
  }
  const url = URL.parse(fill(message.target, values, encodeURIComponent));
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return { ok: false, why: 'the webhook is not an http or https address' };
  }
  const fixed = { ...credentialsOf(url), 'Idempotency-Key': headerText(message.key) };
  const method = template?.method ?? 'POST';
  if (method === 'GET') {
    return { ok: true, url, method, headers: { ...template?.headers, ...fixed } };
  }
  const own = template?.body;
  const contentType = (own && template?.contentType) || 'application/json';
  const body =
    own === undefined
      ? JSON.stringify(defaultBody(message, values))
      : fill(own, values, encoderOf(contentType));
  const headers = { ...template?.headers, 'Content-Type': contentType, ...fixed };
  return { ok: true, url, method, headers, body };
}

/** User and password of an address travel in a header: `fetch` refuses them in the address. */
function credentialsOf(url: URL): Readonly<Record<string, string>> {
  if (url.username === '' && url.password === '') return {};
  const plain = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  return { Authorization: `Basic ${Buffer.from(plain).toString('base64')}` };
}

function headerText(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]/g, '_');
}

function valuesOf(message: OutboxMessage, config: WebhookConfig): PlaceholderValues {
  const person = config.personOf?.(message);
  return {
    key: message.key,
    phone: person?.phone ?? '',
    name: person?.name ?? '',
    text: `${message.subject.zh}\n${message.body.zh}`,
    subject_zh: message.subject.zh,
    subject_en: message.subject.en,
    body_zh: message.body.zh,
    body_en: message.body.en,
    repository: message.repository,
    person: message.person ?? '',
    alarm: message.alarm ?? '',
    incident: message.incident ?? '',
    safety: String(message.safety),
    created_at: new Date(message.createdAt).toISOString(),
  };
}

function defaultBody(message: OutboxMessage, values: PlaceholderValues) {
  return {
    key: message.key,
    repository: message.repository,
    person: message.person,
    name: values.name === '' ? undefined : values.name,
    phone: values.phone === '' ? undefined : values.phone,
    alarm: message.alarm,
    incident: message.incident,
    subject: message.subject,
    body: message.body,
    safety: message.safety,
    createdAt: values.created_at,
  };
}
