/** Starts and stops real servers for tests: each on a free port, with its own configuration and folder. */

import { spawn, type ChildProcess } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Servers and programs that tests use where they are installed. */
export type ServerName = 'mosquitto' | 'influxd' | 'chromium' | 'rtl_433';

const names: Readonly<Record<ServerName, readonly string[]>> = {
  mosquitto: ['mosquitto'],
  influxd: ['influxd'],
  chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  rtl_433: ['rtl_433'],
};

/** System folders that an ordinary account does not search. */
const moreFolders = ['/usr/sbin', '/usr/local/sbin', '/usr/bin', '/usr/local/bin', '/snap/bin'];

/** The program's path; `undefined` when it is not installed. */
export function findServer(name: ServerName): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...moreFolders];
  for (const folder of folders.filter(Boolean)) {
    for (const file of names[name]) {
      const path = join(folder, file);
      if (isExecutable(path)) return path;
    }
  }
  return undefined;
}

/** A running server. All its methods resolve when what they say has happened. */
export interface RunningServer {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** `mqtt://…` or `http://…`. */
  readonly url: string;
  readonly dataDir: string;
  readonly pid: () => number | undefined;
  /** SIGTERM, then SIGKILL after 5 s. The folder stays, for `start`. */
  stop(): Promise<void>;
  /** SIGKILL, as when the power fails. */
  kill9(): Promise<void>;
  /** Again on the same port and folder. */
  start(): Promise<void>;
  /** Stops it and removes its folder, unless the caller brought it. */
  remove(): Promise<void>;
}

/** What may be said of a server to start. */
export interface ServerOptions {
  /** Unset: a temporary folder, removed with the server. */
  readonly dataDir?: string;
  /** Unset: a free one. */
  readonly port?: number;
}

/** Mosquitto with `config` (default: anonymous, persistent) behind a listener on loopback. */
export async function startMosquitto(
  options: ServerOptions & { readonly config?: string } = {},
): Promise<RunningServer> {
  const program = required('mosquitto');
  const port = options.port ?? (await freePort());
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'lantai-mosquitto-'));
  mkdirSync(dataDir, { recursive: true });
  const own = options.config ?? 'allow_anonymous true\npersistence true\n';
  const file = join(dataDir, 'test-mosquitto.conf');
  // Last in the file, so that the test's port and folder hold whatever the configuration says.
  const place = [`listener ${port} 127.0.0.1`, `persistence_location ${dataDir}/`];
  if (process.getuid?.() === 0) place.push('user root');
  const kept = own
    .split('\n')
    .filter((line) => !/^(listener|persistence_location|user)\s/.test(line));
  writeFileSync(file, [place.join('\n'), ...kept, ''].join('\n'));
  const server = supervise({
    program,
    arguments: ['-c', file],
    url: `mqtt://127.0.0.1:${port}`,
    port,
    dataDir,
    ownsFolder: options.dataDir === undefined,
    isReady: () => accepts(port),
  });
  await server.start();
  return server;
}

/** InfluxDB 1.x without authentication. */
export async function startInflux(
  options: ServerOptions & {
    /** More of its configuration, by section: `{ http: 'auth-enabled = true' }`. */
    readonly more?: { readonly http?: string; readonly data?: string };
  } = {},
): Promise<RunningServer> {
  const program = required('influxd');
  const port = options.port ?? (await freePort());
  const rpcPort = await freePort();
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'lantai-influx-'));
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, 'test-influxdb.conf');
  writeFileSync(file, influxConfiguration({ dataDir, port, rpcPort, more: options.more ?? {} }));
  const url = `http://127.0.0.1:${port}`;
  const server = supervise({
    program,
    arguments: ['run', '-config', file],
    url,
    port,
    dataDir,
    ownsFolder: options.dataDir === undefined,
    isReady: async () => (await fetch(`${url}/ping`)).status === 204,
  });
  await server.start();
  return server;
}

function influxConfiguration(q: {
  readonly dataDir: string;
  readonly port: number;
  readonly rpcPort: number;
  readonly more: { readonly http?: string; readonly data?: string };
}): string {
  return `reporting-disabled = true
bind-address = "127.0.0.1:${q.rpcPort}"
[meta]
dir = "${q.dataDir}/meta"
logging-enabled = false
[data]
dir = "${q.dataDir}/data"
wal-dir = "${q.dataDir}/wal"
query-log-enabled = false
${q.more.data ?? ''}
[http]
bind-address = "127.0.0.1:${q.port}"
log-enabled = false
${q.more.http ?? ''}
[logging]
level = "error"
suppress-logo = true
[monitor]
store-enabled = false
[continuous_queries]
enabled = false
`;
}

interface Supervised {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly ownsFolder: boolean;
  readonly isReady: () => Promise<boolean>;
}

const READY_MS_MAX = 20_000;
const STOP_MS_MAX = 5_000;
const running = new Set<ChildProcess>();

// A test run that is cut short must leave no server behind.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function supervise(what: Supervised): RunningServer {
  let child: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
    ending.kill(signal);
    const timer = setTimeout(() => ending.kill('SIGKILL'), STOP_MS_MAX);
    await ended;
    clearTimeout(timer);
  };
  const start = async (): Promise<void> => {
    if (child) throw new Error(`${what.program} is already running`);
    const output: string[] = [];
    const started = spawn(what.program, [...what.arguments], { stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    running.add(started);
    started.once('exit', () => running.delete(started));
    const keep = (bytes: Buffer): void => {
      output.push(String(bytes));
      if (output.length > 50) output.shift();
    };
    started.stdout.on('data', keep);
    started.stderr.on('data', keep);
    if (await becomesReady(started, what.isReady)) return;
    await end('SIGKILL');
    throw new Error(`${what.program} did not start: ${output.join('').slice(-2000)}`);
  };
  return {
    host: '127.0.0.1',
    port: what.port,
    url: what.url,
    dataDir: what.dataDir,
    pid: () => child?.pid,
    start,
    stop: () => end('SIGTERM'),
    kill9: () => end('SIGKILL'),
    remove: async () => {
      await end('SIGTERM');
      if (what.ownsFolder) rmSync(what.dataDir, { recursive: true, force: true });
    },
  };
}

async function becomesReady(
  child: ChildProcess,
  isReady: () => Promise<boolean>,
): Promise<boolean> {
  const until = performance.now() + READY_MS_MAX;
  while (performance.now() < until && child.exitCode === null && child.signalCode === null) {
    if (await isReady().catch(() => false)) return true;
    await wait(20);
  }
  return false;
}

function required(name: ServerName): string {
  const path = findServer(name);
  if (path === undefined) throw new Error(`${name} is not installed`);
  return path;
}

/** A port that nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = address && typeof address === 'object' ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function isExecutable(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
