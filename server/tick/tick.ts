/**
 * The tick: one queue, one commit, and only then memory, acknowledgements, live feed and outbox.
 *
 * Invariants:
 * 1. Nothing is acknowledged (`done`, a command's answer) before the commit that covers it.
 * 2. Memory (engine, ledger, journal heads) changes only after the commit; a failed one leaves all as it was.
 * 3. What a failed commit held is tried again, in order, with its own moments; nothing overtakes it.
 * 4. Only one commit runs at a time.
 * 5. Nothing is told before it is stored, but: after 3 s without a commit safety alarms are told, marked.
 */

import type { Logger } from 'pino';
import type { EngineStep, SystemFault } from '../../alerts/engine-types.ts';
import { PENDING_INPUTS_MAX, UNSTORED_TELL_AFTER_MS } from '../../domain/bounds.ts';
import type { Command, CommandResult } from '../../domain/commands.ts';
import type { Decoded } from '../../domain/intake.ts';
import { isUrgentMetric } from '../../domain/metrics.ts';
import type { StateStore } from '../../domain/ports.ts';
import type { Put } from '../../domain/tick.ts';
import { SECOND_MS, type Moment } from '../../domain/time.ts';
import type { Writer } from '../services.ts';
import { isConflict, isDiskFull } from '../store/sqlite-state-store.ts';
import { hasSafetyNews } from './batch.ts';
import { answer, refuse, type Done, type Item, type Segment, type Settlement } from './items.ts';
import type { TickFigures, TickNews } from './news.ts';
import type { Preparation, Prepared } from './prepare.ts';
import type { Reserve } from './reserve.ts';
import type { SpoolLedger } from './spool-ledger.ts';
import { withoutPoison } from './poison.ts';

/** How long a person's command waits for a store that does not commit, before it is refused. */
const COMMAND_WAIT_MS_MAX = 10 * SECOND_MS;
const RETRY_MS = 500;
/** So many items are worth a commit of their own before the turn of the event loop ends. */
const COMMIT_ITEMS_MIN = 1_000;

/**
 * Climate data that comes alone waits so long after a commit: a disk that is written to all the time is what a fire
 * would have to wait for. Whatever somebody waits for is committed at once, and takes along what waits.
 */
const CLIMATE_WAITS_MS = 5;
/** So many have company enough. */
const COMPANY_ITEMS = 64;

/** What the tick drives; the composition root fills it. */
export interface TickParts {
  readonly preparation: Preparation;
  readonly store: StateStore;
  readonly ledger: SpoolLedger;
  readonly reserve: Reserve;
  readonly now: () => Moment;
  /** Monotonic, ms: waits and delays must not hang on a wall clock that jumps. */
  readonly steadyMs: () => number;
  /**
   * When this process began, on the same clock: until its first commit nothing is stored since then, and what waited
   * for the start must not wait again. Unset: the first failure counts from its own beginning.
   */
  readonly bornMs?: number;
  readonly newId: () => string;
  readonly log: Logger;
  /** A decoded message is dropped before its commit and will come again. */
  readonly forget: (decoded: Decoded) => void;
  /** After a commit: everything that waits for it. */
  readonly committed: (news: TickNews) => void;
  /** Nothing can be stored: tell people of these now, marked. Called again and again; the same keys are told once. */
  readonly tellUnstored: (news: Pick<TickNews, 'alarms' | 'outbox'>) => void;
}

export class Tick {
  readonly #parts: TickParts;
  #stuck: readonly Segment[] = [];
  #pending: Item[] = [];
  #running = false;
  #scheduled: 'no' | 'soon' | 'waits' = 'no';
  #waiting: NodeJS.Timeout | undefined;
  #committedMs = Number.NEGATIVE_INFINITY;
  #mayRetry = true;
  #thinning = false;
  #diskFull = false;
  #failingSince: { readonly at: Moment; readonly steadyMs: number } | undefined;
  #lastError: string | undefined;
  #closed = false;
  #counts = { commits: 0, failures: 0, messages: 0, readings: 0, duplicates: 0, nulls: 0, bad: 0 };

