/** A data folder as a stopped installation leaves it: one room, three days, one humid night. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { catalogueOf, loadStandards } from '../../../../alerts/index.ts';
import type { Reading } from '../../../../domain/reading.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Moment } from '../../../../domain/time.ts';
import { createReadingStore } from '../../../../gateway/stores/open-store.ts';
import { readSettings } from '../../../../server/settings/settings.ts';
import { Reader } from '../../../../server/store/queries.ts';
import { openSqliteStateStore } from '../../../../server/store/sqlite-state-store.ts';
import { applyRepositoryFile } from '../../../../server/structure.ts';
import { JournalBook } from '../../../../server/tick/journal-book.ts';

/** 2026-03-02 00:00 in Taiyuan. */
export const DAY_ONE = Date.UTC(2026, 2, 1, 16);
export const HUMID = { from: DAY_ONE + 25 * HOUR_MS, until: DAY_ONE + 28 * HOUR_MS };

/** Without the readings' file, where `readings` is false. */
export async function makeInstallation({ readings = true } = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'lantai-backtest-'));
  const file = join(dataDir, 'repository.yaml');
  writeFileSync(
    file,
    stringify({
      repository: { id: 'sx', name: '省档案馆', timezone: 'Asia/Shanghai' },
      rooms: [{ id: 'r301', name: '301', class: 'paper', setPoint: { humidity: 52 } }],
      sensors: [{ id: 't1', room: 'r301', metrics: ['humidity'], intervalSeconds: 300 }],
      doors: [{ id: 'd1', room: 'r301' }],
      people: [{ id: 'duty', name: 'duty', role: 'duty', email: 'duty@example.org' }],
    }),
  );
  const state = openSqliteStateStore(join(dataDir, 'state.db'));
  const reader = new Reader(state.path);
  const standards = catalogueOf(loadStandards());
  const journal = new JournalBook([]);
  await applyRepositoryFile(file, { reader, store: state, journal, now: DAY_ONE, standards });
  const held = {
    ...{ id: 'sx.d1.1', repository: 'sx', room: 'r301', door: 'd1', event: 'held_open' as const },
    ...{ at: HUMID.from, receivedAt: HUMID.from },
  };
  await state.commit({ puts: [{ table: 'access_event', mode: 'insert', row: held }], deletes: [] });
  reader.close();
  state.close();
  if (readings) await fill(join(dataDir, 'readings.db'));
  const read = readSettings({ LANTAI_DATA_DIR: dataDir }, undefined);
  if (!read.ok) throw new Error(read.why);
  const { settings } = read;
  return { dataDir, settings, remove: () => rmSync(dataDir, { recursive: true }) };
}

async function fill(path: string): Promise<void> {
  const store = createReadingStore({ kind: 'sqlite', path });
  const readings: Reading[] = [];
  for (let at: Moment = DAY_ONE; at < DAY_ONE + 3 * DAY_MS; at += 5 * MINUTE_MS) {
    const value = at >= HUMID.from && at < HUMID.until ? 62 : 54;
    const of = { repository: 'sx', room: 'r301', sensor: 't1', metric: 'humidity' as const };
    readings.push({ ...of, value, quality: 1, at, receivedAt: at + 200 });
  }
  await store.write(readings);
  await store.close();
}
