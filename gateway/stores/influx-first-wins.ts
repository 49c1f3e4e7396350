/**
 * First value wins in a store where the last one would: whatever may already be there is asked for
 * before it is written. Readings newer than all this process wrote of their series need no question.
 */

import type { SeriesKey } from '../../domain/series.ts';
import type { Reading } from '../../domain/reading.ts';
import { MINUTE_MS, type Moment } from '../../domain/time.ts';
import type { InfluxHttp } from './influx-http.ts';
import { seriesCondition } from './influx-lines.ts';
import { SeriesMap } from './series-map.ts';
import { DIFFERENT_VALUE, whyUnstorable } from './storable.ts';

export interface WritePlan {
  /** To be written, in order. */
  readonly fresh: readonly Reading[];
  /** Never: malformed, or another value came first. */
  readonly rejected: readonly { readonly reading: Reading; readonly why: string }[];
  /** Call it when `fresh` is stored. */
  remember(): void;
}

export interface FirstWins {
  plan(readings: readonly Reading[]): Promise<WritePlan>;
  /** What is known of a series; the same object until `age` changes. */
  known(key: SeriesKey): Written;
  /** Changes when everything was forgotten. */
  readonly age: () => number;
}

/** Series whose newest time is remembered; above it the memory starts anew, and the store is asked. */
const SERIES_MAX = 200_000;
/** Late readings further apart than this are asked for apart: what lies between is not fetched. */
const QUESTION_GAP_MS = 10 * MINUTE_MS;
/** Statements in one request; its address stays well below what servers take. */
const STATEMENTS_MAX = 16;

/** The text that names a series in memory. */
export function seriesName(key: SeriesKey): string {
  return `${key.repository}\u0000${key.sensor}\u0000${key.metric}`;
}

export function createFirstWins(http: Pick<InfluxHttp, 'query'>, database: string): FirstWins {
  const series = new SeriesMap<Written>(SERIES_MAX, () => ({
    newest: undefined,
    planned: 0,
    plan: 0,
  }));

  let age = 0;
  return {
    known: (key) => series.of(key),
    age: () => age,
    plan: async (readings) => {
      if (series.makeRoom()) age += 1;
      const { groups, rejected } = grouped(readings, series);
      const stored = await ask(http, database, questionsOf(groups));
      const fresh: Reading[] = [];
      const newestNow = new Map<Written, Moment>();
      for (const [written, group] of groups) {
        const known = stored.get(written);
        if (!known && isRising(group, written.newest)) {
          fresh.push(...group);
        } else {
          sift(group, known ?? new Map<Moment, number>(), { fresh, rejected });
        }
        newestNow.set(written, Math.max(...group.map((reading) => reading.at)));
      }
      const remember = (): void => {
        for (const [written, at] of newestNow) {
          written.newest = Math.max(at, written.newest ?? at);
        }
      };
      return { fresh, rejected, remember };
    },
  };
}

/** What is known of one series. */
export interface Written {
  /** The newest time that this process wrote; `undefined`: none yet, so the store is asked. */
  newest: Moment | undefined;
  /** The newest time of the short way's plan of this number; no other plan looks at it. */
  planned: Moment;
  plan: number;
}

type Groups = ReadonlyMap<Written, Reading[]>;
type Rejected = { reading: Reading; why: string }[];

function grouped(
  readings: readonly Reading[],
  series: SeriesMap<Written>,
): { groups: Groups; rejected: Rejected } {
  const groups = new Map<Written, Reading[]>();
  const rejected: Rejected = [];
  for (const reading of readings) {
    const why = whyUnstorable(reading);
    if (why) {
      rejected.push({ reading, why });
      continue;
    }
    const written = series.of(reading);
    const group = groups.get(written);
    if (group) group.push(reading);
    else groups.set(written, [reading]);
  }
  return { groups, rejected };
}

/** Whether every time is later than the one before, and all than what was written. */
function isRising(group: readonly Reading[], after: Moment | undefined): boolean {
  let last = after;
  for (const reading of group) {
    if (last !== undefined && reading.at <= last) return false;
    last = reading.at;
  }
  return true;
}

function sift(
  group: readonly Reading[],
  seen: Map<Moment, number>,
  out: { readonly fresh: Reading[]; readonly rejected: Rejected },
): void {
  for (const reading of group) {
    const first = seen.get(reading.at);
    if (first === undefined) {
      seen.set(reading.at, reading.value);
      out.fresh.push(reading);
    } else if (first !== reading.value) {
      out.rejected.push({ reading, why: DIFFERENT_VALUE });
    }
  }
}

interface Question {
  readonly written: Written;
  readonly key: SeriesKey;
  readonly from: Moment;
  readonly to: Moment;
}

/** One question for each span of readings that may be in the store already. */
function questionsOf(groups: Groups): readonly Question[] {
  const questions: Question[] = [];
  for (const [written, group] of groups) {
    const known = written.newest;
    const doubtful = group
      .filter((r) => known === undefined || r.at <= known || r.flags?.includes('historical'))
      .map((reading) => reading.at)
      .sort((a, b) => a - b);
    const [key] = group;
    const [first] = doubtful;
    if (!key || first === undefined) continue;
    let from = first;
    let to = first;
    for (const at of doubtful) {
      if (at - to > QUESTION_GAP_MS) {
        questions.push({ written, key, from, to });
        from = at;
      }
      to = at;
    }
    questions.push({ written, key, from, to });
  }
  return questions;
}

/** What is stored already, by series and time; a series that was asked for has an entry. */
async function ask(
  http: Pick<InfluxHttp, 'query'>,
  database: string,
  questions: readonly Question[],
): Promise<ReadonlyMap<Written, Map<Moment, number>>> {
  const stored = new Map<Written, Map<Moment, number>>();
  for (const { written } of questions) stored.set(written, new Map());
  for (let i = 0; i < questions.length; i += STATEMENTS_MAX) {
    const some = questions.slice(i, i + STATEMENTS_MAX);
    const statements = some.map(
      (q) =>
        `SELECT "value" FROM "reading" WHERE ${seriesCondition(q.key)} AND time >= ${q.from}ms AND time <= ${q.to}ms`,
    );
    await http.query(database, statements.join('; '), ({ statement, values }) => {
      const question = some[statement];
      const [at, value] = values;
      if (question) stored.get(question.written)?.set(Number(at), Number(value));
    });
  }
  return stored;
}
