import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { createSqliteReadingStore } from '../../gateway/stores/sqlite-reading-store.ts';
import { readingStoreContract } from './reading-store.suite.ts';

readingStoreContract('the reading store on SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lantai-readings-'));
  const path = join(folder, 'readings.db');
  const store = createSqliteReadingStore({ path });
  await store.open();
  const beside = createSqliteReadingStore({ path });
  const db = new DatabaseSync(path);
  return {
    store,
    beside,
    countOf: async (sensor) =>
      Number(
        db
          .prepare(
            'SELECT count(*) AS n FROM reading r JOIN series s ON s.id = r.series WHERE s.sensor = ?',
          )
          .get(sensor)?.['n'],
      ),
    markOf: async (sensor) => {
      const row = db
        .prepare(
          `SELECT l.flags, l.room FROM reading r JOIN series s ON s.id = r.series
           JOIN label l ON l.id = r.label WHERE s.sensor = ?`,
        )
        .get(sensor);
      return { flags: String(row?.['flags']), room: String(row?.['room']) };
    },
    accessCountOf: async (door) =>
      Number(db.prepare('SELECT count(*) AS n FROM access_event WHERE door = ?').get(door)?.['n']),
    unreachable: () => createSqliteReadingStore({ path: join(folder, 'no-folder', 'readings.db') }),
    end: async () => {
      await store.close();
      await beside.close();
      db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});

describe('the readings file', () => {
  it('is unavailable, not damaged, when it is of another program or a newer version', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lantai-readings-'));
    try {
      const foreign = join(folder, 'foreign.db');
      writeFileSync(foreign, 'this is no database, but long enough to look at '.repeat(100));
      const newer = join(folder, 'newer.db');
      const db = new DatabaseSync(newer);
      db.exec('PRAGMA user_version = 99');
      db.close();
      for (const path of [foreign, newer]) {
        const store = createSqliteReadingStore({ path });
        await expect(store.open()).rejects.toMatchObject({ name: 'StoreUnavailable' });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
