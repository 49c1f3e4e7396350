/** Takes webhooks on loopback, as an SMS gateway would, and keeps what it was told and when. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Told {
  readonly key: string;
  readonly alarm: string | undefined;
  readonly incident: string | undefined;
  readonly subject: string;
  readonly at: number;
}

export interface WebhookSink {
  readonly url: string;
  readonly told: readonly Told[];
  close(): Promise<void>;
}

/** Listens on a free port. */
export async function startWebhookSink(): Promise<WebhookSink> {
  const told: Told[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => (text += part));
    request.on('end', () => {
      const body = JSON.parse(text) as {
        readonly key: string;
        readonly alarm?: string;
        readonly incident?: string;
        readonly subject: { readonly zh: string };
      };
      const { key, alarm, incident, subject } = body;
      told.push({ key, alarm, incident, subject: subject.zh, at: Date.now() });
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/told`,
    told,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
