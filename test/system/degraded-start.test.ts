import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Alarm } from '../../domain/alarm.ts';
import type { PartState } from '../../domain/api.ts';
import { startWebhookSink } from '../faults/webhook-sink.ts';
import { ask, clientOf, openFeed, signIn } from './client.ts';
import { connectDevice, say } from './devices.ts';
import {
  ADMIN_PASSWORD,
  startLantai,
  startRefused,
  temporaryFolder,
  type Lantai,
} from './lantai.ts';
import { writeRepository } from './repository.ts';
import { until } from './until.ts';

/**
 * Goal: a process that starts while every write is refused tells of a fire all the same, says what is the matter, and
 * becomes normal by itself with nothing lost or doubled. Method: the real process with a file size limit of nothing
 * (as a failing disk it refuses every write, and the limit can be lifted from outside), and on a file system that is
 * read-only for a while; people behind a webhook, the live feed, and the state store are compared.
 */

const folder = temporaryFolder();
const ends: (() => unknown)[] = [];
let folders = 0;

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(() => folder.remove());

const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0;
const LONG = { timeout: 120_000 };
const isRoot = process.getuid?.() === 0;

interface Refusal {
  readonly name: string;
  /** How the process before ends: killed it leaves a log, stopped it leaves none. */
  readonly end: (lantai: Lantai) => Promise<unknown>;
  readonly why: RegExp;
  /** From now on, also for processes that are started; answers how to run them. */
  readonly begin: (dataDir: string) => { readonly through: readonly string[] };
  readonly lift: (dataDir: string, lantai: Lantai) => void;
  readonly skip: boolean;
}

const REFUSALS: readonly Refusal[] = [
  {
    name: 'writes fail after a kill -9',
    end: (lantai) => lantai.kill9(),
    why: /EFBIG/,
    begin: () => ({ through: ['prlimit', '--fsize=0:unlimited'] }),
    lift: (_, { pid }) => must('prlimit', ['--pid', String(pid), '--fsize=unlimited:unlimited']),
    skip: !hasPrlimit,
  },
  {
    name: 'the file system is read-only after an orderly stop (needs root)',
    end: (lantai) => lantai.stop(),
    why: /EROFS/,
    begin: (dataDir) => {
      must('mount', ['--bind', dataDir, dataDir]);
      ends.push(() => spawnSync('umount', ['-l', dataDir]));
      must('mount', ['-o', 'remount,ro,bind', dataDir]);
      return { through: [] };
    },
    lift: (dataDir) => must('mount', ['-o', 'remount,rw,bind', dataDir]),
    skip: !isRoot || process.platform !== 'linux',
  },
];

function must(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args);
  if (status !== 0) throw new Error(`${command}: ${String(stderr)}`);
}

describe.each(REFUSALS.map((refusal) => [refusal.name, refusal] as const))(
  'a start while %s',
  (...[, refusal]) => {
    it.skipIf(refusal.skip)(
      'tells of a fire, marked, and stores it once when it can',
      LONG,
      async () => {
        const { lantai, cookie, phones, dataDir, device } = await startRefusing(refusal);
        expect(lantai.stdout()).toMatch(refusal.why);
        const feed = await openFeed(lantai.url, cookie);
        ends.push(() => feed.close());
        const live: Alarm[] = [];
        feed.socket.on('alarm', (alarm) => live.push(alarm));
        const signingIn = signIn(lantai.url, 'admin', ADMIN_PASSWORD);

        let isAcknowledged = false;
        const time = Date.now();
        const said = say(device, 'lantai/sx/sm-1/telemetry', { time, smoke: 1 });
        void said.then(() => (isAcknowledged = true));
        await until('a person is told', () => toldOf(phones.told).length > 0);
        await until('the screen is told', () => live.some(({ rule }) => rule === 'smoke-alarm'));
        expect(toldOf(phones.told)[0]).toContain('未入库');
        expect(live.find(({ rule }) => rule === 'smoke-alarm')?.toldUnstored).toBe(true);
        const late = await openFeed(lantai.url, cookie);
        ends.push(() => late.close());
        expect(late.snapshot.alarms).toMatchObject([{ rule: 'smoke-alarm', toldUnstored: true }]);
        expect(isAcknowledged).toBe(false);
        expect(await faces(lantai, cookie)).toMatchObject({
          status: 503,
          state: { ok: false, detail: expect.stringMatching(refusal.why) as unknown },
          metric: '0',
        });
        expect((await signingIn).json).toMatchObject({ error: { code: 'not-stored' } });

        refusal.lift(dataDir, lantai);
        await said;
        await until('all is well', async () => (await faces(lantai, cookie)).status === 200);
        const { metric, state } = await faces(lantai, cookie);
        expect({ metric, ok: state?.ok }).toEqual({ metric: '1', ok: true });
        const client = await clientOf(lantai.url);
        const [fire, ...more] = (await client.openAlarms()).filter((a) => a.rule === 'smoke-alarm');
        expect([fire?.toldUnstored, more]).toEqual([undefined, []]);
        expect(await client.get('/api/journal/verification')).toMatchObject({ ok: true });
        expect(JSON.stringify(await client.get('/api/rooms'))).toContain('sx.r303');
        expect(await lantai.stop()).toBe(0);
        expect(toldOf(phones.told)).toHaveLength(1);
        expect(inStore(dataDir)).toEqual({ raised: 1, readings: [1], told: 0 });
        expect(existsSync(join(dataDir, 'lantai.lock'))).toBe(false);
      },
    );
  },
);

