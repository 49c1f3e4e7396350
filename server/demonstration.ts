/** The simulators, as a child process: they reach us only over MQTT, and are told what to play by JSON lines. */

import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Logger } from 'pino';
import { SECOND_MS } from '../domain/time.ts';
import type { Demonstration } from './services.ts';

const CHILD = join(import.meta.dirname, '..', 'simulators', 'child.ts');
const STOP_WITHIN_MS = 3 * SECOND_MS;
const RESTARTS_MAX = 5;

export interface SimulatorsProcess extends Demonstration {
  close(): Promise<void>;
}

export interface SimulatorsOptions {
  /** With user name and password, where the broker wants them. */
  readonly brokerUrl: string;
  readonly repositoryPath: string;
  /** How much of the past to publish first, such as `24h`; `0s` for none. */
  readonly history: string;
  readonly log: Logger;
}

/** Starts the child; one that dies is started again, a few times. */
export function startSimulators(options: SimulatorsOptions): SimulatorsProcess {
  let closing = false;
  let restarts = 0;
  let history = options.history;
  let scenarios: Demonstration['scenarios'] = [];
  const onReport = (line: string): void => {
    options.log.debug({ line }, 'simulators');
    scenarios = scenariosOf(line) ?? scenarios;
  };
  let child = launch(options, history, { onExit, onReport });

  function onExit(code: number | null): void {
    if (closing) return;
    options.log.warn({ code, restarts }, 'the simulators ended');
    if (restarts >= RESTARTS_MAX) return;
    restarts += 1;
    // What was published once is not published again.
    history = '0s';
    setTimeout(() => {
      if (!closing) child = launch(options, history, { onExit, onReport });
    }, SECOND_MS).unref();
  }

  const tell = (order: Readonly<Record<string, unknown>>) => {
    if (child.stdin?.writable) child.stdin.write(`${JSON.stringify(order)}\n`);
  };
  return {
    get scenarios() {
      return scenarios;
    },
    play: (scenario, room) => tell({ play: scenario, ...(room === undefined ? {} : { room }) }),
    stop: () => tell({ stop: true }),
    close: () => {
      closing = true;
      return stopChild(child);
    },
  };
}

interface Listeners {
  readonly onExit: (code: number | null) => void;
  readonly onReport: (line: string) => void;
}

function launch(options: SimulatorsOptions, history: string, on: Listeners): ChildProcess {
  const args = ['--repository', options.repositoryPath, '--history', history];
  // By environment: arguments can be read by every user of the machine. Nothing else of ours is handed on.
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, SIMULATORS_BROKER: options.brokerUrl };
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['pipe', 'pipe', 'pipe'], env });
  child.on('exit', on.onExit);
  child.on('error', (error) => options.log.error({ err: error }, 'the simulators did not start'));
  // It may be gone while it is told something; its end is noticed by `exit`.
  child.stdin.on('error', () => undefined);
  createInterface({ input: child.stdout }).on('line', on.onReport);
  createInterface({ input: child.stderr }).on('line', (line) => {
    options.log.warn({ line }, 'simulators');
  });
  return child;
}

/** The scenarios of a `ready` report; `undefined` for every other line. */
function scenariosOf(line: string): Demonstration['scenarios'] | undefined {
  try {
    const report = JSON.parse(line) as { scenarios?: Demonstration['scenarios'] };
    return report.scenarios;
  } catch {
    return undefined;
  }
}

/** Its standard input ends, which ends it; else it is ended. */
function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.stdin?.end();
  });
}
