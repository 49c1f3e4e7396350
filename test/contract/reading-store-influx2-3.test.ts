/** InfluxDB 2.x and 3.x against their documented protocol, played by a server of the test: no real server here. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Reading } from '../../domain/reading.ts';
import { HOUR_MS } from '../../domain/time.ts';
import { createInfluxReadingStore } from '../../gateway/stores/influx-reading-store.ts';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  readonly body: string;
}

type Reply = readonly [status: number, body?: unknown, headers?: Record<string, string>];

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** A server that answers by `reply` and remembers what it was asked. */
async function play(reply: (asked: Asked) => Reply): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const bytes of request) body += String(bytes);
    const url = new URL(request.url ?? '/', 'http://test');
    const one: Asked = {
      method: request.method ?? '',
      path: url.pathname,
      parameters: Object.fromEntries(url.searchParams),
      authorization: request.headers.authorization,
      body,
    };
    asked.push(one);
    const [status, content, headers] = reply(one);
    response.writeHead(status, headers);
    response.end(content === undefined ? undefined : JSON.stringify(content));
  };
  server = createServer((request, response) => void answer(request, response));
  const started = server;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', () => resolve()));
  const address = started.address();
  const port = address && typeof address === 'object' ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, asked };
}

const t0 = Date.UTC(2026, 2, 1, 6);

function reading(at: number, more: Partial<Reading> = {}): Reading {
  const where = { repository: 'sx', room: 'r301', sensor: 'th-1', metric: 'temperature' as const };
  return { ...where, value: 21.4, quality: 1, at, receivedAt: at + 40, ...more };
}

const line = `reading,repository=sx,room=r301,sensor=th-1,metric=temperature value=21.4,quality=1i,received=${t0 + 40}i ${t0}`;
const mark = `dirty_hour,repository=sx,sensor=th-1,metric=temperature dirty=1i ${t0}`;
const nothing = { results: [{ statement_id: 0 }] };

/** 2.x: buckets, organizations and mappings as its API names them. */
function influx2(asked: Asked, more: (asked: Asked) => Reply | undefined = () => undefined): Reply {
  const special = more(asked);
  if (special) return special;
  const route = `${asked.method} ${asked.path}`;
  if (route === 'GET /ping') return [204, undefined, { 'X-Influxdb-Version': 'v2.7.11' }];
  if (asked.authorization !== 'Token t0ken') return [401, { code: 'unauthorized' }];
  if (route === 'GET /api/v2/buckets') return [200, { buckets: [] }];
  if (route === 'GET /api/v2/orgs') return [200, { orgs: [{ id: 'org1', name: 'sx' }] }];
  if (route === 'POST /api/v2/buckets') return [201, { id: 'bucket1', orgID: 'org1' }];
  if (route === 'GET /api/v2/dbrps') return [200, { content: [] }];
  if (route === 'POST /api/v2/dbrps') return [201, { id: 'dbrp1' }];
  if (route === 'GET /query') return [200, nothing];
  if (route === 'POST /api/v2/write') return [204];
  return [404, { code: 'not found', message: asked.path }];
}

/** 3.x: its own way to make a database, the 2.x way to write, the 1.x way to ask. */
function influx3(asked: Asked): Reply {
  const route = `${asked.method} ${asked.path}`;
  if (asked.authorization !== 'Bearer t0ken')
    return [401, { error: 'the request was not authenticated' }];
  if (route === 'GET /ping') return [200, { version: '3.4.1' }, { 'x-influxdb-version': '3.4.1' }];
  if (route === 'POST /api/v3/configure/database') {
    return asked.body.includes('_1h') ? [409, { error: 'exists' }] : [200];
  }
  if (route === 'GET /query') return [200, nothing];
  if (route === 'POST /api/v2/write') return [204];
  return [404];
}

