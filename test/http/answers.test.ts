/** What the groups of routes answer when all is well, and what only they refuse. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutboxMessage } from '../../domain/outbox.ts';
import { PERMISSIONS } from '../../server/http/permissions.ts';
import { alarm, START } from './fixtures.ts';
import { addAccount, openHouse, type House } from './support.ts';

let house: House;
let cookie: string;
beforeEach(async () => {
  house = await openHouse({ demonstration: true });
  await addAccount(house.store, { name: 'all', roles: ['manager', 'inspector', 'duty'] });
  cookie = await house.signIn('all');
});
afterEach(() => house.close());

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
async function ask(method: Method, url: string, body?: unknown) {
  const json = { 'content-type': 'application/json' };
  const payload = body === undefined ? {} : { payload: JSON.stringify(body) };
  const headers = { cookie, ...(body === undefined ? {} : json) };
  const answer = await house.inject({ method, url, headers, ...payload });
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() };
}
const get = (url: string) => ask('GET', url);

describe('an alarm', () => {
  it('comes with its history and who was told, without the secrets of addresses', async () => {
    house.store.put('alarm', alarm('sx.a1'));
    house.store.put('alarm_transition', {
      id: 'sx.a1/1',
      alarm: 'sx.a1',
      at: START,
      kind: 'raised',
    });
    const message: OutboxMessage = {
      key: 'k1',
      repository: 'sx',
      channel: 'webhook',
      target: 'https://sms.example/send?key=topsecret',
      alarm: 'sx.a1',
      subject: { zh: '', en: '' },
      body: { zh: '', en: '' },
      payload: '{"token":"topsecret"}',
      safety: true,
      createdAt: START,
      attempts: 2,
      nextAttemptAt: START,
      lastError: 'https://sms.example/send?key=topsecret answered 500',
    };
    house.store.put('outbox', message);
    const { body } = await get('/api/alarms/sx.a1');
    expect(body.alarm).toMatchObject({ id: 'sx.a1', state: 'unacknowledged' });
    expect(body.transitions).toHaveLength(1);
    expect(body.deliveries).toMatchObject([
      { key: 'k1', target: 'https://sms.example/…', attempts: 2 },
    ]);
    expect(JSON.stringify(body)).not.toContain('topsecret');
  });

  it('is in the list of open or of closed ones, page by page, none twice and none left out', async () => {
    // Many in one millisecond, as in a flood.
    for (let n = 0; n < 95; n++) {
      house.store.put('alarm', alarm(`sx.a${n}`, { raisedAt: START + Math.floor(n / 40) }));
    }
    house.store.put('alarm', alarm('sx.closed', { closedAt: START }));
    const seen: string[] = [];
    let next = '';
    do {
      const { body } = await get(`/api/alarms?state=open&limit=10${next && `&cursor=${next}`}`);
      expect(body.items.length).toBeLessThanOrEqual(10);
      seen.push(...body.items.map((one: { id: string }) => one.id));
      next = body.next ?? '';
    } while (next !== '' && seen.length < 200);
    expect(seen).toHaveLength(95);
    expect(new Set(seen).size).toBe(95);
    const closed = (await get('/api/alarms?state=closed')).body.items;
    expect(closed.map((one: { id: string }) => one.id)).toEqual(['sx.closed']);
  });
});

describe('structure', () => {
  it('has rooms, sensors, doors, devices and holdings', async () => {
    expect((await get('/api/rooms')).body.items).toMatchObject([{ id: 'sx.r301' }]);
    expect((await get('/api/rooms/sx.r301')).body).toMatchObject({ id: 'sx.r301', class: 'paper' });
    expect((await get('/api/sensors?room=sx.r301')).body.items).toMatchObject([{ id: 'sx.th-1' }]);
    expect((await get('/api/doors')).body.items).toMatchObject([{ id: 'sx.d301' }]);
    expect((await get('/api/devices')).body.items).toEqual([
      {
        id: 'sx.gw',
        repository: 'sx',
        name: '网关',
        sensors: ['sx.th-1'],
        doors: [],
        battery: 80,
      },
    ]);
    expect((await get('/api/holdings?room=sx.r301')).body.items).toMatchObject([
      { id: 'sx.r301-paper', room: 'sx.r301', quantity: 10 },
    ]);
  });
});

describe('people', () => {
  const person = { id: 'night-b', name: '值班员丙', role: 'duty', email: 'b@example.org' };

  it('are entered, changed and retired on screen', async () => {
    const made = await ask('POST', '/api/people', person);
    expect(made).toMatchObject({ status: 201, body: { id: 'sx.night-b', origin: 'database' } });
    const changed = { name: '值班员乙', role: 'manager', order: 2 };
    expect((await ask('PUT', '/api/people/sx.db-a', changed)).status).toBe(200);
    expect((await ask('DELETE', '/api/people/sx.db-a')).status).toBe(204);
    expect(house.store.row('person', 'sx.db-a')).toMatchObject({ retiredAt: START });
    expect(house.reconfigured).toBe(3);
    expect(JSON.stringify(house.store.rows('journal'))).not.toContain('b@example.org');
  });

  it('of the repository file are read only', async () => {
    const answer = await ask('DELETE', '/api/people/sx.file-a');
    expect(answer).toMatchObject({ status: 409, body: { error: { code: 'managed-by-file' } } });
    expect((await ask('POST', '/api/people', { ...person, id: 'file-a' })).status).toBe(409);
    expect((await ask('POST', '/api/people', { ...person, id: 'Not An Id' })).status).toBe(400);
    expect((await ask('PUT', '/api/people/sx.none', { name: 'x', role: 'duty' })).status).toBe(404);
  });

  it('can be reached: a test says what happened, and leaves no address behind', async () => {
    const body = { channel: 'webhook', target: 'https://sms.example/?key=topsecret' };
    const { status, body: answer } = await ask('POST', '/api/channels/test', body);
    expect([status, answer.ok]).toEqual([200, true]);
    expect(JSON.stringify(house.store.rows('journal'))).not.toContain('topsecret');
    const smoke = { channel: 'smoke-signal', target: 'hill' };
    expect((await ask('POST', '/api/channels/test', smoke)).status).toBe(400);
  });
});

describe('assessments', () => {
  it('are made now, for the only repository in sight', async () => {
    const answer = await ask('POST', '/api/assessments', {});
    expect(answer).toMatchObject({ status: 201, body: { repository: 'sx', madeBy: 'all' } });
  });

  it('ask which repository is meant where there are several', async () => {
    await addAccount(house.store, { name: 'wide', roles: ['inspector'], repositories: ['*'] });
    cookie = await house.signIn('wide');
    expect((await ask('POST', '/api/assessments', {})).status).toBe(422);
  });

  it('take what inspectors enter, but not what data decides', async () => {
    const entry = { result: 'danger', note: '消防通道堆物' };
    const entered = await ask('PUT', '/api/assessments/drafts/1.2', entry);
    expect(entered).toMatchObject({ status: 200, body: { indicator: '1.2', by: 'all' } });
    expect((await get('/api/assessments/drafts')).body.items).toMatchObject([entry]);
    expect((await ask('PUT', '/api/assessments/drafts/1.1', entry)).status).toBe(422);
    expect((await ask('PUT', '/api/assessments/drafts/9.9', entry)).status).toBe(404);
  });
});

describe('the journal', () => {
  it('is verified entry by entry', async () => {
    const body = { room: 'sx.r301', metric: 'humidity', kind: 'range', max: 60, reason: 'x' };
    for (let n = 0; n < 3; n++) await ask('POST', '/api/limits', body);
    const url = '/api/journal/verification?repository=sx';
    expect((await get(url)).body).toEqual({ repository: 'sx', ok: true, count: 3 });
    const entry = house.store
      .rows<{ sequence: number; repository: string }>('journal')
      .find((one) => one.repository === 'sx' && one.sequence === 2);
    house.store.put('journal', { ...entry, by: 'somebody else' });
    expect((await get(url)).body).toMatchObject({ ok: false, count: 1, brokenAt: 2 });
  });
});

describe('the demonstration', () => {
  it('plays scenarios it has, and stops', async () => {
    expect((await get('/api/demonstration')).body.scenarios).toHaveLength(1);
    const play = { scenario: 'fire', room: 'sx.r301' };
    expect((await ask('POST', '/api/demonstration', play)).status).toBe(200);
    expect((await ask('POST', '/api/demonstration', { scenario: 'flood' })).status).toBe(422);
    expect((await ask('DELETE', '/api/demonstration')).status).toBe(204);
    expect(house.demonstrationPlayed).toEqual(['fire', 'stop']);
  });

  it('is not there without simulators', async () => {
    const real = await openHouse();
    await addAccount(real.store, { name: 'all', roles: ['manager'] });
    const headers = { cookie: await real.signIn('all') };
    expect((await real.inject({ url: '/api/demonstration', headers })).statusCode).toBe(404);
    await real.close();
  });
});

describe('the system', () => {
  it('answers health to everybody, and no more than that', async () => {
    const answer = await house.inject({ url: '/api/health' });
    expect(answer.json()).toEqual({ status: 'up' });
  });

  it('answers each part’s state, figures and status', async () => {
    expect((await get('/api/ready')).body).toMatchObject({ ready: true, parts: [{ ok: true }] });
    expect((await get('/api/status')).body.repositories).toMatchObject([{ id: 'sx' }]);
    const { body } = await house.inject({ url: '/metrics', headers: { cookie } });
    expect(body).toContain('lantai_ticks_total 1');
    expect(body).toMatch(/lantai_http_request_duration_seconds_count\{.*route="\/api\/ready".*} 1/);
  });

  it('describes every route with names that say what they are', async () => {
    const { body } = await get('/api/openapi.json');
    const described = Object.entries<object>(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const rows = Object.keys(PERMISSIONS).map((row) => row.replaceAll(/:(\w+)/g, '{$1}'));
    const pages = ['GET /*', 'GET /api/docs', 'GET /api/docs/*'];
    expect(described.toSorted()).toEqual(rows.filter((row) => !pages.includes(row)).toSorted());
    expect(Object.keys(body.components.schemas)).toEqual(['Error']);
    expect(JSON.stringify(body)).not.toContain('def-0');
  });

  it('has its description’s page without asking another server', async () => {
    const page = await house.inject({ url: '/api/docs/', headers: { cookie } });
    expect(page.statusCode).toBe(200);
    expect(page.body).not.toMatch(/(src|href)="(https?:)?\/\//);
  });

  it('tells nothing of what broke inside, but the log has it', async () => {
    house.series = new Error('password of the database is hunter2');
    const url = '/api/readings?sensor=sx.th-1&metric=temperature';
    const { status, body } = await get(url);
    expect([status, body.error.code]).toEqual([500, 'internal']);
    expect(JSON.stringify(body)).not.toContain('hunter2');
    expect(house.logged.join('')).toContain(body.error.requestId);
  });
});
