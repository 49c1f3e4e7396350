/** First contact with an InfluxDB: which version it is, who we are to it, and that our databases exist. */

import { StoreUnavailable } from '../../domain/ports.ts';
import { hourlyDatabase, type InfluxConfig, type InfluxVersion } from './influx-config.ts';
import { refusal, type Answer, type InfluxHttp } from './influx-http.ts';
import { identifier } from './influx-lines.ts';

/** Asks for the version: the header of `/ping`, else the body of `/health`. */
export async function detectVersion(http: InfluxHttp): Promise<InfluxVersion> {
  const ping = await http.request('GET', '/ping');
  const header = ping.headers.get('x-influxdb-version');
  const named = header ?? versionIn((await http.request('GET', '/health')).text);
  const full = named?.replace(/^v/, '');
  const major = Number(full?.split('.')[0]);
  if (full !== undefined && (major === 1 || major === 2 || major === 3)) return { major, full };
  if (ping.status === 401 || ping.status === 403) throw refusal(ping.status, ping.text);
  throw new StoreUnavailable(
    `what answers at ${http.place} does not say that it is InfluxDB 1.x, 2.x or 3.x: check LANTAI_INFLUX_URL`,
  );
}

/** The `Authorization` header for this version; before the version is known, the one most servers take. */
export function authorizationFor(
  config: InfluxConfig,
  version: InfluxVersion | undefined,
): string | undefined {
  if (config.token !== undefined && version?.major !== 1) {
    return `${version?.major === 2 ? 'Token' : 'Bearer'} ${config.token}`;
  }
  if (config.username === undefined) return undefined;
  const pair = `${config.username}:${config.password ?? ''}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** Creates both databases where the server lets us; a server that does not must have them already. */
export async function prepareDatabases(
  http: InfluxHttp,
  config: InfluxConfig,
  version: InfluxVersion,
): Promise<void> {
  for (const database of [config.database, hourlyDatabase(config.database)]) {
    if (version.major === 1) await prepareDatabase1(http, database);
    else if (version.major === 2) await prepareBucket(http, config, database);
    else await prepareDatabase3(http, database);
  }
}

async function prepareDatabase1(http: InfluxHttp, database: string): Promise<void> {
  const q = `CREATE DATABASE ${identifier(database)}`;
  const answer = await http.request('POST', '/query', { parameters: { q } });
  // Without the right to create it, the database may still be there: the first write tells.
  if (answer.status === 200 || answer.status === 403) return;
  throw refusal(answer.status, answer.text);
}

async function prepareDatabase3(http: InfluxHttp, database: string): Promise<void> {
  const json = { db: database };
  const answer = await http.request('POST', '/api/v3/configure/database', { json });
  if (answer.status === 401) throw refusal(answer.status, answer.text);
  // 409: it exists. 403, 404, 405: not for us to create here; a write creates it, or says what is wrong.
  if (answer.status < 300 || [403, 404, 405, 409].includes(answer.status)) return;
  throw refusal(answer.status, answer.text);
}

async function prepareBucket(
  http: InfluxHttp,
  config: InfluxConfig,
  bucket: string,
): Promise<void> {
  const org = config.org ?? '';
  const found = await listOf(http, '/api/v2/buckets', { name: bucket, org });
  let place = firstIn(found, 'buckets', ['id', 'orgID']);
  if (!place) {
    const orgs = await listOf(http, '/api/v2/orgs', { org });
    const orgId = firstIn(orgs, 'orgs', ['id'])?.['id'];
    if (orgId === undefined) {
      throw new StoreUnavailable(
        `InfluxDB has no organization ${org || '(none given)'} for this token: check LANTAI_INFLUX_ORG`,
      );
    }
    const json = { orgID: orgId, name: bucket, retentionRules: [] };
    const made = await http.request('POST', '/api/v2/buckets', { json });
    if (made.status !== 201) {
      throw new StoreUnavailable(
        `InfluxDB has no bucket ${bucket} and does not let us create it (${made.status}): create it, or give a token that may`,
      );
    }
    place = { id: textAt(parse(made.text), 'id') ?? '', orgID: orgId };
  }
  await prepareMapping(http, bucket, place);
}

/** InfluxQL finds a bucket through a mapping of database and retention policy. */
async function prepareMapping(
  http: InfluxHttp,
  database: string,
  bucket: Readonly<Record<string, string>>,
): Promise<void> {
  const { id = '', orgID = '' } = bucket;
  const answer = await http.request('GET', '/api/v2/dbrps', {
    parameters: { orgID, db: database },
  });
  const existing =
    answer.status === 200 ? firstIn(parse(answer.text), 'content', ['id']) : undefined;
  if (existing) return;
  const json = { bucketID: id, database, default: true, orgID, retention_policy: 'autogen' };
  const made = await http.request('POST', '/api/v2/dbrps', { json });
  // A bucket is also known by its own name without a mapping (2.x from 2.1), so a refusal may be harmless.
  if (made.status >= 500) throw refusal(made.status, made.text);
}

async function listOf(
  http: InfluxHttp,
  path: string,
  parameters: Readonly<Record<string, string>>,
): Promise<unknown> {
  const answer: Answer = await http.request('GET', path, { parameters });
  if (answer.status === 401 || answer.status >= 500) throw refusal(answer.status, answer.text);
  return answer.status === 200 ? parse(answer.text) : undefined;
}

function firstIn(
  body: unknown,
  list: string,
  names: readonly string[],
): Record<string, string> | undefined {
  const items: unknown = body && typeof body === 'object' ? Reflect.get(body, list) : undefined;
  const first: unknown = Array.isArray(items) ? items[0] : undefined;
  if (!first) return undefined;
  return Object.fromEntries(names.map((name) => [name, textAt(first, name) ?? '']));
}

function versionIn(body: string): string | undefined {
  return textAt(parse(body), 'version');
}

function textAt(body: unknown, name: string): string | undefined {
  const value: unknown = body && typeof body === 'object' ? Reflect.get(body, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
