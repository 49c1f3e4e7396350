/** What a job is. */

import type { JournalDraft } from '../../domain/journal.ts';
import type { Put } from '../../domain/tick.ts';
import type { Moment } from '../../domain/time.ts';
import type { Schedule } from './schedule.ts';

export interface JobRun {
  /** When it should have run. */
  readonly dueAt: Moment;
  /** It runs so long after its time that it counts as made up. */
  readonly late: boolean;
  /** How many earlier runs are passed over: only the latest missed one is made up. */
  readonly missed: number;
}

/** What a run leaves behind; committed together with the record that it ran, so it never runs twice for one time. */
export interface JobResult {
  readonly puts: readonly Put[];
  readonly journal: readonly JournalDraft[];
}

export interface Job {
  readonly name: string;
  /** `system` for what concerns no single repository. */
  readonly repository: string;
  readonly timezone: string;
  readonly schedule: Schedule;
  /** A run that starts later than this after its time is late. */
  readonly lateAfterMs: number;
  /** Whether runs that were passed over are journalled. */
  readonly journalsMissed: boolean;
  run(run: JobRun): Promise<JobResult>;
}

/** The id of the fact that holds a job's last run. */
export function jobFactId(job: Pick<Job, 'name' | 'repository'>): string {
  return `job/${job.name}/${job.repository}`;
}