it.skipIf(!hasPrlimit)('a start on a new folder that can not be written is refused', async () => {
  const settings = {
    LANTAI_REPOSITORY: writeRepository(folder.path),
    LANTAI_DATA_DIR: newFolder(),
  };
  const { status, stderr, stdout } = await startRefused(settings, ['prlimit', '--fsize=0']);
  expect(stderr).toMatch(/^lantai: [^\n]*EFBIG[^\n]*LANTAI_DATA_DIR[^\n]*\n$/);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
});

const newFolder = (): string => join(folder.path, `data-${(folders += 1)}`);

/** A good start that somebody signed in to, its end, and a start with one room more that can't write. */
async function startRefusing(refusal: Refusal) {
  const dataDir = newFolder();
  const phones = await startWebhookSink();
  ends.push(() => phones.close());
  const people = `people:
  - { id: duty-a, name: 值班员甲, role: duty, order: 1, webhook: "${phones.url}" }
`;
  const settings = {
    LANTAI_REPOSITORY: writeRepository(folder.path, people),
    LANTAI_DATA_DIR: dataDir,
  };
  const first = await startLantai(settings);
  ends.push(() => first.kill9());
  const { cookie } = await clientOf(first.url);
  await refusal.end(first);
  writeRepository(
    folder.path,
    people,
    '  - { id: r303, name: 303 新库, class: paper, floor: 3 }\n',
  );
  const { through } = refusal.begin(dataDir);
  const lantai = await startLantai(settings, through);
  ends.push(() => lantai.kill9());
  const device = await connectDevice(lantai.mqttUrl);
  ends.push(() => device.end(true));
  return { lantai, cookie, phones, dataDir, device };
}

interface Told {
  readonly alarm: string | undefined;
  readonly subject: string;
}

const toldOf = (told: readonly Told[]): readonly string[] =>
  told.filter(({ alarm }) => alarm?.includes('smoke-alarm')).map(({ subject }) => subject);

/** What a watcher outside sees of the state store. */
async function faces(lantai: Lantai, cookie: string) {
  const headers = { cookie };
  const { status, json } = await ask(lantai.url, 'GET /api/ready', { headers });
  const { parts } = json as { readonly parts: readonly PartState[] };
  const metrics = await (await fetch(`${lantai.url}/metrics`, { headers })).text();
  const metric = /^lantai_part_ok\{part="state"\} (\d)$/m.exec(metrics)?.[1];
  return { status, state: parts.find(({ part }) => part === 'state'), metric };
}

/** How often the fire was raised, which readings of its detector there are, and what still is to be told. */
function inStore(dataDir: string) {
  const count = (file: string, sql: string): readonly number[] => {
    const db = new DatabaseSync(join(dataDir, file), { readOnly: true });
    const rows = db.prepare(sql).all();
    db.close();
    return rows.map((row) => Number(row['n']));
  };
  const [raised] = count(
    'state.db',
    `SELECT COUNT(*) AS n FROM alarm WHERE json_extract(body, '$.rule') = 'smoke-alarm'`,
  );
  const [told] = count('state.db', 'SELECT COUNT(*) AS n FROM outbox WHERE pending = 1');
  const readings = count(
    'readings.db',
    `SELECT value AS n FROM reading JOIN series ON series.id = series WHERE sensor = 'sm-1'`,
  );
  return { raised, readings, told };
}
