/**
 * npm run faults [-- --quick] [-- --only embedded|mosquitto|disk|locked|matrix|overload]
 * [-- --faults 'influx,sql-locked&kill-9' (rows of the matrix)]: real processes and servers are killed,
 * stopped and starved while messages flow; then every acknowledged message is looked for. Prints a table, writes
 * test/output/faults.json, and exits with 1 when a bar is missed. Ends by itself, and leaves nothing running.
 */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { readOptions } from '../support/command-line.ts';
import { findServer, type ServerName } from '../support/servers.ts';
import { brokerLines, diskLines, lockedLines, type Line } from './bars.ts';
import { runBroker, type BrokerRunOptions } from './broker-run.ts';
import { runFullDisk } from './disk-run.ts';
import { runMatrix } from './matrix/matrix.ts';
import { overloadLines, runOverload } from './matrix/overload-run.ts';
import { runLocked } from './locked-run.ts';

interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly needs: readonly ServerName[];
  /** `undefined`: it can't be run on this machine; `why` says why. */
  readonly run: (
    of: Running,
  ) => Promise<{ readonly lines: readonly Line[]; readonly report: object } | undefined>;
  readonly why: string;
}

interface Running {
  readonly quick: boolean;
  readonly logPath: string;
  readonly onNote: (text: string) => void;
}

const OUTPUT = join(import.meta.dirname, '..', 'output');
/** No scenario is longer; whatever hangs must not hang for ever. */
const SCENARIO_MS_MAX = 35 * 60_000;

const FULL = {
  messages: 100_000,
  kills: 20,
  influxDownMs: 60_000,
  sensors: 800,
  fires: 60,
  ratePerSecond: 500,
  settleMsMax: 240_000,
};
const QUICK = {
  messages: 6_000,
  kills: 5,
  influxDownMs: 8_000,
  sensors: 160,
  fires: 12,
  ratePerSecond: 400,
  settleMsMax: 90_000,
};

const SCENARIOS: readonly Scenario[] = [
  brokerScenario('embedded', 'embedded broker; kill -9; InfluxDB stopped'),
  brokerScenario('mosquitto', 'Mosquitto as shipped, restarted; kill -9; InfluxDB stopped'),
  {
    name: 'disk',
    title: 'full disk, embedded stores',
    needs: [],
    why: 'a small file system can not be mounted here (it needs root)',
    run: async ({ quick, logPath, onNote }) => {
      const messages = quick ? 3_000 : 12_000;
      const size = { diskMiB: 192, messages, ratePerSecond: 150, sensors: 100 };
      const report = await runFullDisk({ ...size, logPath, onNote });
      return report && { lines: diskLines(report), report };
    },
  },
  {
    name: 'locked',
    title: 'state store locked for 10 s',
    needs: [],
    why: '',
    run: async ({ logPath }) => {
      const report = await runLocked({ lockedMs: 10_000, logPath });
      return { lines: lockedLines(report), report };
    },
  },
  {
    name: 'matrix',
    title: 'every fault alone and every two at once, Mosquitto and InfluxDB, 2,000 messages/s',
    needs: ['mosquitto', 'influxd'],
    why: 'a small file system can not be mounted here (it needs root)',
    run: ({ quick, logPath, onNote }) =>
      runMatrix({ quick, logPath, onNote, only: values.faults?.split(',') }),
  },
  overloadScenario('mosquitto', 'ten times the load, Mosquitto and InfluxDB'),
  overloadScenario('embedded', 'ten times the load, embedded broker and InfluxDB'),
];

function overloadScenario(broker: BrokerRunOptions['broker'], title: string): Scenario {
  return {
    name: `overload-${broker}`,
    title,
    needs: ['mosquitto', 'influxd'],
    why: 'a small file system can not be mounted here (it needs root)',
    run: async ({ quick, logPath }) => {
      const size = { ratePerSecond: 20_000, offerMs: quick ? 5_000 : 25_000 };
      const report = await runOverload({ broker, logPath, ...size });
      return report && { lines: overloadLines(report), report };
    },
  };
}

function brokerScenario(broker: BrokerRunOptions['broker'], title: string): Scenario {
  return {
    name: broker,
    title,
    needs: broker === 'mosquitto' ? ['mosquitto', 'influxd'] : ['influxd'],
    why: '',
    run: async ({ quick, logPath, onNote }) => {
      const size = quick ? QUICK : FULL;
      const report = await runBroker({ ...size, broker, logPath, onNote });
      return { lines: brokerLines(report), report };
    },
  };
}

const USAGE = `npm run faults [-- --quick] [--only ${SCENARIOS.map((s) => s.name).join('|')}] [--faults <rows of the matrix>]`;
const values = readOptions(USAGE, {
  quick: { type: 'boolean', default: false },
  only: { type: 'string' },
  faults: { type: 'string' },
});
const wanted = SCENARIOS.filter(
  ({ name }) =>
    values.only === undefined || name.split('-')[0] === values.only || name === values.only,
);
if (wanted.length === 0) {
  console.error(`lantai faults: --only is one of ${SCENARIOS.map((s) => s.name).join(', ')}.`);
  process.exit(2);
}
mkdirSync(OUTPUT, { recursive: true });
const results = [];
for (const scenario of wanted) results.push(await runOne(scenario, values.quick));
const file = join(OUTPUT, 'faults.json');
writeFileSync(
  file,
  `${JSON.stringify({ at: new Date().toISOString(), quick: values.quick, cores: availableParallelism(), results }, undefined, 2)}\n`,
);
const bad = results.filter((result) => result.outcome === 'missed').length;
const notRun = results.filter((result) => result.outcome === 'not run').length;
console.log(
  `\nFaults: ${results.length - bad - notRun} passed, ${bad} missed, ${notRun} not run. Figures: test/output/faults.json`,
);
process.exit(bad > 0 || (notRun > 0 && process.env['CI'] === 'true') ? 1 : 0);

async function runOne(scenario: Scenario, quick: boolean) {
  const { name, title } = scenario;
  console.log(`\n${title}${quick ? ' (quick)' : ''}`);
  const absent = scenario.needs.filter((server) => findServer(server) === undefined);
  if (absent.length > 0) return notRunFor(name, `${absent.join(', ')} is not installed`);
  const logPath = join(OUTPUT, `faults-${name}.log`);
  rmSync(logPath, { force: true });
  const onNote = (text: string): void => console.log(`  … ${text}`);
  // Leaving this process ends all that it has started.
  const late = setTimeout(() => {
    console.error(`lantai faults: ${name} did not end in time`);
    process.exit(1);
  }, SCENARIO_MS_MAX);
  try {
    const done = await scenario.run({ quick, logPath, onNote });
    if (!done) return notRunFor(name, scenario.why);
    printTable(done.lines);
    const outcome = done.lines.every((line) => line.ok) ? 'passed' : 'missed';
    return { name, outcome, lines: done.lines, report: done.report } as const;
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.log(`  failed: ${why}`);
    return { name, outcome: 'missed', why } as const;
  } finally {
    clearTimeout(late);
  }
}

function notRunFor(name: string, why: string) {
  console.log(`  not run: ${why}`);
  return { name, outcome: 'not run', why } as const;
}

function printTable(lines: readonly Line[]): void {
  const width = Math.max(...lines.map((line) => line.what.length));
  for (const { what, value, bar, ok } of lines) {
    const verdict = bar === undefined ? '' : `  ${ok ? 'ok' : 'MISSED'} (${bar})`;
    console.log(`  ${what.padEnd(width)}  ${String(value).padStart(9)}${verdict}`);
  }
}
