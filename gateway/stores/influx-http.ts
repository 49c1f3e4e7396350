/** Questions to InfluxDB over HTTP, the same for 1.x, 2.x and 3.x, and what its refusals mean. */

import { StoreUnavailable } from '../../domain/ports.ts';
import type { InfluxConfig } from './influx-config.ts';

/** A body that the server refuses as such: some of it will never be taken. */
export class WriteRefused extends Error {
  override readonly name = 'WriteRefused';
  /** How many points were dropped, where the server says so. */
  readonly dropped: number | undefined;

  constructor(why: string) {
    super(why);
    const dropped = /dropped=(\d+)/.exec(why)?.[1];
    this.dropped = dropped === undefined ? undefined : Number(dropped);
  }
}

/** Called for each row: which statement it answers, its tags where the question groups by some, its values. */
export type OnRow = (row: {
  readonly statement: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly values: readonly unknown[];
}) => void;

/** What a request brought: never throws for a status, only when there was no answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface InfluxHttp {
  /** `host:port`, without credentials. */
  readonly place: string;
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  /** InfluxQL; rows are handed on as they come in. Statements are separated by `;`. */
  query(database: string, influxQl: string, onRow: OnRow): Promise<void>;
}

export interface RequestOptions {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/** A long question may take longer than a write. */
const QUERY_TIMEOUT_MS = 60_000;

/** `authorization` is asked at each request: it is known once the version is. */
export function createInfluxHttp(
  config: InfluxConfig,
  authorization: () => string | undefined,
): InfluxHttp {
  const base = new URL(config.url);
  const root = `${base.protocol}//${base.host}${base.pathname.replace(/\/$/, '')}`;

  const send = async (
    method: string,
    path: string,
    options: RequestOptions & { readonly timeoutMs: number },
  ): Promise<Response> => {
    const parameters = new URLSearchParams(options.parameters).toString();
    const header = authorization();
    return fetch(`${root}${path}${parameters ? `?${parameters}` : ''}`, {
      method,
      headers: {
        accept: 'application/json',
        // Compressing a year costs the server more time than sending it.
        'accept-encoding': 'identity',
        ...(header ? { authorization: header } : {}),
        ...(options.json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(options.json === undefined ? {} : { body: JSON.stringify(options.json) }),
      signal: AbortSignal.timeout(options.timeoutMs),
    });
  };

  return {
    place: base.host,
    request: (method, path, options = {}) =>
      reaching(base.host, async () => {
        const response = await send(method, path, { ...options, timeoutMs: config.timeoutMs });
        const { status, headers } = response;
        return { status, headers, text: await response.text() };
      }),
    query: (database, influxQl, onRow) =>
      reaching(base.host, async () => {
        const parameters = { db: database, q: influxQl, epoch: 'ms', chunked: 'true' };
        const timeoutMs = Math.max(QUERY_TIMEOUT_MS, config.timeoutMs);
        const response = await send('GET', '/query', { parameters, timeoutMs });
        if (response.status !== 200) throw refusal(response.status, await response.text());
        for await (const line of linesOf(response)) if (line) readChunk(line, onRow);
      }),
  };
}

/** What a status that is no success means. Bodies of InfluxDB name no secrets; ours are not repeated. */
export function refusal(status: number, body: string): StoreUnavailable | WriteRefused {
  const said = reasonIn(body);
  if (status === 401 || status === 403) {
    return new StoreUnavailable(
      `InfluxDB refuses the credentials (${status}): check LANTAI_INFLUX_TOKEN, or LANTAI_INFLUX_USERNAME and LANTAI_INFLUX_PASSWORD, and what they may do`,
    );
  }
  if (status === 404 || /database not found/i.test(said)) {
    return new StoreUnavailable(
      `InfluxDB does not find the database (${status}): ${said}; create it or check LANTAI_INFLUX_DATABASE and LANTAI_INFLUX_ORG`,
    );
  }
  // A bound that the operator can lift: the readings are good and are kept until then.
  if (/max-series-per-database|max-values-per-tag/.test(said)) {
    return new StoreUnavailable(`InfluxDB takes no further series: ${said}`);
  }
  if (status === 400 || status === 413 || status === 422) return new WriteRefused(said);
  return new StoreUnavailable(`InfluxDB answered ${status}: ${said}`);
}

/** Turns "no answer" of any kind into `StoreUnavailable`. */
export async function reaching<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreUnavailable || error instanceof WriteRefused) throw error;
    throw new StoreUnavailable(
      `InfluxDB at ${place} does not answer (${causeOf(error)}): is it running, and is LANTAI_INFLUX_URL right?`,
    );
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown cause';
  const inner = error.cause instanceof Error ? error.cause : error;
  if ('code' in inner && typeof inner.code === 'string') return inner.code;
  return inner.name === 'TimeoutError' ? 'timed out' : inner.message;
}

function reasonIn(body: string): string {
  const charactersMax = 300;
  try {
    const parsed: unknown = JSON.parse(body);
    if (parsed && typeof parsed === 'object') {
      for (const name of ['error', 'message']) {
        const value: unknown = Reflect.get(parsed, name);
        if (typeof value === 'string') return value.slice(0, charactersMax);
      }
    }
  } catch {
    // Not JSON: the text itself is the reason.
  }
  return body.trim().slice(0, charactersMax) || 'no reason given';
}

/** A long answer comes as one JSON document a line. */
async function* linesOf(response: Response): AsyncGenerator<string> {
  if (!response.body) return;
  const lineFeed = 10;
  let parts: Uint8Array[] = [];
  for await (const bytes of response.body) {
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
      parts.push(bytes.subarray(start, end));
      yield textOf(parts);
      parts = [];
      start = end + 1;
    }
    if (start < bytes.length) parts.push(bytes.subarray(start));
  }
  yield textOf(parts);
}

function textOf(parts: readonly Uint8Array[]): string {
  return Buffer.concat(parts).toString('utf8').trim();
}

interface Chunk {
  readonly error?: string;
  readonly results?: readonly {
    readonly statement_id?: number;
    readonly error?: string;
    readonly series?: readonly {
      readonly tags?: Readonly<Record<string, string>>;
      readonly values?: readonly (readonly unknown[])[];
    }[];
  }[];
}

function readChunk(line: string, onRow: OnRow): void {
  const chunk = JSON.parse(line) as Chunk;
  if (chunk.error) throw queryFailure(chunk.error);
  for (const [index, result] of (chunk.results ?? []).entries()) {
    if (result.error) throw queryFailure(result.error);
    const statement = result.statement_id ?? index;
    for (const series of result.series ?? []) {
      const tags = series.tags ?? {};
      for (const values of series.values ?? []) onRow({ statement, tags, values });
    }
  }
}

function queryFailure(said: string): StoreUnavailable {
  return new StoreUnavailable(`InfluxDB can't answer the question: ${said.slice(0, 300)}`);
}
