/** The figures of a run: by rule and in all, over the counted period. */

import {
  BACKTEST_ALARMS_MAX,
  NIGHT_HOURS,
  type BacktestAlarm,
  type BacktestFigures,
  type BacktestRuleFigures,
  type BacktestSide,
  type KnownIncident,
  type NightHours,
} from '../../domain/backtest.ts';
import { DAY_MS, MINUTE_MS, type Moment } from '../../domain/time.ts';
import { localClock } from '../local-time.ts';
import type { Rule } from '../rules/rule-types.ts';
import { outcomesOf } from './known-incidents.ts';
import type { Call, Tally } from './tally.ts';

export interface ReportQuestion {
  readonly tally: Tally;
  readonly rules: readonly Rule[];
  /** Counted: raised at or after `from` and before `until`. What began before is only played. */
  readonly from: Moment;
  readonly until: Moment;
  readonly timezone: string;
  readonly night?: NightHours;
  readonly incidents?: readonly KnownIncident[];
}

/** What the run makes of the period. */
export function reportOf(question: ReportQuestion): BacktestSide {
  const { tally, rules, from, until, incidents = [] } = question;
  const heard = tally.occurrences.filter((one) => !tally.isUnheard(one));
  const unheard = tally.occurrences.filter(
    (one) => tally.isUnheard(one) && (one.returnedAt ?? until) >= until,
  );
  const alarms = heard.filter((one) => one.raisedAt >= from && one.raisedAt < until);
  const calls = tally.calls.filter((call) => call.at >= from && call.at < until);
  const stood = heard.filter((one) => one.raisedAt < from && (one.returnedAt ?? until) > from);
  const figures = (rule?: string): BacktestFigures => {
    const isOf = (one: { readonly rule: string }): boolean =>
      rule === undefined || one.rule === rule;
    return figuresOf(question, {
      alarms: alarms.filter(isOf),
      stood: stood.filter(isOf),
      calls: calls.filter(isOf),
    });
  };
  const named = new Set([...alarms, ...stood, ...calls].map((one) => one.rule));
  const byRule = rules
    .filter((rule) => named.has(rule.id))
    .map(({ id, name, priority }): BacktestRuleFigures => ({
      rule: id,
      name,
      priority,
      ...figures(id),
    }));
  return {
    total: figures(),
    rules: byRule.sort((a, b) => b.alarms - a.alarms || (a.rule < b.rule ? -1 : 1)),
    incidents: outcomesOf(incidents, heard, rules),
    alarms: alarms.slice(0, BACKTEST_ALARMS_MAX),
    alarmsLeftOut: Math.max(0, alarms.length - BACKTEST_ALARMS_MAX),
    unheard: [...new Set(unheard.map((one) => one.subject.id))],
  };
}

function figuresOf(
  { from, until, timezone, night = NIGHT_HOURS }: ReportQuestion,
  of: {
    readonly alarms: readonly BacktestAlarm[];
    readonly stood: readonly BacktestAlarm[];
    readonly calls: readonly Call[];
  },
): BacktestFigures {
  const { alarms, stood, calls } = of;
  const spans = [...stood, ...alarms].map((one) => minutesWithin(one, { from, until }));
  const first = alarms[0];
  const last = alarms.at(-1);
  return {
    alarms: alarms.length,
    alarmsPerWeek: (alarms.length * 7 * DAY_MS) / (until - from),
    calls: calls.length,
    nightCalls: calls.filter((call) => isNight(night, call.at, timezone)).length,
    minutesOut: Math.round(spans.reduce((sum, minutes) => sum + minutes, 0)),
    longestMinutes: Math.round(Math.max(0, ...spans)),
    ...(first && last ? { firstAt: first.raisedAt, lastAt: last.raisedAt } : {}),
  };
}

function minutesWithin(
  { since, returnedAt }: BacktestAlarm,
  { from, until }: { readonly from: Moment; readonly until: Moment },
): number {
  const begins = Math.max(since, from);
  return Math.max(0, Math.min(returnedAt ?? until, until) - begins) / MINUTE_MS;
}

/** Whether a moment lies in the night of that zone; the hours may go over midnight. */
export function isNight({ from, until }: NightHours, at: Moment, timezone: string): boolean {
  const { time } = localClock(at, timezone);
  return from <= until ? from <= time && time < until : time >= from || time < until;
}
