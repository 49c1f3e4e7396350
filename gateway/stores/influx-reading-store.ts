/** The reading store on InfluxDB 1.x, 2.x or 3.x; which one it is, is found out. */

import type { AccessEvent } from '../../domain/access.ts';
import { StoreUnavailable } from '../../domain/ports.ts';
import type {
  ColumnBatch,
  ReadingQuery,
  ReadingStore,
  ReceivedColumns,
  ReceivedQuery,
  Series,
  WriteOutcome,
} from '../../domain/ports.ts';
import type { SeriesHour } from '../../domain/series.ts';
import type { Reading } from '../../domain/reading.ts';
import { createDirtyMarks, type DirtyMarks } from './influx-dirty-marks.ts';
import { hourlyDatabase, type InfluxConfig, type InfluxVersion } from './influx-config.ts';
import { createFirstWins, type FirstWins } from './influx-first-wins.ts';
import { createInfluxHttp, WriteRefused, type InfluxHttp } from './influx-http.ts';
import { accessLine, dirtyLine, readingLine, readingPrefix, rollUpLine } from './influx-lines.ts';
import { createInfluxReads, type InfluxReads } from './influx-queries.ts';
import { RisingWriter } from './influx-rising.ts';
import { writeApart } from './influx-refusals.ts';
import { createSend, type Send } from './influx-senders.ts';
import { authorizationFor, detectVersion, prepareDatabases } from './influx-setup.ts';
import { hourOf } from '../../domain/time.ts';
import { SeriesMap } from './series-map.ts';
import { whyUnstorableEvent } from './storable.ts';

export type { InfluxConfig } from './influx-config.ts';

/** Readings of one request: InfluxDB takes 10,000 for a tenth less of its processor than 5,000, and no less for more. */
const REQUEST_READINGS_MAX = 10_000;
/** Hours of one step of a roll-up; writes may come between the steps. */
const ROLL_UP_HOURS_MAX = 500;
/** Tag texts that are remembered; above it the memory starts anew. */
const PREFIXES_MAX = 100_000;

/** A `ReadingStore` on the InfluxDB at `config.url`. One writer at a time; any number may read beside it. */
export function createInfluxReadingStore(config: InfluxConfig): ReadingStore {
  return new InfluxReadingStore(config);
}

/** Measurement and tags of a series' lines; made anew when the sensor is in another room. */
interface Prefix {
  room: string;
  text: string;
}

class InfluxReadingStore implements ReadingStore {
  private readonly config: InfluxConfig;
  private readonly http: InfluxHttp;
  private readonly reads: InfluxReads;
  private readonly firstWins: FirstWins;
  private readonly dirty: DirtyMarks = createDirtyMarks();
  private readonly prefixes = new SeriesMap<Prefix>(PREFIXES_MAX, () => ({ room: '', text: '' }));
  private readonly rising: RisingWriter;
  private version: InfluxVersion | undefined;
  private send: Send | undefined;
  private prepared = false;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(config: InfluxConfig) {
    this.config = config;
    this.http = createInfluxHttp(config, () => authorizationFor(config, this.version));
    this.reads = createInfluxReads(this.http, config.database);
    this.firstWins = createFirstWins(this.http, config.database);
    this.rising = new RisingWriter(this.firstWins, this.dirty);
  }

  get name(): string {
    return this.version ? `InfluxDB ${this.version.full}` : 'InfluxDB';
  }

  async open(): Promise<void> {
    await this.ready();
  }

  write(readings: readonly Reading[]): Promise<WriteOutcome> {
    return this.inTurn(async () => {
      let accepted = 0;
      const rejected: { reading: Reading; why: string }[] = [];
      for (let i = 0; i < readings.length; i += REQUEST_READINGS_MAX) {
        const outcome = await this.writeSome(readings.slice(i, i + REQUEST_READINGS_MAX));
        accepted += outcome.accepted;
        rejected.push(...outcome.rejected);
      }
      return { accepted, rejected };
    });
  }

  writeRising(batch: ColumnBatch): Promise<boolean> {
    return this.inTurn(async () => {
      const send = await this.ready();
      const plan = this.rising.plan(batch);
      if (!plan) return false;
      try {
        await send({ database: this.config.database, lines: plan.body, precision: 'ms' });
      } catch (error) {
        // Which of them it refuses is found out the long way; what was taken is written again, and is the same.
        if (error instanceof WriteRefused) return false;
        throw error;
      }
      plan.remember();
      return true;
    });
  }

