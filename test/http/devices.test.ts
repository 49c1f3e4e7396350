/** Device credentials over HTTP, what they open, and who has been at the broker. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientSight, DeviceCredential } from '../../domain/device-credential.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import { createDoor, type DoorOptions } from '../../server/devices/door.ts';
import { addAccount, openHouse, ROLE_ACCOUNTS, type House } from './support.ts';

let house: House;
let manager: string;
let admin: string;
beforeEach(async () => {
  house = await openHouse();
  manager = await house.signIn(ROLE_ACCOUNTS.manager);
  admin = await house.signIn('admin');
});
afterEach(() => house.close());

const NEW = { name: '温湿度 1', username: 'th-1', topics: ['lantai/sx/th-1/#'] };

async function send(cookie: string, route: string, body?: object) {
  const [method, url = ''] = route.split(' ') as ['GET' | 'POST' | 'DELETE', string];
  const answer = await house.inject({
    method,
    url,
    headers: { cookie },
    ...(body ? { body } : {}),
  });
  return { status: answer.statusCode, json: answer.body === '' ? undefined : answer.json() };
}

const make = (more: object = {}, cookie = manager) =>
  send(cookie, 'POST /api/device-credentials', { repository: 'sx', ...NEW, ...more });

const stored = () => house.store.rows<DeviceCredential>('device_credential');
const acts = () =>
  house.store
    .rows<JournalEntry>('journal')
    .filter(({ action }) => /^(device|mqtt)-/.test(action))
    .map(({ action, by, repository }) => [repository, by, action]);

describe('a device credential', () => {
  it('shows its secret once, and keeps only its hash', async () => {
    const { status, json } = await make();
    expect(status).toBe(201);
    expect(json).toMatchObject({ ...NEW, repository: 'sx', mayRead: [], purpose: 'mqtt' });
    // 160 bits.
    expect(json.secret).toMatch(/^[\w-]{27}$/);
    expect(json).not.toHaveProperty('secretHash');
    const list = await send(manager, 'GET /api/device-credentials');
    expect(JSON.stringify(list.json)).not.toContain(json.secret);
    expect(list.json.items[0]).not.toHaveProperty('secretHash');
    expect(stored()[0]?.secretHash).toMatch(/^scrypt\$/);
    expect(JSON.stringify(house.store.rows('journal')) + house.logged.join('')).not.toContain(
      json.secret,
    );
  });

  it('is made, renewed and disabled by a manager or an administrator, each act in the journal', async () => {
    const { json: made } = await make();
    const path = `/api/device-credentials/${made.id}`;
    const renewed = await send(admin, `POST ${path}/renewal`);
    expect(renewed.status).toBe(201);
    expect(renewed.json.secret).not.toBe(made.secret);
    expect((await send(manager, `DELETE ${path}`)).status).toBe(204);
    expect(acts()).toEqual([
      ['sx', 'manager-a', 'device-credential.created'],
      ['sx', 'admin', 'device-credential.renewed'],
      ['sx', 'manager-a', 'device-credential.disabled'],
    ]);
    expect((await send(manager, `DELETE ${path}`)).status).toBe(409);
    expect((await send(manager, `POST ${path}/renewal`)).status).toBe(409);
    const { json } = await send(manager, 'GET /api/device-credentials');
    expect(json.items).toMatchObject([{ id: made.id, disabledAt: house.now }]);
    // Its user name may be given again.
    expect((await make()).status).toBe(201);
  });

  it.each([
    ['a user name that is in use', { username: 'taken' }, 409],
    ['a user name of our own', { username: 'lantai-simulators' }, 422],
    ['a user name with a wildcard', { username: 'th/#' }, 400],
    ['no topics', { topics: [] }, 400],
    ['a pattern that is none', { topics: ['lantai/sx/th#'] }, 422],
    ['the broker’s own topics', { mayRead: ['$SYS/#'] }, 422],
    ['all topics', { topics: ['#'] }, 422],
    ['another repository’s topics', { topics: ['lantai/other/th-9/#'] }, 422],
    ['all repositories’ topics', { mayRead: ['lantai/+/alarm/#'] }, 422],
    ['another repository', { repository: 'other' }, 404],
    ['no repository that there is', { repository: 'nowhere' }, 404],
    ['a rate beyond measure', { messagesPerSecond: 1_000_000 }, 400],
  ])('is refused with %s', async (_, more, status) => {
    await make({ username: 'taken' });
    expect((await make(more)).status).toBe(status);
    expect(stored()).toHaveLength(1);
  });

  it('may be given topics of other makers, and by who sees all repositories any', async () => {
    expect((await make({ topics: ['zigbee2mqtt/#', 'lantai/sx/+/telemetry'] })).status).toBe(201);
    expect((await make({ username: 'all', topics: ['#'] }, admin)).status).toBe(201);
  });

  it('of another repository is not to be seen, renewed or disabled', async () => {
    const { json } = await make(
      { repository: 'other', topics: ['lantai/other/th-9/#'], username: 'th-9' },
      admin,
    );
    expect((await send(manager, 'GET /api/device-credentials')).json.items).toEqual([]);
    for (const route of [
      `POST /api/device-credentials/${json.id}/renewal`,
      `DELETE /api/device-credentials/${json.id}`,
    ]) {
      expect((await send(manager, route)).status).toBe(404);
    }
  });
});

describe('the door of the embedded broker', () => {
  const door = (more: Partial<DoorOptions> = {}) =>
    createDoor({
      devices: house.access.devices,
      shared: undefined,
      loopback: true,
      certificates: false,
      ...more,
    });
  const caller = (username?: string, password?: string, certificateName?: string) => ({
    clientId: 'c',
    username,
    password,
    address: '127.0.0.1',
    certificateName,
  });

  it('stands open on this machine until the first credential is made', async () => {
    const one = door();
    const admitted = await one.authenticate(caller());
    expect(admitted).toEqual({ ok: true });
    await make();
    expect(admitted.ok && one.stands(admitted)).toBe(false);
    expect(await one.authenticate(caller())).toEqual({ ok: false, why: 'anonymous' });
    expect(await one.authenticate(caller('x', 'y'))).toEqual({
      ok: false,
      why: 'unknown-username',
    });
    const { username, password } = one.own;
    expect(await one.authenticate(caller(username, password))).toEqual({ ok: true, isOurs: true });
  });

  it('is closed beyond this machine, and where all share a name', async () => {
    expect(await door({ loopback: false }).authenticate(caller())).toMatchObject({ ok: false });
    const one = door({ shared: { username: 'devices', password: 'secret' } });
    expect(await one.authenticate(caller())).toEqual({ ok: false, why: 'anonymous' });
    expect(await one.authenticate(caller('devices', 'secret'))).toEqual({ ok: true });
    expect(await one.authenticate(caller('devices', 'wrong'))).toMatchObject({ ok: false });
  });

  it('knows a secret, with its rights, until it is renewed or disabled', async () => {
    const { json } = await make({ mayRead: ['lantai/sx/alarm/#'], messagesPerSecond: 5 });
    const one = door();
    const right = caller('th-1', json.secret);
    for (let i = 0; i < 3; i += 1) {
      expect(await one.authenticate(right)).toEqual({
        ok: true,
        credential: json.id,
        rights: { mayPublish: NEW.topics, mayRead: ['lantai/sx/alarm/#'] },
        messagesPerSecond: 5,
      });
    }
    expect(stored()[0]?.lastConnectedAt).toBe(house.now);
    expect(await one.authenticate(caller('th-1', 'wrong'))).toMatchObject({
      why: 'wrong-password',
    });
    const renewed = await send(manager, `POST /api/device-credentials/${json.id}/renewal`);
    expect(await one.authenticate(right)).toMatchObject({ why: 'wrong-password' });
    const next = caller('th-1', renewed.json.secret);
    expect(await one.authenticate(next)).toMatchObject({ ok: true });
    await send(manager, `DELETE /api/device-credentials/${json.id}`);
    expect(await one.authenticate(next)).toMatchObject({ why: 'disabled' });
    // That the last one is gone opens no door.
    expect(await one.authenticate(caller())).toMatchObject({ why: 'anonymous' });
  });

  it('takes no credential of the HTTP intake', async () => {
    const { json } = await make({ purpose: 'http' });
    // Nobody was given one for the broker.
    expect(await door().authenticate(caller())).toEqual({ ok: true });
    await make({ username: 'other' });
    expect(await door().authenticate(caller('th-1', json.secret))).toMatchObject({
      why: 'unknown-username',
    });
  });

  it('goes by the name of a certificate where it asks for one', async () => {
    const { json } = await make();
    const one = door({ certificates: true });
    expect(await one.authenticate(caller(undefined, undefined, 'th-1'))).toMatchObject({
      credential: json.id,
    });
    expect(await one.authenticate(caller('th-1', json.secret, 'th-2'))).toMatchObject({
      why: 'unknown-username',
    });
    expect(await one.authenticate(caller('th-1', json.secret))).toMatchObject({
      why: 'no-certificate',
    });
  });

  it('does not listen to an address that guesses, but to devices that it knows there', async () => {
    const { json } = await make();
    const one = door();
    const right = caller('th-1', json.secret);
    await one.authenticate(right);
    for (let i = 0; i < 30; i += 1) await one.authenticate(caller('th-1', `guess ${i}`));
    expect(await one.authenticate(caller('th-1', 'guess'))).toMatchObject({ why: 'busy' });
    expect(await one.authenticate(right)).toMatchObject({ ok: true });
    house.now += MINUTE_MS;
    expect(await one.authenticate(caller('th-1', 'guess'))).toMatchObject({
      why: 'wrong-password',
    });
  });
});

describe('clients of the broker', () => {
  const sight = (id: string, credential?: string): ClientSight => ({
    id,
    clientId: `client-${id}`,
    address: '192.0.2.1',
    firstSeenAt: 1,
    lastSeenAt: 2,
    connected: true,
    messages: 3,
    refused: 0,
    slowed: false,
    ...(credential === undefined ? {} : { credential }),
  });

  it('are shown with what is known of them; strangers to who may enter all repositories', async () => {
    const { json } = await make();
    const seen = [sight('1', json.id), sight('2')];
    house.access.devices.useBroker({ seen: () => seen, sharedUsername: undefined });
    const all = await send(admin, 'GET /api/mqtt-clients');
    expect(all.json).toEqual({ embedded: true, items: seen });
    const own = await send(manager, 'GET /api/mqtt-clients');
    expect(own.json.items).toEqual([seen[0]]);
    await addAccount(house.store, {
      name: 'both',
      roles: ['manager'],
      repositories: ['sx', 'other'],
    });
    const both = await send(await house.signIn('both'), 'GET /api/mqtt-clients');
    expect(both.json.items).toHaveLength(2);
  });

  it('of an external broker are known to that one', async () => {
    const { json } = await send(admin, 'GET /api/mqtt-clients');
    expect(json).toEqual({ embedded: false, items: [] });
  });

  it('are written into the journal once, and not too many at once', async () => {
    const { notice } = house.access.devices;
    for (let i = 0; i < 100; i += 1) notice({ kind: 'first', client: sight(String(i)) });
    expect(acts()).toHaveLength(10);
    house.now += MINUTE_MS;
    const lastRefusal = { at: 1, why: 'wrong-password' as const };
    notice({ kind: 'refused', client: { ...sight('x'), username: 'th-1', lastRefusal } });
    const [last] = house.store.rows<JournalEntry>('journal').slice(-1);
    expect(last).toMatchObject({
      repository: 'system',
      action: 'mqtt-client.refused',
      subject: 'client-x',
      detail: { username: 'th-1', address: '192.0.2.1', why: 'wrong-password', omittedBefore: 90 },
    });
  });
});
