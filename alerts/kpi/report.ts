/** All figures of alarm management over a period, by rule and by duty shift. */

import { PRIORITIES, type Priority } from '../../domain/alarm.ts';
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
import { DAYS_MIN, judgeKpi, PRIORITY_TARGETS, type Kpi, type KpiJudgement } from './targets.ts';

export interface PriorityShare {
  readonly count: number;
  /** Unset: there is no alarm. */
  readonly share?: number;
  readonly target: number;
}

export interface Acknowledging {
  readonly acknowledged: number;
  /** Over or not, nobody acknowledged these. */
  readonly never: number;
  /** Unset: none was acknowledged. */
  readonly medianMs?: number;
}

/** The figures of some records; all but `stale` count what was raised in the period. */
export interface Figures {
  readonly load: Load;
  readonly chattering: readonly Chatter[];
  readonly fleeting: readonly AlarmRecord[];
  readonly priorities: Readonly<Record<Priority, PriorityShare>>;
  readonly acknowledging: Acknowledging;
}

export interface KpiReport extends Figures {
  readonly period: Period;
  /** Whether the period has the 30 days that the figures want. */
  readonly enough: boolean;
  readonly topTen: Top;
  readonly stale: Stale;
  readonly judgements: Readonly<Record<Kpi, KpiJudgement>>;
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
  const { period, records, operators = 1, shifts = [] } = q;
  const raised = raisedIn(records, [period]);
  const figures = figuresOf(raised, [period], operators);
  const topTen = topOf(raised);
  const stale = staleOf(records, period);
  const spans = shifts.map((s) => ({ name: s.name, spans: cut(s.spans, period) }));
  const onDuty = new Set(spans.flatMap((s) => raisedIn(raised, s.spans)));
  return {
    ...figures,
    period,
    enough: period.until - period.from >= DAYS_MIN * DAY_MS,
    topTen,
    stale,
    judgements: judgementsOf(figures, topTen, stale),
    rules: rulesOf(q, operators),
    shifts: spans.map((s) => ({ shift: s.name, ...figuresOf(raised, s.spans, operators) })),
    outsideShifts: shifts.length === 0 ? 0 : raised.length - onDuty.size,
  };
}

function rulesOf({ period, records }: KpiQuestion, operators: number): readonly RuleFigures[] {
  const rules = [...new Set(records.map((r) => r.rule))].sort();
  return rules.map((rule) => {
    const own = records.filter((r) => r.rule === rule);
    return { rule, stale: staleOf(own, period), ...figuresOf(own, [period], operators) };
  });
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

function judgementsOf(
  { load, chattering, fleeting }: Figures,
  topTen: Top,
  stale: Stale,
): Readonly<Record<Kpi, KpiJudgement>> {
  const values: Readonly<Record<Kpi, number | undefined>> = {
    perTenMinutes: load.perTenMinutes.average,
    perHour: load.perHour.average,
    perDay: load.perDay.average,
    busyShare: load.busyShare,
    floodShare: load.floodShare,
    // Ten of ten sources always have all.
    topTenShare: topTen.of > 10 ? topTen.share : undefined,
    // The classic rule is from memory: shown, not judged by.
    chattering: chattering.filter((c) => c.byIndex || c.byTransitions).length,
    chatterIndex: Math.max(0, ...chattering.map((c) => c.index ?? 0)),
    fleeting: fleeting.length,
    stale: stale.most,
  };
  const judged = Object.entries(values).map(([kpi, value]) => [kpi, judgeKpi(kpi as Kpi, value)]);
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
