/** The figures of alarms over a period, as people see them: each with its target, and plain about too little data. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  countsOf,
  DAYS_MIN,
  judgeKpi,
  KPI_TARGETS,
  kpiValues,
  outsideShifts,
  PRIORITY_CITATION,
  ruleReport,
  rulesIn,
  shiftReport,
  sourceOf,
  wholeReport,
  type AlarmRecord,
  type KpiFigures,
  type KpiQuestion,
  type Period,
  type WholeReport,
} from '../../alerts/index.ts';
import type { Priority } from '../../domain/alarm.ts';
import {
  KPIS,
  type AlarmKpisView,
  type KpiFigure,
  type KpiGroup,
  type KpiSource,
  type Rate,
  type ShiftHours,
} from '../../domain/alarm-kpis.ts';
import type { Repository } from '../../domain/registry.ts';
import type { LocalizedText } from '../../domain/text.ts';
import { DAY_MS, HOUR_MS } from '../../domain/time.ts';
import type { StateQueries } from '../services.ts';
import { gatherAlarms, type GatheredAlarms } from './gather.ts';
import { DEFAULT_SHIFTS, shiftsOf, spansOf } from './shifts.ts';

/** Entries of a list that has no other end. */
const LISTED_MAX = 20;
/** Up to this the course is by hour, above it by day. */
const HOURLY_DAYS_MAX = 7;

export interface KpisAsked {
  readonly queries: Pick<StateQueries, 'alarmsDuring' | 'alarmTransitions' | 'journalChain'>;
  readonly repository: Repository;
  /** Qualified. */
  readonly room?: string;
  readonly period: Period;
  /** Names of rules by id. */
  readonly ruleNames: ReadonlyMap<string, LocalizedText>;
}

/** Reads the alarms of the period and answers with all figures; what is urgent goes between. */
export async function alarmKpis(q: KpisAsked): Promise<AlarmKpisView> {
  const { repository, period } = q;
  const simulated = repository.simulated === true;
  const gathered = await gatherAlarms({ ...q, repository: repository.id, simulated });
  const { covered, records, truncated, simulatedLeftOut } = gathered;
  const own = shiftsOf(repository);
  const hours = own ?? DEFAULT_SHIFTS;
  const { timezone } = repository;
  const shifts = hours.map((shift, i) => ({
    name: String(i),
    spans: spansOf(shift, { ...covered, timezone }),
  }));
  const question: KpiQuestion = { period: covered, records, shifts };
  const report = wholeReport(question);
  return {
    repository: repository.id,
    ...(q.room === undefined ? {} : { room: q.room }),
    ...period,
    dataFrom: covered.from,
    days: (covered.until - covered.from) / DAY_MS,
    daysMin: DAYS_MIN,
    enough: report.enough,
    truncated,
    simulated,
    simulatedLeftOut,
    targets: KPI_TARGETS,
    prioritiesCitation: PRIORITY_CITATION,
    ...groupOf(report, report),
    ...listsOf(report, gathered),
    course: courseOf(gathered),
    rules: await rulesOf(question, report, q.ruleNames),
    shifts: await shiftsIn(question, report, hours),
    shiftsFrom: own ? 'repository' : 'default',
    outsideShifts: outsideShifts(question),
  };
}

type More = Parameters<typeof kpiValues>[1] & { readonly enough: boolean };

function groupOf(figures: KpiFigures, more: More): KpiGroup {
  const { load, priorities, acknowledging } = figures;
  const { alarms, hours, perTenMinutes, level } = load;
  const perHour = ofWhole(load.perHour, hours);
  const perDay = ofWhole(load.perDay, hours / 24);
  return {
    alarms,
    hours,
    perTenMinutes,
    perHour,
    perDay,
    floods: load.floods.length,
    ...(level === undefined ? {} : { level }),
    priorities,
    acknowledging,
    figures: judged(
      { ...kpiValues(figures, more), perHour: perHour.average, perDay: perDay.average },
      more.enough,
    ),
  };
}

/** A rate per day of less than a day would only be a guess. */
function ofWhole(rate: Rate, steps: number): Rate {
  return steps >= 1 ? rate : { peak: rate.peak };
}