  writeAccess(events: readonly AccessEvent[]): Promise<void> {
    return this.inTurn(async () => {
      const lines = events.filter((event) => !whyUnstorableEvent(event)).map(accessLine);
      if (lines.length === 0) return;
      const send = await this.ready();
      // SQL is the home of access events: what InfluxDB refuses of the copy is not missed.
      await writeApart(lines, (some) =>
        send({ database: this.config.database, lines: some, precision: 'ns' }),
      );
    });
  }

  query(query: ReadingQuery): Promise<Series> {
    return this.asked(() => this.reads.query(query));
  }

  received(query: ReceivedQuery): Promise<ReceivedColumns> {
    return this.asked(() => this.reads.received(query));
  }

  private async asked<T>(ask: () => Promise<T>): Promise<T> {
    await this.ready();
    try {
      return await ask();
    } catch (error) {
      if (error instanceof StoreUnavailable) this.prepared = false;
      throw error;
    }
  }

  async rollUp(hours: readonly SeriesHour[]): Promise<void> {
    for (let i = 0; i < hours.length; i += ROLL_UP_HOURS_MAX) {
      await this.inTurn(() => this.rollUpSome(hours.slice(i, i + ROLL_UP_HOURS_MAX)));
    }
  }

  async ping(): Promise<{ readonly ok: boolean; readonly why?: string }> {
    try {
      this.version = await detectVersion(this.http);
      return { ok: true };
    } catch (error) {
      return { ok: false, why: error instanceof Error ? error.message : String(error) };
    }
  }

  async close(): Promise<void> {
    await this.turn.catch(() => undefined);
  }

  /** First contact, again after a failure that says the databases are gone. */
  private async ready(): Promise<Send> {
    if (this.send && this.prepared) return this.send;
    this.version = await detectVersion(this.http);
    await prepareDatabases(this.http, this.config, this.version);
    this.send = createSend(this.config, this.version);
    this.prepared = true;
    return this.send;
  }

  private async writeSome(readings: readonly Reading[]): Promise<WriteOutcome> {
    const send = await this.ready();
    this.prefixes.makeRoom();
    const plan = await this.firstWins.plan(readings);
    await this.markDirty(send, plan.fresh);
    const refused = await writeApart(plan.fresh, (some) =>
      send({
        database: this.config.database,
        lines: some.map((reading) => readingLine(this.prefixOf(reading), reading)),
        precision: 'ms',
      }),
    );
    plan.remember();
    const rejected = [
      ...plan.rejected,
      ...refused.map(({ item, why }) => ({ reading: item, why })),
    ];
    return { accepted: readings.length - rejected.length, rejected };
  }

  /** Before the readings: a roll-up must never look as if it held when it does not. */
  private async markDirty(send: Send, readings: readonly Reading[]): Promise<void> {
    const marks = this.dirty.missing(readings);
    const lines = marks.map((mark) => dirtyLine(mark, mark.hour, 1));
    const database = hourlyDatabase(this.config.database);
    for (let i = 0; i < lines.length; i += REQUEST_READINGS_MAX) {
      const some = lines.slice(i, i + REQUEST_READINGS_MAX);
      await this.sent(() => send({ database, lines: some, precision: 'ms' }));
    }
    this.dirty.set(marks);
  }

  private async rollUpSome(hours: readonly SeriesHour[]): Promise<void> {
    const send = await this.ready();
    const rolled = await this.reads.hoursOf(hours);
    const lines = [
      ...rolled.map(({ key, row }) => rollUpLine(key, row)),
      ...hours.map((key) => dirtyLine(key, hourOf(key.hour), 0)),
    ];
    const database = hourlyDatabase(this.config.database);
    await this.sent(() => send({ database, lines, precision: 'ms' }));
    this.dirty.clear(hours);
  }

  /** Our own lines are never refused for what they say, only for what else is in that database. */
  private async sent(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof WriteRefused)) throw error;
      const database = hourlyDatabase(this.config.database);
      throw new StoreUnavailable(
        `InfluxDB refuses the hourly roll-ups: ${error.message}; the database ${database} must be ours alone`,
      );
    }
  }

  private prefixOf(reading: Reading): string {
    const prefix = this.prefixes.of(reading);
    if (prefix.text === '' || prefix.room !== reading.room) {
      prefix.room = reading.room;
      prefix.text = readingPrefix(reading);
    }
    return prefix.text;
  }

  /** Writes and roll-ups take turns, so a roll-up never misses a reading whose mark it clears. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch((error: unknown) => {
      if (error instanceof StoreUnavailable) this.prepared = false;
    });
    return result;
  }
}
