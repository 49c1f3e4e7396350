/** Wakes the jobs each minute. node-cron only wakes; what is due comes from the stored last runs. */

import { schedule } from 'node-cron';
import { createJobRunner, type JobLog, type JobServices } from './job-runner.ts';
import type { Job } from './jobs.ts';

/** Starts waking, first at once. `stop` resolves when the run that is under way has ended. */
export function startJobs(config: {
  readonly services: JobServices;
  readonly jobs: () => readonly Job[];
  readonly log: JobLog;
}): { stop(): Promise<void> } {
  const runner = createJobRunner(config);
  let last = runner.wake();
  const task = schedule(
    '* * * * *',
    () => {
      last = runner.wake();
    },
    { unref: true },
  );
  return {
    stop: async () => {
      await task.destroy();
      await last;
    },
  };
}
