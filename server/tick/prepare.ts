/** Prepares one commit: runs the engine on a draft and lays out every row. Changes nothing until `committed()`. */

import type { Engine, EngineStep } from '../../alerts/engine-types.ts';
import { SNAPSHOT_INTERVAL_MS, SPOOL_BYTES_MAX } from '../../domain/bounds.ts';
import type { JournalDraft } from '../../domain/journal.ts';
import type { SpoolSeries, SpoolSeriesRow } from '../../domain/spool-series.ts';
import { packSpool } from '../../domain/spool.ts';
import type { Delete, KeptState, Put, SpoolRow, TickBatch } from '../../domain/tick.ts';
import type { Moment } from '../../domain/time.ts';
import { gapLines } from './evidence.ts';
import { gather, rejectedEntries, stepPuts, type Gathered } from './batch.ts';
import type { Segment } from './items.ts';
import type { JournalBook } from './journal-book.ts';
import type { QuarantineBook } from './quarantine-book.ts';
import { Snapshot, type SnapshotPiece } from './snapshot.ts';
import type { SpoolLedger } from './spool-ledger.ts';
import { Thinning, THINNED_FACT, type Thinned, type ThinnedCount } from './thinning.ts';

export interface PreparationParts {
  readonly engine: Engine;
  readonly ledger: SpoolLedger;
  readonly series: SpoolSeries;
  readonly journal: JournalBook;
  readonly quarantine: QuarantineBook;
  readonly newId: () => string;
  /** Monotonic, ms. */
  readonly steadyMs: () => number;
  /** States of intake and live view that changed since they were last asked. */
  readonly snapshotOthers: () => readonly KeptState[];
  readonly spoolBytesMax?: number;
  /** What was thinned before this start; unset: nothing. */
  readonly thinned?: ThinnedCount | undefined;
}

/** A commit that is ready to be made. */
export interface Prepared {
  readonly gathered: Gathered;
  readonly step: EngineStep;
  readonly batch: TickBatch;
  readonly spoolRow: SpoolRow | undefined;
  /** A snapshot begins with it. */
  readonly snapshot: boolean;
  /** Memory takes it: call it after the commit, and only then. */
  committed(): void;
}

export class Preparation {
  readonly #parts: PreparationParts;
  readonly #thinning: Thinning;
  /** States that were asked for but are in no snapshot yet: a failed commit must not lose them. */
  readonly #unsavedStates = new Map<string, KeptState>();
  #lastSnapshotMs: number;
  /** It is being written. */
  #snapshot: Snapshot | undefined;
  /** Everything is to be written with the next commit. */
  #isLast = false;

  constructor(parts: PreparationParts) {
    this.#parts = parts;
    this.#thinning = new Thinning(parts.thinned);
    this.#lastSnapshotMs = parts.steadyMs();
  }

  get thinned(): number {
    return this.#thinning.total;
  }

  /** Whether the spool is at its bound. */
  get spoolIsFull(): boolean {
    const { ledger, spoolBytesMax = SPOOL_BYTES_MAX } = this.#parts;
    return ledger.bytes >= spoolBytesMax;
  }

  /** The next commit takes a whole snapshot, however short ago the last one was: it is the last one. */
  snapshotAtOnce(): void {
    this.#isLast = true;
  }

  thinningEnds(): void {
    this.#thinning.end();
  }

  /** Whether the engine takes these: throws when it does not. Changes nothing. */
  tryOut(segments: readonly Segment[], now: Moment): void {
    this.#parts.engine.step(gather(segments).inputs, now, { snapshot: false });
  }

