/** Accounts, passwords and tokens: who may be what, and what ends when that changes. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../domain/time.ts';
import { ensureFirstAdministrator } from '../../server/accounts/first-administrator.ts';
import {
  hashPassword,
  PASSWORD_COST,
  passwordProblem,
  verifyPassword,
} from '../../server/accounts/passwords.ts';
import { START } from './fixtures.ts';
import { MemoryStore } from './memory-store.ts';
import { addAccount, openHouse, PASSWORD, TEST_COST } from './support.ts';
import type { House } from './support.ts';

let house: House;
let admin: string;
beforeEach(async () => {
  house = await openHouse();
  admin = await house.signIn('admin');
});
afterEach(() => house.close());

function send(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, body?: object) {
  return as(admin, method, url, body);
}

function as(cookie: string, ...[method, url, body]: Parameters<typeof send>) {
  return house.inject({ method, url, headers: { cookie }, ...(body ? { body } : {}) });
}

const NEW = {
  name: 'new-a',
  displayName: '新人甲',
  roles: ['duty'],
  repositories: ['sx'],
  password: 'a first password',
};
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('a password', () => {
  it('is hashed with its parameters, salted, and recognised again', async () => {
    const [one, two] = [
      await hashPassword('兰台 lantai', TEST_COST),
      await hashPassword('x', TEST_COST),
    ];
    expect(one).toMatch(/^scrypt\$1024\$8\$1\$[\w+/=]+\$[\w+/=]+$/);
    expect(one.split('$')[4]).not.toBe(two.split('$')[4]);
    expect(await verifyPassword('兰台 lantai', one)).toBe(true);
    expect(await verifyPassword('兰台 Lantai', one)).toBe(false);
  });

  it('costs at least 32 MiB to guess at', () => {
    expect(128 * PASSWORD_COST.N * PASSWORD_COST.r).toBeGreaterThanOrEqual(32 * 1024 * 1024);
  });

  it.each(['', 'scrypt$1024$8$1$c2FsdA==$', 'scrypt$1073741824$8$1$c2E=$aGE=', 'md5$1', '$$$$$'])(
    'is nobody’s where the stored hash is %j',
    async (stored) => expect(await verifyPassword('x', stored)).toBe(false),
  );

  it.each([
    ['short', 'nine char', true],
    ['the name', 'Duty-Officer', true],
    ['the old one', 'the old one here', true],
    ['long enough', 'ten chars!', false],
    ['Chinese', '山西省档案馆值班密码', false],
  ])('is judged: %s', (_name, next, refused) => {
    const problem = passwordProblem({ account: 'duty-officer', next, current: 'the old one here' });
    expect(problem !== undefined).toBe(refused);
  });
});

describe('the first administrator', () => {
  const made = (password?: string) => {
    const store = new MemoryStore();
    const { services } = house;
    const writer = {
      ...services.writer,
      commit: async (c: Parameters<typeof services.writer.commit>[0]) => store.commit(c),
    };
    const queries = { ...services.queries, accounts: () => store.rows<never>('account') };
    const given = { services: { ...services, writer, queries }, cost: TEST_COST };
    const first = () =>
      ensureFirstAdministrator({ ...given, ...(password === undefined ? {} : { password }) });
    return { store, first };
  };

  it('gets a password that nobody chose, which must be changed', async () => {
    const { store, first } = made();
    const { created, generatedPassword } = await first();
    expect(created).toBe(true);
    expect(generatedPassword).toMatch(/^([A-Z2-9]{6}-){3}[A-Z2-9]{6}$/);
    expect(store.row('account', 'admin')).toMatchObject({ mustChangePassword: true });
    expect(await first()).toEqual({ created: false });
  });

  it('keeps the password that was given', async () => {
    const { store, first } = made('given by setting');
    expect(await first()).toEqual({ created: true });
    expect(store.row('account', 'admin')).toMatchObject({ mustChangePassword: false });
  });

  it('is not made with a password that breaks the rules', async () => {
    await expect(made('short').first()).rejects.toThrow('at least 10 characters');
  });
});

describe('one’s own password', () => {
  const change = (cookie: string, currentPassword: string, newPassword: string) =>
    as(cookie, 'POST', '/api/session/password', { currentPassword, newPassword });

  it('changes for whoever knows the old one; all other sessions end', async () => {
    const [here, elsewhere] = [await house.signIn('duty-a'), await house.signIn('duty-a')];
    const answer = await change(here, PASSWORD, 'a better password');
    expect(answer.statusCode).toBe(200);
    const next = `lantai_session=${answer.cookies[0]?.value}`;
    for (const old of [here, elsewhere]) {
      expect((await as(old, 'GET', '/api/session')).statusCode).toBe(401);
    }
    expect((await as(next, 'GET', '/api/session')).statusCode).toBe(200);
    await expect(house.signIn('duty-a')).rejects.toThrow();
    await house.signIn('duty-a', 'a better password');
  });

  it.each([
    ['a wrong old one', { current: 'not it', next: 'a better password', status: 403 }],
    ['a short one', { current: PASSWORD, next: 'short', status: 422 }],
    ['the same again', { current: PASSWORD, next: PASSWORD, status: 422 }],
  ])('stays with %s', async (_name, { current, next, status }) => {
    const cookie = await house.signIn('duty-a');
    expect((await change(cookie, current, next)).statusCode).toBe(status);
    expect((await as(cookie, 'GET', '/api/session')).statusCode).toBe(200);
  });

  it('locks whoever guesses at the old one from a session left open', async () => {
    const cookie = await house.signIn('duty-a');
    for (let n = 0; n < 5; n++) await change(cookie, `guess ${n}`, 'a better password');
    expect((await change(cookie, PASSWORD, 'a better password')).statusCode).toBe(429);
  });

  it('comes first where it must be changed: nothing else is allowed', async () => {
    await addAccount(house.store, { name: 'fresh', roles: ['manager'], mustChangePassword: true });
    const cookie = await house.signIn('fresh');
    const blocked = await as(cookie, 'GET', '/api/rooms');
    expect([blocked.statusCode, blocked.json().error.code]).toEqual([403, 'must-change-password']);
    expect((await as(cookie, 'GET', '/api/session')).json().mustChangePassword).toBe(true);
    const answer = await change(cookie, PASSWORD, 'a better password');
    const next = `lantai_session=${answer.cookies[0]?.value}`;
    expect((await as(next, 'GET', '/api/rooms')).statusCode).toBe(200);
  });
});

describe('an account', () => {
  it('is made, listed, changed and removed, each written in the journal', async () => {
    const made = await send('POST', '/api/accounts', NEW);
    expect([made.statusCode, made.json().mustChangePassword]).toEqual([201, true]);
    const { items } = (await send('GET', '/api/accounts')).json();
    expect(items.map((one: { name: string }) => one.name)).toContain('new-a');
    expect(JSON.stringify(items)).not.toContain('scrypt');
    expect((await send('PATCH', '/api/accounts/new-a', { displayName: '乙' })).statusCode).toBe(
      200,
    );
    expect((await send('DELETE', '/api/accounts/new-a')).statusCode).toBe(204);
    const lines = house.store.rows<{ action: string; by: string }>('journal');
    expect(lines.filter((line) => line.by === 'admin').map((line) => line.action)).toEqual([
      'session.opened',
      'account.created',
      'account.changed',
      'account.removed',
    ]);
    expect(JSON.stringify(lines)).not.toContain(NEW.password);
  });

  it.each([
    ['the auditor with another role', { roles: ['auditor', 'duty'] }, 422],
    ['no role', { roles: [] }, 400],
    ['an unknown role', { roles: ['root'] }, 400],
    ['an unknown repository', { repositories: ['atlantis'] }, 422],
    ['a short password', { password: 'short' }, 422],
    ['its name for a password', { name: 'long-enough-name', password: 'long-enough-name' }, 422],
    ['a name in capitals', { name: 'New' }, 400],
    ['a name that is taken', { name: 'duty-a' }, 409],
    ['an end in the past', { expiresAt: START - 1 }, 422],
    ['a hash of its own', { passwordHash: 'scrypt$1' }, 400],
  ])('is refused with %s', async (_name, wrong, status) => {
    expect((await send('POST', '/api/accounts', { ...NEW, ...wrong })).statusCode).toBe(status);
  });

  it('of an observer expires, even where no end was given', async () => {
    const made = await send('POST', '/api/accounts', { ...NEW, roles: ['observer'] });
    expect(made.json().expiresAt).toBe(START + 90 * DAY_MS);
  });

  it.each([
    ['is disabled', { disabled: true }],
    ['loses a role', { roles: ['observer'] }],
    ['loses a repository', { repositories: ['other'] }],
  ])('loses its sessions when it %s', async (_name, change) => {
    const cookie = await house.signIn('duty-a');
    expect((await send('PATCH', '/api/accounts/duty-a', change)).statusCode).toBe(200);
    expect((await as(cookie, 'GET', '/api/session')).statusCode).toBe(401);
  });

  it('keeps its sessions when only its display name changes', async () => {
    const cookie = await house.signIn('duty-a');
    await send('PATCH', '/api/accounts/duty-a', { displayName: '丙' });
    expect((await as(cookie, 'GET', '/api/session')).statusCode).toBe(200);
  });

  it('gets a password from the administrator that it must change', async () => {
    const cookie = await house.signIn('duty-a');
    const body = { password: 'set by the office' };
    expect((await send('PUT', '/api/accounts/duty-a/password', body)).statusCode).toBe(200);
    expect((await as(cookie, 'GET', '/api/session')).statusCode).toBe(401);
    const next = await house.signIn('duty-a', body.password);
    expect((await as(next, 'GET', '/api/session')).json().mustChangePassword).toBe(true);
  });

  it.each([
    ['removed', 'DELETE', undefined],
    ['disabled', 'PATCH', { disabled: true }],
    ['stripped of the role', 'PATCH', { roles: ['manager'] }],
    ['narrowed to one repository', 'PATCH', { repositories: ['sx'] }],
    ['given an end', 'PATCH', { expiresAt: START + DAY_MS }],
  ] as const)('of the last administrator is never %s', async (_name, method, change) => {
    const answer = await send(method, '/api/accounts/admin', change);
    expect([answer.statusCode, answer.json().error.code]).toEqual([409, 'last-administrator']);
  });

  it('of an administrator can go while there is another, but not both at once', async () => {
    await addAccount(house.store, {
      name: 'second',
      roles: ['administrator'],
      repositories: ['*'],
    });
    const second = await house.signIn('second');
    const answers = await Promise.all([
      send('DELETE', '/api/accounts/second'),
      as(second, 'DELETE', '/api/accounts/admin'),
    ]);
    expect(answers.map((answer) => answer.statusCode).toSorted()).toEqual([204, 409]);
  });

  it('outside the administrator’s repositories is out of sight and out of reach', async () => {
    const local = await house.signIn('administrator-a');
    const { items } = (await as(local, 'GET', '/api/accounts')).json();
    expect(items.map((one: { name: string }) => one.name)).not.toContain('admin');
    const disable = { disabled: true };
    expect((await as(local, 'PATCH', '/api/accounts/admin', disable)).statusCode).toBe(404);
    const wide = { ...NEW, repositories: ['*'] };
    expect((await as(local, 'POST', '/api/accounts', wide)).statusCode).toBe(422);
  });
});

describe('a token', () => {
  const make = async (change: object = {}) => {
    const wanted = { name: 'reports', roles: ['observer'], repositories: ['sx'], ...change };
    return send('POST', '/api/tokens', wanted);
  };
  const rooms = (token: string) => house.inject({ url: '/api/rooms', headers: bearer(token) });

  it('is shown once, kept as a hash, and opens what its roles allow', async () => {
    const { token, id } = (await make()).json();
    expect(token).toMatch(/^lantai_[\w-]{43}$/);
    expect((await rooms(token)).statusCode).toBe(200);
    const kept = JSON.stringify([house.store.rows('token'), house.store.rows('journal')]);
    expect(kept).not.toContain(token);
    const { items } = (await send('GET', '/api/tokens')).json();
    expect(items).toMatchObject([{ id, name: 'reports', lastUsedAt: START }]);
    expect(items[0]).not.toHaveProperty('hash');
    const refused = await house.inject({ url: '/api/accounts', headers: bearer(token) });
    expect(refused.statusCode).toBe(403);
  });

  it('opens nothing after its end', async () => {
    const { token } = (await make({ expiresAt: START + DAY_MS })).json();
    house.now += DAY_MS;
    expect((await rooms(token)).statusCode).toBe(401);
  });

  it('opens nothing after it was revoked, and stays revoked when it is used again', async () => {
    const { token, id } = (await make()).json();
    const [used, revoked] = await Promise.all([rooms(token), send('DELETE', `/api/tokens/${id}`)]);
    expect([used.statusCode, revoked.statusCode]).toEqual([200, 204]);
    expect((await rooms(token)).statusCode).toBe(401);
    expect((await send('DELETE', `/api/tokens/${id}`)).statusCode).toBe(409);
    expect((await send('DELETE', '/api/tokens/none')).statusCode).toBe(404);
  });

  it('is refused where it could do more than its maker may give', async () => {
    expect((await make({ roles: ['auditor', 'duty'] })).statusCode).toBe(422);
    expect((await make({ expiresAt: START - 1 })).statusCode).toBe(422);
    const local = await house.signIn('administrator-a');
    const wide = { name: 'wide', roles: ['manager'], repositories: ['*'] };
    expect((await as(local, 'POST', '/api/tokens', wide)).statusCode).toBe(422);
  });

  it('has no session: it neither signs out nor changes a password', async () => {
    const { token } = (await make()).json();
    const answer = await house.inject({ url: '/api/session', headers: bearer(token) });
    expect(answer.statusCode).toBe(403);
  });

  it.each(['Bearer lantai_none', 'Basic YWRtaW46YWRtaW4=', 'Bearer', ''])(
    'is not %j, and no cookie is looked at behind it',
    async (authorization) => {
      const headers = { authorization, cookie: admin };
      expect((await house.inject({ url: '/api/accounts', headers })).statusCode).toBe(401);
    },
  );
});
