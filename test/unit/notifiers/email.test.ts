import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmailNotifier } from '../../../alerts/notifiers/email.ts';
import type { Notifier } from '../../../alerts/notifiers/notifier.ts';
import { message } from './messages.ts';
import { startSmtpSink, type SmtpSink } from './smtp-sink.ts';

const PASSWORD = 'geheim/#1';

let sink: SmtpSink;
let notifier: Notifier;

beforeEach(async () => {
  sink = await startSmtpSink();
  const auth = `lantai:${encodeURIComponent(PASSWORD)}`;
  notifier = createEmailNotifier({
    smtpUrl: `smtp://${auth}@127.0.0.1:${sink.port}?ignoreTLS=true`,
    from: '兰台 <lantai@example.org>',
    timeoutMs: 400,
  });
});

afterEach(async () => {
  notifier.close?.();
  await sink.close();
});

/** The text part of what arrived. */
function textOf(data: string): string {
  const [head, ...rest] = data.split('\n\n');
  const body = rest.join('\n\n');
  if (/base64/i.test(head ?? '')) return Buffer.from(body, 'base64').toString('utf8');
  const bytes = body
    .replaceAll('=\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

describe('an e-mail', () => {
  it('reaches the person in Chinese and English', async () => {
    expect(await notifier.deliver(message())).toEqual({ ok: true });
    const [mail] = sink.mails;
    expect(mail?.to).toEqual(['duty-a@example.org']);
    const text = textOf(mail?.data ?? '');
    expect(text).toContain('两个探测器报警。');
    expect(text).toContain('Two detectors in alarm.');
    expect(text.indexOf('两个')).toBeLessThan(text.indexOf('Two'));
  });

  it('carries the same id and key on a repeat', async () => {
    await notifier.deliver(message());
    await notifier.deliver(message());
    await notifier.deliver(message({ key: 'other' }));
    const ids = sink.mails.map((m) => /^Message-ID: (.*)$/im.exec(m.data)?.[1]);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
    expect(sink.mails[0]?.data).toMatch(/^X-Lantai-Key: sx\.a1\/1\/duty-a\/email$/im);
  });

  it('takes no header and no recipient from its text or address', async () => {
    const subject = { zh: '火警\r\nBcc: other@example.org', en: 'x' };
    await notifier.deliver(message({ subject }));
    expect(sink.mails[0]?.to).toEqual(['duty-a@example.org']);
    expect(sink.mails[0]?.data).not.toMatch(/^Bcc:/im);
    await notifier.deliver(message({ target: 'a@example.org, b@example.org' }));
    expect(sink.mails.flatMap((m) => m.to)).not.toContain('b@example.org');
  });

  it.each([
    ['RCPT', '550 no such user', false],
    ['RCPT', '450 try again later', true],
    ['MAIL', '553 sender not allowed', false],
    ['MAIL', '421 too busy', true],
    ['DATA', '554 refused', false],
    ['<end of data>', '552 too large', false],
    ['<end of data>', '451 local error', true],
    ['AUTH', '535 bad password', true],
    ['<greeting>', '554 not now', true],
  ])('whose %s is answered "%s" is tried again: %s', async (command, answer, retry) => {
    sink.answers.set(command, answer);
    const delivery = await notifier.deliver(message());
    expect(delivery).toMatchObject({ ok: false, retry });
    expect(sink.mails).toEqual([]);
  });

  it('never says the password, even when the server echoes it', async () => {
    const plain = Buffer.from(`\0lantai\0${PASSWORD}`).toString('base64');
    sink.answers.set('AUTH', `535 bad ${plain} or ${PASSWORD} of lantai`);
    const delivery = await notifier.deliver(message());
    expect(JSON.stringify(delivery)).toContain('***');
    for (const secret of [PASSWORD, plain, encodeURIComponent(PASSWORD), 'lantai']) {
      expect(JSON.stringify(delivery)).not.toContain(secret);
    }
  });

  it('waits no longer than its timeout for a server that says nothing', async () => {
    sink.answers.set('MAIL', '');
    expect(await notifier.deliver(message())).toMatchObject({ ok: false, retry: true });
  });

  it('is tried again when nothing listens', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const away = createEmailNotifier({
      smtpUrl: `smtp://127.0.0.1:${port}`,
      from: 'a@example.org',
    });
    expect(await away.deliver(message())).toMatchObject({ ok: false, retry: true });
  });
});
