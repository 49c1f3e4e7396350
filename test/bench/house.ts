/** Lantai as a process of its own, the brokers and stores around it, and a folder that vanishes afterwards. */

import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { asShipped } from '../support/as-shipped.ts';
import { freePort, startMosquitto, type RunningServer } from '../support/servers.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'server', 'main.ts');
const ROOT = join(import.meta.dirname, '..', '..');
const COMPILE_CACHE = join(ROOT, 'node_modules', '.cache', 'lantai');
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 15_000;
const PASSWORD = 'Bench-0nly-passphrase';

/** Mosquitto's defaults, but nothing it has acknowledged is dropped from the queue. In flight: its default, 20. */
export const MOSQUITTO_DEFAULTS = 'allow_anonymous true\npersistence true\nmax_queued_messages 0\n';

/** The configuration that the project ships, with its saving on changes. */
export function shippedMosquitto(): string {
  const path = join(import.meta.dirname, '..', '..', 'deploy', 'mosquitto', 'lantai.conf');
  return readFileSync(path, 'utf8');
}

const started = new Set<ChildProcess>();
const folders = new Set<string>();
process.once('exit', () => {
  for (const child of started) child.kill('SIGKILL');
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

/** Ends with this process, whatever happens. */
export function owned(child: ChildProcess): ChildProcess {
  started.add(child);
  child.once('exit', () => started.delete(child));
  return child;
}

/** A folder for one benchmark. */
export function makeFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'lantai-bench-'));
  folders.add(path);
  const remove = (): void => {
    rmSync(path, { recursive: true, force: true });
    folders.delete(path);
  };
  return { path, remove };
}

export interface LantaiOptions {
  readonly dataDir: string;
  readonly repositoryFile: string;
  /** Unset: the embedded broker. */
  readonly mqttUrl?: string;
  /** Unset: the embedded store. */
  readonly influx?: { readonly url: string; readonly database: string };
  /** For profiling. */
  readonly nodeArguments?: readonly string[];
}

export interface Lantai {
  readonly url: string;
  /** Bearer of all roles that the benchmarks need. */
  readonly token: string;
  readonly pid: number;
  /** Where publishers connect. */
  readonly mqttPort: number;
  get(path: string): Promise<Response>;
  metrics(): Promise<ReadonlyMap<string, number>>;
  /** Resident memory as the system counts it, in bytes; `peak`: the most there ever was. */
  memory(): { readonly resident: number; readonly peak: number };
  stop(): Promise<void>;
}

/** Starts the product as users do and waits until it is ready. */
export async function startLantai(options: LantaiOptions): Promise<Lantai> {
  const httpPort = await freePort();
  const ownMqttPort = await freePort();
  mkdirSync(options.dataDir, { recursive: true });
  const { influx, mqttUrl } = options;
  const shipped = asShipped();
  const child = owned(
    spawn(process.execPath, [...shipped.flags, ...(options.nodeArguments ?? []), MAIN], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...withoutSettings(),
        ...shipped.environment,
        NODE_COMPILE_CACHE: COMPILE_CACHE,
        LANTAI_HTTP_PORT: String(httpPort),
        LANTAI_MQTT_PORT: String(ownMqttPort),
        LANTAI_DATA_DIR: options.dataDir,
        LANTAI_REPOSITORY: options.repositoryFile,
        LANTAI_SIMULATE: 'off',
        LANTAI_ADMIN_PASSWORD: PASSWORD,
        LANTAI_LOG_LEVEL: 'warn',
        ...(mqttUrl === undefined ? {} : { LANTAI_MQTT_URL: mqttUrl }),
        ...(influx
          ? { LANTAI_INFLUX_URL: influx.url, LANTAI_INFLUX_DATABASE: influx.database }
          : {}),
      },
    }),
  );
  const log = createWriteStream(join(options.dataDir, 'bench-server.log'));
  child.stderr?.pipe(log);
  await announced(child);
  const url = `http://127.0.0.1:${httpPort}`;
  const token = await makeToken(url);
  const get = (path: string): Promise<Response> =>
    fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
  const lantai: Lantai = {
    url,
    token,
    pid: child.pid ?? 0,
    mqttPort: mqttUrl === undefined ? ownMqttPort : Number(new URL(mqttUrl).port),
    get,
    metrics: async () => parseMetrics(await (await get('/metrics')).text()),
    memory: () => memoryOf(child.pid ?? 0),
    stop: () => ended(child),
  };
  await until('the broker and the store are there', START_MS_MAX, async () => {
    const metrics = await lantai.metrics();
    return ['broker', 'readings'].every(
      (part) => metrics.get(`lantai_part_ok{part="${part}"}`) === 1,
    );
  });
  return lantai;
}

function withoutSettings(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('LANTAI_')),
  );
}

function announced(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => fail('did not start in time'), START_MS_MAX);
    const fail = (why: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`Lantai ${why}: ${said.slice(-1000)}`));
    };
    const hear = (bytes: Buffer): void => {
      said = `${said}${String(bytes)}`.slice(-4_000);
      if (!said.includes('is running:')) return;
      clearTimeout(timer);
      child.removeListener('exit', left);
      child.stdout?.resume();
      resolve();
    };
    const left = (): void => fail('ended at its start');
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', left);
  });
}

async function makeToken(url: string): Promise<string> {
  const json = { 'content-type': 'application/json', origin: url };
  const signedIn = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ username: 'admin', password: PASSWORD }),
  });
  if (!signedIn.ok) throw new Error(`signing in: ${signedIn.status} ${await signedIn.text()}`);
  const cookie = signedIn.headers.getSetCookie().map((one) => one.split(';')[0] ?? '');
  const made = await fetch(`${url}/api/tokens`, {
    method: 'POST',
    headers: { ...json, cookie: cookie.join('; ') },
    body: JSON.stringify({
      name: 'bench',
      roles: ['manager', 'administrator'],
      repositories: ['*'],
    }),
  });
  if (!made.ok) throw new Error(`making a token: ${made.status} ${await made.text()}`);
  return ((await made.json()) as { readonly token: string }).token;
}

function parseMetrics(text: string): ReadonlyMap<string, number> {
  const figures = new Map<string, number>();
  for (const line of text.split('\n')) {
    const gap = line.lastIndexOf(' ');
    if (line.startsWith('#') || gap < 0) continue;
    figures.set(line.slice(0, gap), Number(line.slice(gap + 1)));
  }
  return figures;
}

/** Resident memory of a process and the most it ever had, in bytes. */
export function memoryOf(pid: number): { readonly resident: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? NaN);
  return { resident: kilobytes('VmRSS') * 1024, peak: kilobytes('VmHWM') * 1024 };
}

/** Processor time that a process has used, all its threads together, in milliseconds. */
export function processorMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold anything; user and system time are the 14th and 15th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticksASecond = 100;
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksASecond;
}

/** SIGTERM, and what does not hear it is killed. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await gone;
  clearTimeout(timer);
}

/** Asks again and again; throws when it is not so in time. */
export async function until(
  what: string,
  withinMs: number,
  isSo: () => Promise<boolean>,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not in ${withinMs} ms: ${what}`);
    await wait(25);
  }
}

/** A broker for one run: what a former session left can't get into it. */
export function freshMosquitto(config: string): Promise<RunningServer> {
  return startMosquitto({ config });
}
