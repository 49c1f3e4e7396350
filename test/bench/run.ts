/** npm run bench: each benchmark beside its floor or peer in the same run; a table, and the same as JSON. */

import { join } from 'node:path';
import { readOptions } from '../support/command-line.ts';
import { machine, tableOf, writeJson, type BenchResult, type Row } from './figures.ts';
import { alarmLatency, alarmUnderLoad } from './latency.ts';
import { memory } from './memory.ts';
import { poisonousNeighbour } from './neighbour.ts';
import { pureParts } from './engine.ts';
import { backtestYear } from './backtest.ts';
import { tenfoldOverload } from './overload.ts';
import { steadyCost } from './steady.ts';
import { sensorYear } from './year.ts';
import { embeddedPath, mosquittoPath, shippedPath, type BenchOptions } from './throughput.ts';

const OUTPUT = join(import.meta.dirname, '..', 'output', 'bench.json');
/** Whatever hangs: a benchmark that never ends tells nothing. */
const RUN_MINUTES_MAX = 75;

const BENCHMARKS: Readonly<Record<string, (options: BenchOptions) => Promise<BenchResult>>> = {
  mosquitto: mosquittoPath,
  shipped: shippedPath,
  embedded: embeddedPath,
  neighbour: poisonousNeighbour,
  alarm: alarmLatency,
  fire: alarmUnderLoad,
  year: sensorYear,
  memory,
  steady: steadyCost,
  overload: tenfoldOverload,
  parts: pureParts,
  backtest: backtestYear,
};

const USAGE = `npm run bench [-- --quick] [--only <name>]...\nnames: ${Object.keys(BENCHMARKS).join(', ')}`;
const values = readOptions(USAGE, {
  quick: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true, default: [] },
});

const unknown = values.only.filter((name) => !(name in BENCHMARKS));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}.\n${USAGE}`);
  process.exit(2);
}

setTimeout(() => {
  console.error(`The benchmarks did not end within ${RUN_MINUTES_MAX} minutes.`);
  process.exit(1);
}, RUN_MINUTES_MAX * 60_000).unref();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const rows: Row[] = [];
const results: Record<string, BenchResult> = {};
let failed = false;
for (const [name, bench] of Object.entries(BENCHMARKS)) {
  if (values.only.length > 0 && !values.only.includes(name)) continue;
  const startedMs = performance.now();
  process.stderr.write(`${name} … `);
  try {
    const result = await bench({ quick: values.quick });
    results[name] = result;
    rows.push(...result.rows);
    process.stderr.write(`${((performance.now() - startedMs) / 1000).toFixed(0)} s\n`);
  } catch (error) {
    failed = true;
    console.error(`failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
  }
}
const conditions = machine();
console.log(`\n${tableOf(rows)}\n`);
console.log(
  Object.entries(conditions)
    .map(([name, value]) => `${name}: ${value}`)
    .join('; '),
);
writeJson(OUTPUT, {
  at: new Date().toISOString(),
  quick: values.quick,
  machine: conditions,
  benchmarks: results,
});
console.log('written to test/output/bench.json');
process.exit(failed ? 1 : 0);
