/** Carries spool rows into the reading store, in order, for as long as it takes. */

import { StoreUnavailable, type ColumnBatch, type ReadingStore } from '../../domain/ports.ts';
import type { Reading } from '../../domain/reading.ts';
import type { SpoolColumns } from '../../domain/spool.ts';
import type { Settlement, StoreState } from './messages.ts';
import type { SpoolBatch, SpooledRow, SpoolReader } from './spool-reader.ts';
import type { TouchedHours } from './touched-hours.ts';

export interface ForwardLoopConfig {
  readonly spool: SpoolReader;
  readonly store: ReadingStore;
  readonly hours: TouchedHours;
  readonly startAfter: number;
  readonly onSettled: (settlement: Settlement) => void;
  readonly onState: (state: StoreState) => void;
  /** Called before the spool is looked at: who adds rows after it must `wake` the loop. */
  readonly arm: () => void;
  /** A number from 0 to 1, for the spread of waiting times. */
  readonly chance: () => number;
}

/**
 * Each request costs the reading store a write to its own log: what comes within this time goes in one. What waits is
 * safe in the spool, and everything live is told from memory.
 */
const GATHER_MS = 250;
/** Rows may also come without a word: after a crash in between. */
const LOOK_AGAIN_MS = 1_000;
/** A store that was not heard of for so long is asked: an outage must be seen although nothing is to be carried. */
const ASK_AFTER_MS = 4_000;
/** A store that lets us wait for so long is told as not answering; we go on waiting. */
const ANSWER_MS_MAX = 5_000;
const BACK_OFF_MS_MIN = 1_000;
const BACK_OFF_MS_MAX = 30_000;

/** What a pause ends with: rows, a store that is back, or rows that came together. */
type WaitsFor = 'rows' | 'store' | 'company';

export class ForwardLoop {
  private readonly config: ForwardLoopConfig;
  private cursor: number;
  private failures = 0;
  private told: string | undefined;
  private ended = false;
  private woken = false;
  private endWait: (() => void) | undefined;
  private waitsFor: WaitsFor = 'rows';
  /** Monotonic. */
  private heardMs = Number.NEGATIVE_INFINITY;

  constructor(config: ForwardLoopConfig) {
    this.config = config;
    this.cursor = config.startAfter;
  }

  /** Resolves after `end`, when the batch under way is done. */
  async run(): Promise<void> {
    while (!this.ended) {
      try {
        const beganMs = performance.now();
        const moved = await this.step();
        this.failures = 0;
        // An embedded store answers at once: questions and the end must get their turn all the same.
        await new Promise((resolve) => setImmediate(resolve));
        if (this.ended) break;
        if (moved === 'nothing') await this.pause(LOOK_AGAIN_MS, 'rows');
        else if (moved === 'some') {
          await this.pause(GATHER_MS - (performance.now() - beganMs), 'company');
        }
      } catch (error) {
        this.tell({ ok: false, why: error instanceof Error ? error.message : String(error) });
        await this.pause(this.backOffMs(), 'store');
      }
    }
  }

  /** There are new rows. While the store is away this does not hurry it. */
  wake(): void {
    this.woken = true;
    if (this.waitsFor === 'rows') this.endWait?.();
  }

  end(): void {
    this.ended = true;
    this.endWait?.();
  }

  /** What was carried; `full`: more is waiting. */
  private async step(): Promise<'nothing' | 'some' | 'full'> {
    const { spool, onSettled } = this.config;
    if (this.told === undefined || this.failures > 0) await this.answered(this.greet());
    this.config.arm();
    this.woken = false;
    const batch = spool.next(this.cursor);
    if (!batch) {
      if (performance.now() - this.heardMs >= ASK_AFTER_MS) await this.answered(this.ask());
      this.tell({ ok: true });
      return 'nothing';
    }
    const outcome = await this.answered(this.carry(batch));
    this.tell({ ok: true });
    this.cursor = batch.upTo;
    const hours = this.hoursOf(batch.rows, outcome.rejected);
    const { unreadable, upTo: settledUpTo } = batch;
    onSettled({ settledUpTo, ...outcome, unreadable, hours });
    return batch.isFull ? 'full' : 'some';
  }

  private async greet(): Promise<void> {
    await this.config.store.open();
    await this.ask();
  }

