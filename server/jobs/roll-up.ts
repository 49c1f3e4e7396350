/** The hourly roll-up: recomputes the dirty hours that have ended, in batches, until there are none. */

import type { SeriesHour } from '../../domain/series.ts';
import type { Delete } from '../../domain/tick.ts';
import { HOUR_MS, type Moment } from '../../domain/time.ts';
import type { JobServices } from './job-runner.ts';
import type { Job } from './jobs.ts';

/** Hours in one batch: a batch is one commit and one call of the store. */
const ROLL_UP_BATCH_HOURS = 500;
/** Batches in one run; what is left is taken by the next. */
const ROLL_UP_BATCHES_MAX = 200;

/** Hours whose marks were taken and whose roll-up is not known to be stored. */
const IN_HAND_FACT = 'roll-up/in-hand';

export interface RollUpSource {
  /** Dirty hours that have ended before, oldest first, at most `hoursMax`. */
  readonly dirtyHours: (q: {
    readonly endedBefore: Moment;
    readonly hoursMax: number;
  }) => readonly SeriesHour[];
  /** Recomputes them in the reading store. */
  readonly rollUp: (hours: readonly SeriesHour[]) => Promise<void>;
}

/** Runs five minutes past each hour. */
export function rollUpJob(services: JobServices, source: RollUpSource): Job {
  return {
    name: 'roll-up',
    repository: 'system',
    timezone: 'UTC',
    schedule: { kind: 'hourly', minute: 5 },
    lateAfterMs: HOUR_MS,
    journalsMissed: false,
    run: async () => {
      await finish(services, source);
      for (let batch = 0; batch < ROLL_UP_BATCHES_MAX; batch += 1) {
        const hours = source.dirtyHours({
          endedBefore: services.now(),
          hoursMax: ROLL_UP_BATCH_HOURS,
        });
        if (hours.length === 0) break;
        await take(services, hours);
        await finish(services, source);
      }
      return { puts: [], journal: [] };
    },
  };
}

/**
 * Marks are taken away before the hours are computed, so that a reading that comes in meanwhile marks its hour
 * anew and that mark stays; the hours are noted in the same commit, so that a crash in between loses none.
 */
async function take(services: JobServices, hours: readonly SeriesHour[]): Promise<void> {
  const row = { id: IN_HAND_FACT, at: services.now(), body: JSON.stringify(hours) };
  const deletes = hours.map((h): Delete => ({
    table: 'dirty_hour',
    key: [h.repository, h.sensor, h.metric, h.hour].join('|'),
  }));
  await services.writer.commit({ puts: [{ table: 'fact', mode: 'upsert', row }], deletes });
}

/** Computes what is in hand; a second time does no harm. */
async function finish(services: JobServices, source: RollUpSource): Promise<void> {
  const fact = services.queries.fact(IN_HAND_FACT);
  if (fact === undefined) return;
  await source.rollUp(JSON.parse(fact.body) as readonly SeriesHour[]);
  await services.writer.commit({ deletes: [{ table: 'fact', key: IN_HAND_FACT }] });
}
