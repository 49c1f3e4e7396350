/** A year of a pair of sensors, read and reduced in the worker over a real store. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WorkerStart } from '../../../gateway/forwarder/messages.ts';
import {
  superviseWorker,
  type SupervisedWorker,
} from '../../../gateway/forwarder/supervised-worker.ts';
import type { ClimatePeriodQuery } from '../../../gateway/stores/climate-period.ts';
import { createSqliteReadingStore } from '../../../gateway/stores/sqlite-reading-store.ts';
import type { PeriodAnswer } from '../../../domain/preservation/period.ts';
import { DAY_MS, HOUR_MS, hourOf } from '../../../domain/time.ts';
import { readingAt } from '../../support/readings.ts';

const FROM = Date.UTC(2025, 0, 1);
const UNTIL = FROM + 365 * DAY_MS;
const folder = mkdtempSync(join(tmpdir(), 'lantai-climate-'));
const path = join(folder, 'readings.db');
let reader: SupervisedWorker;

// Four readings an hour, of a sensor that reports each quarter of an hour; none in March.
beforeAll(async () => {
  const store = createSqliteReadingStore({ path });
  await store.open();
  const isMarch = (at: number) => new Date(at).getUTCMonth() === 2;
  for (let day = FROM - 30 * DAY_MS; day < UNTIL; day += DAY_MS) {
    const times = Array.from({ length: 96 }, (_, i) => day + i * 15 * 60_000);
    const kept = times.filter((at) => !isMarch(at));
    const readings = kept.flatMap((at) => [
      readingAt(at, { value: 20 }),
      readingAt(at, { metric: 'humidity', value: 50 }),
    ]);
    if (readings.length === 0) continue;
    await store.write(readings);
    const hours = [...new Set(kept.map(hourOf))];
    const keys = (['temperature', 'humidity'] as const).flatMap((metric) =>
      hours.map((hour) => ({ repository: 'sx', sensor: 'th-1', metric, hour })),
    );
    await store.rollUp(keys);
  }
  await store.close();
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  reader = superviseWorker({
    name: 'reader',
    file: new URL('../../../gateway/forwarder/query-worker.ts', import.meta.url),
    workerData: (): WorkerStart => ({
      store: { kind: 'sqlite', path },
      stateDbPath: '',
      startAfter: 0,
      wanted: new SharedArrayBuffer(4),
    }),
    onMessage: () => undefined,
    onBroken: () => undefined,
    log,
  });
}, 60_000);
afterAll(async () => {
  await reader.close();
  rmSync(folder, { recursive: true, force: true });
});

it('gives a year’s TWPI with the month that is missing said, within a few seconds', async () => {
  const key = { repository: 'sx', sensor: 'th-1', intervalSeconds: 900 };
  const began = performance.now();
  const query: ClimatePeriodQuery = {
    temperature: { ...key, metric: 'temperature' },
    humidity: { ...key, metric: 'humidity' },
    from: FROM,
    until: UNTIL,
    stepMs: DAY_MS,
  };
  const answer = await reader.ask({ kind: 'climate-period', query });
  const { summary, minutes, points } = answer as PeriodAnswer;
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(summary.twpi?.years).toBeCloseTo(43.705, 2);
  expect(summary).toMatchObject({ knownHours: 334 * 24, unknownHours: 31 * 24 });
  expect(minutes).toEqual({ known: 334 * 1440, all: 365 * 1440 });
  expect(points).toHaveLength(365);
  expect((UNTIL - FROM) / HOUR_MS).toBe(8760);
});
