/**
 * npm test: finds or installs the real servers, runs every test, says what could not be run.
 * As root on Debian the missing servers are installed from the system's packages, announced, and kept from
 * starting as services; `LANTAI_TEST_INSTALL=0` forbids it. With `CI=true` what can't be had is a failure.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Server {
  readonly name: string;
  readonly paths: readonly string[];
  readonly packages: readonly string[];
}

const SERVERS: readonly Server[] = [
  {
    name: 'mosquitto',
    paths: ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto'],
    packages: ['mosquitto'],
  },
  {
    name: 'mosquitto_pub',
    paths: ['/usr/bin/mosquitto_pub', '/usr/local/bin/mosquitto_pub'],
    packages: ['mosquitto-clients'],
  },
  {
    name: 'influxd',
    paths: ['/usr/bin/influxd', '/usr/local/bin/influxd'],
    packages: ['influxdb'],
  },
  {
    name: 'chromium',
    paths: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
    packages: ['chromium', 'fonts-noto-cjk'],
  },
  {
    name: 'rtl_433',
    paths: ['/usr/bin/rtl_433', '/usr/local/bin/rtl_433'],
    packages: ['rtl-433'],
  },
];

const root = join(import.meta.dirname, '..');
const output = join(root, 'test', 'output');
const isCi = process.env['CI'] === 'true';

const missing = install(absent());
const status = runTests(missing);
process.exitCode = report(missing, status);

function absent(): readonly Server[] {
  return SERVERS.filter((server) => !server.paths.some((path) => existsSync(path)));
}

function install(wanted: readonly Server[]): readonly Server[] {
  if (wanted.length === 0) return [];
  const allowed = !['0', 'off', 'false'].includes(process.env['LANTAI_TEST_INSTALL'] ?? '');
  const able = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (!allowed || !able) return wanted;
  const packages = wanted.flatMap((server) => server.packages);
  say(
    `installing ${packages.join(', ')} from the system's packages (LANTAI_TEST_INSTALL=0 forbids it)`,
  );
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  withoutServices(() => {
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env });
    const args = ['install', '-y', '-qq', '--no-install-recommends', ...packages];
    spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env });
  });
  return absent();
}

/** Debian asks this file before it starts a service after installing it; 101 means no. */
function withoutServices(act: () => void): void {
  const policy = '/usr/sbin/policy-rc.d';
  const before = existsSync(policy) ? readFileSync(policy) : undefined;
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    act();
  } finally {
    if (before) writeFileSync(policy, before, { mode: 0o755 });
    else rmSync(policy, { force: true });
  }
}

function runTests(without: readonly Server[]): number {
  mkdirSync(output, { recursive: true });
  rmSync(join(output, 'vitest.json'), { force: true });
  const args = ['run', '--reporter=default', '--reporter=json'];
  args.push(`--outputFile.json=${join(output, 'vitest.json')}`, ...process.argv.slice(2));
  const env = { ...process.env, TEST_WITHOUT: without.map((s) => s.name).join(',') };
  // The tests start Lantai with settings of their own: none of the shell's may leak in.
  for (const name of Object.keys(env))
    if (name.startsWith('LANTAI_')) Reflect.deleteProperty(env, name);
  const vitest = join(root, 'node_modules', '.bin', 'vitest');
  return spawnSync(vitest, args, { stdio: 'inherit', cwd: root, env }).status ?? 1;
}

function report(without: readonly Server[], testStatus: number): number {
  for (const server of without) {
    say(`not run: tests that need ${server.name} (install ${server.packages.join(', ')})`);
  }
  const path = join(output, 'vitest.json');
  if (!existsSync(path)) return 1;
  const result = JSON.parse(readFileSync(path, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
  };
  const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = result;
  console.log(`Tests: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (isCi && without.length > 0) return 1;
  if (isCi && skipped > 0) {
    say('a test was skipped, which counts as a failure here');
    return 1;
  }
  return testStatus;
}

function say(text: string): void {
  console.log(`lantai test: ${text}`);
}
