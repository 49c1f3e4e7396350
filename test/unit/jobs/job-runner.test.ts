import { describe, expect, it } from 'vitest';
import type { JournalDraft } from '../../../domain/journal.ts';
import type { SeriesHour } from '../../../domain/series.ts';
import type { FactRow } from '../../../domain/tick.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../domain/time.ts';
import { createJobRunner, type JobServices } from '../../../server/jobs/job-runner.ts';
import type { Job, JobRun } from '../../../server/jobs/jobs.ts';
import { nightlyAssessmentJobs } from '../../../server/jobs/nightly-assessment.ts';
import { rollUpJob } from '../../../server/jobs/roll-up.ts';
import { REPOSITORY, factQueries, smallArchive } from '../assessments/small-archive.ts';

/** A state that keeps facts, journal and deletes, on a clock of its own. */
function world(startedAt = Date.UTC(2026, 10, 20, 12)) {
  const facts = new Map<string, FactRow>();
  const journal: JournalDraft[] = [];
  const put: string[] = [];
  const deleted: string[] = [];
  const state = { now: startedAt, commitFails: false };
  const services: JobServices = {
    now: () => state.now,
    queries: factQueries(facts),
    writer: {
      command: () => Promise.reject(new Error('not asked here')),
      reconfigure: () => Promise.resolve(),
      commit: async (change) => {
        await Promise.resolve();
        if (state.commitFails) throw new Error('the disk is full');
        for (const p of change.puts ?? []) {
          if (p.table === 'fact') facts.set(p.row.id, p.row);
          else put.push(p.table);
        }
        for (const d of change.deletes ?? []) {
          if (!('key' in d)) continue;
          if (d.table === 'fact') facts.delete(d.key);
          else deleted.push(d.key);
        }
        journal.push(...(change.journal ?? []));
      },
    },
  };
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  return { services, facts, journal, put, deleted, state, log };
}

function job(run: (run: JobRun) => void | Promise<void>, more: Partial<Job> = {}): Job {
  return {
    name: 'count',
    repository: REPOSITORY,
    timezone: 'UTC',
    schedule: { kind: 'daily', hour: 1, minute: 30 },
    lateAfterMs: HOUR_MS,
    journalsMissed: true,
    run: async (r) => {
      await run(r);
      return { puts: [], journal: [] };
    },
    ...more,
  };
}

describe('a job', () => {
  it('has missed nothing when it is seen for the first time', async () => {
    const w = world();
    const runs: JobRun[] = [];
    const runner = createJobRunner({ ...w, jobs: () => [job((r) => void runs.push(r))] });
    await runner.wake();
    await runner.wake();
    expect(runs).toEqual([]);
    w.state.now += DAY_MS;
    await runner.wake();
    expect(runs).toEqual([{ dueAt: Date.UTC(2026, 10, 21, 1, 30), late: true, missed: 0 }]);
  });

  it('runs once for each time, also after a restart', async () => {
    const w = world();
    const runs: JobRun[] = [];
    const jobs = () => [job((r) => void runs.push(r))];
    await createJobRunner({ ...w, jobs }).wake();
    w.state.now = Date.UTC(2026, 10, 21, 1, 30, 20);
    await createJobRunner({ ...w, jobs }).wake();
    await createJobRunner({ ...w, jobs }).wake();
    expect(runs).toEqual([{ dueAt: Date.UTC(2026, 10, 21, 1, 30), late: false, missed: 0 }]);
  });

  it('makes up only the latest of the missed runs, and journals how many there were', async () => {
    const w = world();
    const runs: JobRun[] = [];
    const runner = createJobRunner({ ...w, jobs: () => [job((r) => void runs.push(r))] });
    await runner.wake();
    w.state.now += 5 * DAY_MS;
    await runner.wake();
    expect(runs).toEqual([{ dueAt: Date.UTC(2026, 10, 25, 1, 30), late: true, missed: 4 }]);
    expect(w.journal).toMatchObject([
      { action: 'job.missed', detail: { job: 'count', missed: 4 } },
    ]);
  });

  it('never runs twice at once', async () => {
    const w = world();
    let running = 0;
    let most = 0;
    let finish: (() => void) | undefined;
    const slow = job(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      running -= 1;
    });
    const runner = createJobRunner({ ...w, jobs: () => [slow] });
    await runner.wake();
    w.state.now += DAY_MS;
    const first = runner.wake();
    const second = runner.wake();
    await Promise.resolve();
    while (finish === undefined) await Promise.resolve();
    finish();
    await Promise.all([first, second]);
    expect(most).toBe(1);
  });

  it('that throws is journalled and tried again later each time, and harms no other', async () => {
    const w = world();
    let tries = 0;
    let fails = true;
    const others: JobRun[] = [];
    const bad = job(() => {
      tries += 1;
      if (fails) throw new Error('the store is away');
    });
    const good = job((r) => void others.push(r), { name: 'other' });
    const runner = createJobRunner({ ...w, jobs: () => [bad, good] });
    await runner.wake();
    w.state.now = Date.UTC(2026, 10, 21, 1, 30);
    const triedAt: number[] = [];
    for (let minute = 0; minute < 16; minute += 1) {
      const before = tries;
      await runner.wake();
      if (tries > before) triedAt.push(minute);
      w.state.now += MINUTE_MS;
    }
    expect(triedAt).toEqual([0, 1, 3, 7, 15]);
    expect(others).toHaveLength(1);
    const failed = w.journal.filter((line) => line.action === 'job.failed');
    expect(failed).toHaveLength(5);
    expect(failed[0]).toMatchObject({ detail: { job: 'count', why: 'the store is away' } });
    fails = false;
    w.state.now += HOUR_MS;
    await runner.wake();
    await runner.wake();
    expect(tries).toBe(6);
  });

  it('survives a state store that does not commit, and runs when it does again', async () => {
    const w = world();
    const runs: JobRun[] = [];
    const runner = createJobRunner({ ...w, jobs: () => [job((r) => void runs.push(r))] });
    await runner.wake();
    w.state.now += DAY_MS;
    w.state.commitFails = true;
    await runner.wake();
    w.state.commitFails = false;
    w.state.now += MINUTE_MS;
    await runner.wake();
    w.state.now += MINUTE_MS;
    await runner.wake();
    expect(runs).toHaveLength(2);
  });

  it('begins anew when its last run was written by a clock that was wrong', async () => {
    const w = world();
    const runs: JobRun[] = [];
    const runner = createJobRunner({ ...w, jobs: () => [job((r) => void runs.push(r))] });
    w.facts.set(`job/count/${REPOSITORY}`, {
      id: `job/count/${REPOSITORY}`,
      at: w.state.now + 300 * DAY_MS,
      body: '{}',
    });
    await runner.wake();
    w.state.now += DAY_MS;
    await runner.wake();
    expect(runs).toHaveLength(1);
  });
});

