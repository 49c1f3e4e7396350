/** Alarms that teach people not to look: the ten most frequent, chattering, fleeting and stale ones. */

import { DAY_MS, MINUTE_MS, SECOND_MS, type Moment } from '../../domain/time.ts';
import { endOf, sourceOf, type AlarmRecord, type Period } from './records.ts';
import { KPI_TARGETS } from './targets.ts';

export interface SourceCount {
  readonly source: string;
  readonly rule: string;
  readonly count: number;
  readonly share: number;
}

export interface Top {
  readonly sources: readonly SourceCount[];
  /** How many sources there are in all. */
  readonly of: number;
  /** What share of all annunciations the most frequent have; unset: there are none. */
  readonly share?: number;
}

/** The most frequent sources, most first, then by name. */
export function topOf(records: readonly AlarmRecord[], most = 10): Top {
  const all = bySource(records);
  const sources = [...all]
    .map(([source, own]) => ({
      source,
      rule: own[0]?.rule ?? '',
      count: own.length,
      share: own.length / records.length,
    }))
    .sort((a, b) => b.count - a.count || (a.source < b.source ? -1 : 1))
    .slice(0, most);
  const top = { sources, of: all.size };
  if (records.length === 0) return top;
  return { ...top, share: sources.reduce((sum, s) => sum + s.count, 0) / records.length };
}

/** More than 5 transitions in 5 minutes without anybody acting: the rule of the site whose document was found. */
export const CHATTER_TRANSITIONS = 5;
export const CHATTER_WINDOW_MS = 5 * MINUTE_MS;
/** The classic rule, from memory: 3 annunciations in a minute. */
export const CLASSIC_CHATTER_COUNT = 3;
export const CLASSIC_CHATTER_MS = MINUTE_MS;

export interface Chatter {
  readonly source: string;
  readonly rule: string;
  /** Chatter index; unset: annunciated once only. */
  readonly index?: number;
  /** By its cutoff of 0.05: as often as once in 20 s. */
  readonly byIndex: boolean;
  /** By transitions, see `CHATTER_TRANSITIONS`. */
  readonly byTransitions: boolean;
  /** By `CLASSIC_CHATTER_COUNT`; from memory, so for information. */
  readonly byClassic: boolean;
}

/**
 * Chatter index (Kondaveeti; one copy): the mean of 1/r over the seconds r between successive annunciations of one source, r
 * at least 1. 0.05 is one alarm in 20 s. `undefined`: there is no interval.
 */
export function chatterIndex(intervalsSeconds: readonly number[]): number | undefined {
  if (intervalsSeconds.length === 0) return undefined;
  const sum = intervalsSeconds.reduce((all, r) => all + 1 / Math.max(1, r), 0);
  return sum / intervalsSeconds.length;
}

/** Sources that chatter by one of the rules, highest index first. */
export function chatteringOf(records: readonly AlarmRecord[]): readonly Chatter[] {
  return [...bySource(records)]
    .map(([source, own]) => chatterOf(source, own))
    .filter((c) => c.byIndex || c.byTransitions || c.byClassic)
    .sort((a, b) => (b.index ?? 0) - (a.index ?? 0) || (a.source < b.source ? -1 : 1));
}

// Sums of fractions: nine times 1/20 over nine must reach the cutoff.
const ROUNDING = 1e-12;

function chatterOf(source: string, records: readonly AlarmRecord[]): Chatter {
  const raised = records.map((r) => r.raisedAt);
  const intervals = raised.slice(1).map((at, i) => (at - (raised[i] ?? at)) / SECOND_MS);
  const index = chatterIndex(intervals);
  return {
    source,
    rule: records[0]?.rule ?? '',
    ...(index === undefined ? {} : { index }),
    byIndex: index !== undefined && index >= KPI_TARGETS.chatterIndex.met - ROUNDING,
    byTransitions: mostWithoutActing(records) > CHATTER_TRANSITIONS,
    byClassic: mostWithin(raised, CLASSIC_CHATTER_MS) >= CLASSIC_CHATTER_COUNT,
  };
}