  private async ask(): Promise<void> {
    const { ok, why } = await this.config.store.ping();
    if (!ok) throw new StoreUnavailable(why ?? 'the reading store does not answer');
  }

  /** A store that hangs is told as such while it is waited for. */
  private async answered<T>(answer: Promise<T>): Promise<T> {
    const late = setTimeout(() => {
      const seconds = ANSWER_MS_MAX / 1_000;
      this.tell({ ok: false, why: `the reading store has not answered for ${seconds} s` });
    }, ANSWER_MS_MAX);
    try {
      const outcome = await answer;
      this.heardMs = performance.now();
      return outcome;
    } finally {
      clearTimeout(late);
    }
  }

  private async carry(batch: SpoolBatch): Promise<Pick<Settlement, 'accepted' | 'rejected'>> {
    try {
      return await this.write(batch.rows);
    } catch (error) {
      if (error instanceof StoreUnavailable || batch.rows.length === 0) throw error;
      return this.carryRowByRow(batch.rows);
    }
  }

  /** Something in the batch breaks the writer: the other rows must not wait for it. */
  private async carryRowByRow(
    rows: readonly SpooledRow[],
  ): Promise<Pick<Settlement, 'accepted' | 'rejected'>> {
    let accepted = 0;
    const rejected: { reading: Reading; why: string }[] = [];
    for (const row of rows) {
      try {
        const outcome = await this.write([row]);
        accepted += outcome.accepted;
        rejected.push(...outcome.rejected);
      } catch (error) {
        if (error instanceof StoreUnavailable) throw error;
        const why = error instanceof Error ? error.message : String(error);
        for (const reading of row.readings()) rejected.push({ reading, why });
      }
    }
    return { accepted, rejected };
  }

  private async write(
    rows: readonly SpooledRow[],
  ): Promise<Pick<Settlement, 'accepted' | 'rejected'>> {
    const { store } = this.config;
    const outcome = await this.writeReadings(rows);
    const events = rows.flatMap((row) => row.accessEvents);
    if (events.length > 0) await store.writeAccess(events);
    return outcome;
  }

  private async writeReadings(
    rows: readonly SpooledRow[],
  ): Promise<Pick<Settlement, 'accepted' | 'rejected'>> {
    const { store } = this.config;
    const accepted = rows.reduce((sum, row) => sum + row.count, 0);
    if (accepted === 0) return { accepted, rejected: [] };
    const batch = this.columnsOf(rows);
    if (batch && (await store.writeRising?.(batch))) return { accepted, rejected: [] };
    return store.write(rows.flatMap((row) => row.readings()));
  }

  private columnsOf(rows: readonly SpooledRow[]): ColumnBatch | undefined {
    const columns: SpoolColumns[] = [];
    for (const row of rows) {
      if (!row.columns) return undefined;
      columns.push(row.columns);
    }
    return { rows: columns, seriesOf: this.config.spool.seriesOf };
  }

  private hoursOf(rows: readonly SpooledRow[], rejected: Settlement['rejected']) {
    const { hours } = this.config;
    const batch = rejected.length === 0 ? this.columnsOf(rows) : undefined;
    return batch ? hours.reportColumns(batch) : hours.report(storedOf(rows, rejected));
  }

  private tell(state: Omit<StoreState, 'name'>): void {
    const said = state.ok ? 'ok' : `not ok: ${state.why ?? ''}`;
    if (said === this.told) return;
    this.told = said;
    this.config.onState({ ...state, name: this.config.store.name });
  }

  private backOffMs(): number {
    const whole = Math.min(BACK_OFF_MS_MAX, BACK_OFF_MS_MIN * 2 ** Math.min(this.failures, 10));
    this.failures += 1;
    return whole * (0.75 + 0.25 * this.config.chance());
  }

  /** Rows end only the wait for them; the end of the loop ends every wait. */
  private pause(ms: number, waitsFor: WaitsFor): Promise<void> {
    if (this.ended || ms <= 0 || (waitsFor === 'rows' && this.woken)) return Promise.resolve();
    this.waitsFor = waitsFor;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function storedOf(
  rows: readonly SpooledRow[],
  rejected: Settlement['rejected'],
): readonly Reading[] {
  const readings = rows.flatMap((row) => row.readings());
  if (rejected.length === 0) return readings;
  const refused = new Set(rejected.map(({ reading }) => reading));
  return readings.filter((reading) => !refused.has(reading));
}
