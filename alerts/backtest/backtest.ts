/** A back-test: one or two engines over the same input, the old limits or rules beside the proposed ones. */

import type { BacktestSide } from '../../domain/backtest.ts';
import type { Moment } from '../../domain/time.ts';
import { createEngine, type EngineKnowledge } from '../engine.ts';
import type { EngineConfig, EngineInput } from '../engine-types.ts';
import { Officer, type OfficerManners } from './officer.ts';
import { Replay, secondFrom } from './replay.ts';
import { reportOf, type ReportQuestion } from './report.ts';
import { Tally } from './tally.ts';

/** Everything one side is judged by. */
export type SideConfig = EngineConfig & EngineKnowledge;

export interface BacktestParts {
  readonly old: SideConfig;
  readonly proposed?: SideConfig;
  /** The engines wake then; what is raised from `ReportQuestion.from` on is counted. */
  readonly startAt: Moment;
  /** Unset: answered in the officer's usual time. */
  readonly manners?: OfficerManners;
}

interface Side {
  readonly config: SideConfig;
  readonly replay: Replay;
  readonly tally: Tally;
}

/** One run. Throws `TooManyAlarms` when nobody could read its result. */
export class Backtest {
  readonly #old: Side;
  readonly #proposed: Side | undefined;

  constructor(parts: BacktestParts) {
    this.#old = openSide(parts.old, parts);
    this.#proposed = parts.proposed && openSide(parts.proposed, parts);
  }

  /** All that was received at `at`; moments never go back. */
  take(inputs: readonly EngineInput[], at: Moment): void {
    this.#old.replay.take(inputs, at);
    this.#proposed?.replay.take(inputs, at);
  }

  /** Lets the time up to `until` pass, and counts. */
  finish(question: Omit<ReportQuestion, 'tally' | 'rules'>): {
    readonly old: BacktestSide;
    readonly proposed?: BacktestSide;
  } {
    const sideOf = ({ config, replay, tally }: Side): BacktestSide => {
      replay.passUntil(question.until);
      return reportOf({ ...question, tally, rules: config.rules.rules });
    };
    const proposed = this.#proposed && sideOf(this.#proposed);
    return { old: sideOf(this.#old), ...(proposed ? { proposed } : {}) };
  }
}

function openSide(config: SideConfig, { startAt, manners }: BacktestParts): Side {
  const tally = new Tally(secondFrom(startAt));
  const replay = new Replay({
    engine: createEngine(config),
    officer: new Officer(manners),
    startAt,
    onChange: (step, now) => tally.take(step, now),
  });
  return { config, replay, tally };
}
