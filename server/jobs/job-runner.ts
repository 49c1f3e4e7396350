/** Runs what is due. Woken from outside; a job that throws is recorded, backed off and tried again, and harms no other. */

import type { JournalDraft } from '../../domain/journal.ts';
import { HOUR_MS, MINUTE_MS, type Moment } from '../../domain/time.ts';
import type { Services } from '../services.ts';
import { jobFactId, type Job } from './jobs.ts';
import { dueRuns } from './schedule.ts';

export type JobServices = Pick<Services, 'queries' | 'writer' | 'now'>;
export type JobLog = Pick<Services['log'], 'info' | 'warn' | 'error'>;

export interface JobRunner {
  /** Runs what is due now, one job after the other; resolves when they are through. Never rejects. */
  wake(): Promise<void>;
}

/** After the n-th failure in a row a job waits 1, 2, 4 … minutes, an hour at most. */
const RETRY_DELAY_MS_MAX = HOUR_MS;

/** A last run further ahead than this came from a clock that was wrong. */
const AHEAD_MS_MAX = HOUR_MS;

interface Failure {
  readonly count: number;
  readonly retryAt: Moment;
}

/** `jobs` is asked at each wake, as repositories come and go. */
export function createJobRunner(config: {
  readonly services: JobServices;
  readonly jobs: () => readonly Job[];
  readonly log: JobLog;
}): JobRunner {
  const { services, log } = config;
  const failures = new Map<string, Failure>();
  let running: Promise<void> | undefined;

  const attempt = async (job: Job): Promise<void> => {
    const id = jobFactId(job);
    const failure = failures.get(id);
    if (failure !== undefined && failure.retryAt > services.now()) return;
    try {
      await runIfDue(job, config);
      failures.delete(id);
    } catch (error) {
      const count = (failure?.count ?? 0) + 1;
      const delayMs = Math.min(MINUTE_MS * 2 ** Math.min(count - 1, 10), RETRY_DELAY_MS_MAX);
      const retryAt = services.now() + delayMs;
      failures.set(id, { count, retryAt });
      log.error({ err: error, job: job.name, repository: job.repository, retryAt }, 'job failed');
      await journalFailure(job, { error, count, retryAt }, config);
    }
  };

  const runAll = async (): Promise<void> => {
    for (const job of config.jobs()) await attempt(job);
  };

  return {
    wake: () => {
      // A wake while the last one is still at work joins it: never two runs of one job at once.
      running ??= runAll()
        .catch((error: unknown) => log.error({ err: error }, 'jobs could not be listed'))
        .finally(() => {
          running = undefined;
        });
      return running;
    },
  };
}

async function runIfDue(
  job: Job,
  by: { readonly services: JobServices; readonly log: JobLog },
): Promise<void> {
  const { services, log } = by;
  const now = services.now();
  const fact = services.queries.fact(jobFactId(job));
  if (fact === undefined || fact.at > now + AHEAD_MS_MAX) {
    // The first sight of a job is where its counting begins: a new installation has missed nothing.
    if (fact) log.warn({ job: job.name, lastRunAt: fact.at }, 'last run of a job is in the future');
    await services.writer.commit({ puts: [factPut(job, now, 'first-seen')] });
    return;
  }
  const due = dueRuns({
    schedule: job.schedule,
    lastRunAt: fact.at,
    now,
    timezone: job.timezone,
  });
  const dueAt = due.at(-1);
  if (dueAt === undefined) return;
  const missed = due.length - 1;
  const late = now - dueAt > job.lateAfterMs;
  const result = await job.run({ dueAt, late, missed });
  const journal = [...result.journal, ...missedLine(job, { missed, dueAt, now })];
  await services.writer.commit({ puts: [...result.puts, factPut(job, dueAt, 'done')], journal });
  log.info({ job: job.name, repository: job.repository, dueAt, late, missed }, 'job done');
}

function factPut(job: Job, at: Moment, outcome: 'first-seen' | 'done') {
  const row = { id: jobFactId(job), at, body: JSON.stringify({ lastRunAt: at, outcome }) };
  return { table: 'fact', mode: 'upsert', row } as const;
}

function missedLine(
  job: Job,
  q: { readonly missed: number; readonly dueAt: Moment; readonly now: Moment },
): readonly JournalDraft[] {
  if (q.missed === 0 || !job.journalsMissed) return [];
  return [
    {
      repository: job.repository,
      at: q.now,
      by: 'system',
      action: 'job.missed',
      detail: { job: job.name, missed: q.missed, madeUp: q.dueAt },
    },
  ];
}

async function journalFailure(
  job: Job,
  failure: { readonly error: unknown; readonly count: number; readonly retryAt: Moment },
  by: { readonly services: JobServices; readonly log: JobLog },
): Promise<void> {
  const why = failure.error instanceof Error ? failure.error.message : 'unknown';
  const line: JournalDraft = {
    repository: job.repository,
    at: by.services.now(),
    by: 'system',
    action: 'job.failed',
    detail: {
      job: job.name,
      why: why.slice(0, 500),
      count: failure.count,
      retryAt: failure.retryAt,
    },
  };
  try {
    await by.services.writer.commit({ journal: [line] });
  } catch (error) {
    by.log.error({ err: error, job: job.name }, 'failure of a job could not be journalled');
  }
}
