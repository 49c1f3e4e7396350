/** What a rule says of one series' newest value. Three answers: not knowing is not normal. */

import type { Verdict } from '../../domain/alarm.ts';
import type { Limit } from '../../domain/limits.ts';
import type { SeriesRule } from '../rules/rule-types.ts';
import { rangeOf, type Window } from './window.ts';

/** What the room and the sensor add to the value. */
export interface Circumstances {
  readonly value: number;
  readonly range: Limit | undefined;
  readonly swing: Limit['swing'] | undefined;
  readonly setPoint: number | undefined;
  readonly window: Window | undefined;
  /** The detector is being tested or is disabled. */
  readonly outOfUse: boolean;
}

/** `active`: the condition holds already, so the dead band applies. */
export function judge(rule: SeriesRule, about: Circumstances, active: boolean): Verdict {
  switch (rule.kind) {
    case 'band':
      return judgeBand(rule, about, active);
    case 'swing':
      return judgeSwing(rule, about, active);
    case 'signal':
      return about.value === 1 ? 'met' : 'not-met';
    case 'detector':
      return judgeDetector(about);
    case 'detector-test':
      return about.outOfUse && about.value === 1 ? 'met' : 'not-met';
  }
}

/** The bound that the rule judges by, for people; `undefined`: none is in force. */
export function boundOf(
  rule: SeriesRule,
  about: Pick<Circumstances, 'range' | 'swing'>,
): number | undefined {
  if (rule.kind === 'band') {
    return rule.limit ?? (rule.side === 'above' ? about.range?.max : about.range?.min);
  }
  if (rule.kind !== 'swing') return undefined;
  return rule.reading === 'set-point' ? about.swing?.fromSetPoint : about.swing?.peakToPeak;
}

/** The figure that the rule judges, for people. */
export function figureOf(rule: SeriesRule, about: Circumstances): number {
  if (rule.kind === 'swing' && rule.reading === 'peak-to-peak') {
    return rangeOf(about.window) ?? about.value;
  }
  return about.value;
}

// A band with a pre-warning begins inside its limit. A limit that was withdrawn ends what was judged by it: nothing limits the value any more.
function judgeBand(
  rule: Extract<SeriesRule, { kind: 'band' }>,
  about: Circumstances,
  active: boolean,
): Verdict {
  const bound = boundOf(rule, about);
  if (bound === undefined) return active ? 'not-met' : 'cannot-tell';
  const beyond = rule.side === 'above' ? about.value - bound : bound - about.value;
  return isBeyond(beyond + marginOf(rule, about), rule.deadBand, active) ? 'met' : 'not-met';
}

/**
 * So far inside its bound a band begins, in the metric's unit. A quarter of the span on each side at most: of 13 to 15 °C
 * a margin of 1 would leave nothing that is quiet.
 */
export function marginOf(
  { preWarning }: Extract<SeriesRule, { kind: 'band' }>,
  about: Pick<Circumstances, 'range'>,
): number {
  if (!preWarning) return 0;
  const { min, max } = about.range ?? {};
  if (min === undefined || max === undefined) return preWarning.inside;
  return Math.min(preWarning.inside, (max - min) / 4);
}

function judgeSwing(
  rule: Extract<SeriesRule, { kind: 'swing' }>,
  about: Circumstances,
  active: boolean,
): Verdict {
  const bound = boundOf(rule, about);
  const moved =
    rule.reading === 'peak-to-peak'
      ? rangeOf(about.window)
      : about.setPoint === undefined
        ? undefined
        : Math.abs(about.value - about.setPoint);
  if (bound === undefined || moved === undefined) return active ? 'not-met' : 'cannot-tell';
  return isBeyond(moved - bound, rule.deadBand, active) ? 'met' : 'not-met';
}

// A detector in test or disabled proves nothing: its 1 raises no fire, and its 0 ends none.
function judgeDetector(about: Circumstances): Verdict {
  if (about.outOfUse) return 'cannot-tell';
  return about.value === 1 ? 'met' : 'not-met';
}

// Decimal fractions such as 24.6 - 24.1 must not cross a bound by rounding alone.
const ROUNDING = 1e-9;

function isBeyond(beyond: number, deadBand: number, active: boolean): boolean {
  return active ? beyond > -deadBand + ROUNDING : beyond > ROUNDING;
}
