/** The live feed over real sockets: who gets in, who is sent what, and what a slow client loses. */

import type { AddressInfo } from 'node:net';
import { io, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../domain/account.ts';
import type { AccessEvent } from '../../domain/access.ts';
import type { LatestReading, LiveEvents, LiveSnapshot } from '../../domain/api.ts';
import { LIVE_PERMISSIONS } from '../../server/http/permissions.ts';
import { attachLiveFeed, WAITING_PACKETS_MAX, type LiveFeed } from '../../server/live/feed.ts';
import { ReadingGatherer, type ReadingClient } from '../../server/live/gatherer.ts';
import { alarm, incident, START } from './fixtures.ts';
import { addAccount, openHouse, ROLE_ACCOUNTS, type House } from './support.ts';

type Client = Socket<LiveEvents>;
let house: House;
let feed: LiveFeed;
/** What the next flush is given. */
let changed: LatestReading[] = [];
let url: string;
const clients: Client[] = [];

beforeEach(async () => {
  house = await openHouse();
  house.store.put('alarm', alarm('sx.a1'));
  house.store.put('alarm', alarm('other.a1'));
  house.store.put('incident', incident('sx.i1'));
  feed = attachLiveFeed({
    app: house.app,
    services: house.services,
    access: house.access,
    origin: { allowedOrigins: ['http://allowed.example'] },
    trustProxy: false,
    // Flushed by hand.
    gatherMs: 3_600_000,
    changed: () => changed.splice(0),
  });
  await house.app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(house.app.server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  await feed.close();
  await house.close();
});

interface Joining {
  readonly cookie?: string;
  readonly token?: string;
  readonly origin?: string;
  readonly transports?: string[];
}

function connect(how: Joining): Client {
  const { cookie, origin, token } = how;
  const client: Client = io(url, {
    transports: how.transports ?? ['websocket'],
    reconnection: false,
    extraHeaders: { ...(cookie ? { cookie } : {}), ...(origin ? { origin } : {}) },
    ...(token === undefined ? {} : { auth: { token } }),
  });
  clients.push(client);
  return client;
}

/** Joins and waits for the snapshot; the word of refusal when the feed does not let it in. */
async function join(how: Joining) {
  const client = connect(how);
  const received: [keyof LiveEvents, unknown][] = [];
  client.onAny((event: keyof LiveEvents, value: unknown) => received.push([event, value]));
  const joined = await new Promise<LiveSnapshot | string>((resolve) => {
    client.once('snapshot', resolve);
    client.once('connect_error', (error) => resolve(error.message));
  });
  return { client, received, joined };
}

const cookieOf = (role: Role) => house.signIn(ROLE_ACCOUNTS[role]);
const gone = (client: Client) =>
  new Promise<string>((resolve) => client.once('disconnect', (reason) => resolve(reason)));

function reading(sensor: string, value: number, at = START): LatestReading {
  const room = sensor.startsWith('sx') ? 'sx.r301' : 'other.r1';
  const base = { sensor, room, metric: 'temperature', quality: 1 } as const;
  return { ...base, value, at, receivedAt: at, intervalMs: 60_000, simulated: true };
}

function accessEvent(repository: string): AccessEvent {
  const base = {
    room: 'r301',
    door: 'd301',
    event: 'granted',
    at: START,
    receivedAt: START,
  } as const;
  return { id: `${repository}.d301.1`, repository, ...base };
}

/** Publishes one of everything in both repositories, and waits until a last word has come through. */
async function publishAll(received: readonly [keyof LiveEvents, unknown][], reads: boolean) {
  changed = [reading('sx.th-1', 20), reading('other.th-1', 20)];
  // A connection that is still busy with the snapshot gets them at a later turn.
  const came = () => {
    feed.flush();
    return received.some(([event]) => event === 'readings');
  };
  if (reads) await expect.poll(came, { timeout: 5_000 }).toBe(true);
  else feed.flush();
  for (const repository of ['sx', 'other']) {
    feed.access(accessEvent(repository));
    feed.alarm(alarm(`${repository}.a9`));
    feed.incident(incident(`${repository}.i9`));
  }
  // Packets keep their order, so after this one all others have come.
  feed.parts([]);
  await expect
    .poll(() => received.some(([event]) => event === 'parts'), { timeout: 5_000 })
    .toBe(true);
}

describe.each(ROLES)('%s', (role) => {
  const topics = Object.keys(LIVE_PERMISSIONS) as (keyof typeof LIVE_PERMISSIONS)[];
  const allowed = topics.filter((topic) =>
    (LIVE_PERMISSIONS[topic] as readonly Role[]).includes(role),
  );

  it('is sent what the table says, of its own repository, and nothing else', async () => {
    const { joined, received } = await join({ cookie: await cookieOf(role) });
    if (allowed.length === 0) return expect(joined).toBe('forbidden');
    const snapshot = joined as LiveSnapshot;
    const has = (topic: (typeof topics)[number]) => (allowed.includes(topic) ? 1 : 0);
    expect(snapshot.repositories.map((one) => one.id)).toEqual(['sx']);
    expect(snapshot.rooms).toHaveLength(has('readings'));
    expect(snapshot.alarms).toHaveLength(has('alarm'));
    expect(snapshot.incidents).toHaveLength(has('incident'));
    expect(snapshot.parts).toHaveLength(has('parts'));
    await publishAll(received, has('readings') === 1);
    const events = received.map(([event]) => event).filter((event) => event !== 'snapshot');
    expect(events.toSorted()).toEqual(allowed.toSorted());
    expect(JSON.stringify(received)).not.toContain('other.');
  });
});

describe('joining', () => {
  it('is for whoever is signed in, over both transports', async () => {
    const cookie = await cookieOf('duty');
    for (const transports of [['websocket'], ['polling']]) {
      expect((await join({ cookie, transports })).joined).toHaveProperty('serverTime');
    }
  });

  it('asks strangers who they are', async () => {
    expect((await join({})).joined).toBe('not-signed-in');
    expect((await join({ cookie: 'lantai_session=x' })).joined).toBe('not-signed-in');
    expect((await join({ token: 'lantai_x' })).joined).toBe('not-signed-in');
  });

  it('waits until a password that must be changed was changed', async () => {
    await addAccount(house.store, { name: 'fresh', roles: ['duty'], mustChangePassword: true });
    const cookie = await house.signIn('fresh');
    expect((await join({ cookie })).joined).toBe('must-change-password');
  });

  it.each([
    ['another site', 'https://evil.example', false],
    ['a sandboxed page', 'null', false],
    ['a page the settings allow', 'http://allowed.example', true],
  ])('from %s', async (_name, origin, let_in) => {
    const cookie = await cookieOf('duty');
    const { joined } = await join({ cookie, origin });
    expect(typeof joined === 'object').toBe(let_in);
  });

  it('from our own page', async () => {
    const { joined } = await join({ cookie: await cookieOf('duty'), origin: url });
    expect(joined).toHaveProperty('rooms');
  });
});

describe('a socket is cut', () => {
  it('when its session signs out, and no other', async () => {
    const [mine, theirs] = [await cookieOf('duty'), await cookieOf('duty')];
    const one = await join({ cookie: mine });
    const two = await join({ cookie: theirs });
    const cut = gone(one.client);
    const headers = { cookie: mine };
    await house.inject({ method: 'DELETE', url: '/api/session', headers });
    expect(await cut).toBe('io server disconnect');
    expect(two.client.connected).toBe(true);
  });

  it('when its account is disabled', async () => {
    const { client } = await join({ cookie: await cookieOf('duty') });
    const cut = gone(client);
    const headers = { cookie: await house.signIn('admin') };
    const body = { disabled: true };
    await house.inject({ method: 'PATCH', url: '/api/accounts/duty-a', headers, body });
    expect(await cut).toBe('io server disconnect');
  });

  it('when its token is revoked', async () => {
    const headers = { cookie: await house.signIn('admin') };
    const body = { name: 'wall', roles: ['observer'], repositories: ['sx'] };
    const made = await house.inject({ method: 'POST', url: '/api/tokens', headers, body });
    const { client, joined } = await join({ token: made.json().token });
    expect(joined).toHaveProperty('rooms');
    const cut = gone(client);
    await house.inject({ method: 'DELETE', url: `/api/tokens/${made.json().id}`, headers });
    expect(await cut).toBe('io server disconnect');
  });
});

describe('readings', () => {
  it('are sent at a flush, once', async () => {
    const { received } = await join({ cookie: await cookieOf('observer') });
    changed = [reading('sx.th-1', 22, START + 2), reading('sx.th-2', 30)];
    feed.flush();
    feed.flush();
    await expect.poll(() => received.length, { timeout: 5_000 }).toBe(2);
    const values = (received[1]?.[1] as LatestReading[]).map((one) => one.value);
    expect(values).toEqual([22, 30]);
  });
});

describe('a slow client', () => {
  function clientThat(state: { ready: boolean }) {
    const sent: (readonly LatestReading[])[] = [];
    const client: ReadingClient = {
      id: 'slow',
      scope: '*',
      sees: () => true,
      ready: () => state.ready,
      send: (_ids, readings) => void sent.push(readings),
    };
    return { client, sent };
  }

  it('loses values in between, and gets the newest of each series when it is back', () => {
    const gatherer = new ReadingGatherer();
    const state = { ready: false };
    const { client, sent } = clientThat(state);
    for (let n = 0; n < 1_000; n++) {
      gatherer.flush([client], [reading('sx.th-1', n, START + n)]);
    }
    expect([sent.length, gatherer.slow]).toEqual([0, 1]);
    state.ready = true;
    gatherer.flush([client], []);
    gatherer.flush([client], []);
    expect(sent.map((batch) => batch.map((one) => one.value))).toEqual([[999]]);
  });

  it('that went away is forgotten', () => {
    const gatherer = new ReadingGatherer();
    const { client } = clientThat({ ready: false });
    gatherer.flush([client], [reading('sx.th-1', 1)]);
    gatherer.flush([], []);
    expect(gatherer.slow).toBe(0);
  });

  it('loses no alarm: it is cut off, comes back by itself and gets a fresh snapshot', async () => {
    const { client, received } = await join({ cookie: await cookieOf('duty') });
    const cut = gone(client);
    const advice = { zh: '快'.repeat(40_000), en: '' };
    // Published in one turn of the event loop, so that nothing can be taken meanwhile.
    for (let n = 0; n < WAITING_PACKETS_MAX * 2; n++) feed.alarm(alarm(`sx.f${n}`, { advice }));
    // Not the word for a session that is over: after this one a client comes back.
    expect(['transport close', 'transport error']).toContain(await cut);
    expect(received.length).toBeLessThan(WAITING_PACKETS_MAX * 2);
    house.store.put('alarm', alarm('sx.f511'));
    const again = await join({ cookie: await cookieOf('duty') });
    const seen = (again.joined as LiveSnapshot).alarms.map((one) => one.id);
    expect(seen).toEqual(['sx.a1', 'sx.f511']);
  });

  it('that keeps up gets every alarm in order', async () => {
    const { received } = await join({ cookie: await cookieOf('duty') });
    for (let n = 0; n < WAITING_PACKETS_MAX; n++) feed.alarm(alarm(`sx.f${n}`));
    await expect.poll(() => received.length, { timeout: 5_000 }).toBe(WAITING_PACKETS_MAX + 1);
    const ids = received.slice(1).map(([, one]) => (one as { id: string }).id);
    expect(ids).toEqual(Array.from({ length: WAITING_PACKETS_MAX }, (_, n) => `sx.f${n}`));
  });
});
