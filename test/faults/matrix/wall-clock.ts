/** The wall clock of one process, moved by libfaketime; monotonic time stays real. The machine's clock is never touched. */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface WallClock {
  /** How it is moved, for the table. */
  readonly by: 'libfaketime' | 'a preloaded Date';
  readonly env: Readonly<Record<string, string>>;
  readonly nodeArguments: readonly string[];
  /** Jumps to so far from the real time, for a process that runs with these. */
  set(offsetMs: number): void;
}

const PRELOAD = join(import.meta.dirname, 'shifted-date.ts');

/** A clock whose offset lies in `file`. Without libfaketime `Date` alone is moved, inside the process. */
export function createWallClock(file: string): WallClock {
  const library = findFaketime() ?? installFaketime();
  const set = (offsetMs: number): void => {
    const seconds = Math.round(offsetMs / 1000);
    // Read anew with each question for the time: it must never be seen half written, and this is one write.
    writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}\n`);
  };
  set(0);
  if (library !== undefined && isUsable(library, file)) {
    return { by: 'libfaketime', env: faketime(library, file), nodeArguments: [], set };
  }
  return {
    by: 'a preloaded Date',
    env: { LANTAI_FAULTS_CLOCK: file },
    nodeArguments: ['--import', pathToFileURL(PRELOAD).href],
    set,
  };
}

function faketime(library: string, file: string): Readonly<Record<string, string>> {
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    DONT_FAKE_MONOTONIC: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
  };
}

function findFaketime(): string | undefined {
  for (const folder of ['/usr/lib', '/usr/local/lib', '/usr/lib64']) {
    const inside = existsSync(folder) ? readdirSync(folder) : [];
    for (const place of ['', ...inside.filter((name) => name.includes('-linux-'))]) {
      const path = join(folder, place, 'faketime', 'libfaketime.so.1');
      if (existsSync(path)) return path;
    }
  }
  return undefined;
}

/** As `npm test` installs its servers: as root on Debian, unless it is forbidden. */
function installFaketime(): string | undefined {
  const forbidden = ['0', 'off', 'false'].includes(process.env['LANTAI_TEST_INSTALL'] ?? '');
  if (forbidden || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  console.log("  … installing faketime from the system's packages");
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env });
  const args = ['install', '-y', '-qq', '--no-install-recommends', 'faketime'];
  spawnSync('apt-get', args, { stdio: 'ignore', env });
  return findFaketime();
}

/** Whether this runtime's wall clock jumps with the file, while its monotonic clocks go on as before. */
function isUsable(library: string, file: string): boolean {
  const script = `
    const { writeFileSync } = require('node:fs');
    const look = () => [Date.now(), performance.now(), Number(process.hrtime.bigint()) / 1e6];
    const before = look();
    writeFileSync(${JSON.stringify(file)}, '+86400\\n');
    const after = look();
    const [wall, steady, hr] = after.map((at, i) => at - before[i]);
    process.exit(Math.abs(wall - 86400e3) < 2e3 && steady >= 0 && steady < 2e3 && hr >= 0 && hr < 2e3 ? 0 : 1);`;
  const env = { ...process.env, ...faketime(library, file) };
  const { status } = spawnSync(process.execPath, ['-e', script], { env, timeout: 10_000 });
  writeFileSync(file, '+0\n');
  return status === 0;
}
