/** Signing in, sessions, locks and cookies: the cases somebody will try. */

import { afterEach, describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../domain/time.ts';
import { SESSION_AGE_MS, SESSION_IDLE_MS } from '../../server/accounts/sessions.ts';
import { START } from './fixtures.ts';
import { openHouse, PASSWORD, type House, type HouseOptions } from './support.ts';

let house: House;
afterEach(() => house.close());

async function open(options?: HouseOptions): Promise<void> {
  house = await openHouse(options);
}

function signIn(username: string, password: string, more: Record<string, unknown> = {}) {
  const body = { username, password };
  return house.inject({ method: 'POST', url: '/api/session', body, ...more });
}

async function fail(times: number, username: string, remoteAddress: string) {
  for (let n = 0; n < times; n++) {
    const answer = await signIn(username, `wrong ${n}`, { remoteAddress });
    expect(answer.statusCode).toBe(401);
  }
}

const me = (cookie: string) => house.inject({ url: '/api/session', headers: { cookie } });
const actions = () => house.store.rows<{ action: string }>('journal').map((line) => line.action);

describe('signing in', () => {
  it('answers who one is, and nothing secret', async () => {
    await open();
    const answer = await signIn('duty-a', PASSWORD);
    expect(answer.json()).toEqual({
      name: 'duty-a',
      displayName: 'duty-a',
      roles: ['duty'],
      repositories: ['sx'],
      mustChangePassword: false,
    });
  });

  it('answers the same to an unknown name, a wrong password and a disabled account', async () => {
    await open();
    house.store.put('account', {
      ...house.store.row<object>('account', 'observer-a'),
      disabledAt: START,
    });
    const answers = [
      await signIn('nobody', PASSWORD, { remoteAddress: '10.0.0.1' }),
      await signIn('duty-a', 'wrong', { remoteAddress: '10.0.0.2' }),
      await signIn('observer-a', PASSWORD, { remoteAddress: '10.0.0.3' }),
    ];
    const bodies = answers.map((answer) => {
      const { code, message } = answer.json().error;
      return [answer.statusCode, code, message];
    });
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    expect(bodies[0]?.slice(0, 2)).toEqual([401, 'wrong-credentials']);
  });

  it('hashes for an unknown name as long as for a known one', async () => {
    await open();
    const spent = async (name: string, n: number) => {
      const before = process.hrtime.bigint();
      await signIn(name, 'wrong', { remoteAddress: `10.1.${n}.1` });
      return Number(process.hrtime.bigint() - before) / 1e6;
    };
    await spent('warm-up', 0);
    const known = await spent('duty-a', 1);
    const unknown = await spent('nobody-there', 2);
    // The hash of the tests costs some milliseconds; without it an answer takes a fraction of one.
    expect(unknown).toBeGreaterThan(known / 5);
  });

  it('takes null for no password, and no body for an empty one', async () => {
    await open();
    const nothing = await house.inject({ method: 'POST', url: '/api/session' });
    expect([nothing.statusCode, nothing.json().error.message]).toEqual([
      400,
      'body: "username" is missing.',
    ]);
    const body = { username: 'duty-a', password: null };
    const answer = await house.inject({ method: 'POST', url: '/api/session', body });
    expect([answer.statusCode, answer.json().error.message]).toEqual([
      400,
      'body: "password" must be string.',
    ]);
  });
});

describe('the cookie', () => {
  it('is HttpOnly, SameSite=Strict, and Secure where people come by HTTPS', async () => {
    await open({ settings: { secureCookies: true } });
    const [cookie] = (await signIn('duty-a', PASSWORD)).cookies;
    expect(cookie).toMatchObject({
      name: 'lantai_session',
      path: '/',
      httpOnly: true,
      sameSite: 'Strict',
      secure: true,
    });
    expect(Buffer.from(cookie?.value ?? '', 'base64url')).toHaveLength(32);
  });

  it('is not Secure on plain loopback, where browsers would not send it back', async () => {
    await open();
    expect((await signIn('duty-a', PASSWORD)).cookies[0]?.secure).toBeUndefined();
  });

  it('is kept as a hash only: a stolen database opens no session', async () => {
    await open();
    const cookie = await house.signIn('duty-a');
    const secret = cookie.split('=')[1] ?? '';
    const [row] = house.store.rows<{ id: string }>('session');
    expect(JSON.stringify(house.store.rows('session'))).not.toContain(secret);
    expect((await me(`lantai_session=${row?.id}`)).statusCode).toBe(401);
  });

  it('is a new one after signing in, and the one that was planted ends', async () => {
    await open();
    const planted = await house.signIn('observer-a');
    const answer = await signIn('duty-a', PASSWORD, { headers: { cookie: planted } });
    expect(`lantai_session=${answer.cookies[0]?.value}`).not.toBe(planted);
    expect((await me(planted)).statusCode).toBe(401);
    const made = 'lantai_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    await signIn('duty-a', PASSWORD, { headers: { cookie: made } });
    expect((await me(made)).statusCode).toBe(401);
  });
});

describe('a session', () => {
  it('ends with signing out', async () => {
    await open();
    const cookie = await house.signIn('duty-a');
    const out = await house.inject({
      method: 'DELETE',
      url: '/api/session',
      headers: { cookie },
    });
    expect([out.statusCode, out.body]).toEqual([204, '']);
    expect((await me(cookie)).statusCode).toBe(401);
    expect(actions()).toEqual(['session.opened', 'session.closed']);
  });

  it('ends when it was idle too long, and lives while it is used', async () => {
    await open();
    const cookie = await house.signIn('duty-a');
    house.now += SESSION_IDLE_MS - 1;
    expect((await me(cookie)).statusCode).toBe(200);
    house.now += SESSION_IDLE_MS - 1;
    expect((await me(cookie)).statusCode).toBe(200);
    house.now += SESSION_IDLE_MS;
    expect((await me(cookie)).statusCode).toBe(401);
  });

  it('ends when it is too old, however much it is used', async () => {
    await open();
    const cookie = await house.signIn('duty-a');
    for (; house.now < START + SESSION_AGE_MS - SESSION_IDLE_MS / 2;) {
      house.now += SESSION_IDLE_MS / 2;
      if (house.now < START + SESSION_AGE_MS) expect((await me(cookie)).statusCode).toBe(200);
    }
    house.now = START + SESSION_AGE_MS;
    expect((await me(cookie)).statusCode).toBe(401);
    expect(await house.access.sweep()).toBe(1);
    expect(house.store.rows('session')).toEqual([]);
  });

  it('ends when the account expires', async () => {
    await open();
    const cookie = await house.signIn('observer-a');
    const row = house.store.row<object>('account', 'observer-a');
    house.store.put('account', { ...row, expiresAt: START + MINUTE_MS });
    house.now += MINUTE_MS;
    expect((await me(cookie)).statusCode).toBe(401);
  });

  it('is one of twenty at most', async () => {
    await open();
    const first = await house.signIn('duty-a');
    for (let n = 0; n < 20; n++) {
      house.now += 1;
      await house.signIn('duty-a');
    }
    expect(house.store.rows('session')).toHaveLength(20);
    expect((await me(first)).statusCode).toBe(401);
  });
});

describe('the lock', () => {
  it('closes an account after five wrong passwords, from wherever they came', async () => {
    await open();
    for (let n = 0; n < 5; n++) await fail(1, 'duty-a', `10.0.0.${n}`);
    const answer = await signIn('duty-a', PASSWORD, { remoteAddress: '10.0.0.99' });
    expect([answer.statusCode, answer.json().error.code]).toEqual([429, 'locked']);
    expect(answer.headers['retry-after']).toBe('900');
    expect(actions().filter((action) => action === 'session.refused')).toHaveLength(5);
    expect(actions()).toContain('account.locked');
  });

  it('closes an address after five wrong attempts, at whatever names', async () => {
    await open();
    for (const name of ['a1', 'b1', 'c1', 'd1', 'e1']) await fail(1, name, '10.0.0.7');
    expect((await signIn('duty-a', PASSWORD, { remoteAddress: '10.0.0.7' })).statusCode).toBe(429);
    expect((await signIn('duty-a', PASSWORD, { remoteAddress: '10.0.0.8' })).statusCode).toBe(200);
    expect(actions()).toContain('address.locked');
  });

  it('counts the addresses of one IPv6 subscriber together', async () => {
    await open();
    for (let n = 0; n < 5; n++) await fail(1, `n${n}`, `2001:db8:1:2::${n + 1}`);
    const again = { remoteAddress: '2001:db8:1:2:ffff::1' };
    expect((await signIn('duty-a', PASSWORD, again)).statusCode).toBe(429);
    const neighbour = { remoteAddress: '2001:db8:1:3::1' };
    expect((await signIn('duty-a', PASSWORD, neighbour)).statusCode).toBe(200);
  });

  it('takes the address from the proxy, not from what its client made up', async () => {
    await open({ settings: { trustProxy: true } });
    const via = (made: string, real: string) => ({
      headers: { 'x-forwarded-for': `${made}, ${real}` },
    });
    for (let n = 0; n < 5; n++) await signIn(`n${n}`, 'wrong', via(`10.9.9.${n}`, '192.0.2.7'));
    const again = await signIn('duty-a', PASSWORD, via('10.9.9.99', '192.0.2.7'));
    expect(again.statusCode).toBe(429);
    expect((await signIn('duty-a', PASSWORD, via('10.9.9.1', '192.0.2.8'))).statusCode).toBe(200);
  });

  it('believes no forwarded address where no proxy is set', async () => {
    await open();
    for (let n = 0; n < 5; n++) {
      await signIn(`n${n}`, 'wrong', { headers: { 'x-forwarded-for': `10.9.9.${n}` } });
    }
    expect((await signIn('duty-a', PASSWORD)).statusCode).toBe(429);
  });

  it('opens after fifteen minutes, not before', async () => {
    await open();
    await fail(5, 'duty-a', '10.0.0.1');
    house.now += 15 * MINUTE_MS - 1;
    expect((await signIn('duty-a', PASSWORD)).statusCode).toBe(429);
    house.now += 1;
    expect((await signIn('duty-a', PASSWORD)).statusCode).toBe(200);
  });

  it('locks unknown names as it locks known ones', async () => {
    await open();
    for (let n = 0; n < 5; n++) await fail(1, 'nobody', `10.0.0.${n}`);
    const answer = await signIn('nobody', PASSWORD, { remoteAddress: '10.0.0.99' });
    expect(answer.statusCode).toBe(429);
  });

  it('stays over a restart', async () => {
    await open();
    await fail(5, 'duty-a', '10.0.0.1');
    await house.close();
    const { store } = house;
    await open({ store });
    house.now = START + MINUTE_MS;
    expect((await signIn('duty-a', PASSWORD)).statusCode).toBe(429);
  });

  it('counts guesses made at the same time', async () => {
    await open();
    const guesses = Array.from({ length: 40 }, (_, n) => signIn('duty-a', `guess ${n}`));
    const codes = (await Promise.all(guesses)).map((answer) => answer.statusCode);
    expect(codes.filter((code) => code === 401)).toHaveLength(5);
    expect(codes.filter((code) => code === 429)).toHaveLength(35);
  });

  it('counts even when nothing can be stored', async () => {
    await open();
    house.store.failure = new Error('disk full');
    for (let n = 0; n < 5; n++) expect((await signIn('duty-a', 'wrong')).statusCode).toBe(500);
    house.store.failure = undefined;
    expect((await signIn('duty-a', PASSWORD)).statusCode).toBe(429);
  });

  it('forgets failures after a good sign-in, for the account but not for the address', async () => {
    await open();
    await fail(4, 'duty-a', '10.0.0.1');
    const good = { remoteAddress: '10.0.0.2' };
    expect((await signIn('duty-a', PASSWORD, good)).statusCode).toBe(200);
    await fail(4, 'duty-a', '10.0.0.3');
    expect((await signIn('duty-a', PASSWORD, good)).statusCode).toBe(200);
    await fail(1, 'observer-a', '10.0.0.1');
    const spent = { remoteAddress: '10.0.0.1' };
    expect((await signIn('manager-a', PASSWORD, spent)).statusCode).toBe(429);
  });
});

describe('secrets', () => {
  it('are in no log line, no journal line and no fact', async () => {
    await open();
    const cookie = await house.signIn('duty-a');
    await signIn('duty-a', 'Pa55word-typed-wrong');
    await signIn('Pa55word-typed-as-name', 'x');
    await me(cookie);
    const kept = JSON.stringify([
      house.logged,
      house.store.rows('journal'),
      house.store.rows('fact'),
    ]);
    for (const secret of [PASSWORD, 'Pa55word', 'pa55word', cookie.split('=')[1] ?? '-']) {
      expect(kept).not.toContain(secret);
    }
    expect(house.logged.length).toBeGreaterThan(0);
  });
});

describe('a page of another site', () => {
  const write = (headers: Record<string, string>) =>
    house.inject({ method: 'DELETE', url: '/api/session', headers });

  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['another port', { origin: 'http://localhost:8081' }],
    ['another scheme', { origin: 'https://localhost:80' }],
    ['no origin to speak of', { origin: 'null' }],
    ['an old form', { 'sec-fetch-site': 'cross-site' }],
    ['a sister site', { 'sec-fetch-site': 'same-site' }],
  ])('may not write: %s', async (_name, headers) => {
    await open();
    const cookie = await house.signIn('duty-a');
    const answer = await write({ cookie, ...headers });
    expect([answer.statusCode, answer.json().error.code]).toEqual([403, 'foreign-origin']);
    expect((await me(cookie)).statusCode).toBe(200);
  });

  it('may not sign somebody in either', async () => {
    await open();
    const headers = { origin: 'https://evil.example' };
    expect((await signIn('duty-a', PASSWORD, { headers })).statusCode).toBe(403);
  });

  it('is told from our own page, and from one that the settings allow', async () => {
    await open({ settings: { allowedOrigins: ['http://localhost:5173'] } });
    for (const origin of ['http://localhost:80', 'http://localhost:5173']) {
      const cookie = await house.signIn('duty-a');
      const answer = await write({ cookie, origin, host: 'localhost:80' });
      expect(answer.statusCode).toBe(204);
    }
  });

  it('is judged by the public address where one is set, not by the Host header', async () => {
    await open({ settings: { publicUrl: 'https://archive.example' } });
    const cookie = await house.signIn('duty-a');
    const forged = { cookie, host: 'evil.example', origin: 'http://evil.example' };
    expect((await write(forged)).statusCode).toBe(403);
    const own = { cookie, host: 'evil.example', origin: 'https://archive.example' };
    expect((await write(own)).statusCode).toBe(204);
  });
});
