/** What a rule by the minute says, before it is an alarm. */

import type { Verdict } from '../../domain/alarm.ts';
import type { Citation } from '../../domain/limits.ts';
import type { MetricName } from '../../domain/metrics.ts';
import type { Words } from '../handle/findings.ts';

/** What a rule says of its subject now, and what people are told. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly value?: number;
  readonly limit?: number;
  readonly metric?: MetricName;
  readonly citation?: Citation;
  readonly evidence?: readonly string[];
  readonly simulated?: boolean;
  readonly words?: Words;
  /** It is so grave that the rule's on-delay does not count. */
  readonly atOnce?: boolean;
}
