/** What the figures of alarms count: the stored alarms of a period as annunciations, read in slices. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { recordsOf, sourceOf, type AlarmRecord, type Period } from '../../alerts/index.ts';
import type { Alarm } from '../../domain/alarm.ts';
import type { Moment } from '../../domain/time.ts';
import type { StateQueries } from '../services.ts';

/** A year of 50 alarms a day is within it; the level at which nobody can follow is 150. */
export const KPI_ALARMS_MAX = 20_000;
/** Between two slices of this many alarms what is urgent goes first. */
const SLICE_ALARMS = 200;

export interface GatheredAlarms {
  readonly records: readonly AlarmRecord[];
  /** The newest alarm of each source, by the source's name. */
  readonly newest: ReadonlyMap<string, Alarm>;
  /** The period that the records cover: from the first record that there is. */
  readonly covered: Period;
  readonly truncated: boolean;
  readonly simulatedLeftOut: number;
}

export interface GatherAlarms {
  readonly queries: Pick<StateQueries, 'alarmsDuring' | 'alarmTransitions' | 'journalChain'>;
  readonly repository: string;
  /** Qualified. */
  readonly room?: string;
  readonly period: Period;
  /** The repository is one of simulators: its alarms count. */
  readonly simulated: boolean;
  /** Unset: `KPI_ALARMS_MAX`. */
  readonly alarmsMax?: number;
}

/** Reads and counts; simulated alarms of a real repository are left out and counted. */
export async function gatherAlarms(q: GatherAlarms): Promise<GatheredAlarms> {
  const { queries, repository, room, period, alarmsMax = KPI_ALARMS_MAX } = q;
  const begun = begunAt(q) ?? period.until;
  const from = Math.min(Math.max(period.from, begun), period.until);
  const rows = queries.alarmsDuring({
    repository,
    from,
    until: period.until,
    rowsMax: alarmsMax + 1,
    ...(room === undefined ? {} : { room }),
  });
  const truncated = rows.length > alarmsMax;
  const read = rows.slice(0, alarmsMax);
  const counted = read.filter((alarm) => q.simulated || !alarm.simulated);
  const records: AlarmRecord[] = [];
  const newest = new Map<string, Alarm>();
  for (const [i, alarm] of counted.entries()) {
    if (i > 0 && i % SLICE_ALARMS === 0) await nextTurn();
    const own = recordsOf(alarm, queries.alarmTransitions(alarm.id));
    records.push(...own);
    const [first] = own;
    // Newest first: the first that is met is the newest.
    if (first && !newest.has(sourceOf(first))) newest.set(sourceOf(first), alarm);
  }
  // What was cut off is the oldest; before the oldest that was read nothing is known.
  const since = truncated ? Math.max(from, read.at(-1)?.raisedAt ?? from) : from;
  return {
    records,
    newest,
    covered: { from: since, until: period.until },
    truncated,
    simulatedLeftOut: read.length - counted.length,
  };
}

/** The first thing that was ever recorded of the repository; the time before it was not quiet but unwatched. */
function begunAt({ queries, repository }: GatherAlarms): Moment | undefined {
  for (const entry of queries.journalChain(repository)) return entry.at;
  return undefined;
}