describe('InfluxDB 2.x, by its documented protocol', () => {
  it('creates bucket and mapping, then writes lines with the token', async () => {
    const { url, asked } = await play(influx2);
    const config = { url, database: 'lantai', token: 't0ken', org: 'sx', timeoutMs: 2_000 };
    const store = createInfluxReadingStore(config);
    expect(await store.write([reading(t0)])).toEqual({ accepted: 1, rejected: [] });
    expect(store.name).toBe('InfluxDB 2.7.11');

    const made = asked.filter((a) => a.method === 'POST' && a.path === '/api/v2/buckets');
    expect(made.map((a) => JSON.parse(a.body) as unknown)).toEqual([
      { orgID: 'org1', name: 'lantai', retentionRules: [] },
      { orgID: 'org1', name: 'lantai_1h', retentionRules: [] },
    ]);
    const mapped = asked.filter((a) => a.method === 'POST' && a.path === '/api/v2/dbrps');
    const mapping = {
      bucketID: 'bucket1',
      default: true,
      orgID: 'org1',
      retention_policy: 'autogen',
    };
    expect(mapped.map((a) => JSON.parse(a.body) as unknown)).toEqual([
      { ...mapping, database: 'lantai' },
      { ...mapping, database: 'lantai_1h' },
    ]);
    const writes = asked.filter((a) => a.path === '/api/v2/write');
    expect(writes.map((a) => [a.parameters, a.body])).toEqual([
      [{ org: 'sx', bucket: 'lantai_1h', precision: 'ms' }, mark],
      [{ org: 'sx', bucket: 'lantai', precision: 'ms' }, line],
    ]);
    expect(writes.every((a) => a.authorization === 'Token t0ken')).toBe(true);
  });

  it('asks in InfluxQL, by milliseconds, with the token', async () => {
    const rows = {
      columns: ['time', 'value', 'quality'],
      values: [
        [t0, 21.4, 1],
        [t0 + 1, 22, 3],
      ],
    };
    const { url, asked } = await play((a) =>
      influx2(a, ({ path }) =>
        path === '/query' ? [200, { results: [{ statement_id: 0, series: [rows] }] }] : undefined,
      ),
    );
    const config = { url, database: 'lantai', token: 't0ken', org: 'sx', timeoutMs: 2_000 };
    const store = createInfluxReadingStore(config);
    const key = { repository: 'sx', sensor: 'th-1', metric: 'temperature' as const };
    const series = await store.query({ ...key, from: t0, until: t0 + HOUR_MS, rowsMax: 10 });
    expect(series.rows).toEqual([
      [t0, 21.4, 1],
      [t0 + 1, 22, 3],
    ]);
    const last = asked.at(-1);
    expect(last).toMatchObject({ method: 'GET', path: '/query', authorization: 'Token t0ken' });
    expect(last?.parameters).toEqual({
      db: 'lantai',
      epoch: 'ms',
      chunked: 'true',
      q: `SELECT "value", "quality" FROM "reading" WHERE "repository" = 'sx' AND "sensor" = 'th-1' AND "metric" = 'temperature' AND time >= ${t0}ms AND time < ${t0 + HOUR_MS}ms LIMIT 11`,
    });
  });

  it('finds the line that is refused with 422 and writes the others', async () => {
    const { url } = await play((a) =>
      influx2(a, ({ path, body }) =>
        path === '/api/v2/write' && body.includes('raw=')
          ? [422, { code: 'unprocessable entity', message: 'field type conflict dropped=1' }]
          : undefined,
      ),
    );
    const config = { url, database: 'lantai', token: 't0ken', org: 'sx', timeoutMs: 2_000 };
    const store = createInfluxReadingStore(config);
    const readings = Array.from({ length: 20 }, (_, i) =>
      reading(t0 + i, i === 7 ? { raw: 20 } : {}),
    );
    const { accepted, rejected } = await store.write(readings);
    expect(accepted).toBe(19);
    expect(rejected).toEqual([{ reading: readings[7], why: expect.stringContaining('conflict') }]);
  });

  it.each([429, 500, 503])('keeps everything when the server answers %i', async (status) => {
    const { url } = await play((a) =>
      influx2(a, ({ path }) =>
        path === '/api/v2/write' ? [status, { message: 'busy' }] : undefined,
      ),
    );
    const config = { url, database: 'lantai', token: 't0ken', org: 'sx', timeoutMs: 2_000 };
    const store = createInfluxReadingStore(config);
    await expect(store.write([reading(t0)])).rejects.toMatchObject({ name: 'StoreUnavailable' });
  });

  it('says which setting to look at when the organization or the token is wrong', async () => {
    const { url } = await play((a) =>
      influx2(a, ({ path }) => (path === '/api/v2/orgs' ? [200, { orgs: [] }] : undefined)),
    );
    const config = { url, database: 'lantai', org: 'elsewhere', timeoutMs: 2_000 };
    const noOrg = createInfluxReadingStore({ ...config, token: 't0ken' });
    await expect(noOrg.open()).rejects.toThrow(/LANTAI_INFLUX_ORG/);
    const noToken = createInfluxReadingStore({ ...config, token: 'wr0ng' });
    await expect(noToken.open()).rejects.toThrow(/LANTAI_INFLUX_TOKEN/);
    await expect(noToken.open()).rejects.not.toThrow(/wr0ng/);
  });
});