function judged(values: ReturnType<typeof kpiValues>, enough: boolean): readonly KpiFigure[] {
  return KPIS.filter((kpi) => kpi in values).map((kpi) => {
    const value = values[kpi];
    const soFar = judgeKpi(kpi, value);
    return {
      kpi,
      ...(value === undefined ? {} : { value }),
      judgement: enough ? soFar : 'cannot-tell',
      soFar,
    };
  });
}

async function rulesOf(
  question: KpiQuestion,
  { enough }: WholeReport,
  names: KpisAsked['ruleNames'],
): Promise<AlarmKpisView['rules']> {
  const rules: AlarmKpisView['rules'][number][] = [];
  for (const rule of rulesIn(question.records)) {
    await nextTurn();
    const figures = ruleReport(question, rule);
    const name = names.get(rule);
    const group = groupOf(figures, { stale: figures.stale, enough });
    rules.push({ rule, ...(name ? { name } : {}), ...group });
  }
  return rules.sort((a, b) => b.alarms - a.alarms || (a.rule < b.rule ? -1 : 1));
}

async function shiftsIn(
  question: KpiQuestion,
  { enough }: WholeReport,
  hours: readonly ShiftHours[],
): Promise<AlarmKpisView['shifts']> {
  const shifts: AlarmKpisView['shifts'][number][] = [];
  for (const [i, shift] of (question.shifts ?? []).entries()) {
    await nextTurn();
    const own = hours[i];
    if (own) shifts.push({ shift: own, ...groupOf(shiftReport(question, shift), { enough }) });
  }
  return shifts;
}

function listsOf(
  report: WholeReport,
  gathered: GatheredAlarms,
): Pick<AlarmKpisView, 'topTen' | 'chattering' | 'standing' | 'longestFloods'> {
  const { topTen, chattering, stale, load } = report;
  const name = (source: string, facts: Pick<KpiSource, 'count' | 'share'>) =>
    sourceIn(gathered, source, facts);
  const counts = countsBySource(report, gathered.records);
  const share = (source: string) => {
    const count = counts.get(source) ?? 0;
    return { count, share: load.alarms === 0 ? 0 : count / load.alarms };
  };
  return {
    topTen: {
      ...topTen,
      sources: topTen.sources.flatMap(({ source, ...facts }) => name(source, facts)),
    },
    chattering: chattering
      .filter((c) => c.byIndex || c.byTransitions)
      .slice(0, LISTED_MAX)
      .flatMap(({ source, index }) =>
        name(source, share(source)).map((one) => (index === undefined ? one : { ...one, index })),
      ),
    standing: stale.standing
      .toSorted((a, b) => a.raisedAt - b.raisedAt)
      .slice(0, LISTED_MAX)
      .flatMap((record) => {
        const source = sourceOf(record);
        return name(source, share(source)).map((one) => ({ ...one, since: record.raisedAt }));
      }),
    longestFloods: load.floods
      .toSorted((a, b) => b.until - b.from - (a.until - a.from))
      .slice(0, LISTED_MAX)
      .map(({ from, until, alarms, peak }) => ({ from, until, alarms, peak })),
  };
}

function countsBySource({ period }: WholeReport, records: readonly AlarmRecord[]) {
  const counts = new Map<string, number>();
  for (const record of records) {
    if (record.raisedAt < period.from || record.raisedAt >= period.until) continue;
    const source = sourceOf(record);
    counts.set(source, (counts.get(source) ?? 0) + 1);
  }
  return counts;
}

function sourceIn(
  { newest }: GatheredAlarms,
  source: string,
  facts: Pick<KpiSource, 'count' | 'share'>,
): readonly KpiSource[] {
  const alarm = newest.get(source);
  if (!alarm) return [];
  const { rule, subject, title, id, raisedAt } = alarm;
  const { count, share } = facts;
  const what = { rule, subject: `${subject.kind}:${subject.id}`, title };
  return [{ ...what, count, share, alarm: id, lastAt: raisedAt }];
}

function courseOf({ records, covered }: GatheredAlarms): AlarmKpisView['course'] {
  const days = (covered.until - covered.from) / DAY_MS;
  const stepMs = days > HOURLY_DAYS_MAX ? DAY_MS : HOUR_MS;
  const of = (priority: Priority) => {
    const times = records.filter((r) => r.priority === priority).map((r) => r.raisedAt);
    return countsOf(times, covered, stepMs);
  };
  const counts = {
    critical: of('critical'),
    high: of('high'),
    medium: of('medium'),
    low: of('low'),
  };
  return { stepMs, counts };
}
