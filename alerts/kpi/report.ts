/** All figures of alarm management over a period, by rule and by duty shift. */

import { PRIORITIES, type Priority } from '../../domain/alarm.ts';
import {
  KPIS,
  type Acknowledging,
  type Kpi,
  type KpiJudgement,
  type PriorityShare,
} from '../../domain/alarm-kpis.ts';
import { DAY_MS } from '../../domain/time.ts';
import { loadOf, type Load } from './load.ts';
import {
  chatteringOf,
  fleetingOf,
  staleOf,
  topOf,
  type Chatter,
  type Stale,
  type Top,
} from './nuisance.ts';
import { raisedIn, type AlarmRecord, type Period } from './records.ts';
import { DAYS_MIN, judgeKpi, PRIORITY_TARGETS } from './targets.ts';

/** The figures of some records; all but `stale` count what was raised in the period. */
export interface Figures {
  readonly load: Load;
  readonly chattering: readonly Chatter[];
  readonly fleeting: readonly AlarmRecord[];
  readonly priorities: Readonly<Record<Priority, PriorityShare>>;
  readonly acknowledging: Acknowledging;
}

/** Of all alarms of a period. */
export interface WholeReport extends Figures {
  readonly period: Period;
  /** Whether the period has the 30 days that the figures want. */
  readonly enough: boolean;
  readonly topTen: Top;
  readonly stale: Stale;
  readonly judgements: Readonly<Record<Kpi, KpiJudgement>>;
}

export interface KpiReport extends WholeReport {
  readonly rules: readonly RuleFigures[];
  readonly shifts: readonly ShiftFigures[];
  /** Raised while no shift was on duty. */
  readonly outsideShifts: number;
}

export interface RuleFigures extends Figures {
  readonly rule: string;
  readonly stale: Stale;
}

export interface ShiftFigures extends Figures {
  readonly shift: string;
}

/** Who was on duty when; spans that leave the period are cut. */
export interface Shift {
  readonly name: string;
  readonly spans: readonly Period[];
}

export interface KpiQuestion {
  readonly period: Period;
  /** Also those raised earlier that were still annunciated when the period began. Not simulated ones. */
  readonly records: readonly AlarmRecord[];
  /** Consoles that share the load. Unset: 1. */
  readonly operators?: number;
  readonly shifts?: readonly Shift[];
}

/** The report of a period. */
export function kpiReport(q: KpiQuestion): KpiReport {
  const { shifts = [] } = q;
  return {
    ...wholeReport(q),
    rules: rulesIn(q.records).map((rule) => ruleReport(q, rule)),
    shifts: shifts.map((shift) => shiftReport(q, shift)),
    outsideShifts: outsideShifts(q),
  };
}

/** All alarms together. A long period is counted part by part, so that nothing urgent waits for the whole. */
export function wholeReport(q: KpiQuestion): WholeReport {
  const { period, records, operators = 1 } = q;
  const raised = raisedIn(records, [period]);
  const figures = figuresOf(raised, [period], operators);
  const topTen = topOf(raised);
  const stale = staleOf(records, period);
  return {
    ...figures,
    period,
    enough: period.until - period.from >= DAYS_MIN * DAY_MS,
    topTen,
    stale,
    judgements: judgementsOf(figures, topTen, stale),
  };
}

/** The rules that have a record, by name. */
export function rulesIn(records: readonly AlarmRecord[]): readonly string[] {
  return [...new Set(records.map((r) => r.rule))].sort();
}

/** The alarms of one rule. */
export function ruleReport(q: KpiQuestion, rule: string): RuleFigures {
  const { period, operators = 1 } = q;
  const own = q.records.filter((r) => r.rule === rule);
  return { rule, stale: staleOf(own, period), ...figuresOf(own, [period], operators) };
}

/** What was raised while the shift was on duty. */
export function shiftReport(q: KpiQuestion, shift: Shift): ShiftFigures {
  const { period, records, operators = 1 } = q;
  return { shift: shift.name, ...figuresOf(records, cut(shift.spans, period), operators) };
}

/** How many were raised while no shift was on duty; without shifts none. */
export function outsideShifts({ period, records, shifts = [] }: KpiQuestion): number {
  if (shifts.length === 0) return 0;
  const raised = raisedIn(records, [period]);
  const spans = shifts.flatMap((s) => cut(s.spans, period));
  return raised.length - raisedIn(raised, spans).length;
}

function figuresOf(
  records: readonly AlarmRecord[],
  spans: readonly Period[],
  operators: number,
): Figures {
  const raised = raisedIn(records, spans);
  return {
    load: loadOf(raised, { spans, operators }),
    chattering: chatteringOf(raised),
    fleeting: fleetingOf(raised),
    priorities: prioritiesOf(raised),
    acknowledging: acknowledgingOf(raised),
  };
}

/**
 * What is judged by a target, in the target's unit; `undefined`: nothing to judge by. Of a group without `topTen` or `stale`
 * those are left out: a shift has no stale alarms, and one rule no ten most frequent.
 */
export function kpiValues(
  { load, chattering, fleeting }: Figures,
  more: { readonly topTen?: Top; readonly stale?: Stale } = {},
): Readonly<Partial<Record<Kpi, number | undefined>>> {
  const { topTen, stale } = more;
  return {
    perTenMinutes: load.perTenMinutes.average,
    perHour: load.perHour.average,
    perDay: load.perDay.average,
    busyShare: load.busyShare,
    floodShare: load.floodShare,
    // Ten of ten sources always have all.
    ...(topTen ? { topTenShare: topTen.of > 10 ? topTen.share : undefined } : {}),
    // The classic rule is from memory: shown, not judged by.
    chattering: chattering.filter((c) => c.byIndex || c.byTransitions).length,
    chatterIndex: Math.max(0, ...chattering.map((c) => c.index ?? 0)),
    fleeting: fleeting.length,
    ...(stale ? { stale: stale.most } : {}),
  };
}

function judgementsOf(figures: Figures, topTen: Top, stale: Stale) {
  const values = kpiValues(figures, { topTen, stale });
  const judged = KPIS.map((kpi) => [kpi, judgeKpi(kpi, values[kpi])]);
  return Object.fromEntries(judged) as Record<Kpi, KpiJudgement>;
}

function prioritiesOf(records: readonly AlarmRecord[]): Readonly<Record<Priority, PriorityShare>> {
  const shares = PRIORITIES.map((priority) => {
    const count = records.filter((r) => r.priority === priority).length;
    const share = records.length === 0 ? {} : { share: count / records.length };
    return [priority, { count, ...share, target: PRIORITY_TARGETS[priority] }];
  });
  return Object.fromEntries(shares) as Record<Priority, PriorityShare>;
}

function acknowledgingOf(records: readonly AlarmRecord[]): Acknowledging {
  const waits = records
    .flatMap((r) => (r.acknowledgedAt === undefined ? [] : [r.acknowledgedAt - r.raisedAt]))
    .sort((a, b) => a - b);
  const upper = waits[Math.floor(waits.length / 2)];
  const lower = waits[Math.floor((waits.length - 1) / 2)];
  return {
    acknowledged: waits.length,
    never: records.length - waits.length,
    ...(upper === undefined || lower === undefined ? {} : { medianMs: (lower + upper) / 2 }),
  };
}

function cut(spans: readonly Period[], period: Period): readonly Period[] {
  return spans
    .map((s) => ({
      from: Math.max(s.from, period.from),
      until: Math.min(s.until, period.until),
    }))
    .filter((s) => s.until > s.from);
}
