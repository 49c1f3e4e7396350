/**
 * The short way into InfluxDB: spool columns straight to line protocol, byte by byte, when nothing in a batch is
 * doubtful. It decides nothing by itself: whatever it can't prove at a glance goes the long way, reading by reading.
 */

import type { ColumnBatch } from '../../domain/ports.ts';
import type { SpoolColumns } from '../../domain/spool.ts';
import type { SpoolSeriesRow } from '../../domain/spool-series.ts';
import { HOUR_MS, type Moment } from '../../domain/time.ts';
import type { DirtyMarks } from './influx-dirty-marks.ts';
import type { FirstWins, Written } from './influx-first-wins.ts';
import { readingPrefix } from './influx-lines.ts';
import { LineWriter } from './line-writer.ts';
import { isStorableMoment } from './storable.ts';

/** A batch whose lines are ready to be sent. */
export interface RisingPlan {
  /** Valid until the next plan is made. */
  readonly body: Uint8Array;
  /** Call it when they are stored. */
  remember(): void;
}

/** What is known of a series, by its number in the spool. */
interface Known {
  readonly written: Written;
  /** `reading,repository=…,metric=… value=` in UTF-8. */
  readonly prefix: Uint8Array;
  readonly named: SpoolSeriesRow;
  /** Hours since 1970 whose roll-up is marked as changed. */
  dirtyHour: number;
}

export class RisingWriter {
  readonly #firstWins: FirstWins;
  readonly #dirty: DirtyMarks;
  readonly #writer = new LineWriter();
  #known: (Known | undefined)[] = [];
  #age = '';
  #plans = 0;

  constructor(firstWins: FirstWins, dirty: DirtyMarks) {
    this.#firstWins = firstWins;
    this.#dirty = dirty;
  }

  /** `undefined`: something in it has to be judged. Nothing is changed but what `remember` will overwrite. */
  plan(batch: ColumnBatch): RisingPlan | undefined {
    this.#forgetOld();
    this.#writer.clear();
    this.#plans += 1;
    const touched: Written[] = [];
    for (const columns of batch.rows) {
      if (!this.#take(columns, batch, touched)) return undefined;
    }
    const remember = (): void => {
      for (const written of touched) written.newest = written.planned;
    };
    return { body: this.#writer.bytes(), remember };
  }

  #take(columns: SpoolColumns, batch: ColumnBatch, touched: Written[]): boolean {
    const { value, at, receivedAt, raw, series, quality, flags, flagSets } = columns;
    if (flagSets.some((set) => set.includes('historical'))) return false;
    const marks = flagSets.map((set) => Buffer.from(`,flags="${set.join(',')}"`));
    for (let i = 0; i < value.length; i += 1) {
      const known = this.#of(series[i] ?? 0, batch);
      const moment = at[i] ?? NaN;
      const received = receivedAt[i] ?? NaN;
      const number = value[i] ?? NaN;
      const before = raw?.[i] ?? NaN;
      if (!known || !isStorableMoment(moment) || !Number.isSafeInteger(received)) return false;
      if (!Number.isFinite(number) || Math.abs(before) === Infinity) return false;
      if (QUALITIES[quality[i] ?? 0] === undefined) return false;
      if (!this.#rises(known.written, moment, touched)) return false;
      if (!this.#isMarked(known, moment)) return false;
      const line = this.#writer;
      line.copy(known.prefix);
      line.number(number);
      line.copy(QUALITIES[quality[i] ?? 0] ?? NO_BYTES);
      line.integer(received);
      line.copy(INTEGER);
      if (!Number.isNaN(before) && before !== number) {
        line.copy(RAW);
        line.number(before);
      }
      const mark = marks[(flags[i] ?? 0) - 1];
      if (mark) line.copy(mark);
      line.copy(SPACE);
      line.integer(moment);
      line.copy(END);
    }
    return true;
  }

  #of(number: number, { seriesOf }: ColumnBatch): Known | undefined {
    const known = this.#known[number];
    if (known) return known;
    const named = seriesOf(number);
    // A tag without a value is no tag, and such a reading is refused: the long way says so.
    if (!named?.repository || !named.sensor || !named.metric) return undefined;
    const made: Known = {
      written: this.#firstWins.known(named),
      prefix: Buffer.from(`${readingPrefix(named)}value=`),
      named,
      dirtyHour: NaN,
    };
    this.#known[number] = made;
    return made;
  }

  /** A sensor that moved has two numbers in a batch, and one series. */
  #rises(written: Written, at: Moment, touched: Written[]): boolean {
    const isFirst = written.plan !== this.#plans;
    const last = isFirst ? written.newest : written.planned;
    if (last === undefined || at <= last) return false;
    if (isFirst) touched.push(written);
    written.plan = this.#plans;
    written.planned = at;
    return true;
  }

  #isMarked(known: Known, at: Moment): boolean {
    const hour = Math.floor(at / HOUR_MS);
    if (known.dirtyHour === hour) return true;
    if (!this.#dirty.has(known.named, at)) return false;
    known.dirtyHour = hour;
    return true;
  }

  #forgetOld(): void {
    const age = `${this.#firstWins.age()} ${this.#dirty.age()}`;
    if (age === this.#age) return;
    this.#age = age;
    this.#known = [];
  }
}

/** By quality, of which there are few. */
const QUALITIES = Array.from({ length: 10 }, (_, n) => Buffer.from(`,quality=${n}i,received=`));
const NO_BYTES = Buffer.alloc(0);
const INTEGER = Buffer.from('i');
const RAW = Buffer.from(',raw=');
const SPACE = Buffer.from(' ');
const END = Buffer.from('\n');
