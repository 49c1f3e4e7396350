/**
 * Plays stored input through the engine as it came, with a clock that ticks only where a tick may do something. The
 * result is that of an engine which is given a tick each second: the engine itself says when one may matter.
 */

import type { Command } from '../../domain/commands.ts';
import { SECOND_MS, type Moment } from '../../domain/time.ts';
import type { Engine, EngineConfig, EngineInput, EngineStep } from '../engine-types.ts';
import type { Officer } from './officer.ts';

export interface ReplayParts {
  readonly engine: Engine;
  /** Answers alarms and incidents; unset: nobody does. */
  readonly officer?: Officer;
  /** The engine wakes then; whole seconds. */
  readonly startAt: Moment;
  /** When Lantai itself was off, by time, in whole seconds: no clock ticked then, and it started anew after each. */
  readonly offs?: readonly OffSpan[];
  /** What it starts anew with; needed with `offs`. */
  readonly config?: EngineConfig;
  /** Every step that changed an alarm or an incident, in order; already applied. */
  readonly onChange: (step: EngineStep, now: Moment) => void;
}

/** From the first second without a tick to the first one with a tick again. */
export interface OffSpan {
  readonly from: Moment;
  readonly until: Moment;
}

/** One run. Moments of `take` and `passUntil` never go back. */
export class Replay {
  readonly #engine: Engine;
  readonly #officer: Officer | undefined;
  readonly #onChange: ReplayParts['onChange'];
  readonly #offs: OffSpan[];
  readonly #config: EngineConfig | undefined;
  /** The last step's moment. */
  #now: Moment;
  /** The clock has ticked at `#now`. */
  #ticked = false;

  constructor({ engine, officer, startAt, onChange, offs = [], config }: ReplayParts) {
    this.#engine = engine;
    this.#offs = [...offs];
    this.#config = config;
    this.#officer = officer;
    this.#onChange = onChange;
    this.#now = secondFrom(startAt);
    this.#tick(this.#now);
  }

  /** All that was received at `at`, a time of receipt, in its order. Clock ticks before it come first. */
  take(inputs: readonly EngineInput[], at: Moment): void {
    if (at < this.#now) throw new Error(`received at ${at}, after what came at ${this.#now}`);
    this.#passBefore(at);
    this.#step(inputs, at);
    this.#ticked = false;
  }

  /** Nothing more is received before `until`: the clock runs up to it, `until` included. */
  passUntil(until: Moment): void {
    this.#passBefore(until + 1);
  }

  #passBefore(at: Moment): void {
    for (let off = this.#offs[0]; off && off.from < at; off = this.#offs[0]) {
      this.#offs.shift();
      this.#passOff(off);
    }
    this.#tickBefore(at);
  }

  #passOff({ from, until }: OffSpan): void {
    const last = from - SECOND_MS;
    this.#tickBefore(from);
    // The engine knows how long it was off by when it last worked.
    if (this.#now < last || !this.#ticked) this.#tick(last);
    if (!this.#config) throw new Error('a replay with times off needs what to start anew with');
    this.#engine.reconfigure(this.#config);
    this.#now = until - SECOND_MS;
    this.#ticked = true;
  }

  #tickBefore(at: Moment): void {
    const last = secondFrom(at) - SECOND_MS;
    for (;;) {
      const next = this.#nextTick(last);
      if (next === undefined) return;
      this.#tick(next);
    }
  }

  /** The next second, up to `last`, at which a tick may do something. */
  #nextTick(last: Moment): Moment | undefined {
    const soonest = this.#ticked ? this.#now + SECOND_MS : secondFrom(this.#now);
    if (soonest > last) return undefined;
    const due = Math.min(this.#engine.dueBy(last) ?? Infinity, this.#officer?.dueAt ?? Infinity);
    const next = Math.max(soonest, secondFrom(due));
    return next <= last ? next : undefined;
  }

  #tick(at: Moment): void {
    const commands = this.#officer?.take(at) ?? [];
    if (commands.length > 0) this.#step(commands.map(asInput), at);
    this.#step([{ kind: 'clock' }], at);
    this.#ticked = true;
  }

  #step(inputs: readonly EngineInput[], now: Moment): void {
    const step = this.#engine.step(inputs, now, { snapshot: false });
    step.apply();
    this.#now = now;
    if (step.alarms.length + step.incidents.length === 0) return;
    this.#officer?.hear(step, now);
    this.#onChange(step, now);
  }
}

/** The first whole second that is not before it. */
export function secondFrom(at: Moment): Moment {
  return Math.ceil(at / SECOND_MS) * SECOND_MS;
}

function asInput(command: Command): EngineInput {
  return { kind: 'command', command };
}
