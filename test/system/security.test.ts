import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, clientOf, openFeed, signIn, type Client } from './client.ts';
import { connectDevice, say } from './devices.ts';
import { startLantai, temporaryFolder, type Lantai } from './lantai.ts';
import { writeRepository } from './repository.ts';
import { until } from './until.ts';

/**
 * Goal: nothing but the public routes answers to somebody whom nobody knows, and no secret is written down. Method:
 * one running server with the most talkative log, tried from outside; what it has said is searched at the end.
 */

const folder = temporaryFolder();
const dataDir = join(folder.path, 'data');
const MQTT_PASSWORD = 'device-secret-4711';
const SMTP_PASSWORD = 'mail-secret-0815';
const NEW_PASSWORD = 'a-new-password-99';
const GUESSES = ['admin', 'password', 'lantai', '123456'] as const;

const secrets: string[] = [MQTT_PASSWORD, SMTP_PASSWORD, NEW_PASSWORD];
const settings = (): Record<string, string> => ({
  LANTAI_REPOSITORY: writeRepository(folder.path),
  LANTAI_DATA_DIR: dataDir,
  // Unset, so that one is made.
  LANTAI_ADMIN_PASSWORD: '',
  LANTAI_MQTT_USERNAME: 'devices',
  LANTAI_MQTT_PASSWORD: MQTT_PASSWORD,
  LANTAI_SMTP_URL: `smtp://mailer:${SMTP_PASSWORD}@127.0.0.1:9`,
  LANTAI_SMTP_FROM: 'lantai@example.org',
  LANTAI_LOG_LEVEL: 'trace',
});

let lantai: Lantai;
let client: Client;
let firstPassword: string;
let said = '';

beforeAll(async () => {
  lantai = await startLantai(settings());
  const path = join(dataDir, 'admin-password.txt');
  firstPassword = readFileSync(path, 'utf8').trim();
  secrets.push(firstPassword);
});

afterAll(async () => {
  await lantai?.stop();
  folder.remove();
});

describe('the first administrator', () => {
  it('has no password that anybody could guess, but one in a file for its owner alone', async () => {
    expect(firstPassword.replaceAll('-', '')).toMatch(/^[A-Z2-9]{24}$/);
    expect(statSync(join(dataDir, 'admin-password.txt')).mode & 0o777).toBe(0o600);
    for (const guess of GUESSES) {
      expect((await signIn(lantai.url, 'admin', guess)).status).toBe(401);
    }
  });

  it('must change it at once, and with it the file goes', async () => {
    const session = await signIn(lantai.url, 'admin', firstPassword);
    expect(session.status).toBe(200);
    const cookie = session.headers.getSetCookie()[0] ?? '';
    expect(cookie).toMatch(/; HttpOnly(;|$)/);
    expect(cookie).toMatch(/; SameSite=Strict(;|$)/);
    const headers = { cookie: cookie.split(';')[0] ?? '' };
    const rooms = await ask(lantai.url, 'GET /api/rooms', { headers });
    expect(rooms).toMatchObject({ status: 403, json: { error: { code: 'must-change-password' } } });
    const body = { currentPassword: firstPassword, newPassword: NEW_PASSWORD };
    const changed = await ask(lantai.url, 'POST /api/session/password', { headers, body });
    expect(changed.status).toBe(200);
    expect(existsSync(join(dataDir, 'admin-password.txt'))).toBe(false);
    client = await clientOf(lantai.url, NEW_PASSWORD);
    secrets.push(headers.cookie.split('=')[1] ?? '', client.cookie.split('=')[1] ?? '');
  });
});

describe('somebody whom nobody knows', () => {
  const PUBLIC = ['GET /api/health', 'POST /api/session'];
  const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head'] as const;

  it('is asked who they are on every route and with every method but the public ones', async () => {
    const { paths } = await client.get<{ paths: Record<string, Record<string, unknown>> }>(
      '/api/openapi.json',
    );
    const known = Object.keys(paths);
    expect(known.length).toBeGreaterThan(40);
    const answers: Record<string, number> = {};
    for (const path of [...known, '/api/docs', '/api/docs/json', '/api', '/api/nothing']) {
      for (const method of METHODS) {
        const route = `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, 'sx.r301')}`;
        const { status } = await ask(lantai.url, route);
        // Outside the API a method that nothing has is no page.
        const isNothing = status === 404 && !path.startsWith('/api');
        if (status !== 401 && !isNothing && !PUBLIC.includes(route)) answers[route] = status;
      }
    }
    // The head of a public page is public; the table of permissions is not told.
    expect(answers).toEqual({ 'HEAD /api/health': 200 });
    expect((await ask(lantai.url, 'GET /api/health')).json).toEqual({ status: 'up' });
  });

  it.each(['', 'Bearer ', 'Bearer nothing', 'Basic YWRtaW46YWRtaW4='])(
    'is not known by %o',
    async (authorization) => {
      const answer = await ask(lantai.url, 'GET /api/rooms', { headers: { authorization } });
      expect(answer.status).toBe(401);
    },
  );

  it('gets no live feed without credentials, nor from another page', async () => {
    await expect(openFeed(lantai.url, '')).rejects.toThrow('not-signed-in');
    await expect(openFeed(lantai.url, 'lantai_session=made-up')).rejects.toThrow('not-signed-in');
    await expect(openFeed(lantai.url, client.cookie, 'https://evil.example')).rejects.toThrow();
    const feed = await openFeed(lantai.url, client.cookie);
    feed.close();
  });

  it('writes nothing from another page, cookie or not', async () => {
    const headers = { cookie: client.cookie, origin: 'https://evil.example' };
    const answer = await ask(lantai.url, 'POST /api/people', { headers, body: {} });
    expect(answer).toMatchObject({ status: 403, json: { error: { code: 'foreign-origin' } } });
  });

  it('does not connect to the broker without its name and password', async () => {
    const wrong = { username: 'devices', password: 'wrong' };
    await expect(connectDevice(lantai.mqttUrl)).rejects.toThrow();
    await expect(connectDevice(lantai.mqttUrl, wrong)).rejects.toThrow();
  });
});

