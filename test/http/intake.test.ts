import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEVICE_BURST_SECONDS } from '../../domain/bounds.ts';
import { openHouse, type House } from './support.ts';

let house: House;
let cookie: string;
let secret: string;

beforeAll(async () => {
  house = await openHouse({});
  cookie = await house.signIn('manager-a');
  secret = await credentialOf('SN123', {});
});
afterAll(() => house.close());

/** The secret of a new credential. */
async function credentialOf(username: string, more: { readonly messagesPerSecond?: number }) {
  const made = await house.inject({
    method: 'POST',
    url: '/api/device-credentials',
    headers: { cookie },
    payload: {
      name: '门禁一体机',
      username,
      topics: [`intake/zkteco-adms/${username}`, `intake/hikvision/${username}`],
      purpose: 'http',
      ...more,
    },
  });
  expect(made.statusCode).toBe(201);
  return made.json<{ secret: string }>().secret;
}

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
    const perSecond = 2;
    const hasty = await credentialOf('SN456', { messagesPerSecond: perSecond });
    const headers = { authorization: basic('SN456', hasty), 'content-type': 'text/plain' };
    const statuses = async (pushes: number) => {
      const all = Array.from({ length: pushes }, () => push('zkteco-adms', headers));
      return (await Promise.all(all)).map((answer) => answer.statusCode);
    };
    // The clock of the pace stands still: however slow the machine is, nothing is earned back meanwhile.
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const burst = perSecond * DEVICE_BURST_SECONDS;
      const first = await statuses(burst + 5);
      expect(first.filter((status) => status === 200)).toHaveLength(burst);
      expect(first.filter((status) => status === 429)).toHaveLength(5);
      const slowed = await push('zkteco-adms', headers);
      expect([slowed.json().error.code, slowed.headers['retry-after']]).toEqual(['too-fast', '1']);
      vi.advanceTimersByTime(1_000);
      expect((await statuses(3)).toSorted()).toEqual([200, 200, 429]);
    } finally {
      vi.useRealTimers();
    }
  });
});
