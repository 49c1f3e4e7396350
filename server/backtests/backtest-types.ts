/** What back-tests are asked, and what is said of them: plain data, and the service that people's routes use. */

import type { Rule } from '../../alerts/index.ts';
import type { LimitProposal } from '../../alerts/backtest/proposals.ts';
import type {
  BacktestResult,
  BacktestView,
  KnownIncident,
  NightHours,
} from '../../domain/backtest.ts';
import type { Moment } from '../../domain/time.ts';
import type { StoreConfig } from '../../gateway/stores/open-store.ts';

/** What is asked; plain data, so that it can be handed to a worker. */
export interface BacktestQuestion {
  /** Qualified. */
  readonly room: string;
  readonly from: Moment;
  readonly until: Moment;
  /** Limits of this moment are held over the whole period. */
  readonly now: Moment;
  readonly limits?: readonly LimitProposal[];
  /** Only these rules, by id; unset: all. */
  readonly only?: readonly string[];
  /** Other rules, tried against those in force; each takes the place of the one with its id. */
  readonly rules?: readonly Rule[];
  readonly incidents?: readonly KnownIncident[];
  readonly night?: NightHours;
}

export interface BacktestTask {
  readonly question: BacktestQuestion;
  /** Opened for reading alone. */
  readonly store: StoreConfig;
  readonly stateDbPath: string;
}

export type FromBacktest =
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'done'; readonly result: BacktestResult }
  /** In words for people. */
  | { readonly kind: 'failed'; readonly why: string };

export interface Backtests {
  /** `undefined`: as many wait as may. */
  start(asked: {
    readonly by: string;
    readonly question: BacktestQuestion;
  }): BacktestView | undefined;
  get(id: string): BacktestView | undefined;
  /** Ends it, or lets it be forgotten when it is over. */
  cancel(id: string): void;
  close(): Promise<void>;
}