describe('a device on the embedded broker', () => {
  const credentials = { username: 'devices', password: MQTT_PASSWORD };
  let siren: MqttClient;
  const heard: [topic: string, payload: string][] = [];

  beforeAll(async () => {
    siren = await connectDevice(lantai.mqttUrl, credentials);
    siren.on('message', (topic, payload) => heard.push([topic, payload.toString()]));
    await siren.subscribeAsync(['lantai/+/alarm/#', 'lantai/+/gateway/#'], { qos: 1 });
    await until('the status is heard', () => heard.length > 0);
  });
  afterAll(() => siren.end(true));

  it('can neither publish nor leave a will where only we may', async () => {
    const device = await connectDevice(lantai.mqttUrl, credentials);
    const ours = ['lantai/sx/alarm/sx.made-up', 'lantai/sx/gateway/status', 'lantai/sx/alarm/a/b'];
    for (const topic of ours) {
      await device.publishAsync(topic, 'offline', { qos: 1, retain: true });
    }
    device.end(true);
    const will = { topic: 'lantai/sx/gateway/status', payload: Buffer.from('offline'), qos: 1 };
    const dying = await connectDevice(lantai.mqttUrl, {
      ...credentials,
      clientId: 'dying',
      will: { ...will, qos: 1, retain: true },
    });
    dying.stream.destroy();

    // What a detector says afterwards is heard: everything before it has been dealt with.
    const detector = await connectDevice(lantai.mqttUrl, credentials);
    await say(detector, 'lantai/sx/sm-1/telemetry', { time: Date.now(), smoke: 1 });
    await until('the alarm is on its topic', () =>
      heard.some(([topic]) => topic.startsWith('lantai/sx/alarm/sx.smoke-alarm')),
    );
    detector.end(true);
    const strange = heard.filter(([topic]) => !topic.startsWith('lantai/sx/alarm/sx.smoke-alarm'));
    expect(strange).toEqual([['lantai/sx/gateway/status', 'online']]);

    heard.length = 0;
    await siren.unsubscribeAsync(['lantai/+/alarm/#', 'lantai/+/gateway/#']);
    await siren.subscribeAsync(['lantai/+/alarm/#', 'lantai/+/gateway/#'], { qos: 1 });
    await until('what is retained is heard', () => heard.length >= 2);
    expect(heard.map(([topic]) => topic)).not.toContain('lantai/sx/alarm/sx.made-up');
    expect(heard).toContainEqual(['lantai/sx/gateway/status', 'online']);
  });
});

describe('whoever guesses', () => {
  it('is locked out after five wrong passwords, and then the right one is refused too, over a restart', async () => {
    // Good sign-ins meanwhile forgave the account its wrong ones; the address keeps its own.
    expect(GUESSES.length).toBe(4);
    expect((await signIn(lantai.url, 'admin', 'wrong-guess-5')).status).toBe(401);
    expect((await signIn(lantai.url, 'admin', 'wrong-guess-6')).status).toBe(429);
    const right = await signIn(lantai.url, 'admin', NEW_PASSWORD);
    expect(right).toMatchObject({ status: 429, json: { error: { code: 'locked' } } });
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(600);

    const { token } = (await client.act('POST /api/tokens', {
      name: 'monitoring',
      roles: ['observer'],
      repositories: ['*'],
    })) as { token: string };
    secrets.push(token);
    await lantai.stop();
    said += lantai.stdout() + lantai.stderr();
    lantai = await startLantai(settings());
    expect((await signIn(lantai.url, 'admin', NEW_PASSWORD)).status).toBe(429);
    const headers = { authorization: `Bearer ${token}` };
    expect((await ask(lantai.url, 'GET /api/rooms', { headers })).status).toBe(200);
  });
});

describe('the log', () => {
  it('says a lot, but none of the secrets that were used', async () => {
    await lantai.stop();
    said += lantai.stdout() + lantai.stderr();
    expect(said).toContain('sign-in refused');
    expect(said).toContain('publication refused');
    expect(secrets.filter((secret) => secret === '' || said.includes(secret))).toEqual([]);
    expect(said).not.toContain('wrong-guess');
  });
});