describe('the nightly assessment', () => {
  const dueAt = Date.UTC(2026, 10, 20, 17, 30);

  it.each([
    ['nightly', MINUTE_MS],
    ['made-up-late', 9 * HOUR_MS],
  ])(
    'is %s when it runs %d ms after its time, and covers its own nights',
    async (trigger, after) => {
      const w = world(dueAt - HOUR_MS);
      const archive = smallArchive({ now: dueAt + after });
      const runner = createJobRunner({ ...w, jobs: () => nightlyAssessmentJobs(archive) });
      await runner.wake();
      w.state.now = dueAt + after;
      await runner.wake();
      await runner.wake();
      expect(w.put).toEqual(['assessment']);
      expect(w.journal).toMatchObject([
        { action: 'assessment.made', detail: { trigger, until: Date.UTC(2026, 10, 20, 16) } },
      ]);
    },
  );
});

describe('the roll-up', () => {
  const hour = (n: number): SeriesHour => ({
    repository: REPOSITORY,
    sensor: 'th-1',
    metric: 'temperature',
    hour: n * HOUR_MS,
  });

  function rollUpWorld(hours: readonly SeriesHour[]) {
    const w = world();
    const rolled: number[] = [];
    const state = { fails: false };
    const keyOf = (h: SeriesHour) => [h.repository, h.sensor, h.metric, h.hour].join('|');
    const roll = rollUpJob(w.services, {
      dirtyHours: ({ endedBefore, hoursMax }) =>
        hours
          .filter((h) => h.hour + HOUR_MS <= endedBefore && !w.deleted.includes(keyOf(h)))
          .slice(0, hoursMax),
      rollUp: (batch) => {
        if (state.fails) return Promise.reject(new Error('away'));
        rolled.push(...batch.map((h) => h.hour / HOUR_MS));
        return Promise.resolve();
      },
    });
    return { w, rolled, roll, state };
  }
  const run: JobRun = { dueAt: 0, late: false, missed: 0 };

  it('takes every dirty hour that has ended, in batches', async () => {
    const started = Math.floor(world().state.now / HOUR_MS);
    const hours = Array.from({ length: 1201 }, (_, i) => hour(started - 1200 + i));
    const { rolled, roll } = rollUpWorld(hours);
    await roll.run(run);
    expect(rolled).toHaveLength(1200);
    expect(new Set(rolled).size).toBe(1200);
  });

  it('loses no hour when the store fails after its marks were taken', async () => {
    const { w, rolled, roll, state } = rollUpWorld([hour(1), hour(2)]);
    state.fails = true;
    await expect(roll.run(run)).rejects.toThrow('away');
    expect(w.deleted).toHaveLength(2);
    state.fails = false;
    await roll.run(run);
    expect(rolled).toEqual([1, 2]);
    await roll.run(run);
    expect(rolled).toEqual([1, 2]);
  });
});
