/** Numbers for the series that the spool holds: a reading names its series in four bytes instead of forty. */

import type { MetricName } from './metrics.ts';

/** One series in one room, and its number; numbers rise by one, for ever. */
export interface SpoolSeriesRow {
  readonly number: number;
  readonly repository: string;
  /** Local id. */
  readonly room: string;
  /** Local id. */
  readonly sensor: string;
  readonly metric: MetricName;
}

type Named = Omit<SpoolSeriesRow, 'number'>;

/** Both directions, in memory; grows with the series there ever were. */
export class SpoolSeries {
  readonly #rows: SpoolSeriesRow[] = [];
  readonly #byRepository = new Map<string, Map<string, SpoolSeriesRow[]>>();
  #unsaved: SpoolSeriesRow[] = [];

  /** Takes what was saved; rows that are known already are left as they are. */
  load(rows: Iterable<SpoolSeriesRow>): void {
    for (const row of rows) if (this.#rows[row.number] === undefined) this.#add(row);
  }

  /** The number of a reading's series; a new one has to be saved together with the row that uses it. */
  numberOf(named: Named): number {
    const known = this.#byRepository.get(named.repository)?.get(named.sensor);
    // A sensor has a few metrics, and seldom had more than one room.
    if (known !== undefined) {
      for (const row of known) {
        if (row.metric === named.metric && row.room === named.room) return row.number;
      }
    }
    const { repository, room, sensor, metric } = named;
    const row = { number: this.#rows.length, repository, room, sensor, metric };
    this.#add(row);
    this.#unsaved.push(row);
    return row.number;
  }

  /** `undefined`: no such number was loaded. */
  nameOf(number: number): SpoolSeriesRow | undefined {
    return this.#rows[number];
  }

  /** The number that a next series would take. */
  get size(): number {
    return this.#rows.length;
  }

  /** Rows that no commit has saved yet: every commit takes them until one succeeds. */
  get unsaved(): readonly SpoolSeriesRow[] {
    return [...this.#unsaved];
  }

  /** These were committed. */
  saved(rows: readonly SpoolSeriesRow[]): void {
    if (rows.length === 0) return;
    const done = new Set(rows);
    this.#unsaved = this.#unsaved.filter((row) => !done.has(row));
  }

  #add(row: SpoolSeriesRow): void {
    this.#rows[row.number] = row;
    let sensors = this.#byRepository.get(row.repository);
    if (!sensors) this.#byRepository.set(row.repository, (sensors = new Map()));
    const rows = sensors.get(row.sensor);
    if (rows) rows.push(row);
    else sensors.set(row.sensor, [row]);
  }
}
