/**
 * A snapshot of what rules, intake and live view remember: taken at one moment, written in pieces with the commits that
 * follow, so that no alarm waits for it. It counts when its last piece is committed, and with it the fact that says up to
 * which spool row it has seen; until then the one before it stands, whose rows are still there.
 */

import { SNAPSHOT_SPREAD_MS } from '../../domain/bounds.ts';
import type { Delete, KeptState, Put } from '../../domain/tick.ts';
import type { Moment } from '../../domain/time.ts';
import { COVERED_FACT } from '../store/saved-state.ts';

/** Of one commit. */
const PIECE_MAX = 250;

export interface SnapshotPiece {
  readonly puts: readonly Put[];
  readonly deletes: readonly Delete[];
  /** Call it after the commit, and only then: without it the piece comes again. */
  committed(): void;
}

export class Snapshot {
  readonly #coversSpool: number;
  readonly #standing: number;
  readonly #kept: readonly KeptState[];
  readonly #beganMs: number;
  readonly #onWhole: (coversSpool: number) => void;
  /** So many of the kept states are committed. */
  #written = 0;

  /** `onWhole`: its last piece was committed. */
  constructor(parts: {
    readonly kept: readonly KeptState[];
    /** The last spool row that the states have seen. */
    readonly coversSpool: number;
    /** The same of the snapshot that counts meanwhile. */
    readonly standing: number;
    /** Monotonic, ms. */
    readonly beganMs: number;
    readonly onWhole: (coversSpool: number) => void;
  }) {
    this.#kept = parts.kept;
    this.#coversSpool = parts.coversSpool;
    this.#standing = parts.standing;
    this.#beganMs = parts.beganMs;
    this.#onWhole = parts.onWhole;
  }

  /** What goes with the commit that is made now; `whole`: all that is left. */
  next(q: {
    readonly steadyMs: number;
    readonly now: Moment;
    readonly whole: boolean;
  }): SnapshotPiece {
    const total = this.#kept.length;
    const share = (q.steadyMs - this.#beganMs) / SNAPSHOT_SPREAD_MS;
    const due = Math.min(Math.ceil(total * share), this.#written + PIECE_MAX);
    const until = q.whole ? total : Math.min(total, Math.max(due, this.#written));
    const coversSpool = this.#coversSpool;
    const puts: Put[] = [];
    const deletes: Delete[] = [];
    for (const kept of this.#kept.slice(this.#written, until)) {
      for (const row of kept.rows()) {
        puts.push({ table: 'rule_state', mode: 'upsert', row: { ...row, coversSpool } });
        deletes.push({ table: 'rule_state', id: row.id, standing: this.#standing });
      }
    }
    const isLast = until === total;
    if (isLast) {
      const body = JSON.stringify({ sequence: coversSpool });
      puts.push({ table: 'fact', mode: 'upsert', row: { id: COVERED_FACT, at: q.now, body } });
    }
    const committed = (): void => {
      this.#written = until;
      if (isLast) this.#onWhole(coversSpool);
    };
    return { puts, deletes, committed };
  }
}
