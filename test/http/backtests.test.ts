/** Back-tests over HTTP: asked for, followed, cancelled; bounded, and out of sight of other repositories. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BacktestView } from '../../domain/backtest.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import { RUNNING_MAX, WAITING_MAX } from '../../server/backtests/backtests.ts';
import { NO_READINGS, type Received } from './backtests-here.ts';
import { START } from './fixtures.ts';
import { addAccount, openHouse, ROLE_ACCOUNTS, type House } from './support.ts';

let house: House;
let manager: string;

beforeEach(async () => {
  house = await openHouse();
  manager = await house.signIn(ROLE_ACCOUNTS.manager);
});
afterEach(() => house.close());

async function ask(
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  { body, cookie = manager }: { readonly body?: object; readonly cookie?: string } = {},
) {
  const answer = await house.inject({
    method,
    url,
    headers: { cookie },
    ...(body ? { body } : {}),
  });
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() };
}
const PERIOD = { room: 'sx.r301', from: START - 7 * DAY_MS, to: START };
const start = (more: object = {}, cookie = manager) =>
  ask('POST', '/api/backtests', { body: { ...PERIOD, ...more }, cookie });

async function finished(id: string): Promise<BacktestView> {
  return expect
    .poll(async () => (await ask('GET', `/api/backtests/${id}`)).body as BacktestView, {
      timeout: 20_000,
    })
    .toSatisfy((view: BacktestView) => view.state === 'done' || view.state === 'failed')
    .then(async () => (await ask('GET', `/api/backtests/${id}`)).body as BacktestView);
}

/** A humid night in a week at 50 %RH, one reading in ten minutes. */
const week: Received = ({ metric, from, until }) => {
  if (metric !== 'humidity') return Promise.resolve(NO_READINGS);
  const first = Math.ceil(from / (10 * MINUTE_MS)) * 10 * MINUTE_MS;
  const count = Math.max(0, Math.ceil((until - first) / (10 * MINUTE_MS)));
  const at = Float64Array.from({ length: count }, (_, i) => first + i * 10 * MINUTE_MS);
  const isHumid = (moment: number) =>
    moment > START - 30 * HOUR_MS && moment < START - 26 * HOUR_MS;
  return Promise.resolve({
    at,
    value: at.map((moment) => (isHumid(moment) ? 64 : 50)),
    quality: at.map(() => 1),
    receivedAt: at,
    historical: at.map(() => 0),
  });
};

describe('a back-test', () => {
  it('compares a proposed limit with that of today', async () => {
    house.received = week;
    const limits = [{ metric: 'humidity', kind: 'range', min: 40, max: 66 }];
    const started = await start({ limits, rules: ['humidity-high', 'humidity-low'] });
    expect(started).toMatchObject({ status: 201, body: { by: 'manager-a', room: 'sx.r301' } });
    const { state, progress, result } = await finished(started.body.id);
    expect([state, progress, result?.readings]).toEqual(['done', 1, 9 * 144]);
    expect(result?.old.rules).toMatchObject([
      { rule: 'humidity-high', alarms: 1, alarmsPerWeek: 1 },
    ]);
    expect(result?.proposed?.total.alarms).toBe(0);
    expect(result?.timezone).toBe('Asia/Shanghai');
  });

  it('of a rule that does not exist fails in words', async () => {
    const { body } = await start({ rules: ['nothing'] });
    expect(await finished(body.id)).toMatchObject({
      state: 'failed',
      why: 'there is no rule nothing.',
    });
  });

  it.for([
    [{ to: START - 8 * DAY_MS }, 422, '"from" must be before "to"'],
    [{ from: START + DAY_MS, to: START + 2 * DAY_MS }, 422, 'before now'],
    [{ from: START - 500 * DAY_MS }, 422, 'at most 400 days'],
    [{ room: 'sx.r999' }, 404, 'room'],
    [{ room: 'other.r1' }, 404, 'room'],
    [{ limits: [] }, 400, 'limits'],
    [{ limits: [{ metric: 'humidity', kind: 'range', min: 60, max: 50 }] }, 422, '"min" is above'],
    [{ limits: [{ metric: 'smoke', kind: 'range', max: 1 }] }, 400, 'metric'],
    [{ colour: 'red' }, 400, 'colour'],
    [{ from: null }, 400, 'from'],
  ] as const)('asked for with %j is refused with %i', async ([more, status, words]) => {
    const answer = await start(more);
    expect([answer.status, answer.body.error.message]).toEqual([
      status,
      expect.stringContaining(words),
    ]);
  });

  it('is the manager’s, and of his own repositories', async () => {
    await addAccount(house.store, {
      name: 'manager-b',
      roles: ['manager'],
      repositories: ['other'],
    });
    const { body } = await start();
    const other = await house.signIn('manager-b');
    const duty = await house.signIn(ROLE_ACCOUNTS.duty);
    for (const method of ['GET', 'DELETE'] as const) {
      const url = `/api/backtests/${body.id}`;
      expect((await ask(method, url, { cookie: other })).status).toBe(404);
      expect((await ask(method, url, { cookie: duty })).status).toBe(403);
    }
    expect((await start({}, duty)).status).toBe(403);
    expect((await ask('GET', '/api/backtests/none')).status).toBe(404);
  });

  it('waits for the one that runs; too many are refused, and a cancelled one makes room', async () => {
    house.received = () => new Promise(() => undefined);
    const views: BacktestView[] = [];
    for (let i = 0; i < RUNNING_MAX + WAITING_MAX; i += 1) views.push((await start()).body);
    expect(views.map((view) => view.state)).toEqual([
      'running',
      ...Array(WAITING_MAX).fill('waiting'),
    ]);
    expect((await start()).status).toBe(429);
    const [first, second] = views;
    expect((await ask('DELETE', `/api/backtests/${first?.id}`)).status).toBe(204);
    expect((await ask('GET', `/api/backtests/${first?.id}`)).status).toBe(404);
    await expect
      .poll(async () => (await ask('GET', `/api/backtests/${second?.id}`)).body.state)
      .toBe('running');
    expect((await start()).status).toBe(201);
  });
});
