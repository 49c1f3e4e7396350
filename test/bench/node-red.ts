/** The peer: Node-RED from npm, fetched for the benchmark alone, with a flow that does the same work. */

import { fork, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import type { RunningServer } from '../support/servers.ts';
import { talkTo, type Helper } from './helpers.ts';
import { makeFolder, owned } from './house.ts';
import { PROBE_TOPIC, writeNodeRedFolder } from './node-red-flow.ts';

const PACKAGES = { 'node-red': '5.0.7', 'node-red-contrib-influxdb': '0.7.0' } as const;
const CACHE = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'lantai-bench');
const FETCH_MS_MAX = 300_000;
const START_MS_MAX = 60_000;
const PROBE_EVERY_MS = 100;

/** What the peer's rows say it is. */
export const NODE_RED_IS = `Node-RED ${PACKAGES['node-red']}: mqtt in, function, join 1,000 or 0.2 s, influxdb batch`;

/** Where it is installed, or why it is not: `npm` could not fetch it. */
type Installed =
  { readonly ok: true; readonly folder: string } | { readonly ok: false; readonly why: string };

let installed: Installed | undefined;

/** Fetches it at the first call, with the versions above; kept for later runs. It is no dependency of the project. */
export function installNodeRed(): Installed {
  installed ??= fetchOnce();
  return installed;
}

function fetchOnce(): Installed {
  const folder = join(CACHE, `node-red-${Object.values(PACKAGES).join('-')}`);
  const stamp = join(folder, 'complete');
  if (existsSync(stamp)) return { ok: true, folder };
  // What a fetch that was cut short left behind.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const manifest = { private: true, dependencies: PACKAGES };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const switches = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  const args = ['install', '--prefix', folder, ...switches, '--loglevel=error'];
  const { status, error, stderr } = spawnSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: FETCH_MS_MAX,
  });
  if (status === 0) {
    writeFileSync(stamp, '');
    return { ok: true, folder };
  }
  rmSync(folder, { recursive: true, force: true });
  const said = /^npm (?:error|ERR!) (?:code )?(.+)$/m.exec(stderr)?.[1];
  return { ok: false, why: `npm could not fetch Node-RED (${error?.message ?? said ?? status})` };
}

/** Starts it and waits until it hears the broker; the database is made first, as the peer does not make it. */
export async function startNodeRed(q: {
  readonly folder: string;
  readonly broker: RunningServer;
  readonly influx: RunningServer;
  readonly database: string;
}): Promise<Helper> {
  await createDatabase(q.influx.url, q.database);
  const user = makeFolder();
  const { broker, influx, database } = q;
  writeNodeRedFolder(user.path, { mqttPort: broker.port, influxPort: influx.port, database });
  const program = join(q.folder, 'node_modules', 'node-red', 'red.js');
  const child = owned(
    fork(program, ['--userDir', user.path, '--settings', join(user.path, 'settings.js')], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: { ...process.env, NODE_ENV: 'production' },
      execArgv: [],
    }),
  );
  child.once('exit', () => user.remove());
  // Its warnings at every start (projects, credentials) say nothing here; its errors do.
  child.stdout?.on('data', (bytes: Buffer) => {
    if (String(bytes).includes('[error]')) process.stderr.write(bytes);
  });
  const helper = talkTo(child);
  try {
    await hears(helper, broker.url);
    return helper;
  } catch (error) {
    await helper.stop();
    throw error;
  }
}

/** Probes until one is heard: what is published from then on is for it. */
async function hears(helper: Helper, brokerUrl: string): Promise<void> {
  const client = await connectAsync(brokerUrl, { clientId: 'bench-probe' });
  const probing = setInterval(() => client.publish(PROBE_TOPIC, '{}', { qos: 1 }), PROBE_EVERY_MS);
  try {
    await helper.answer('listening', START_MS_MAX);
  } finally {
    clearInterval(probing);
    await client.endAsync();
  }
}

async function createDatabase(url: string, database: string): Promise<void> {
  const body = new URLSearchParams({ q: `CREATE DATABASE "${database}"` });
  const answer = await fetch(`${url}/query`, { method: 'POST', body });
  if (!answer.ok) throw new Error(`making a database: ${answer.status} ${await answer.text()}`);
}
