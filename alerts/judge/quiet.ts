/**
 * Where a series is quiet: while nothing runs and its values stay within these bounds, no rule has anything to say, so
 * nearly every reading costs three comparisons instead of a judgement by each rule.
 *
 * Invariant: within them `judge` says "met" for none of the rules. Beyond them it may still: then all are asked.
 */

import type { SeriesRule } from '../rules/rule-types.ts';
import { boundOf, marginOf, type Circumstances } from './verdicts.ts';

export interface Quiet {
  /** Least and greatest value, in the metric's unit. */
  readonly low: number;
  readonly high: number;
  /** The widest range of the window. */
  readonly span: number;
}

/** Before anybody has looked: no value is quiet. */
export const NOWHERE_QUIET: Quiet = { low: Infinity, high: -Infinity, span: 0 };

const EVERYWHERE_QUIET: Quiet = { low: -Infinity, high: Infinity, span: Infinity };

type Bounds = Pick<Circumstances, 'range' | 'swing' | 'setPoint'>;

/** Where none of the rules has anything to say, with these limits. */
export function quietOf(rules: readonly SeriesRule[], bounds: Bounds): Quiet {
  return rules.map((rule) => quietOfRule(rule, bounds)).reduce(both, EVERYWHERE_QUIET);
}

export function isWithin(quiet: Quiet, value: number, span: number | undefined): boolean {
  return value >= quiet.low && value <= quiet.high && (span === undefined || span <= quiet.span);
}

function quietOfRule(rule: SeriesRule, bounds: Bounds): Quiet {
  switch (rule.kind) {
    case 'band': {
      const bound = boundOf(rule, bounds);
      if (bound === undefined) return EVERYWHERE_QUIET;
      const margin = marginOf(rule, bounds);
      const side = rule.side === 'above' ? { high: bound - margin } : { low: bound + margin };
      return { ...EVERYWHERE_QUIET, ...side };
    }
    case 'swing': {
      const bound = boundOf(rule, bounds);
      const { setPoint } = bounds;
      if (bound === undefined) return EVERYWHERE_QUIET;
      if (rule.reading === 'peak-to-peak') return { ...EVERYWHERE_QUIET, span: bound };
      if (setPoint === undefined) return EVERYWHERE_QUIET;
      return { ...EVERYWHERE_QUIET, low: setPoint - bound, high: setPoint + bound };
    }
    case 'signal':
    case 'detector':
    case 'detector-test':
      // Of 0 and 1, 1 is the side that is judged.
      return { ...EVERYWHERE_QUIET, high: 0 };
  }
}

function both(a: Quiet, b: Quiet): Quiet {
  return {
    low: Math.max(a.low, b.low),
    high: Math.min(a.high, b.high),
    span: Math.min(a.span, b.span),
  };
}
