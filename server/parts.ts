/** Each part's state, for readiness, the screen and alarms. */

import type { PartState } from '../domain/api.ts';
import { SPOOL_BYTES_MAX } from '../domain/bounds.ts';
import { SECOND_MS, type Moment } from '../domain/time.ts';
import type { OutboxState } from './outbox.ts';
import type { TickFigures } from './tick/news.ts';

/** A message that waits longer than this makes the outbox not ready. */
const OUTBOX_WAIT_MS_MAX = 60 * SECOND_MS;

export interface BrokerPart {
  readonly ok: boolean;
  readonly detail: string;
}

export interface StorePart {
  readonly ok: boolean;
  readonly name: string;
  readonly why?: string;
}

export interface PartsSources {
  readonly broker: () => BrokerPart;
  readonly readings: () => StorePart;
  readonly tick: () => TickFigures;
  readonly outbox: () => OutboxState;
  /** By how much the wall clock jumped last, and when. */
  readonly clockJump: () => { readonly at: Moment; readonly jumpMs: number } | undefined;
  readonly now: () => Moment;
}

/** All parts, in the order in which a message meets them. */
export function partStates(sources: PartsSources): readonly PartState[] {
  const figures = sources.tick();
  return [
    { part: 'broker', ...sources.broker() },
    statePart(figures),
    spoolPart(figures),
    readingsPart(sources.readings()),
    outboxPart(sources.outbox(), sources.now()),
    clockPart(sources.clockJump()),
  ];
}

function statePart(figures: TickFigures): PartState {
  const failing = figures.failingSince !== undefined;
  const detail = failing ? `nothing is stored: ${figures.lastError ?? ''}` : 'commits';
  return { part: 'state', ok: !failing, detail };
}

function spoolPart(figures: TickFigures): PartState {
  const share = Math.round((100 * figures.spoolBytes) / SPOOL_BYTES_MAX);
  const waiting = `${figures.spoolRows} rows, ${share} % of its bound`;
  return figures.thinning
    ? { part: 'spool', ok: false, detail: `climate readings are thinned; ${waiting}` }
    : { part: 'spool', ok: true, detail: waiting };
}

function readingsPart(store: StorePart): PartState {
  return { part: 'readings', ok: store.ok, detail: store.why ?? store.name };
}

function outboxPart(state: OutboxState, now: Moment): PartState {
  const late = state.oldest !== undefined && now - state.oldest > OUTBOX_WAIT_MS_MAX;
  return { part: 'outbox', ok: !late, detail: `${state.pending} waiting` };
}

/** A jump stays visible for a while: what happened around it needs a second look. */
function clockPart(jump: { readonly jumpMs: number } | undefined): PartState {
  if (!jump) return { part: 'clock', ok: true, detail: 'steady' };
  const seconds = Math.round(jump.jumpMs / SECOND_MS);
  return { part: 'clock', ok: false, detail: `jumped by ${seconds} s` };
}
