/** Ten times the load for a minute: what memory it takes, and how soon all is as before. The faults' own run, with less of a report. */

import {
  OVERLOAD_MB_MAX,
  runOverload,
  type OverloadReport,
} from '../faults/matrix/overload-run.ts';
import type { BenchResult, Conditions, Row } from './figures.ts';
import type { BenchOptions } from './throughput.ts';

/** Ten times the two thousand a second of a large archive. */
const PER_SECOND = 20_000;
const NORMAL_SECONDS_MAX = 30;

const BROKERS = [
  { broker: 'mosquitto', words: 'Mosquitto' },
  { broker: 'embedded', words: 'embedded broker' },
] as const;

/** Through both brokers, into InfluxDB; what was acknowledged is looked for afterwards. */
export async function tenfoldOverload(options: BenchOptions): Promise<BenchResult> {
  const offerMs = options.quick ? 10_000 : 60_000;
  const rows: Row[] = [];
  const reports: Record<string, Conditions> = {};
  for (const { broker, words } of BROKERS) {
    const report = await runOverload({ broker, ratePerSecond: PER_SECOND, offerMs });
    if (report) reports[broker] = plain(report);
    rows.push(...(report ? reportRows(words, report) : [notRunRow(words)]));
  }
  return { rows, conditions: { offeredPerSecond: PER_SECOND, offerMs, reports } };
}

/** The whole report for the file: what is not a figure as words. */
function plain(report: OverloadReport): Conditions {
  const entries: readonly (readonly [string, unknown])[] = Object.entries(report);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'number' ? value : String(value)]),
  );
}

function reportRows(words: string, report: OverloadReport): readonly Row[] {
  const { normalMs, peakMb, takenPerSecond } = report;
  const name = `ten-fold overload, ${words}`;
  // By name, so that a figure that is not 0 says what it is.
  const wrong = {
    'messages not acknowledged': report.sent - report.acknowledged,
    'readings lost': report.lost,
    'stored twice': report.double,
    'fires missed': report.alarmsMissed,
    'parts broken': report.broken.length,
  };
  const pieces = Object.values(wrong).reduce((sum, one) => sum + one, 0);
  return [
    {
      ...{ name: `${name}, the most memory`, unit: 'MB', ours: peakMb },
      ...{ target: `<= ${OVERLOAD_MB_MAX} MB`, met: peakMb <= OVERLOAD_MB_MAX },
      note: `${takenPerSecond} of ${PER_SECOND} offered messages/s were taken meanwhile`,
    },
    {
      ...{ name: `${name}, back to normal after`, unit: 's' },
      ours: normalMs === undefined ? NaN : Math.round(normalMs / 100) / 10,
      target: `<= ${NORMAL_SECONDS_MAX} s`,
      met: normalMs !== undefined && normalMs <= NORMAL_SECONDS_MAX * 1_000,
      note: 'until all that was acknowledged is taken; "-": not while it was watched',
    },
    {
      ...{ name: `${name}, lost, double, missed or broken`, unit: 'pieces' },
      ...{ ours: pieces, target: '= 0', met: pieces === 0 },
      note: [
        ...Object.entries(wrong).map(([what, count]) => `${what}: ${count}`),
        ...report.broken,
      ].join(', '),
    },
  ];
}

function notRunRow(words: string): Row {
  return {
    ...{ name: `ten-fold overload, ${words}`, unit: '', ours: NaN },
    notRun: 'a small file system can not be mounted here (it needs root)',
  };
}
