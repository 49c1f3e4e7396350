/** Starts Lantai again when it ends, as systemd does with the unit that is shipped. */

import { setTimeout as wait } from 'node:timers/promises';
import type { LantaiProcess } from '../lantai-process.ts';
import { readFileSync } from 'node:fs';

/** As in deploy/lantai.service. */
const RESTART_AFTER_MS = 500;

export interface Supervisor {
  /** SIGKILL; it is started again, for as long as it takes, and not waited for. */
  kill(): Promise<void>;
  /** Resolves when it runs. */
  running(): Promise<void>;
  readonly kills: number;
  /** Starts that were refused. */
  readonly failedStarts: number;
  /** Does it to the process that runs and to each that follows, until another act takes the name. */
  toEach(name: string, act: (pid: number) => void): void;
  spawned(pid: number): void;
  /** Highest resident size of all its lives so far, MB. */
  peakMb(): number;
  /** No more starts. */
  end(): void;
}

export function createSupervisor(lantai: () => LantaiProcess): Supervisor {
  const acts = new Map<string, (pid: number) => void>();
  let starting: Promise<void> | undefined;
  let ended = false;
  let kills = 0;
  let failedStarts = 0;
  let peakKb = 0;
  const look = (): void => {
    peakKb = Math.max(peakKb, peakOf(lantai().pid()));
  };
  const again = async (): Promise<void> => {
    while (!ended) {
      await wait(RESTART_AFTER_MS);
      try {
        await lantai().start();
        return;
      } catch {
        failedStarts += 1;
        await lantai().kill9();
      }
    }
  };
  return {
    kill: async () => {
      look();
      kills += 1;
      await lantai().kill9();
      starting = again();
    },
    running: async () => {
      await starting;
    },
    get kills() {
      return kills;
    },
    get failedStarts() {
      return failedStarts;
    },
    toEach: (name, act) => {
      acts.set(name, act);
      const pid = lantai().pid();
      if (pid !== undefined) act(pid);
    },
    spawned: (pid) => {
      for (const act of acts.values()) act(pid);
    },
    peakMb: () => {
      look();
      return Math.round(peakKb / 1024);
    },
    end: () => {
      ended = true;
    },
  };
}

function peakOf(pid: number | undefined): number {
  try {
    const status = pid === undefined ? '' : readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
