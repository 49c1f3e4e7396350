/** What lies in the spool, in memory: sizes, what is settled, what is covered, and so what may go. */

export interface SpoolEntry {
  readonly sequence: number;
  readonly bytes: number;
}

/**
 * A spool row lives until it is both stored (settled) and covered by a snapshot of the rule states:
 * a restart replays the rows that no snapshot covers.
 */
export class SpoolLedger {
  #entries: SpoolEntry[];
  #first = 0;
  #bytes: number;
  #last: number;
  #settled = 0;
  #covered: number;

  constructor(start: {
    readonly entries: readonly SpoolEntry[];
    readonly last: number;
    readonly covered: number;
  }) {
    this.#entries = [...start.entries];
    this.#bytes = start.entries.reduce((sum, entry) => sum + entry.bytes, 0);
    this.#last = start.last;
    this.#covered = start.covered;
  }

  /** The sequence that the next row takes. */
  get next(): number {
    return this.#last + 1;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get rows(): number {
    return this.#entries.length - this.#first;
  }

  get covered(): number {
    return this.#covered;
  }

  /** A row was committed. */
  committed(entry: SpoolEntry): void {
    this.#entries.push(entry);
    this.#bytes += entry.bytes;
    this.#last = entry.sequence;
  }

  /** The reading store has everything up to `sequence`. */
  settled(sequence: number): void {
    this.#settled = Math.max(this.#settled, sequence);
  }

  /** A snapshot that has seen everything up to `sequence` was committed. */
  coveredUpTo(sequence: number): void {
    this.#covered = Math.max(this.#covered, sequence);
  }

  /** Rows up to here may be deleted; `undefined` when there are none. */
  deletable(): number | undefined {
    const upTo = Math.min(this.#settled, this.#covered);
    const first = this.#entries[this.#first];
    return first !== undefined && first.sequence <= upTo ? upTo : undefined;
  }

  /** Rows up to `sequence` were deleted. */
  deleted(sequence: number): void {
    for (;;) {
      const entry = this.#entries[this.#first];
      if (entry === undefined || entry.sequence > sequence) break;
      this.#bytes -= entry.bytes;
      this.#first += 1;
    }
    // Compacted now and then, so that a long life costs no memory.
    if (this.#first > 1024 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }
}
