import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { clientOf } from './client.ts';
import { ADMIN_PASSWORD, groupLives, ROOT, run, startLantai, temporaryFolder } from './lantai.ts';
import { whereItIs, type Program } from './lantai.ts';
import { writeRepository } from './repository.ts';
import { until } from './until.ts';

/**
 * Goal: whoever stops Lantai, in whatever way, finds nothing running afterwards. Method: a clone as a newcomer has it,
 * started by npm in a process group of its own; the group's processes are counted before and after.
 */

const STOP_MS_MAX = 10_000;
const START_WITH_NPM_MS_MAX = 120_000;

const folder = temporaryFolder();
const started: Program[] = [];

afterAll(() => {
  for (const { pid } of started) if (groupLives(pid)) process.kill(-pid, 'SIGKILL');
  folder.remove();
});

function settingsIn(dataDir: string): Record<string, string> {
  return {
    LANTAI_HTTP_PORT: '0',
    LANTAI_MQTT_PORT: '0',
    LANTAI_DATA_DIR: dataDir,
    LANTAI_ADMIN_PASSWORD: ADMIN_PASSWORD,
  };
}

describe('npm start on a fresh clone', () => {
  it('runs, and SIGTERM to npm ends npm, server, workers and simulators within ten seconds', async () => {
    const clone = freshClone(join(folder.path, 'clone'));
    const dataDir = join(folder.path, 'npm-data');
    const npm = run('sh', ['-c', 'exec npm start'], {
      cwd: clone,
      settings: settingsIn(dataDir),
      ownGroup: true,
    });
    started.push(npm);
    const { url } = await whereItIs(npm, START_WITH_NPM_MS_MAX);
    const client = await clientOf(url);
    await until('simulated values arrive', async () => {
      return (await client.figure('lantai_readings_total')) > 0;
    });
    const page = await fetch(url);
    expect(await page.text()).toContain('<script type="module"');
    const commands = commandsOf(npm.pid);
    expect(commands.filter((command) => command.includes('server/main.ts'))).not.toEqual([]);
    expect(commands.filter((command) => command.includes('simulators/child.ts'))).not.toEqual([]);

    const askedAt = performance.now();
    process.kill(npm.pid, 'SIGTERM');
    await until('nothing of it is left', () => !groupLives(npm.pid), STOP_MS_MAX);
    expect(performance.now() - askedAt).toBeLessThan(STOP_MS_MAX);
    await npm.ended;
    expect(npm.stdout()).toContain('has stopped');
    expect(existsSync(join(dataDir, 'sample', 'lantai.lock'))).toBe(false);
  }, 180_000);
});

describe('the server', () => {
  it('takes the simulators with it when it is killed with SIGKILL', async () => {
    const main = run(
      join(ROOT, 'node_modules', '.bin', 'node'),
      [join(ROOT, 'server', 'main.ts')],
      {
        settings: settingsIn(join(folder.path, 'killed')),
        ownGroup: true,
      },
    );
    started.push(main);
    await whereItIs(main);
    await until('the simulators run', () => {
      return commandsOf(main.pid).some((command) => command.includes('simulators/child.ts'));
    });
    process.kill(main.pid, 'SIGKILL');
    await until('the simulators are gone', () => !groupLives(main.pid), STOP_MS_MAX);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'stops in order on %s, even while it is used',
    async (signal) => {
      const lantai = await startLantai({
        LANTAI_REPOSITORY: writeRepository(folder.path),
        LANTAI_DATA_DIR: join(folder.path, signal),
      });
      const client = await clientOf(lantai.url);
      const feed = await client.feed();
      const cutOff = new Promise((resolve) => feed.socket.once('disconnect', resolve));
      const askedAt = performance.now();
      process.kill(lantai.pid, signal);
      expect(await lantai.ended).toBe(0);
      expect(performance.now() - askedAt).toBeLessThan(STOP_MS_MAX);
      await cutOff;
      expect(existsSync(join(folder.path, signal, 'lantai.lock'))).toBe(false);
    },
  );
});

/** The command lines of all processes of a group. */
function commandsOf(group: number): readonly string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      // After the name in brackets: state, parent, group.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const [, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(processGroup) !== group) return [];
      return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
    } catch {
      // It ended while it was looked at.
      return [];
    }
  });
}

/**
 * A clone of what is committed. Its packages are links to the ones that are here, so that nothing is downloaded; an
 * `npm ci` that should be needed all the same would remove the links, not the packages.
 */
function freshClone(path: string): string {
  execFileSync('git', ['clone', '--quiet', ROOT, path]);
  const packages = join(path, 'node_modules');
  mkdirSync(packages);
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name === '.lantai-installed') continue;
    symlinkSync(join(ROOT, 'node_modules', name), join(packages, name));
  }
  writeFileSync(join(packages, '.lantai-installed'), installedStamp(path));
  const built = join(ROOT, 'dashboard', 'dist');
  // Taken over as it is: the start builds it anew when its sources are others.
  if (existsSync(built)) cpSync(built, join(path, 'dashboard', 'dist'), { recursive: true });
  return path;
}

/** What `scripts/setup.mjs` writes down after it has installed. */
function installedStamp(path: string): string {
  const hash = createHash('sha256');
  for (const name of ['/package.json', '/package-lock.json']) {
    hash.update(name).update(readFileSync(path + name));
  }
  return hash.digest('hex');
}