// Transitions into and out of alarm; an acknowledgement is an act, and counting begins anew.
function mostWithoutActing(records: readonly AlarmRecord[]): number {
  const events = records
    .flatMap((r) => [
      { at: r.raisedAt, act: false },
      ...(r.returnedAt === undefined ? [] : [{ at: r.returnedAt, act: false }]),
      ...(r.acknowledgedAt === undefined ? [] : [{ at: r.acknowledgedAt, act: true }]),
    ])
    .sort((a, b) => a.at - b.at);
  let most = 0;
  let run: Moment[] = [];
  for (const { at, act } of events) {
    if (act) run = [];
    else run.push(at);
    most = Math.max(most, mostWithin(run.slice(-CHATTER_TRANSITIONS - 1), CHATTER_WINDOW_MS));
  }
  return most;
}

/** Most times within a rolling window, its older end excluded; times in order. */
function mostWithin(times: readonly Moment[], windowMs: number): number {
  let most = 0;
  let start = 0;
  for (const [i, at] of times.entries()) {
    while ((times[start] ?? at) <= at - windowMs) start += 1;
    most = Math.max(most, i - start + 1);
  }
  return most;
}

export const FLEETING_MS = 10 * SECOND_MS;
export const FLEETING_REPEAT_MS = 60 * SECOND_MS;

/**
 * Annunciations that were over within 10 s and are alone: none of the source in the 60 s before it and after it. More often
 * it is chatter.
 */
export function fleetingOf(records: readonly AlarmRecord[]): readonly AlarmRecord[] {
  return [...bySource(records).values()].flatMap((own) =>
    own.filter((r, i) => {
      if (r.returnedAt === undefined || r.returnedAt - r.raisedAt >= FLEETING_MS) return false;
      const before = own[i - 1];
      const after = own[i + 1];
      const endBefore = before && (endOf(before) ?? before.raisedAt);
      return (
        (endBefore === undefined || r.raisedAt - endBefore > FLEETING_REPEAT_MS) &&
        (after === undefined || after.raisedAt - r.returnedAt > FLEETING_REPEAT_MS)
      );
    }),
  );
}

export const STALE_MS = DAY_MS;

export interface Stale {
  /** Annunciated for more than 24 h at the end of the period. */
  readonly standing: readonly AlarmRecord[];
  /** How many were stale at some time of each day of the period, counted from its start. */
  readonly perDay: readonly number[];
  /** The worst day. */
  readonly most: number;
}

/** Alarms that were annunciated for more than 24 h without a break; those raised before the period count too. */
export function staleOf(records: readonly AlarmRecord[], period: Period): Stale {
  const stale = records
    .map((record) => ({
      record,
      from: record.raisedAt + STALE_MS,
      until: Math.min(endOf(record) ?? period.until, period.until),
    }))
    .filter((s) => s.until > s.from);
  const perDay: number[] = [];
  for (let day = period.from; day < period.until; day += DAY_MS) {
    perDay.push(stale.filter((s) => s.from < day + DAY_MS && s.until > day).length);
  }
  return {
    standing: stale
      .filter((s) => (endOf(s.record) ?? Infinity) >= period.until)
      .map((s) => s.record),
    perDay,
    most: Math.max(0, ...perDay),
  };
}

/** Records by source, each oldest first. */
export function bySource(
  records: readonly AlarmRecord[],
): ReadonlyMap<string, readonly AlarmRecord[]> {
  const sources = new Map<string, AlarmRecord[]>();
  for (const record of [...records].sort((a, b) => a.raisedAt - b.raisedAt)) {
    const own = sources.get(sourceOf(record));
    if (own) own.push(record);
    else sources.set(sourceOf(record), [record]);
  }
  return sources;
}
