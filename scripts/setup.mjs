// Before every npm script: installs what package-lock.json says when it is not there, and builds the
// dashboard when its sources are newer than the build. Runs on any Node from 20 on; needs nothing installed.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const wantsDashboard = process.argv.includes('--dashboard');

install();
if (wantsDashboard) buildDashboard();

function install() {
  const stamp = join(root, 'node_modules', '.lantai-installed');
  const wanted = hashOf([join(root, 'package.json'), join(root, 'package-lock.json')]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('installing packages (once; half a minute)');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel', 'error']);
  if (!existsSync(join(root, 'node_modules', 'node', 'bin', 'node'))) {
    // An npm that blocks install scripts by default leaves the pinned runtime out.
    run('npm', ['rebuild', 'node', '--loglevel', 'error']);
  }
  writeFileSync(stamp, wanted);
  warm();
}

/** Not needed to start, only to start lightly: a failure is no reason to stop. */
function warm() {
  const node = join(root, 'node_modules', '.bin', 'node');
  const env = {
    ...process.env,
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'lantai'),
  };
  spawnSync(node, [join(root, 'scripts', 'warm.mjs')], {
    cwd: root,
    stdio: 'ignore',
    env,
    timeout: 60_000,
  });
}

function buildDashboard() {
  const sources = [
    ...filesBelow(join(root, 'dashboard')),
    ...filesBelow(join(root, 'domain')),
    join(root, 'package-lock.json'),
  ];
  const dist = join(root, 'dashboard', 'dist');
  const stamp = join(dist, '.built-from');
  const wanted = hashOf(sources);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('building the dashboard (once; a few seconds)');
  run(join(root, 'node_modules', '.bin', 'vite'), [
    'build',
    '--config',
    'dashboard/vite.config.ts',
    '--logLevel',
    'warn',
  ]);
  mkdirSync(dist, { recursive: true });
  writeFileSync(stamp, wanted);
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => !path.includes(`${join('dashboard', 'dist')}`))
    .sort();
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(path.slice(root.length)).update(readFileSync(path));
  return hash.digest('hex');
}

function run(command, args) {
  const path = `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`;
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: path },
  });
  if (status === 0) return;
  process.stderr.write(
    `lantai: "${command} ${args.join(' ')}" failed${error ? `: ${error.message}` : ''}. Nothing was started.\n`,
  );
  process.exit(status ?? 1);
}

function say(text) {
  process.stdout.write(`lantai: ${text} …\n`);
}
