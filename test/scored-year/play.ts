/** Plays one room's time twice: live, with a tick each second and real restarts, and as a back-test of what was stored. */

import { isDeepStrictEqual } from 'node:util';
import type { AccessEvent } from '../../domain/access.ts';
import type { AlarmTransition } from '../../domain/alarm.ts';
import type { BacktestAlarm } from '../../domain/backtest.ts';
import type { RuleStateRow } from '../../domain/tick.ts';
import { SECOND_MS, type Moment } from '../../domain/time.ts';
import { createEngine, type Engine, type EngineInput } from '../../alerts/index.ts';
import { ByReceipt, type SeriesChunk } from '../../alerts/backtest/by-receipt.ts';
import { Officer } from '../../alerts/backtest/officer.ts';
import { Replay } from '../../alerts/backtest/replay.ts';
import { Tally } from '../../alerts/backtest/tally.ts';
import type { SideConfig } from '../../alerts/backtest/backtest.ts';
import type { Span } from './incidents.ts';

/** What was received together, in order. */
export interface Received {
  readonly at: Moment;
  readonly inputs: readonly EngineInput[];
}

export interface Played {
  readonly transitions: readonly AlarmTransition[];
  readonly occurrences: readonly BacktestAlarm[];
}

/** Transition for transition; of one moment in any order: what the order within a message was, no store remembers. */
export function isSame(a: Played, b: Played): boolean {
  const ordered = (played: Played): readonly AlarmTransition[] =>
    [...played.transitions].sort((x, y) => x.at - y.at || (x.id < y.id ? -1 : 1));
  return isDeepStrictEqual(ordered(a), ordered(b));
}

/** The server's way: a clock tick each second, but while it was off; then it restarts from its rows. */
export class Live {
  readonly #config: SideConfig;
  readonly #offs: readonly Span[];
  readonly #officer = new Officer();
  readonly #tally: Tally;
  readonly #transitions: AlarmTransition[] = [];
  readonly #rows = new Map<string, RuleStateRow>();
  #engine: Engine;
  /** The next tick. */
  #second: Moment;

  constructor(config: SideConfig, startAt: Moment, offs: readonly Span[]) {
    this.#config = config;
    this.#offs = offs;
    this.#engine = createEngine(config);
    this.#tally = new Tally(startAt);
    this.#second = startAt;
  }

  take({ at, inputs }: Received): void {
    this.passBefore(at);
    this.#step(inputs, at);
  }

  /** Ticks each second before `at`. */
  passBefore(at: Moment): void {
    for (; this.#second < at; this.#second += SECOND_MS) {
      const off = this.#offs.find((one) => one.from <= this.#second && this.#second < one.until);
      if (off) {
        this.#restart(off);
        if (this.#second >= at) return;
      }
      const commands = this.#officer.take(this.#second);
      if (commands.length > 0) {
        this.#step(
          commands.map((command) => ({ kind: 'command', command })),
          this.#second,
        );
      }
      this.#step([{ kind: 'clock' }], this.#second);
    }
  }

  result(): Played {
    return { transitions: this.#transitions, occurrences: this.#tally.occurrences };
  }

  /** Off at once; on again at the end, from the last snapshot and what is open. */
  #restart(off: Span): void {
    const last = this.#second - SECOND_MS;
    const step = this.#engine.step([], last, { snapshot: true });
    step.apply();
    for (const row of step.ruleStates.flatMap((kept) => kept.rows()))
      this.#rows.set(row.id, { ...row, coversSpool: 0 });
    const [alarms, incidents] = [this.#engine.openAlarms(), this.#engine.openIncidents()];
    this.#engine = createEngine(this.#config);
    this.#engine.restore({ alarms, incidents, ruleStates: [...this.#rows.values()] });
    this.#second = off.until;
  }

  #step(inputs: readonly EngineInput[], now: Moment): void {
    const step = this.#engine.step(inputs, now, { snapshot: false });
    step.apply();
    if (step.alarms.length + step.incidents.length === 0) return;
    this.#officer.hear(step, now);
    this.#tally.take(step, now);
    this.#transitions.push(...step.transitions);
  }
}

/** What a reading store keeps, by series and device time; the first value of a moment wins. */
export class Stored {
  readonly #series = new Map<
    string,
    { readonly chunk: Omit<SeriesChunk, 'at'>; rows: number[][] }
  >();
  readonly #events: AccessEvent[] = [];

  take({ inputs }: Received): void {
    for (const input of inputs) {
      if (input.kind === 'access') this.#events.push(input.event);
      if (input.kind !== 'reading') continue;
      const { repository, room, sensor, metric, at, value, quality, receivedAt, flags } =
        input.reading;
      const name = `${sensor}/${metric}`;
      const none = new Float64Array();
      const empty = { value: none, quality: none, receivedAt: none, historical: none };
      const known = this.#series.get(name) ?? {
        chunk: { key: { repository, sensor, metric }, room, ...empty },
        rows: [],
      };
      this.#series.set(name, known);
      known.rows.push([at, value, quality, receivedAt, flags?.includes('historical') ? 1 : 0]);
    }
  }

  /** Everything of `[from, until)`, by device time. */
  chunk({ from, until }: Span): { readonly series: SeriesChunk[]; readonly events: AccessEvent[] } {
    const series = [...this.#series.values()].map(({ chunk, rows }): SeriesChunk => {
      const own = rows.filter(([at = 0]) => at >= from && at < until);
      own.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
      const [at, value, quality, receivedAt, historical] = [0, 1, 2, 3, 4].map((column) =>
        Float64Array.from(own, (row) => row[column] ?? Number.NaN),
      ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
      return { ...chunk, at, value, quality, receivedAt, historical };
    });
    const events = this.#events.filter((event) => event.at >= from && event.at < until);
    return { series, events };
  }
}

/** The same from the store, with a clock that ticks where it must. */
export class FromStore {
  readonly #replay: Replay;
  readonly #tally: Tally;
  readonly #order = new ByReceipt();
  readonly #transitions: AlarmTransition[] = [];

  constructor(config: SideConfig, startAt: Moment, offs: readonly Span[]) {
    this.#tally = new Tally(startAt);
    this.#replay = new Replay({
      engine: createEngine(config),
      config,
      offs,
      officer: new Officer(),
      startAt,
      onChange: (step, now) => {
        this.#tally.take(step, now);
        this.#transitions.push(...step.transitions);
      },
    });
  }

  take(chunk: ReturnType<Stored['chunk']>, until: Moment): void {
    for (const { at, inputs } of this.#order.take(chunk, until)) this.#replay.take(inputs, at);
  }

  result(until: Moment): Played {
    for (const { at, inputs } of this.#order.take({ series: [], events: [] }, Infinity)) {
      if (at < until) this.#replay.take(inputs, at);
    }
    this.#replay.passUntil(until - SECOND_MS);
    return { transitions: this.#transitions, occurrences: this.#tally.occurrences };
  }
}
