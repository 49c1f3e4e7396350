/** Lantai as people run it: the real process on the pinned runtime, with a clean environment and nothing of ours inside. */

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asShipped } from '../support/as-shipped.ts';
import { until } from './until.ts';

export const ROOT = join(import.meta.dirname, '..', '..');
const RUNTIME = join(ROOT, 'node_modules', '.bin', 'node');
const MAIN = join(ROOT, 'server', 'main.ts');
const START_MS_MAX = 40_000;
const STOP_MS_MAX = 15_000;
const REFUSE_MS_MAX = 40_000;

/** Guards nothing: every run has its own folder. */
export const ADMIN_PASSWORD = 'only-for-a-test-77';

export type Settings = Readonly<Record<string, string>>;

/** A program that runs, or ran. */
export interface Program {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The exit status, or the signal's name. */
  readonly ended: Promise<number | string>;
}

export interface Lantai extends Program {
  readonly url: string;
  /** The embedded broker's; empty with an external one. */
  readonly mqttUrl: string;
  /** SIGTERM; the exit status. */
  stop(): Promise<number | string>;
  kill9(): Promise<void>;
}

const running = new Set<ChildProcess>();

// A test run that is cut short must leave nothing behind.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** The environment that a program gets: none of the shell's settings may leak in. */
function cleanEnvironment(settings: Settings): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings };
}

/** Starts any program and keeps what it says. `ownGroup`: a process group of its own, named by its pid. */
export function run(
  command: string,
  args: readonly string[],
  options: { readonly settings?: Settings; readonly cwd?: string; readonly ownGroup?: boolean },
): Program {
  const child = spawn(command, [...args], {
    cwd: options.cwd ?? ROOT,
    env: cleanEnvironment(options.settings ?? {}),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.ownGroup === true,
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (bytes: Buffer) => (stdout += String(bytes)));
  child.stderr.on('data', (bytes: Buffer) => (stderr += String(bytes)));
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    // Not "exit": what it said last must have arrived.
    child.once('close', (status, signal) => {
      running.delete(child);
      resolve(status ?? signal ?? 'unknown');
    });
  });
  return { pid: child.pid ?? 0, child, stdout: () => stdout, stderr: () => stderr, ended };
}

/**
 * Starts Lantai and waits until it says where it is. Unset ports are picked by the system. `through`: a program, with
 * its arguments, that becomes Lantai.
 */
export async function startLantai(
  settings: Settings,
  through: readonly string[] = [],
): Promise<Lantai> {
  const { flags, environment } = asShipped();
  const [command = RUNTIME, ...args] = [...through, RUNTIME, ...flags, MAIN];
  const program = run(command, args, { settings: { ...DEFAULTS, ...environment, ...settings } });
  return { ...program, ...(await whereItIs(program)), ...endings(program) };
}

/** Waits for the announcement of a program that starts Lantai. */
export async function whereItIs(
  program: Program,
  withinMs = START_MS_MAX,
): Promise<{ readonly url: string; readonly mqttUrl: string }> {
  let gone: number | string | undefined;
  void program.ended.then((status) => (gone = status));
  const url = await until(
    'Lantai says that it runs',
    () => {
      if (gone !== undefined) throw new Error(`Lantai ended with ${gone}: ${program.stderr()}`);
      // The line after it says which broker, and may come in a piece of its own.
      return /is running: (http\S+)\n.*; data in .*\n/.exec(program.stdout())?.[1];
    },
    withinMs,
  );
  const broker = /embedded broker on (\S+);/.exec(program.stdout())?.[1];
  return { url, mqttUrl: broker === undefined ? '' : `mqtt://${broker}` };
}

/** Starts what must refuse to start, and waits for its end; throws when it leaves a process behind. */
export async function startRefused(
  settings: Settings,
  through: readonly string[] = [],
): Promise<{
  readonly status: number | string;
  readonly stdout: string;
  readonly stderr: string;
}> {
  const [command = RUNTIME, ...args] = [...through, RUNTIME, MAIN];
  const program = run(command, args, { settings: { ...DEFAULTS, ...settings }, ownGroup: true });
  const timer = setTimeout(() => program.child.kill('SIGKILL'), REFUSE_MS_MAX);
  const status = await program.ended;
  clearTimeout(timer);
  await until('its process group is empty', () => !groupLives(program.pid));
  return { status, stdout: program.stdout(), stderr: program.stderr() };
}

const DEFAULTS: Settings = {
  LANTAI_HTTP_PORT: '0',
  LANTAI_MQTT_PORT: '0',
  LANTAI_ADMIN_PASSWORD: ADMIN_PASSWORD,
};

function endings(program: Program): Pick<Lantai, 'stop' | 'kill9'> {
  return {
    stop: async () => {
      program.child.kill('SIGTERM');
      const timer = setTimeout(() => program.child.kill('SIGKILL'), STOP_MS_MAX);
      const status = await program.ended;
      clearTimeout(timer);
      return status;
    },
    kill9: async () => {
      program.child.kill('SIGKILL');
      await program.ended;
    },
  };
}

/** Whether any process of the group is left. */
export function groupLives(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}

/** A folder of its own, and its end. */
export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'lantai-system-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
