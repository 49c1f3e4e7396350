/** What each route answers: good, out of sight, refused, broken. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandResult } from '../../domain/commands.ts';
import type { OutboxMessage } from '../../domain/outbox.ts';
import { HOUR_MS } from '../../domain/time.ts';
import { PERMISSIONS } from '../../server/http/permissions.ts';
import { addAccount, alarm, incident, openHouse, START, type House } from './support.ts';

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

describe('what is in another repository', () => {
  beforeEach(() => {
    house.store.put('alarm', alarm('other.a1'));
    house.store.put('incident', incident('other.i1'));
    house.store.put('assessment', { id: 'other.as1', repository: 'other', madeAt: START });
  });

  it.each([
    ['GET', '/api/rooms/other.r1'],
    ['GET', '/api/rooms?repository=other'],
    ['GET', '/api/sensors?room=other.r1'],
    ['GET', '/api/doors?repository=other'],
    ['GET', '/api/readings?sensor=other.th-9&metric=temperature'],
    ['GET', '/api/traces?repository=other'],
    ['GET', '/api/access-events?door=other.d1'],
    ['GET', '/api/access-events?room=other.r1'],
    ['GET', '/api/alarms?repository=other'],
    ['GET', '/api/alarms?room=other.r1'],
    ['GET', '/api/alarms/other.a1'],
    ['GET', '/api/incidents?repository=other'],
    ['GET', '/api/incidents/other.i1'],
    ['GET', '/api/limits?room=other.r1'],
    ['GET', '/api/limits/changes?room=other.r1'],
    ['GET', '/api/assessments/other.as1'],
    ['GET', '/api/assessments/drafts?repository=other'],
    ['GET', '/api/journal?repository=other'],
    ['GET', '/api/journal?repository=system'],
    ['GET', '/api/journal/verification?repository=other'],
    ['GET', '/api/journal/verification?repository=system'],
    ['GET', '/api/quarantine?repository=other'],
    ['GET', '/api/people?repository=other'],
    ['POST', '/api/alarms/other.a1/acknowledgement', {}],
    ['POST', '/api/alarms/other.a1/comments', { text: 'x' }],
    ['POST', '/api/alarms/other.a1/shelving', { until: START + 1, reason: 'x' }],
    ['DELETE', '/api/alarms/other.a1/shelving'],
    ['POST', '/api/alarms/other.a1/reset', {}],
    ['POST', '/api/incidents/other.i1/acknowledgement', {}],
    ['POST', '/api/incidents/other.i1/closing', { report: 'x' }],
    ['POST', '/api/incidents', { repository: 'other', plan: 'fire', reason: 'x' }],
    ['POST', '/api/incidents', { room: 'other.r1', plan: 'fire', reason: 'x' }],
    [
      'POST',
      '/api/limits',
      { room: 'other.r1', metric: 'humidity', kind: 'range', max: 60, reason: 'x' },
    ],
    ['POST', '/api/assessments', { repository: 'other' }],
    ['PUT', '/api/assessments/drafts/1.2', { repository: 'other', result: 'danger', note: 'x' }],
    ['POST', '/api/people', { repository: 'other', id: 'p', name: 'x', role: 'duty' }],
    ['POST', '/api/demonstration', { scenario: 'fire', room: 'other.r1' }],
  ] as const)('does not exist: %s %s', async (method, url, body?: object) => {
    expect(await ask(method, url, body)).toMatchObject({
      status: 404,
      body: { error: { code: 'not-found' } },
    });
    expect(house.commands).toEqual([]);
  });

  it.each(['/api/rooms', '/api/alarms', '/api/incidents', '/api/assessments', '/api/sensors'])(
    'is in no list: %s',
    async (url) => expect(JSON.stringify((await get(url)).body)).not.toContain('other.'),
  );
});

describe('what does not exist', () => {
  it.each([
    '/api/rooms/sx.none',
    '/api/rooms/none',
    '/api/alarms/sx.none',
    '/api/incidents/sx.none',
    '/api/assessments/sx.none',
    '/api/readings?sensor=sx.none&metric=temperature',
    '/api/limits?room=sx.none',
    '/api/nothing',
    '/api',
  ])('is not found: %s', async (url) => {
    const { status, body } = await get(url);
    expect([status, body.error.code]).toEqual([404, 'not-found']);
    expect(body.error.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a body', () => {
  const limit = { room: 'sx.r301', metric: 'humidity', kind: 'range', max: 60, reason: '试行' };

  it('with null for a number is refused, and nothing is stored as 0', async () => {
    const { status, body } = await ask('POST', '/api/limits', { ...limit, max: null });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      code: 'invalid-request',
      message: 'body: "max" must be number.',
    });
    expect(house.store.rows('limit_change')).toEqual([]);
  });

  it.each([
    ['a text for a number', { max: '60' }, 'body: "max" must be number.'],
    ['a field nobody knows', { maximum: 60 }, 'body: unknown field "maximum".'],
    [
      'a field nobody knows, inside',
      { swing: { peakToPeak: 2, x: 1 } },
      'body: unknown field "swing.x".',
    ],
    [
      'an unknown word',
      { kind: 'both' },
      'body: "kind" must be equal to one of the allowed values: range, swing.',
    ],
    ['a reason of blanks', { reason: '  ' }, 'body: "reason" must match pattern "\\S".'],
    ['a number too large to be one', { reason: 7 }, 'body: "reason" must be string.'],
  ])('with %s is refused, and the field is named', async (_name, wrong, message) => {
    const { status, body } = await ask('POST', '/api/limits', { ...limit, ...wrong });
    expect([status, body.error.message]).toEqual([400, message]);
  });

  it.each([
    ['{"max": 60', 400, 'not-json'],
    ['', 400, 'not-json'],
    ['null', 400, 'invalid-request'],
    ['[]', 400, 'invalid-request'],
    ['{"__proto__": {"x": 1}}', 400, 'not-json'],
    [`{"reason": "${'x'.repeat(70_000)}"}`, 413, 'body-too-large'],
  ])('of %.25s… is an error in the form of all errors', async (payload, status, code) => {
    const headers = { cookie, 'content-type': 'application/json' };
    const answer = await house.inject({ method: 'POST', url: '/api/limits', headers, payload });
    expect([answer.statusCode, answer.json().error.code]).toEqual([status, code]);
    expect(Object.keys(answer.json().error)).toEqual(['code', 'message', 'requestId']);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'that a form of another site can send (%s) is not taken',
    async (type) => {
      const headers = { cookie, 'content-type': type };
      const payload = JSON.stringify(limit);
      const answer = await house.inject({ method: 'POST', url: '/api/limits', headers, payload });
      expect(answer.statusCode).toBe(415);
    },
  );

  it('that is right changes the limit: journal, commit, and everything takes it', async () => {
    const { status, body } = await ask('POST', '/api/limits', limit);
    expect([status, body.by, body.validFrom]).toEqual([201, 'all', START]);
    expect(house.store.rows('limit_change')).toHaveLength(1);
    expect(house.reconfigured).toBe(1);
    expect((await get('/api/limits/changes?room=sx.r301')).body.items).toHaveLength(1);
    expect((await get('/api/journal?repository=sx')).body.items[0].action).toBe('limit.changed');
  });

  it.each([
    ['no bound', { max: undefined }],
    ['bounds the wrong way round', { min: 70 }],
    ['a swing without one', { kind: 'swing', max: undefined }],
    ['a moment that is none', { validFrom: 'yesterday' }],
  ])('with %s makes no sense', async (_name, wrong) => {
    const { status } = await ask('POST', '/api/limits', { ...limit, ...wrong });
    expect(status).toBe(422);
  });
});

describe('a query', () => {
  it.each([
    ['/api/alarms?state=ajar', 400],
    ['/api/alarms?limit=0', 400],
    ['/api/alarms?limit=100000', 400],
    ['/api/alarms?colour=red', 400],
    ['/api/alarms?cursor=nonsense', 422],
    ['/api/alarms?from=yesterday', 422],
    ['/api/rooms?cursor=none', 422],
    ['/api/readings?sensor=sx.th-1', 400],
    ['/api/readings?sensor=sx.th-1&metric=beauty', 422],
    ['/api/readings?sensor=sx.th-1&metric=temperature&step=often', 422],
    ['/api/readings?sensor=sx.th-1&metric=temperature&step=0', 422],
    ['/api/readings?sensor=sx.th-1&metric=temperature&from=2026-02-01&to=2026-01-01', 422],
    ['/api/traces?hours=1000', 400],
  ])('is refused: %s', async (url, status) => expect((await get(url)).status).toBe(status));
});

describe('commands', () => {
  beforeEach(() => {
    house.store.put('alarm', alarm('sx.a1'));
    house.store.put('incident', incident('sx.i1'));
  });
  const until = START + HOUR_MS;

  it.each([
    [
      'POST',
      'alarms/sx.a1/acknowledgement',
      { comment: '看到' },
      { kind: 'acknowledge-alarm', comment: '看到' },
    ],
    ['POST', 'alarms/sx.a1/acknowledgement', undefined, { kind: 'acknowledge-alarm' }],
    ['POST', 'alarms/sx.a1/comments', { text: '检查' }, { kind: 'comment-alarm', text: '检查' }],
    ['POST', 'alarms/sx.a1/shelving', { until, reason: '检修' }, { kind: 'shelve-alarm', until }],
    [
      'POST',
      'alarms/sx.a1/shelving',
      { until: '2026-11-22T12:00:00+08:00', reason: 'x' },
      { until },
    ],
    ['DELETE', 'alarms/sx.a1/shelving', undefined, { kind: 'unshelve-alarm' }],
    ['POST', 'alarms/sx.a1/reset', {}, { kind: 'reset-alarm' }],
    ['POST', 'incidents/sx.i1/acknowledgement', {}, { kind: 'acknowledge-incident' }],
    [
      'POST',
      'incidents/sx.i1/steps/call',
      { outcome: 'done' },
      { kind: 'record-step', step: 'call' },
    ],
    ['POST', 'incidents/sx.i1/level', { level: 2, reason: 'x' }, { kind: 'set-level', level: 2 }],
    ['POST', 'incidents/sx.i1/closing', { report: 'x' }, { kind: 'close-incident' }],
  ] as const)('%s %s goes through the queue under the person’s name', async (...row) => {
    const [method, path, body, command] = row;
    const { status, body: answer } = await ask(method, `/api/${path}`, body);
    expect([status, answer.id]).toEqual([200, path.split('/')[1]]);
    expect(house.commands).toMatchObject([{ ...command, by: 'all' }]);
  });

  it('opens an incident by hand in a room', async () => {
    const body = { room: 'sx.r301', plan: 'fire', reason: '闻到烟味' };
    expect((await ask('POST', '/api/incidents', body)).status).toBe(201);
    expect(house.commands).toMatchObject([{ kind: 'open-incident', repository: 'sx', ...body }]);
    const unknown = await ask('POST', '/api/incidents', { ...body, plan: 'picnic' });
    expect(unknown.status).toBe(422);
  });

  it.each([
    ['not-found', 404],
    ['already', 409],
    ['not-allowed', 422],
    ['invalid', 422],
  ] as const)('answers %s with %d and the engine’s words', async (code, status) => {
    house.answer = { ok: false, code, why: 'because' } satisfies CommandResult;
    const answer = await ask('POST', '/api/alarms/sx.a1/acknowledgement', {});
    expect(answer).toMatchObject({ status, body: { error: { code, message: 'because' } } });
  });

  it('does not quiet an alarm until the past', async () => {
    const body = { until: START, reason: 'x' };
    expect((await ask('POST', '/api/alarms/sx.a1/shelving', body)).status).toBe(422);
    expect(house.commands).toEqual([]);
  });
});

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
