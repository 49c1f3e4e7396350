/** What goes wrong, one by one: each begins, ends, and says where it must be seen. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import type { PartState } from '../../../domain/api.ts';
import { DAY_MS } from '../../../domain/time.ts';
import type { MatrixStage } from './matrix-stage.ts';

export type FaultName =
  | 'broker'
  | 'sql-locked'
  | 'sql-failing'
  | 'disk-full'
  | 'influx'
  | 'clock+1d'
  | 'clock-1d'
  | 'kill-9'
  | 'broker-frozen'
  | 'influx-frozen';

export interface Fault {
  readonly name: FaultName;
  readonly title: string;
  /** The parts of which one must be seen as not working; none: the process itself is away. */
  readonly parts: readonly PartState['part'][];
  /** Shorter than the others: what it brings when it ends must meet the other fault. */
  readonly endsAfterShare?: number;
  begin(stage: MatrixStage): Promise<(() => Promise<void>) | undefined>;
}

/** The order is the order in which a pair begins: what comes later meets what is there already. */
export const FAULTS: readonly Fault[] = [
  {
    name: 'broker',
    title: 'Mosquitto away',
    parts: ['broker'],
    endsAfterShare: 0.6,
    begin: async ({ mosquitto }) => {
      await mosquitto.stop();
      return mosquitto.start;
    },
  },
  { name: 'sql-locked', title: 'SQL locked', parts: ['state'], begin: lock },
  { name: 'sql-failing', title: 'SQL failing (EFBIG)', parts: ['state'], begin: refuseWrites },
  { name: 'disk-full', title: 'disk full', parts: ['state', 'spool'], begin: fillDisk },
  {
    name: 'influx',
    title: 'InfluxDB away',
    parts: ['readings'],
    begin: async ({ influx }) => {
      await influx.stop();
      return influx.start;
    },
  },
  { name: 'clock+1d', title: 'clock +1 day', parts: ['clock'], begin: (s) => jump(s, DAY_MS) },
  { name: 'clock-1d', title: 'clock −1 day', parts: ['clock'], begin: (s) => jump(s, -DAY_MS) },
  {
    name: 'kill-9',
    title: 'kill -9',
    parts: [],
    begin: async ({ supervisor }) => {
      await supervisor.kill();
      return undefined;
    },
  },
];

/** Servers that hang instead of going away; alone only. */
export const FROZEN: readonly Fault[] = [
  {
    name: 'broker-frozen',
    title: 'Mosquitto hangs',
    parts: ['broker'],
    begin: ({ mosquitto }) => freeze(mosquitto),
  },
  {
    name: 'influx-frozen',
    title: 'InfluxDB hangs',
    parts: ['readings'],
    begin: ({ influx }) => freeze(influx),
  },
];

/** Another program holds the write lock. */
async function lock({ dataDir }: MatrixStage): Promise<() => Promise<void>> {
  const other = new DatabaseSync(join(dataDir, 'state.db'), { timeout: 5_000 });
  other.exec('BEGIN IMMEDIATE');
  return Promise.resolve(async () => {
    other.exec('ROLLBACK');
    other.close();
    return Promise.resolve();
  });
}

/**
 * The kernel refuses every write to a file (RLIMIT_FSIZE 0: EFBIG, which SQLite calls a disk I/O error), for the
 * running process and for those that follow it. A file system with open files can't be made read-only.
 */
function refuseWrites(stage: MatrixStage): Promise<() => Promise<void>> {
  const limit = (bytes: string) => (pid: number) => {
    const done = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]);
    if (done.status !== 0) throw new Error(`prlimit: ${String(done.stderr)}`);
  };
  stage.supervisor.toEach('fsize', limit('0'));
  return Promise.resolve(async () => {
    stage.supervisor.toEach('fsize', limit('unlimited'));
    return Promise.resolve();
  });
}

/** Takes what is free again and again: the reserve, too, is used up after a while. */
function fillDisk({ disk }: MatrixStage): Promise<() => Promise<void>> {
  disk.fill();
  const again = setTimeout(() => disk.fill(), 4_000);
  return Promise.resolve(async () => {
    clearTimeout(again);
    disk.free();
    return Promise.resolve();
  });
}

function jump({ clock }: MatrixStage, offsetMs: number): Promise<() => Promise<void>> {
  if (!clock) throw new Error('this run has no clock of its own');
  clock.set(offsetMs);
  return Promise.resolve(async () => {
    clock.set(0);
    return Promise.resolve();
  });
}

function freeze(server: MatrixStage['influx']): Promise<() => Promise<void>> {
  const pid = server.pid();
  if (pid === undefined) throw new Error('the server does not run');
  process.kill(pid, 'SIGSTOP');
  return Promise.resolve(async () => {
    process.kill(pid, 'SIGCONT');
    await wait(0);
  });
}