describe('InfluxDB 3.x, by its documented protocol', () => {
  it('creates the databases, then writes lines as a bearer of the token', async () => {
    const { url, asked } = await play(influx3);
    const config = { url, database: 'lantai', token: 't0ken', timeoutMs: 2_000 };
    const store = createInfluxReadingStore(config);
    expect(await store.write([reading(t0)])).toEqual({ accepted: 1, rejected: [] });
    expect(store.name).toBe('InfluxDB 3.4.1');
    const made = asked.filter((a) => a.path === '/api/v3/configure/database');
    expect(made.map((a) => JSON.parse(a.body) as unknown)).toEqual([
      { db: 'lantai' },
      { db: 'lantai_1h' },
    ]);
    const writes = asked.filter((a) => a.path === '/api/v2/write');
    expect(writes.map((a) => [a.method, a.parameters, a.body])).toEqual([
      ['POST', { bucket: 'lantai_1h', precision: 'ms' }, mark],
      ['POST', { bucket: 'lantai', precision: 'ms' }, line],
    ]);
    expect(writes.every((a) => a.authorization === 'Bearer t0ken')).toBe(true);
    const questions = asked.filter((a) => a.path === '/query');
    expect(questions.map((a) => a.parameters['db'])).toEqual(['lantai']);
  });

  it('writes access events in nanoseconds, whose last six digits keep them apart', async () => {
    const { url, asked } = await play(influx3);
    const config = { url, database: 'lantai', token: 't0ken', timeoutMs: 2_000 };
    const event = { repository: 'sx', room: 'r301', door: 'd301', event: 'granted' as const };
    const at = { at: t0, receivedAt: t0 };
    await createInfluxReadingStore(config).writeAccess([
      { ...event, ...at, id: 'sx.d301.1', person: '甲' },
      { ...event, ...at, id: 'sx.d301.2' },
    ]);
    const write = asked.find((a) => a.path === '/api/v2/write');
    expect(write?.parameters['precision']).toBe('ns');
    const [first, second] = write?.body.split('\n') ?? [];
    const tags = 'access,repository=sx,room=r301,door=d301,event=granted';
    expect(first).toMatch(new RegExp(`^${tags} received=${t0}i,person="甲" ${t0}\\d{6}$`));
    expect(second).toMatch(new RegExp(`^${tags} received=${t0}i ${t0}\\d{6}$`));
    expect(first?.slice(-6)).not.toBe(second?.slice(-6));
  });

  it('is not taken for an InfluxDB when it is something else', async () => {
    const { url } = await play(() => [200, { hello: 'world' }]);
    const store = createInfluxReadingStore({ url, database: 'lantai', timeoutMs: 2_000 });
    await expect(store.open()).rejects.toThrow(/LANTAI_INFLUX_URL/);
  });
});
