/** Assessments by 《档案馆安全风险评估指标体系》 (国家档案局办公室, 2018-12-14): 4 first-level, 15 second-level indicators. */

import type { Citation } from './limits.ts';
import type { LocalizedText } from './text.ts';
import type { Moment } from './time.ts';

/** The official result words, worst first; `cannot-show` is ours: there is no evidence to say any of them. */
export const RESULTS = ['high-danger', 'danger', 'none-found', 'cannot-show'] as const;
/** 高危性安全风险隐患, 危险性安全风险隐患, 未发现安全风险隐患; 不能证明. */
export type IndicatorResult = (typeof RESULTS)[number];

/** `computed`: from data alone; `manual`: an inspector enters it; `mixed`: data proposes, an inspector may add. */
export type IndicatorKind = 'computed' | 'manual' | 'mixed';

export interface Indicator {
  /** `1.1` … `4.5`. */
  readonly id: string;
  readonly parent: string;
  readonly name: LocalizedText;
  readonly kind: IndicatorKind;
  readonly citation: Citation;
}

/** One figure behind a judgement, with what it was computed from. */
export interface AssessmentFigure {
  readonly id: string;
  readonly name: LocalizedText;
  readonly value?: number;
  readonly unit: string;
  /** Which room, sensor or door, local id; unset: the whole repository. */
  readonly subject?: string;
  /** Its name when the assessment was made; older assessments have none. */
  readonly subjectName?: string;
  /** Time in range: shares of the period, together 1. `cannotShow` is missing or bad evidence. */
  readonly shares?: {
    readonly inRange: number;
    readonly outOfRange: number;
    readonly cannotShow: number;
  };
  /** The limits in force that it was judged by. */
  readonly limits?: readonly {
    readonly metric: string;
    readonly min?: number;
    readonly max?: number;
    readonly citation: Citation;
  }[];
  readonly result: IndicatorResult;
  /** Why this result. */
  readonly why: LocalizedText;
}

export interface IndicatorJudgement {
  readonly indicator: string;
  readonly result: IndicatorResult;
  readonly why: LocalizedText;
  readonly figures: readonly AssessmentFigure[];
  /** The inspector's entry, where there is one. */
  readonly manual?: {
    readonly result: IndicatorResult;
    readonly note: string;
    readonly by: string;
    readonly at: Moment;
  };
}

/** Dated and immutable. */
export interface Assessment {
  readonly id: string;
  readonly repository: string;
  readonly madeAt: Moment;
  readonly madeBy: string;
  readonly trigger: 'nightly' | 'on-demand' | 'made-up-late';
  /** The period the figures cover. */
  readonly from: Moment;
  readonly until: Moment;
  /** The worst of its judgements. */
  readonly result: IndicatorResult;
  readonly judgements: readonly IndicatorJudgement[];
  readonly simulated: boolean;
  /** Hex SHA-256 over the canonical JSON of all the rest; also in the journal. */
  readonly hash: string;
}

/** What an inspector has entered for the next assessments; replaced, each change journalled. */
export interface AssessmentDraft {
  readonly repository: string;
  readonly indicator: string;
  readonly result: IndicatorResult;
  readonly note: string;
  readonly by: string;
  readonly at: Moment;
}
