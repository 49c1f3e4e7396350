import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Put, TickBatch } from '../../../domain/tick.ts';
import { findDataFolder, StartRefused, type DataFolder } from '../../../server/data-folder.ts';
import { openState, type LateStateStore } from '../../../server/store/late-state-store.ts';
import type { Reader } from '../../../server/store/queries.ts';

/**
 * Goal: what is stored is read although nothing can be written, and writing begins by itself on what was read, and on
 * nothing else. Method: a folder that can't be held, because something that is no file has the lock's name.
 */

let path: string;
let folder: DataFolder;
const ends: (() => void)[] = [];

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'lantai-late-'));
  folder = findDataFolder(path);
});
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end();
  rmSync(path, { recursive: true, force: true });
});

function open(): { readonly store: LateStateStore; readonly reader: Reader } {
  const state = openState(folder);
  ends.push(() => {
    state.reader.close();
    state.store.close();
    folder.release();
  });
  return state;
}

const lock = (): string => join(path, 'lantai.lock');
const factNow = (id: string): TickBatch => {
  const row = { id, at: 1, body: JSON.stringify({ is: id }) };
  return { puts: [{ table: 'fact', mode: 'upsert', row }], deletes: [] };
};
const facts = (reader: Reader): readonly string[] =>
  reader.rows<{ id: string }>('SELECT id FROM fact ORDER BY id').map(({ id }) => id);

/** A start that was completed: a structure, somebody who may sign in. */
async function completeStart({ store }: { readonly store: LateStateStore }): Promise<void> {
  const repository = { id: 'sx', name: '试验档案馆', timezone: 'Asia/Shanghai' };
  const account = {
    name: 'admin',
    displayName: '管理员',
    roles: ['administrator'],
    repositories: ['*'],
    passwordHash: '',
    mustChangePassword: false,
    createdAt: 1,
  } as const;
  const puts: readonly Put[] = [
    { table: 'repository', mode: 'upsert', row: repository },
    { table: 'account', mode: 'upsert', row: account },
  ];
  await store.commit({ puts, deletes: [] });
}

/** Leaves a store as a process does that ended; `log`: with a log that was not copied back, as after a kill. */
async function storeOfBefore(q: { readonly log: boolean }): Promise<void> {
  const before = openState(folder);
  await completeStart(before);
  await before.store.commit(factNow('before'));
  before.reader.close();
  before.store.close();
  folder.release();
  if (!q.log) return;
  const db = new DatabaseSync(join(path, 'state.db'));
  db.exec("PRAGMA wal_autocheckpoint = 0; INSERT INTO fact VALUES ('logged', 1, '{}')");
  // It stays open until the end: closing it would copy the log back.
  ends.push(() => db.close());
}

const refuseWrites = (): void => void mkdirSync(lock());
const allowWrites = (): void => rmSync(lock(), { recursive: true });

describe.each([
  ['with a log', true, ['before', 'logged']],
  ['without one', false, ['before']],
] as const)('a store that can not be written, %s', (...[, log, stored]) => {
  it('is read, refuses each commit with the reason, and takes them once it can', async () => {
    await storeOfBefore({ log });
    refuseWrites();
    const { store, reader } = open();
    let isOpen = false;
    void store.opened.then(() => (isOpen = true));
    expect(facts(reader)).toEqual(stored);
    expect(store.refusal()).toMatch(/EISDIR/);
    await expect(store.commit(factNow('early'))).rejects.toThrow(/EISDIR/);
    expect([facts(reader), isOpen]).toEqual([stored, false]);

    allowWrites();
    await store.commit(factNow('late'));
    expect(facts(reader)).toEqual([...stored, 'late'].sort());
    expect(store.refusal()).toBeUndefined();
    await store.opened;
    expect(existsSync(lock())).toBe(true);
  });
});

describe('a store that another program changed meanwhile', () => {
  it('is not written over, and is left to whoever wants it', async () => {
    await storeOfBefore({ log: false });
    refuseWrites();
    const { store, reader } = open();
    allowWrites();
    const other = openState(findDataFolder(path));
    const row = { id: 'r1', repository: 'sx', name: '301', class: 'paper' } as const;
    await other.store.commit({
      puts: [
        { table: 'room', mode: 'upsert', row },
        {
          table: 'spool',
          mode: 'insert',
          row: { sequence: 1, payload: '', readings: 1, bytes: 0 },
        },
      ],
      deletes: [],
    });
    other.reader.close();
    other.store.close();
    rmSync(lock());

    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(store.commit(factNow('late'))).rejects.toThrow(/changed by another program/);
      expect(store.refusal()).toMatch(/start Lantai again/);
      expect(facts(reader)).toEqual(['before']);
      expect(existsSync(lock())).toBe(false);
    }
  });
});

describe('nothing to start from', () => {
  it('is refused where the folder is new', () => {
    refuseWrites();
    expect(() => open()).toThrow(StartRefused);
    expect(existsSync(join(path, 'state.db'))).toBe(false);
  });

  it('is refused where no start was ever completed', () => {
    const before = openState(folder);
    before.reader.close();
    before.store.close();
    folder.release();
    refuseWrites();
    expect(() => open()).toThrow(/EISDIR.*LANTAI_DATA_DIR/);
  });
});
