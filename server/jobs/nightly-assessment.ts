/** The nightly assessment of one repository: at 01:30 its time, of the thirty whole local days before. */

import { HOUR_MS } from '../../domain/time.ts';
import {
  assessmentPeriod,
  prepareAssessment,
  shippedKnowledge,
  type MakeQuestion,
} from '../assessments/make.ts';
import type { Job } from './jobs.ts';

/** After the clocks' usual hour of change, and when the last hour of the day has been rolled up. */
const NIGHTLY_AT = { hour: 1, minute: 30 } as const;

/** One job for each repository. A missed night is made up for its own period, labelled so; only the latest. */
export function nightlyAssessmentJobs(services: MakeQuestion['services']): readonly Job[] {
  return [...services.registry().repositories.values()].map((repository) => ({
    name: 'nightly-assessment',
    repository: repository.id,
    timezone: repository.timezone,
    schedule: { kind: 'daily', ...NIGHTLY_AT },
    lateAfterMs: HOUR_MS,
    journalsMissed: true,
    run: ({ dueAt, late }) => {
      const trigger = late ? 'made-up-late' : 'nightly';
      const { timezone } = repository;
      const days = shippedKnowledge().thresholds.periodDays;
      return prepareAssessment({
        services,
        repository: repository.id,
        by: 'system',
        trigger,
        period: assessmentPeriod({ at: dueAt, trigger, timezone, days }),
      });
    },
  }));
}
