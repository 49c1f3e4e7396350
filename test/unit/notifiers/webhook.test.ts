import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  parseWebhookTemplate,
  loadWebhookTemplate,
} from '../../../alerts/notifiers/webhook-template.ts';
import { createWebhookNotifier, type WebhookConfig } from '../../../alerts/notifiers/webhook.ts';
import { createMqttNotifier } from '../../../alerts/notifiers/mqtt.ts';
import { message } from './messages.ts';

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Server;
let address: string;
let requests: Request[];
/** 0: no answer at all. */
let status: number;

beforeEach(async () => {
  requests = [];
  status = 200;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      requests.push({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') });
      if (status === 0) return;
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {});
      response.end('done');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function notify(config: Partial<WebhookConfig> = {}, target = `${address}/hook`) {
  const notifier = createWebhookNotifier({ fetch, timeoutMs: 400, ...config });
  return notifier.deliver(message({ channel: 'webhook', target, person: 'duty-a' }));
}

function template(yaml: string) {
  const result = parseWebhookTemplate(yaml, 'sms.yaml');
  if (!result.ok) throw new Error(result.why);
  return result.template;
}

const personOf = () => ({ name: '值班员甲', phone: '+86 138&0' });

describe('a webhook', () => {
  it('posts JSON with the key that makes a repeat recognisable', async () => {
    expect(await notify()).toEqual({ ok: true });
    const [request] = requests;
    expect(request).toMatchObject({ method: 'POST', url: '/hook' });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': 'sx.a1/1/duty-a/email',
    });
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      key: 'sx.a1/1/duty-a/email',
      subject: { zh: '【火警】301 库', en: '[FIRE] Room 301' },
      safety: true,
      createdAt: '1970-01-01T00:00:01.000Z',
    });
  });

  it.each([
    [400, false],
    [401, false],
    [404, false],
    [408, true],
    [425, true],
    [429, true],
    [500, true],
    [503, true],
    [302, false],
  ])('answered %d is tried again: %s', async (answer, retry) => {
    status = answer;
    expect(await notify()).toMatchObject({ ok: false, retry });
    expect(requests).toHaveLength(1);
  });

  it('is tried again when there is no answer in time, or nobody there', async () => {
    status = 0;
    expect(await notify()).toMatchObject({ ok: false, retry: true });
    const gone = address;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await notify({}, `${gone}/hook`)).toMatchObject({
      ok: false,
      retry: true,
      why: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('never says the path, query or password of its address', async () => {
    const withSecrets = address.replace('//', '//user:s3cret-a@') + '/s3cret-b?token=s3cret-c';
    for (const answer of [401, 500, 302, 0]) {
      status = answer;
      expect(JSON.stringify(await notify({}, withSecrets))).not.toMatch(/s3cret/);
    }
    expect(JSON.stringify(await notify({}, 'http://[s3cret'))).not.toMatch(/s3cret/);
    expect(requests[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('user:s3cret-a').toString('base64')}`,
    );
  });
});

describe('a webhook with a template', () => {
  it('writes a form whose values cannot end their field', async () => {
    const form = template(
      'contentType: application/x-www-form-urlencoded\nbody: phone={{phone}}&text={{ text }}',
    );
    expect(await notify({ template: form, personOf })).toEqual({ ok: true });
    const fields = new URLSearchParams(requests[0]?.body);
    expect([...fields]).toEqual([
      ['phone', '+86 138&0'],
      ['text', '【火警】301 库\n两个探测器报警。\n请立即核实。'],
    ]);
    expect(requests[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  });

  it('writes JSON and XML that stay whole', async () => {
    const nasty = () => ({ name: '"},<x>&', phone: '1' });
    const json = template(
      'contentType: application/json\nbody: \'{"to":"{{name}}","t":"{{text}}"}\'',
    );
    await notify({ template: json, personOf: nasty });
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({ to: '"},<x>&' });
    const xml = template('contentType: text/xml; charset=utf-8\nbody: <to>{{name}}</to>');
    await notify({ template: xml, personOf: nasty });
    expect(requests[1]?.body).toBe('<to>&quot;},&lt;x&gt;&amp;</to>');
  });

  it('sends a GET whose address carries the values', async () => {
    const get = template('method: GET\nheaders: { X-Api-Key: abc }');
    await notify({ template: get, personOf }, `${address}/sms?to={{phone}}&key={{key}}`);
    expect(requests[0]).toMatchObject({
      method: 'GET',
      url: '/sms?to=%2B86%20138%260&key=sx.a1%2F1%2Fduty-a%2Femail',
      body: '',
    });
    expect(requests[0]?.headers['x-api-key']).toBe('abc');
  });

  it('fails for good when a phone is asked for and the person has none', async () => {
    const form = template('contentType: application/x-www-form-urlencoded\nbody: to={{phone}}');
    const delivery = await notify({ template: form });
    expect(delivery).toEqual({ ok: false, retry: false, why: 'the person has no phone number' });
    expect(requests).toEqual([]);
  });

  it.each([
    ['[1, 2]', 'must be a mapping'],
    ['method: DELETE', 'must be a mapping'],
    ['url: http://x', 'must be a mapping'],
    ['body: {{', 'is not valid YAML'],
    ['contentType: text/plain\nbody: "{{telephone}}"', 'names {{telephone}}'],
    ['body: x', 'no contentType'],
    ['method: GET\nbody: x', 'has a body, but method GET'],
    ['headers: { "a b": x }', 'has a header "a b"'],
  ])('of %j is refused with one sentence', (yaml, why) => {
    const result = parseWebhookTemplate(yaml, 'sms.yaml');
    expect(result).toMatchObject({ ok: false, why: expect.stringContaining(why) });
    if (!result.ok) expect(result.why).toMatch(/^The webhook template sms\.yaml [^\n]*\.$/);
  });

  it('that is not there is refused with one sentence', () => {
    expect(loadWebhookTemplate('/nowhere/sms.yaml')).toEqual({
      ok: false,
      why: 'The webhook template /nowhere/sms.yaml cannot be read (ENOENT).',
    });
  });
});

describe('the alarm topic', () => {
  it('gets the payload as it is, an empty one too, and the retain mark', async () => {
    const published: unknown[] = [];
    const notifier = createMqttNotifier({
      publish: (m) => {
        published.push(m);
        return Promise.resolve();
      },
    });
    const topic = 'lantai/sx/alarm/a1';
    const base = message({ channel: 'mqtt', target: topic, retain: true });
    expect(await notifier.deliver({ ...base, payload: '{"id":"sx.a1"}' })).toEqual({ ok: true });
    expect(await notifier.deliver({ ...base, payload: '' })).toEqual({ ok: true });
    expect(published).toEqual([
      { topic, payload: '{"id":"sx.a1"}', retain: true },
      { topic, payload: '', retain: true },
    ]);
  });

  it('is tried again while the broker is away, never with a wildcard', async () => {
    const notifier = createMqttNotifier({ publish: () => Promise.reject(new Error('offline')) });
    const base = message({ channel: 'mqtt', target: 'lantai/sx/alarm/a1' });
    expect(await notifier.deliver(base)).toMatchObject({ ok: false, retry: true });
    expect(await notifier.deliver({ ...base, target: 'lantai/#' })).toMatchObject({ retry: false });
  });
});
