/** A back-test of one room-year at one message a minute, two metrics, from the embedded store. */

import { join } from 'node:path';
import { DAY_MS, hourOf } from '../../domain/time.ts';
import { applyRepository } from '../../gateway/index.ts';
import { EMPTY_REGISTRY } from '../../domain/registry.ts';
import { loadKnowledge } from '../../alerts/index.ts';
import { createReadingStore, type StoreConfig } from '../../gateway/stores/open-store.ts';
import { runBacktest, type BacktestSources } from '../../server/backtests/run-backtest.ts';
import { loadSensorId, writeLoadRepository } from '../../simulators/load/repository.ts';
import { compare, type BenchResult } from './figures.ts';
import { makeFolder } from './house.ts';
import type { BenchOptions } from './throughput.ts';
import { fillYear, YEAR_MS, YEAR_READINGS } from './year-data.ts';

const SECONDS_MAX = 3;
const PROPOSED = [{ metric: 'humidity', kind: 'range', min: 45, max: 57 }] as const;

/** With the rules in force (ten judge such a sensor), alone and against a proposal. */
export async function backtestYear(options: BenchOptions): Promise<BenchResult> {
  const folder = makeFolder();
  const until = hourOf(Date.now());
  const config: StoreConfig = { kind: 'sqlite', path: join(folder.path, 'readings.db') };
  const sensor = loadSensorId(0);
  const readings = createReadingStore({ ...config, readOnly: true });
  try {
    for (const metric of ['temperature', 'humidity'] as const) {
      await fillYear({ config, sensor, until, metric });
    }
    const document = writeLoadRepository({ sensors: 1, simulated: false });
    const { registry } = applyRepository({
      current: EMPTY_REGISTRY,
      documents: [document],
      now: until,
    });
    const sources: BacktestSources = {
      structure: { registry, limitChanges: [], standardsChoices: [], outOfService: [] },
      knowledge: loadKnowledge(),
      readings,
      queries: { accessEvents: () => [], incidents: () => [] },
    };
    const question = { room: 'load.lr001', from: until - YEAR_MS + 2 * DAY_MS, until, now: until };
    const figures = { read: [] as number[], alone: [] as number[], both: [] as number[] };
    for (let run = 0; run < (options.quick ? 2 : 5); run += 1) {
      figures.read.push(await secondsOf(() => readAll(sources, { sensor, until })));
      figures.alone.push(await secondsOf(() => play(question, sources)));
      figures.both.push(await secondsOf(() => play({ ...question, limits: PROPOSED }, sources)));
    }
    const floor = { floor: figures.read, floorIs: 'the readings alone, read from the store' };
    const target = { text: `< ${SECONDS_MAX} s`, met: (ours: number) => ours < SECONDS_MAX };
    const unit = 's of processor';
    return {
      rows: [
        compare({ name: 'back-test of a room-year', unit, ours: figures.alone, ...floor, target }),
        compare({ name: 'the same, old limits against new', unit, ours: figures.both, ...floor }),
      ],
      conditions: { readings: 2 * YEAR_READINGS, rules: 10 },
    };
  } finally {
    await readings.close();
    folder.remove();
  }
}

async function play(
  question: Parameters<typeof runBacktest>[0],
  sources: BacktestSources,
): Promise<void> {
  const { readings, old } = await runBacktest(question, sources);
  if (readings !== 2 * YEAR_READINGS) throw new Error(`${readings} readings of a year were played`);
  if (old.total.alarms === 0) throw new Error('the year raised nothing');
}

async function readAll(
  { readings }: BacktestSources,
  { sensor, until }: { readonly sensor: string; readonly until: number },
): Promise<void> {
  for (const metric of ['temperature', 'humidity'] as const) {
    const key = { repository: 'load', sensor, metric };
    const { at } = await readings.received({ ...key, from: until - YEAR_MS, until });
    if (at.length !== YEAR_READINGS) throw new Error(`${at.length} readings of a year`);
  }
}

/** Of processor: the thread waits for nothing, so on a quiet machine it is no less than the time that passes. */
async function secondsOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
