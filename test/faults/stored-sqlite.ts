/** Everything that the embedded reading store holds. */

import { DatabaseSync } from 'node:sqlite';
import { Gathering, type StoredReadings } from './stored-readings.ts';

/** Reads `readings.db` after Lantai has stopped. */
export function readSqlite(path: string): StoredReadings {
  const gathering = new Gathering();
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  try {
    const rows = db.prepare(
      `SELECT s.sensor, s.metric, r.at, r.value FROM reading r JOIN series s ON s.id = r.series`,
    );
    for (const { sensor, metric, at, value } of rows.iterate()) {
      gathering.add(`${String(sensor)} ${String(metric)}`, [[Number(at), Number(value)]]);
    }
  } finally {
    db.close();
  }
  return gathering;
}
