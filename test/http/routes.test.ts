/** What routes refuse: out of sight, unknown, broken, out of order; and what goes through the queue. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { step } from '../../alerts/alarm-machine.ts';
import type { CommandResult } from '../../domain/commands.ts';
import { HOUR_MS } from '../../domain/time.ts';
import { alarm, incident, START } from './fixtures.ts';
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
    '/api/room-standards?room=sx.none',
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
    const { say, ...rest } = answer.json().error;
    expect(Object.keys(rest)).toEqual(['code', 'message', 'requestId']);
    // What a form could have got wrong is said by name as well, for the screen's language.
    expect(say !== undefined).toBe(code === 'invalid-request');
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
    const why = { why: 'because', say: { name: 'reason' } };
    house.answer = { ok: false, code, ...why } satisfies CommandResult;
    const answer = await ask('POST', '/api/alarms/sx.a1/acknowledgement', {});
    expect(answer).toMatchObject({ status, body: { error: { code, message: 'because' } } });
  });

  it('names the sentence of a refused acknowledgement', async () => {
    const before = alarm('sx.a1', { acknowledged: { by: 'duty-b', at: START } });
    house.answer = step(before, { kind: 'acknowledge', by: 'all' }, START).result;
    const answer = await ask('POST', '/api/alarms/sx.a1/acknowledgement', {});
    const message = 'It was acknowledged before.';
    const error = { code: 'already', message, say: { name: 'acknowledged-before' } };
    expect(answer).toMatchObject({ status: 409, body: { error } });
  });

  it('names the sentence of a refused shelving, with what stands in it', async () => {
    const until = START + 9 * HOUR_MS;
    const shelve = { kind: 'shelve', by: 'all', until, reason: '检修', shelvable: true } as const;
    house.answer = step(alarm('sx.a1'), shelve, START).result;
    const answer = await ask('POST', '/api/alarms/sx.a1/shelving', { until, reason: '检修' });
    const message = 'An alarm is shelved for at most 8 h.';
    const said = { name: 'shelving-too-long', gaps: { hours: 8 } };
    const error = { code: 'invalid', message, say: said };
    expect(answer).toMatchObject({ status: 422, body: { error } });
  });

  it('does not quiet an alarm until the past', async () => {
    const body = { until: START, reason: 'x' };
    expect((await ask('POST', '/api/alarms/sx.a1/shelving', body)).status).toBe(422);
    expect(house.commands).toEqual([]);
  });
});