  constructor(parts: TickParts) {
    this.#parts = parts;
  }

  /** A decoded message; `done` is called after its commit. */
  message(decoded: Decoded, done: Done): void {
    const { readings, duplicates, nulls, quarantine } = decoded;
    this.#counts.messages += 1;
    this.#counts.readings += readings.length;
    this.#counts.duplicates += duplicates;
    this.#counts.nulls += nulls;
    this.#counts.bad += quarantine.length;
    if (this.#failingSince !== undefined && this.#isOverfull(decoded)) {
      // Unacknowledged, so the broker or the sensor brings it again: then it must be no duplicate.
      this.#parts.forget(decoded);
      done(new Error('nothing can be stored now'));
      return;
    }
    this.#push({ kind: 'message', decoded, done });
  }

  /** A person's command; the answer comes after the commit. */
  command(command: Command): Promise<CommandResult> {
    return new Promise((resolve, reject) => {
      this.#push({ kind: 'command', command, resolve, reject, queuedMs: this.#parts.steadyMs() });
    });
  }

  /** Rows and journal lines of administration and jobs; resolves after the commit. */
  commit(change: Parameters<Writer['commit']>[0]): Promise<void> {
    return new Promise((resolve, reject) => {
      const { puts = [], deletes = [], journal = [] } = change;
      const queuedMs = this.#parts.steadyMs();
      this.#push({ kind: 'change', puts, deletes, journal, resolve, reject, queuedMs });
    });
  }

  /** A trouble of the system itself began (`detail`) or is over (`undefined`). */
  system(fault: SystemFault, detail: string | undefined): void {
    this.#push({ kind: 'system', fault, detail });
  }

  /** The forwarder stored the spool up to a row. */
  settled(settlement: Settlement): void {
    this.#push({ kind: 'settled', settlement });
  }

  /** Time passed; call it once a second. */
  clock(): void {
    this.#push({ kind: 'clock' });
  }

  /** The wall clock jumped. */
  clockShift(deltaMs: number): void {
    this.#push({ kind: 'clock-shift', deltaMs });
  }

  figures(): TickFigures {
    const { commits, failures, messages, readings, duplicates, nulls, bad } = this.#counts;
    const { ledger, preparation } = this.#parts;
    return {
      commits,
      commitFailures: failures,
      messages,
      readings,
      duplicates,
      nulls,
      quarantined: bad,
      thinned: preparation.thinned,
      spoolBytes: ledger.bytes,
      spoolRows: ledger.rows,
      failingSince: this.#failingSince?.at,
      lastError: this.#lastError,
      thinning: this.#thinning,
    };
  }

