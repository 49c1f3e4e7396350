import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHouse, type House } from './support.ts';

let house: House;
let cookie: string;
let secret: string;

beforeAll(async () => {
  house = await openHouse({});
  cookie = await house.signIn('manager-a');
  const made = await house.inject({
    method: 'POST',
    url: '/api/device-credentials',
    headers: { cookie },
    payload: {
      name: '门禁一体机',
      username: 'SN123',
      topics: ['intake/zkteco-adms/SN123', 'intake/hikvision/SN123'],
      purpose: 'http',
    },
  });
  expect(made.statusCode).toBe(201);
  secret = made.json<{ secret: string }>().secret;
});
afterAll(() => house.close());

const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

function push(
  profile: string,
  headers: Record<string, string>,
  payload = '17\t2026-11-22 19:59:00\t0\t1\n',
) {
  return house.inject({ method: 'POST', url: `/api/intake/${profile}`, headers, payload });
}

describe('the HTTP intake', () => {
  it('answers a device when its message is committed', async () => {
    const answer = await push('zkteco-adms', {
      authorization: basic('SN123', secret),
      'content-type': 'text/plain',
    });
    expect([answer.statusCode, answer.body]).toEqual([200, 'OK']);
  });

  it('takes a body of any kind, as devices send them', async () => {
    for (const type of [
      'application/octet-stream',
      'multipart/form-data; boundary=x',
      'application/json',
    ]) {
      const answer = await push('hikvision', {
        authorization: basic('SN123', secret),
        'content-type': type,
      });
      expect(answer.statusCode, type).toBe(200);
    }
  });

  it.each([
    ['nothing', {}],
    ['a wrong secret', { authorization: basic('SN123', 'no') }],
    ['an unknown device', { authorization: basic('SN999', 'no') }],
    ['an empty name', { authorization: basic('', 'x') }],
    ['no base64', { authorization: 'Basic ***' }],
  ])('asks who it is: %s', async (_name, headers) => {
    const answer = await push('zkteco-adms', { 'content-type': 'text/plain', ...headers });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Basic realm="lantai"');
  });

  it('lets no person in, whatever the role', async () => {
    const answer = await push('zkteco-adms', { cookie, 'content-type': 'text/plain' });
    expect(answer.statusCode).toBe(403);
  });

  it('lets a device say only what it may', async () => {
    const answer = await push('alink', {
      authorization: basic('SN123', secret),
      'content-type': 'text/plain',
    });
    expect([answer.statusCode, answer.json().error.code]).toEqual([403, 'topic-not-allowed']);
  });

  it('says that there is no such profile', async () => {
    const answer = await push('nothing', {
      authorization: basic('SN123', secret),
      'content-type': 'text/plain',
    });
    expect(answer.statusCode).toBe(404);
  });

  it('refuses a body without end', async () => {
    const answer = await push(
      'zkteco-adms',
      { authorization: basic('SN123', secret), 'content-type': 'text/plain' },
      'x'.repeat(2 * 1024 * 1024 + 1),
    );
    expect(answer.statusCode).toBe(413);
  });

  it('slows a device that says too much, and says for how long', async () => {
    const headers = { authorization: basic('SN123', secret), 'content-type': 'text/plain' };
    const answers = await Promise.all(
      Array.from({ length: 2_600 }, () => push('zkteco-adms', headers)),
    );
    const slowed = answers.filter((answer) => answer.statusCode === 429);
    expect(slowed.length).toBeGreaterThan(0);
    expect(slowed[0]?.headers['retry-after']).toBeDefined();
  });
});
