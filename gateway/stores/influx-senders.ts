/** How lines reach an InfluxDB: 1.x through `influx`, 2.x and 3.x through `@influxdata/influxdb-client`. */

import { HttpError, InfluxDB, setLogger } from '@influxdata/influxdb-client';
import { Pool, RequestError, ServiceNotAvailableError } from 'influx/lib/src/pool.js';
import { StoreUnavailable } from '../../domain/ports.ts';
import type { InfluxConfig, InfluxVersion } from './influx-config.ts';
import { reaching, refusal } from './influx-http.ts';
import { authorizationFor } from './influx-setup.ts';

export interface Lines {
  readonly database: string;
  /** Line protocol, ready-made, or line by line. */
  readonly lines: readonly string[] | Uint8Array;
  readonly precision: 'ms' | 'ns';
}

/** Resolves when the server has taken all lines; throws `WriteRefused` or `StoreUnavailable`. */
export type Send = (batch: Lines) => Promise<void>;

/** The sender for this version. */
export function createSend(config: InfluxConfig, version: InfluxVersion): Send {
  return version.major === 1 ? createSend1(config) : createSend2(config, version);
}

/**
 * `writePoints` formats some 230 thousand points a second, of which the series' tags are most; lines
 * with remembered tags are ten times as fast, so the library's own request pool takes them ready-made.
 */
function createSend1(config: InfluxConfig): Send {
  const url = new URL(config.url);
  // Waiting and trying again is the forwarder's: a pool that does so as well hides the reason.
  const never = { getDelay: () => 0, next: () => never, reset: () => never };
  const pool = new Pool({ maxRetries: 0, requestTimeout: config.timeoutMs, backoff: never });
  pool.addHost(`${url.protocol}//${url.host}${url.pathname}`);
  return async ({ database, lines, precision }) => {
    const request: object = {
      method: 'POST',
      path: '/write',
      query: { db: database, precision: precision === 'ns' ? 'n' : 'ms' },
      body: lines instanceof Uint8Array ? lines : lines.join('\n'),
      ...(config.username === undefined
        ? {}
        : { auth: `${config.username}:${config.password ?? ''}` }),
    };
    // The pool's types want a text for a body; it hands on what it gets, and bytes save the encoding.
    const discard = () => pool.discard(request as Parameters<typeof pool.discard>[0]);
    await answering(url.host, config.timeoutMs, discard);
  };
}

function createSend2(config: InfluxConfig, version: InfluxVersion): Send {
  // The client tells its failures to the console as well; ours go through the outcome.
  setLogger({ error: () => undefined, warn: () => undefined });
  const { url, timeoutMs: timeout } = config;
  const authorization = authorizationFor(config, version);
  const headers = authorization === undefined ? {} : { Authorization: authorization };
  const client = new InfluxDB({ url, timeout, headers });
  return async ({ database, lines, precision }) => {
    const records = lines instanceof Uint8Array ? [Buffer.from(lines).toString()] : [...lines];
    const api = client.getWriteApi(config.org ?? '', database, precision, {
      batchSize: records.length + 1,
      maxBatchBytes: Number.MAX_SAFE_INTEGER,
      // Compressing costs this thread more than a local network saves.
      gzipThreshold: Number.MAX_SAFE_INTEGER,
      flushInterval: 0,
      maxRetries: 0,
    });
    if (version.major === 3) {
      const parameters = new URLSearchParams({ bucket: database, precision });
      api.path = `/api/v2/write?${parameters.toString()}`;
    }
    api.writeRecords(records);
    await answering(new URL(url).host, config.timeoutMs, () => api.flush());
  };
}

/** Both libraries' failures in our words. A connection that breaks in the middle of an answer never ends by itself. */
async function answering(
  place: string,
  timeoutMs: number,
  work: () => Promise<void>,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const say = `InfluxDB at ${place} does not answer (no end of its answer)`;
    timer = setTimeout(() => reject(new StoreUnavailable(say)), timeoutMs + 1_000);
  });
  try {
    await reaching(place, async () => {
      try {
        await Promise.race([work(), late]);
      } catch (error) {
        throw explained(error);
      }
    });
  } finally {
    clearTimeout(timer);
  }
}

function explained(error: unknown): unknown {
  if (error instanceof HttpError) return refusal(error.statusCode, error.body ?? error.message);
  if (error instanceof RequestError) {
    return refusal(
      error.res.statusCode ?? 500,
      error.message.replace(/^.*? error occurred: /s, ''),
    );
  }
  if (error instanceof ServiceNotAvailableError) {
    return new StoreUnavailable(`InfluxDB can't take it now: ${error.message}`);
  }
  return error;
}