  /** Throws only when the engine does, which is a bug. */
  prepare(segments: readonly Segment[], now: Moment, thin: boolean): Prepared {
    const { ledger, engine } = this.#parts;
    const gathered = gather(segments);
    const snapshot = this.#isSnapshotDue();
    const step = engine.step(gathered.inputs, now, { snapshot });
    const thinned = thin ? this.#thinning.choose(gathered.readings, now) : undefined;
    const spoolRow = this.#spoolRow(gathered, thinned);
    const unjournalled = this.#thinning.unjournalled;
    for (const settlement of gathered.settlements) ledger.settled(settlement.settledUpTo);
    const journal = this.#parts.journal.chain([
      ...step.journal,
      ...gathered.journal,
      ...gapLines(gathered.inputs),
      ...(snapshot ? thinningLine(unjournalled, now) : []),
    ]);
    const quarantined = this.#quarantined(gathered, now);
    const puts = [...stepPuts(step), ...journal.puts, ...quarantined.puts, ...rowsOf(gathered)];
    const newSeries = this.#parts.series.unsaved;
    puts.push(...newSeries.map(seriesPut));
    if (spoolRow) puts.push({ table: 'spool', mode: 'insert', row: spoolRow });
    puts.push(...this.#thinnedPuts(thinned?.left ?? 0, { journalled: snapshot, now }));
    const begun = snapshot ? this.#begin(step, spoolRow) : undefined;
    const pieces = this.#pieces(begun, now);
    for (const piece of pieces) puts.push(...piece.puts);
    const deleteUpTo = ledger.deletable();
    const deletes: Delete[] = [...gathered.deletes, ...quarantined.deletes];
    for (const piece of pieces) deletes.push(...piece.deletes);
    if (deleteUpTo !== undefined) deletes.push({ table: 'spool', upTo: deleteUpTo });
    const committed = () => {
      step.apply();
      journal.committed();
      quarantined.committed();
      thinned?.committed();
      this.#parts.series.saved(newSeries);
      if (spoolRow) ledger.committed(spoolRow);
      if (begun) this.#snapshotBegan(begun, unjournalled);
      for (const piece of pieces) piece.committed();
      if (deleteUpTo !== undefined) ledger.deleted(deleteUpTo);
    };
    return { gathered, step, batch: { puts, deletes }, spoolRow, snapshot, committed };
  }

  /** The count is committed with what it counts: a kill must not make it forget. */
  #thinnedPuts(
    left: number,
    { journalled, now }: { readonly journalled: boolean; readonly now: Moment },
  ): readonly Put[] {
    if (left === 0 && !(journalled && this.#thinning.unjournalled > 0)) return [];
    const body = JSON.stringify(this.#thinning.countAfter({ left, journalled }));
    return [{ table: 'fact', mode: 'upsert', row: { id: THINNED_FACT, at: now, body } }];
  }

  #quarantined(gathered: Gathered, now: Moment) {
    const { newId, quarantine } = this.#parts;
    const rejected = gathered.settlements.flatMap((s) => rejectedEntries(s, now, newId));
    return quarantine.add([...gathered.quarantine, ...rejected]);
  }

  #spoolRow(gathered: Gathered, thinned: Thinned | undefined): SpoolRow | undefined {
    const readings = thinned?.kept ?? gathered.readings;
    const { accessEvents, deliveries } = gathered;
    if (readings.length + accessEvents.length + deliveries.length === 0) return undefined;
    const payload = packSpool({ readings, accessEvents, deliveries }, this.#parts.series);
    return {
      sequence: this.#parts.ledger.next,
      payload,
      readings: readings.length,
      bytes: payload.length,
    };
  }

  #isSnapshotDue(): boolean {
    if (this.#isLast) return true;
    if (this.#snapshot) return false;
    return this.#parts.steadyMs() - this.#lastSnapshotMs >= SNAPSHOT_INTERVAL_MS;
  }

  #begin(step: EngineStep, spoolRow: SpoolRow | undefined): Snapshot {
    const { ledger, snapshotOthers, steadyMs } = this.#parts;
    for (const kept of snapshotOthers()) this.#unsavedStates.set(kept.id, kept);
    const snapshot: Snapshot = new Snapshot({
      kept: [...step.ruleStates, ...this.#unsavedStates.values()],
      coversSpool: spoolRow?.sequence ?? ledger.next - 1,
      standing: ledger.covered,
      beganMs: steadyMs(),
      onWhole: (coversSpool) => {
        ledger.coveredUpTo(coversSpool);
        if (this.#snapshot === snapshot) this.#snapshot = undefined;
      },
    });
    return snapshot;
  }

  /** Of the snapshot that is being written, and of one that begins, where there is one. */
  #pieces(begun: Snapshot | undefined, now: Moment): readonly SnapshotPiece[] {
    const asked = { steadyMs: this.#parts.steadyMs(), now, whole: this.#isLast };
    return [this.#snapshot, begun].flatMap((one) => (one ? [one.next(asked)] : []));
  }

  #snapshotBegan(begun: Snapshot, journalled: number): void {
    this.#snapshot = begun;
    this.#thinning.journalled(journalled);
    this.#lastSnapshotMs = this.#parts.steadyMs();
    this.#unsavedStates.clear();
  }
}

function seriesPut(row: SpoolSeriesRow): Put {
  return { table: 'spool_series', mode: 'upsert', row };
}

function thinningLine(count: number, now: Moment): readonly JournalDraft[] {
  if (count === 0) return [];
  const detail = { readings: count };
  return [{ repository: 'system', at: now, by: 'system', action: 'spool.thinned', detail }];
}

function rowsOf(gathered: Gathered): readonly Put[] {
  const events = gathered.accessEvents.map((row): Put => ({
    table: 'access_event',
    mode: 'upsert',
    row,
  }));
  const hours = gathered.settlements.flatMap(({ hours: touched }) =>
    touched.map((row): Put => ({ table: 'dirty_hour', mode: 'upsert', row })),
  );
  return [...gathered.puts, ...events, ...hours];
}