  /** Commits what waits and takes a last snapshot; what comes later is refused. */
  async close(): Promise<void> {
    this.#parts.preparation.snapshotAtOnce();
    this.#pending.push({ kind: 'clock' });
    this.#mayRetry = true;
    await this.#run();
    this.#closed = true;
    for (const item of [...this.#stuck.flatMap((segment) => segment.items), ...this.#pending]) {
      refuse(item, 'Lantai is stopping');
    }
    this.#stuck = [];
    this.#pending = [];
  }

  #push(item: Item): void {
    if (this.#closed) {
      refuse(item, 'Lantai is stopping');
      return;
    }
    this.#pending.push(item);
    // A full turn is not waited for: acknowledgements leave while the rest of it is still being read.
    if (this.#pending.length >= COMMIT_ITEMS_MIN && !this.#running) void this.#run();
    else if (!this.#running && this.#scheduled !== 'soon') this.#schedule([item]);
  }

  /** `fresh`: what of the pending was not looked at yet. */
  #schedule(fresh: readonly Item[]): void {
    const waitMs = this.#committedMs + CLIMATE_WAITS_MS - this.#parts.steadyMs();
    const enough = waitMs <= 0 || this.#pending.length >= COMPANY_ITEMS;
    if (enough || fresh.some(isUrgent)) {
      clearTimeout(this.#waiting);
      this.#scheduled = 'soon';
      // After this turn's input: what came together is committed together, and an idle system commits at once.
      setImmediate(this.#runScheduled);
    } else if (this.#scheduled === 'no') {
      this.#scheduled = 'waits';
      this.#waiting = setTimeout(this.#runScheduled, waitMs);
    }
  }

  readonly #runScheduled = (): void => {
    this.#scheduled = 'no';
    void this.#run();
  };

  async #run(): Promise<void> {
    const now = this.#parts.now();
    const startedMs = this.#parts.steadyMs();
    if (this.#running || this.#pending.length + this.#stuck.length === 0) return;
    if (this.#stuck.length > 0 && !this.#mayRetry) return;
    this.#running = true;
    const segments = this.#takeSegments(now);
    let prepared: Prepared | undefined;
    try {
      prepared = this.#prepare(segments, now);
      await this.#parts.store.commit(prepared.batch);
      this.#succeeded(prepared, segments);
    } catch (error) {
      if (isConflict(error)) await this.#withoutConflict(segments, { now, startedMs });
      else this.#failed({ segments, step: prepared?.step, error, now, startedMs });
    } finally {
      this.#running = false;
      this.#committedMs = this.#parts.steadyMs();
    }
    if (this.#pending.length > 0 && this.#stuck.length === 0 && this.#scheduled !== 'soon') {
      this.#schedule(this.#pending);
    }
  }

  /** A row that breaks a key must not stop the rest: changes are refused; a transition that is there stays as it is. */
  async #withoutConflict(
    segments: readonly Segment[],
    { now, startedMs }: { readonly now: Moment; readonly startedMs: number },
  ): Promise<void> {
    this.#parts.log.error({}, 'a row breaks a key; committing without it');
    const kept = segments.map(({ at, items }) => ({
      at,
      items: items.filter((item) => item.kind !== 'change'),
    }));
    for (const item of segments.flatMap((segment) => segment.items)) {
      if (item.kind === 'change') refuse(item, 'this is there already, or changed meanwhile');
    }
    let prepared: Prepared | undefined;
    try {
      prepared = this.#prepare(kept, now);
      const puts = prepared.batch.puts.map(leaveAsItIs);
      await this.#parts.store.commit({ ...prepared.batch, puts });
      this.#succeeded(prepared, kept);
    } catch (error) {
      this.#failed({ segments: kept, step: prepared?.step, error, now, startedMs });
    }
  }

  #takeSegments(now: Moment): readonly Segment[] {
    const fresh: Segment = { at: now, items: this.#pending };
    const segments = this.#stuck.length === 0 ? [fresh] : [...this.#stuck, fresh];
    this.#pending = [];
    this.#stuck = [];
    return segments;
  }

  #prepare(segments: readonly Segment[], now: Moment): Prepared {
    const { preparation, log } = this.#parts;
    this.#setThinning(this.#diskFull || preparation.spoolIsFull);
    try {
      return preparation.prepare(segments, now, this.#thinning);
    } catch (error) {
      // A bug, and one bad input must not stop the rest: it is put aside, with the reason.
      log.error({ err: error }, 'the engine failed; looking for the input that does it');
      const attempt = (some: readonly Segment[]) => preparation.tryOut(some, now);
      const clean = withoutPoison(segments, { attempt, newId: this.#parts.newId });
      return preparation.prepare(clean, now, this.#thinning);
    }
  }

  #setThinning(on: boolean): void {
    if (on === this.#thinning) return;
    this.#thinning = on;
    if (!on) this.#parts.preparation.thinningEnds();
    const why = this.#diskFull ? 'the disk is full' : 'the spool is at its bound';
    this.#pending.push({ kind: 'system', fault: 'spool-thinning', detail: on ? why : undefined });
  }

  #succeeded(prepared: Prepared, segments: readonly Segment[]): void {
    this.#counts.commits += 1;
    prepared.committed();
    if (prepared.snapshot && this.#diskFull && this.#parts.reserve.restore())
      this.#diskFull = false;
    this.#recovered();
    answer(segments, prepared.step.results);
    const { alarms, transitions, incidents, outbox } = prepared.step;
    const { readings, accessEvents, inputs } = prepared.gathered;
    const spooledUpTo = prepared.spoolRow?.sequence;
    this.#parts.committed({
      inputs,
      readings,
      accessEvents,
      alarms,
      transitions,
      incidents,
      outbox,
      spooledUpTo,
    });
  }

  #recovered(): void {
    if (this.#failingSince === undefined) return;
    const failedForMs = this.#parts.steadyMs() - this.#failingSince.steadyMs;
    this.#parts.log.info({ failedForMs }, 'storing again');
    this.#failingSince = undefined;
    this.#lastError = undefined;
    this.#pending.push({ kind: 'system', fault: 'cannot-store', detail: undefined });
  }

  #failed(failure: {
    readonly segments: readonly Segment[];
    readonly step: EngineStep | undefined;
    readonly error: unknown;
    readonly now: Moment;
    /** When the attempt began: the time it took counts as time in which nothing is stored. */
    readonly startedMs: number;
  }): void {
    const { error, now, startedMs, step } = failure;
    this.#counts.failures += 1;
    const why = error instanceof Error ? error.message : String(error);
    const first = this.#failingSince === undefined;
    const nowMs = this.#parts.steadyMs();
    const { bornMs = startedMs } = this.#parts;
    const fromMs = this.#counts.commits === 0 ? bornMs : startedMs;
    this.#failingSince ??= { at: now, steadyMs: fromMs };
    this.#lastError = why;
    if (first) {
      this.#parts.log.error({ err: error }, 'nothing can be stored');
      this.#pending.push({ kind: 'system', fault: 'cannot-store', detail: why });
    }
    if (isDiskFull(error) || this.#parts.reserve.isDiskFull()) {
      this.#diskFull = true;
      this.#parts.reserve.release();
    }
    this.#stuck = this.#worthTryingAgain(failure.segments);
    const failedForMs = nowMs - this.#failingSince.steadyMs;
    if (step && failedForMs >= UNSTORED_TELL_AFTER_MS && hasSafetyNews(step)) {
      this.#parts.tellUnstored({ alarms: step.alarms, outbox: step.outbox });
    }
    // At once after a disk was found full: the reserve has just been given up.
    const delayMs = first && this.#diskFull ? 0 : RETRY_MS;
    this.#mayRetry = false;
    setTimeout(() => {
      this.#mayRetry = true;
      void this.#run();
    }, delayMs).unref();
  }

  /** Commands that waited too long are refused: they must not happen when nobody expects them any more. Clocks are spent. */
  #worthTryingAgain(segments: readonly Segment[]): readonly Segment[] {
    const nowMs = this.#parts.steadyMs();
    const isWorthIt = (item: Item): boolean => {
      if (item.kind === 'clock') return false;
      if (item.kind !== 'command' && item.kind !== 'change') return true;
      if (nowMs - item.queuedMs < COMMAND_WAIT_MS_MAX) return true;
      refuse(item, 'nothing can be stored now; try again when the store is back');
      return false;
    };
    return segments
      .map(({ at, items }) => ({ at, items: items.filter(isWorthIt) }))
      .filter((segment) => segment.items.length > 0);
  }

  #isOverfull(decoded: Decoded): boolean {
    if (isForSafety(decoded)) return false;
    const stuck = this.#stuck.reduce((sum, segment) => sum + segment.items.length, 0);
    return stuck + this.#pending.length >= PENDING_INPUTS_MAX;
  }
}

/** Whether anything but climate data is in it. */
function isUrgent(item: Item): boolean {
  if (item.kind !== 'message') return item.kind !== 'settled';
  const { statuses, issues } = item.decoded;
  return statuses.length + issues.length > 0 || isForSafety(item.decoded);
}

function isForSafety({ accessEvents, readings }: Decoded): boolean {
  return accessEvents.length > 0 || readings.some((reading) => isUrgentMetric(reading.metric));
}

/** A transition that is stored already is stored once; every other key still has to be new. */
function leaveAsItIs(put: Put): Put {
  return put.table === 'alarm_transition' ? { ...put, mode: 'upsert' } : put;
}
