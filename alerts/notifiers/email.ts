/** E-mail over SMTP. */

import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type { OutboxMessage } from '../../domain/outbox.ts';
import type { Delivery, Notifier } from './notifier.ts';

export interface EmailConfig {
  /** `smtp://` or `smtps://`, with user and password; options of the transport as its query. */
  readonly smtpUrl: string;
  readonly from: string;
  /** For connecting, greeting and each answer; default 20 s. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 20_000;

/**
 * A notifier for e-mail. What the server refuses for good (5xx to sender, recipient or content) is not retried;
 * a refused sign-in is, as the setting may be put right while the message still matters.
 */
export function createEmailNotifier(config: EmailConfig): Notifier {
  const timeoutMs = config.timeoutMs ?? TIMEOUT_MS;
  const transport = createTransport({
    url: config.smtpUrl,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    // A message may name no file and no address to be fetched into it.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const scrub = scrubberOf(config.smtpUrl);
  return {
    channel: 'email',
    deliver: async (message) => {
      try {
        await transport.sendMail(mailOf(message, config.from));
        return { ok: true };
      } catch (error) {
        return failureOf(error, scrub);
      }
    },
    close: () => transport.close(),
  };
}

function mailOf(message: OutboxMessage, from: string) {
  const subject = `${message.subject.zh} ${message.subject.en}`.replaceAll(/[\r\n]+/g, ' ');
  return {
    from,
    to: { name: '', address: message.target },
    subject,
    text: `${message.body.zh}\n\n${message.body.en}\n`,
    // The same on a repeat, so that a mail program shows it once.
    messageId: `<${createHash('sha256').update(message.key).digest('hex').slice(0, 32)}@lantai>`,
    headers: { 'X-Lantai-Key': message.key.replaceAll(/[^\x21-\x7e]/g, '_') },
    ...(message.safety ? { priority: 'high' as const } : {}),
  };
}

interface SmtpError {
  readonly code?: unknown;
  readonly responseCode?: unknown;
  readonly command?: unknown;
  readonly message?: unknown;
}

const messageCommands = ['MAIL FROM', 'RCPT TO', 'DATA'];

function failureOf(error: unknown, scrub: (text: string) => string): Delivery {
  const { code, responseCode, command, message } = error as SmtpError;
  const refused =
    typeof responseCode === 'number' &&
    responseCode >= 500 &&
    messageCommands.includes(String(command));
  // Without an answer of the server it is the address itself that is no address.
  const noAddress = code === 'EENVELOPE' && responseCode === undefined;
  const why = scrub(typeof message === 'string' ? message : 'e-mail could not be sent');
  return { ok: false, retry: !refused && !noAddress, why: why.slice(0, 300) };
}

/** Takes user and password out of whatever a server or library echoes, plain and as they travel. */
function scrubberOf(smtpUrl: string): (text: string) => string {
  const secrets = new Set<string>();
  const url = URL.parse(smtpUrl);
  for (const part of [url?.username, url?.password]) {
    if (part === undefined || part === '') continue;
    const plain = decoded(part);
    for (const form of [part, plain, Buffer.from(plain).toString('base64')]) secrets.add(form);
  }
  if (url && url.username !== '') {
    const plain = `\0${decoded(url.username)}\0${decoded(url.password)}`;
    secrets.add(Buffer.from(plain).toString('base64'));
  }
  const longestFirst = [...secrets].toSorted((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((left, secret) => left.replaceAll(secret, '***'), text);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
