/** Lantai as a process of its own, started, killed and started again on the same folder and ports. */

import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../support/servers.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const MAIN = join(ROOT, 'server', 'main.ts');
const READY_MS_MAX = 60_000;
const STOP_MS_MAX = 20_000;

/** The first administrator's password in these runs; it guards nothing. */
export const ADMIN_PASSWORD = 'faults-only-password';

export interface LantaiOptions {
  readonly dataDir: string;
  readonly repositoryPath: string;
  /** Where the program's log goes. */
  readonly logPath: string;
  /** Unset: the embedded broker. */
  readonly mqttUrl?: string;
  /** Unset: the embedded store. */
  readonly influxUrl?: string;
  /** More of its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** More arguments of the runtime. */
  readonly nodeArguments?: readonly string[];
  /** Called with each process at once, before it has done anything. */
  readonly onSpawn?: (pid: number) => void;
}

export interface LantaiProcess {
  readonly url: string;
  /** Where devices connect to. */
  readonly brokerUrl: string;
  pid(): number | undefined;
  /** Spawns it, and resolves when it says that it runs. */
  start(): Promise<void>;
  /** Spawns it without waiting. */
  spawn(): void;
  /** SIGKILL; resolves when it is gone. */
  kill9(): Promise<void>;
  /** SIGTERM; the exit status, `undefined` when it had to be killed. */
  stop(): Promise<number | undefined>;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Chooses free ports, which stay the same over restarts; starts nothing yet. */
export async function prepareLantai(options: LantaiOptions): Promise<LantaiProcess> {
  const httpPort = await freePort();
  const mqttPort = await freePort();
  const env = environmentOf(options, { httpPort, mqttPort });
  writeFileSync(options.logPath, '', { flag: 'a' });
  let child: ChildProcess | undefined;
  let ready: Promise<void> = Promise.resolve();
  const spawnOne = (): void => {
    if (child) throw new Error('Lantai is already running');
    const args = [...startSwitches(), ...(options.nodeArguments ?? []), MAIN];
    const started = spawn(process.execPath, args, { cwd: ROOT, env, stdio: 'pipe' });
    child = started;
    if (started.pid !== undefined) options.onSpawn?.(started.pid);
    running.add(started);
    started.once('exit', () => running.delete(started));
    ready = saysThatItRuns(started, options.logPath);
    // An early kill leaves nobody who waits for it.
    ready.catch(() => undefined);
  };
  const end = async (signal: NodeJS.Signals, withinMs: number): Promise<number | undefined> => {
    const ending = child;
    child = undefined;
    if (!ending) return undefined;
    if (ending.exitCode !== null || ending.signalCode !== null) return ending.exitCode ?? undefined;
    const ended = new Promise<number | null>((resolve) => ending.once('exit', resolve));
    ending.kill(signal);
    const timer = setTimeout(() => ending.kill('SIGKILL'), withinMs);
    const status = await ended;
    clearTimeout(timer);
    return status ?? undefined;
  };
  return {
    url: `http://127.0.0.1:${httpPort}`,
    brokerUrl: options.mqttUrl ?? `mqtt://127.0.0.1:${mqttPort}`,
    pid: () => child?.pid,
    spawn: spawnOne,
    start: async () => {
      spawnOne();
      await ready;
    },
    kill9: async () => {
      await end('SIGKILL', STOP_MS_MAX);
    },
    stop: () => end('SIGTERM', STOP_MS_MAX),
  };
}

/** The runtime's switches as `npm start` gives them: a figure of memory must be one of what is shipped. */
function startSwitches(): readonly string[] {
  const file = readFileSync(join(ROOT, 'package.json'), 'utf8');
  const { scripts } = JSON.parse(file) as { readonly scripts: { readonly start: string } };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}

function environmentOf(
  options: LantaiOptions,
  ports: { readonly httpPort: number; readonly mqttPort: number },
): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!name.startsWith('LANTAI_')) env[name] = value;
  }
  return {
    ...env,
    LANTAI_HTTP_PORT: String(ports.httpPort),
    LANTAI_MQTT_PORT: String(ports.mqttPort),
    LANTAI_DATA_DIR: options.dataDir,
    LANTAI_REPOSITORY: options.repositoryPath,
    LANTAI_ADMIN_PASSWORD: ADMIN_PASSWORD,
    LANTAI_LOG_LEVEL: 'info',
    MALLOC_ARENA_MAX: '1',
    ...options.env,
    ...(options.mqttUrl === undefined ? {} : { LANTAI_MQTT_URL: options.mqttUrl }),
    ...(options.influxUrl === undefined ? {} : { LANTAI_INFLUX_URL: options.influxUrl }),
  };
}

/** Resolves at its first word on standard output; rejects when it ends or takes too long. */
function saysThatItRuns(child: ChildProcess, logPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(
      () => reject(new Error(`Lantai did not start: ${said}`)),
      READY_MS_MAX,
    );
    const hear = (bytes: Buffer): void => {
      appendFileSync(logPath, bytes);
      said = (said + String(bytes)).slice(-2_000);
    };
    child.stderr?.on('data', hear);
    child.stdout?.on('data', (bytes: Buffer) => {
      hear(bytes);
      if (!said.includes('is running')) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`Lantai ended (${code ?? signal ?? ''}): ${said}`));
    });
  });
}
