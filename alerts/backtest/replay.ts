/**
 * Plays stored input through the engine as it came, with a clock that ticks only where a tick may do something. The
 * result is that of an engine which is given a tick each second: the engine itself says when one may matter.
 */

import type { Command } from '../../domain/commands.ts';
import { SECOND_MS, type Moment } from '../../domain/time.ts';
import type { Engine, EngineInput, EngineStep } from '../engine-types.ts';
import type { Officer } from './officer.ts';

export interface ReplayParts {
  readonly engine: Engine;
  /** Answers alarms and incidents; unset: nobody does. */
  readonly officer?: Officer;
  /** The engine wakes then; whole seconds. */
  readonly startAt: Moment;
  /** Every step that changed an alarm or an incident, in order; already applied. */
  readonly onChange: (step: EngineStep, now: Moment) => void;
}

/** One run. Moments of `take` and `passUntil` never go back. */
export class Replay {
  readonly #engine: Engine;
  readonly #officer: Officer | undefined;
  readonly #onChange: ReplayParts['onChange'];
  /** The last step's moment. */
  #now: Moment;
  /** The clock has ticked at `#now`. */
  #ticked = false;

  constructor({ engine, officer, startAt, onChange }: ReplayParts) {
    this.#engine = engine;
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
