import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { clientOf, signIn } from './client.ts';
import { ADMIN_PASSWORD, startLantai, startRefused, temporaryFolder } from './lantai.ts';
import type { Lantai, Settings } from './lantai.ts';
import { REPOSITORY_TEXT, writeRepository } from './repository.ts';

/**
 * Goal: what is wrong outside is said in one sentence that names what to change, with exit status 2, and nothing is
 * left behind. Method: the real process with one thing wrong at a time; the folder is looked at afterwards.
 */

const folder = temporaryFolder();
const ends: (() => Promise<unknown>)[] = [];
let folders = 0;

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(() => folder.remove());

const newFolder = (): string => join(folder.path, `data-${(folders += 1)}`);

async function start(settings: Settings): Promise<Lantai> {
  const lantai = await startLantai(settings);
  ends.push(() => lantai.stop());
  return lantai;
}

/** Starts it in vain; checks what holds for every refusal, and gives the sentence. */
async function sentenceOf(settings: Settings): Promise<string> {
  const { status, stdout, stderr } = await startRefused(settings);
  expect(stderr).toMatch(/^lantai: [^\n]+\n$/);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  return stderr.trim();
}

/** A port that somebody else listens on. */
function takenPort(): Promise<string> {
  const server: Server = createServer();
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(String(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

describe('a wrong setting', () => {
  it.each<[what: string, settings: Settings, sentence: RegExp]>([
    ['a name with a slip', { LANTAI_HTPP_PORT: '80' }, /LANTAI_HTPP_PORT.*LANTAI_HTTP_PORT/],
    ['a broker that is a page', { LANTAI_MQTT_URL: 'http://u:hush@b' }, /LANTAI_MQTT_URL/],
    ['an address without a scheme', { LANTAI_MQTT_URL: '//u:hush@b:1883' }, /LANTAI_MQTT_URL/],
    ['a world without TLS', { LANTAI_HTTP_HOST: '0.0.0.0' }, /LANTAI_HTTP_TLS_CERT/],
    ['half a name and password', { LANTAI_MQTT_PASSWORD: 'hush' }, /LANTAI_MQTT_USERNAME/],
    ['e-mail from nobody', { LANTAI_SMTP_URL: 'smtp://u:hush@b' }, /LANTAI_SMTP_FROM/],
  ])('is answered before anything is made: %s', async (_what, settings, sentence) => {
    const dataDir = newFolder();
    const said = await sentenceOf({ LANTAI_DATA_DIR: dataDir, ...settings });
    expect(said).toMatch(sentence);
    expect(said).not.toContain('hush');
    expect(existsSync(dataDir)).toBe(false);
  });

  it.each<[what: string, settings: Settings, sentence: RegExp]>([
    [
      'a first password that is too short',
      { LANTAI_ADMIN_PASSWORD: 'short' },
      /LANTAI_ADMIN_PASSWORD/,
    ],
    [
      'a certificate that is not there',
      { LANTAI_HTTP_TLS_CERT: '/nowhere.pem', LANTAI_HTTP_TLS_KEY: '/nowhere.key' },
      /LANTAI_HTTP_TLS_CERT/,
    ],
    [
      'an authority that is not there',
      { LANTAI_MQTT_URL: 'mqtts://127.0.0.1:1', LANTAI_MQTT_CA: '/nowhere.pem' },
      /LANTAI_MQTT_CA/,
    ],
    [
      'a template that is not there',
      { LANTAI_WEBHOOK_TEMPLATE: '/nowhere.yaml' },
      /LANTAI_WEBHOOK_TEMPLATE/,
    ],
    [
      'simulators among real data',
      { LANTAI_SIMULATE: 'on', LANTAI_REPOSITORY: writeRepository(folder.path) },
      /LANTAI_SIMULATE/,
    ],
  ])('leaves a folder that the right one can use: %s', async (_what, settings, sentence) => {
    const dataDir = newFolder();
    expect(await sentenceOf({ LANTAI_DATA_DIR: dataDir, ...settings })).toMatch(sentence);
    expect(locksIn(dataDir)).toEqual([]);
  });
});

describe('a wrong repository file', () => {
  const without = (text: string): string => REPOSITORY_TEXT.replace(text, '');
  const file = (name: string, text: string): string => {
    const path = join(folder.path, `${name}.yaml`);
    writeFileSync(path, text);
    return path;
  };

  it.each<[what: string, text: string, sentence: RegExp]>([
    ['no YAML', 'repository: { id: sx\nrooms: [', /:\d+:\d+: /],
    ['nothing in it', '', /:\d+:\d+: /],
    [
      'a class with a slip',
      REPOSITORY_TEXT.replace('class: paper', 'class: papper'),
      /:3:\d+: .*paper/,
    ],
    ['a word that is none', REPOSITORY_TEXT.replace('floor: 3,', 'flor: 3,'), /:3:\d+: .*floor/],
    [
      'a room that is not there',
      without('  - { id: r302, name: 302 音像档案库, class: av-tape, floor: 3 }\n'),
      /r302/,
    ],
    ['an id twice', REPOSITORY_TEXT.replace('id: sm-2', 'id: sm-1'), /:\d+:\d+: .*sm-1/],
  ])('is refused with line and column: %s', async (what, text, sentence) => {
    const dataDir = newFolder();
    const path = file(`wrong-${what.replaceAll(' ', '-')}`, text);
    const said = await sentenceOf({ LANTAI_REPOSITORY: path, LANTAI_DATA_DIR: dataDir });
    expect(said).toContain(path);
    expect(said).toMatch(sentence);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('is refused when it is not there, or is a folder', async () => {
    for (const path of [join(folder.path, 'nowhere.yaml'), folder.path]) {
      const said = await sentenceOf({ LANTAI_REPOSITORY: path, LANTAI_DATA_DIR: newFolder() });
      expect(said).toContain(path);
      expect(said).toContain('LANTAI_REPOSITORY');
    }
  });

  it('changes nothing of what was there', async () => {
    const settings = {
      LANTAI_REPOSITORY: writeRepository(folder.path),
      LANTAI_DATA_DIR: newFolder(),
    };
    const lantai = await start(settings);
    await lantai.stop();
    const before = structureIn(settings.LANTAI_DATA_DIR);
    expect(before).toContain('th-2');
    const simulated = file(
      'simulated',
      REPOSITORY_TEXT.replace('Shanghai }', 'Shanghai, simulated: true }'),
    );
    const slip = file(
      'slip',
      without('  - { id: th-2, room: r302, metrics: [temperature, humidity] }\n') + 'dors: []\n',
    );
    for (const path of [simulated, slip]) {
      const said = await sentenceOf({ ...settings, LANTAI_REPOSITORY: path });
      expect(said).toContain(path);
      expect(structureIn(settings.LANTAI_DATA_DIR)).toBe(before);
    }
  });
});

describe('what is in the way', () => {
  it('is a port of the dashboard that is taken', async () => {
    const port = await takenPort();
    const said = await sentenceOf({ LANTAI_HTTP_PORT: port, LANTAI_DATA_DIR: newFolder() });
    expect(said).toContain(port);
    expect(said).toContain('LANTAI_HTTP_PORT');
  });

  it('is a port of the broker that is taken; the first password is still told at the start that succeeds', async () => {
    const settings = { LANTAI_DATA_DIR: newFolder(), LANTAI_ADMIN_PASSWORD: '' };
    const port = await takenPort();
    const said = await sentenceOf({ ...settings, LANTAI_MQTT_PORT: port });
    expect(said).toContain(port);
    expect(said).toContain('LANTAI_MQTT_PORT');
    expect(said).toContain('LANTAI_MQTT_URL');
    expect(locksIn(settings.LANTAI_DATA_DIR)).toEqual([]);

    const lantai = await start(settings);
    const path = /first password is in (\S+)/.exec(lantai.stdout())?.[1] ?? '';
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const password = readFileSync(path, 'utf8').trim();
    expect((await signIn(lantai.url, 'admin', password)).status).toBe(200);
  });

  it('is a data folder below a file', async () => {
    const file = join(folder.path, 'a-file');
    writeFileSync(file, '');
    const said = await sentenceOf({ LANTAI_DATA_DIR: join(file, 'data') });
    expect(said).toContain('LANTAI_DATA_DIR');
  });

  it.skipIf(!existsSync('/sys/kernel'))('is a data folder that nobody can write', async () => {
    const said = await sentenceOf({
      LANTAI_DATA_DIR: '/sys/kernel',
      LANTAI_REPOSITORY: writeRepository(folder.path),
    });
    expect(said).toMatch(/can't be written.*LANTAI_DATA_DIR/);
  });

  it('is a state that is none', async () => {
    const dataDir = newFolder();
    mkdirSync(dataDir);
    writeFileSync(
      join(dataDir, 'state.db'),
      'this is no database, but long enough to be looked at',
    );
    const said = await sentenceOf({
      LANTAI_DATA_DIR: dataDir,
      LANTAI_REPOSITORY: writeRepository(folder.path),
    });
    expect(said).toMatch(/state\.db.*LANTAI_DATA_DIR/);
    expect(readFileSync(join(dataDir, 'state.db'), 'utf8')).toMatch(/^this is no database/);
  });

  it('is another Lantai on the same folder, which goes on undisturbed', async () => {
    const settings = {
      LANTAI_REPOSITORY: writeRepository(folder.path),
      LANTAI_DATA_DIR: newFolder(),
    };
    const first = await start(settings);
    const said = await sentenceOf(settings);
    expect(said).toContain(String(first.pid));
    expect(said).toContain('LANTAI_DATA_DIR');
    const client = await clientOf(first.url, ADMIN_PASSWORD);
    expect(await client.openAlarms()).toEqual([]);
    expect(locksIn(settings.LANTAI_DATA_DIR)).toEqual(['lantai.lock']);
  });
});

function locksIn(dataDir: string): readonly string[] {
  if (!existsSync(dataDir)) return [];
  const names = readdirSync(dataDir, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('lantai.lock'));
}

/** All of the structure and the journal, as text. */
function structureIn(dataDir: string): string {
  const db = new DatabaseSync(join(dataDir, 'state.db'), { readOnly: true });
  const tables = ['repository', 'room', 'device', 'sensor', 'door', 'person', 'holding', 'journal'];
  const rows = tables.map((table) => db.prepare(`SELECT * FROM ${table}`).all());
  db.close();
  return JSON.stringify(rows);
}
