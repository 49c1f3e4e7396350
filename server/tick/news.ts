/** What a commit brought, and what the tick has done so far. */

import type { EngineInput, EngineStep } from '../../alerts/engine-types.ts';
import type { AccessEvent } from '../../domain/access.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Moment } from '../../domain/time.ts';

export interface TickNews extends Pick<
  EngineStep,
  'alarms' | 'transitions' | 'incidents' | 'outbox'
> {
  /** All that the engine was given, in order. */
  readonly inputs: readonly EngineInput[];
  readonly readings: readonly Reading[];
  readonly accessEvents: readonly AccessEvent[];
  /** The new spool row; unset when there was nothing to spool. */
  readonly spooledUpTo: number | undefined;
}

/** Figures for `/metrics` and for `/api/ready`. Counts are since the start. */
export interface TickFigures {
  readonly commits: number;
  readonly commitFailures: number;
  readonly messages: number;
  readonly readings: number;
  readonly duplicates: number;
  readonly nulls: number;
  readonly quarantined: number;
  readonly thinned: number;
  readonly spoolBytes: number;
  readonly spoolRows: number;
  readonly failingSince: Moment | undefined;
  readonly lastError: string | undefined;
  readonly thinning: boolean;
}
